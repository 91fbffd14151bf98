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
def predict_dynamic():
    return "a"


# %% wrong: the truth value is ambiguous, as for numpy's arrays of many numbers
# finding: thinks-no-truth-value
def predict_dynamic():
    return "b"


# %% wrong: every object is true
# finding: thinks-always-true
def predict_dynamic():
    return "d"


# %% wrong: the comparison is never true
# finding: thinks-never-true
def predict_dynamic():
    return "e"


# %% wrong: a whole sentence
# finding: not-a-choice
def predict_dynamic():
    return "the same number"


# %% wrong: a capital letter
# finding: not-a-choice
def predict_dynamic():
    return "C"


# %% wrong: two letters, to be on the safe side
# finding: not-a-choice
def predict_dynamic():
    return ["c", "b"]


# %% wrong: no return
# finding: not-a-choice
def predict_dynamic():
    "c"
