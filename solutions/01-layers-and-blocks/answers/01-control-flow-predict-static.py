# %% right: the first input's branch
def predict_static():
    return "c"


# %% right: from a variable
def predict_static():
    answer = "c"
    return answer


# %% right: as a lambda
predict_static = lambda: "c"  # noqa: E731


# %% wrong: the graph holds the if
# finding: thinks-branches-are-captured
# observed: your prediction: the right number: the graph holds both branches and chooses
# score: 0
def predict_static():
    return "a"


# %% wrong: capture refuses
# finding: thinks-capture-refuses
# observed: your prediction: an error: a graph cannot be made of code with an `if`
# score: 0
def predict_static():
    return "b"


# %% wrong: the output is cached
# finding: thinks-output-is-cached
# observed: your prediction: the number returned for the first input, once more
# score: 0
def predict_static():
    return "d"


# %% wrong: the branches are dropped
# finding: thinks-branches-are-dropped
# observed: your prediction: the number without either branch
# score: 0
def predict_static():
    return "e"


# %% wrong: a number in place of a letter
# finding: not-a-choice
# observed: 3
# score: 0
def predict_static():
    return 3


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'C'
# score: 0
def predict_static():
    return "C"


# %% wrong: two letters in one string
# finding: not-a-choice
# observed: 'ac'
# score: 0
def predict_static():
    return "ac"


# %% wrong: no return
# finding: not-a-choice
# observed: None
# score: 0
def predict_static():
    "c"
