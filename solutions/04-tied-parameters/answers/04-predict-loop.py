# %% right: one parameter, three contributions
def predict_loop():
    return "b"


# %% right: found by elimination
def predict_loop():
    return next(c for c in "abcde" if c not in "acde")


# %% right: as a lambda
predict_loop = lambda: "b"  # noqa: E731


# %% wrong: each call makes its own
# finding: thinks-calls-make-parameters
# observed: your prediction: three weights and three biases, each with its own gradient
# score: 0
def predict_loop():
    return "a"


# %% wrong: the mean of three
# finding: thinks-uses-are-averaged
# observed: your prediction: one weight and one bias, with the mean of three gradients
# score: 0
def predict_loop():
    return "c"


# %% wrong: the last call overwrites
# finding: thinks-last-use-counts
# observed: your prediction: one weight and one bias, with the gradient of the last call
# score: 0
def predict_loop():
    return "d"


# %% wrong: a loop cannot be differentiated
# finding: thinks-loops-stop-backward
# observed: your prediction: one weight and one bias, and an error: there is a cycle
# score: 0
def predict_loop():
    return "e"


# %% wrong: a letter that is no choice
# finding: not-a-choice
# observed: 'f'
# score: 0
def predict_loop():
    return "f"


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'B'
# score: 0
def predict_loop():
    return "B"


# %% wrong: the number of the choice
# finding: not-a-choice
# observed: 2
# score: 0
def predict_loop():
    return 2


# %% wrong: no return
# finding: not-a-choice
# observed: None
# score: 0
def predict_loop():
    "b"


# %% wrong: all of it in words
# finding: not-a-choice
# observed: 'one weight'
# score: 0
def predict_loop():
    return "one weight"


# %% wrong: two letters
# finding: not-a-choice
# observed: 'ab'
# score: 0
def predict_loop():
    return "ab"
