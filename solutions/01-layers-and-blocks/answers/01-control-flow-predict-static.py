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
def predict_static():
    return "a"


# %% wrong: capture refuses
# finding: thinks-capture-refuses
def predict_static():
    return "b"


# %% wrong: the output is cached
# finding: thinks-output-is-cached
def predict_static():
    return "d"


# %% wrong: the branches are dropped
# finding: thinks-branches-are-dropped
def predict_static():
    return "e"


# %% wrong: a number in place of a letter
# finding: not-a-choice
def predict_static():
    return 3


# %% wrong: a capital letter
# finding: not-a-choice
def predict_static():
    return "C"


# %% wrong: two letters in one string
# finding: not-a-choice
def predict_static():
    return "ac"


# %% wrong: no return
# finding: not-a-choice
def predict_static():
    "c"
