# %% right: a tensor of one number has a truth value
def predict_dynamic():
    return "c"


# %% right: from a variable
def predict_dynamic():
    answer = "c"
    return answer


# %% right: as a lambda
predict_dynamic = lambda: "c"  # noqa: E731


# %% wrong: tensors cannot be compared with numbers
# finding: thinks-no-comparison
# observed: your prediction: a TypeError: a tensor cannot be compared with a number
# score: 0
def predict_dynamic():
    return "a"


# %% wrong: the truth value is ambiguous, as for numpy's arrays of many numbers
# finding: thinks-no-truth-value
# observed: your prediction: an error: a tensor has no truth value
# score: 0
def predict_dynamic():
    return "b"


# %% wrong: every object is true
# finding: thinks-always-true
# observed: your prediction: the loop never ends, because an object is always true
# score: 0
def predict_dynamic():
    return "d"


# %% wrong: the comparison is never true
# finding: thinks-never-true
# observed: your prediction: another number, because loop and branch are skipped
# score: 0
def predict_dynamic():
    return "e"


# %% wrong: a whole sentence
# finding: not-a-choice
# observed: 'the same number'
# score: 0
def predict_dynamic():
    return "the same number"


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'C'
# score: 0
def predict_dynamic():
    return "C"


# %% wrong: two letters, to be on the safe side
# finding: not-a-choice
# observed: ['c', 'b']
# score: 0
def predict_dynamic():
    return ["c", "b"]


# %% wrong: no return
# finding: not-a-choice
# observed: None
# score: 0
def predict_dynamic():
    "c"
