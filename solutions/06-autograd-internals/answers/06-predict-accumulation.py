# %% right: the steps get longer
def predict_loop():
    return "d"


# %% right: from a variable
def predict_loop():
    answer = "d"
    return answer


# %% right: as a lambda
predict_loop = lambda: "d"  # noqa: E731


# %% wrong: each step the same
# finding: thinks-gradients-are-replaced
# observed: your prediction: each step goes down by 0.3
# score: 0
def predict_loop():
    return "a"


# %% wrong: only the first step
# finding: thinks-the-first-stays
# observed: your prediction: the first step goes down by 0.3, and after that w stays
# score: 0
def predict_loop():
    return "b"


# %% wrong: the second backward fails
# finding: thinks-a-second-backward-fails
# observed: your prediction: the second `backward` stops with an error, since the
# score: 0
def predict_loop():
    return "c"


# %% wrong: each twice the one before
# finding: thinks-steps-double
# observed: your prediction: each step is twice as long as the one before: 0.3
# score: 0
def predict_loop():
    return "e"


# %% wrong: a number in place of a letter
# finding: not-a-choice
# observed: 0.3
# score: 0
def predict_loop():
    return 0.3


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'D'
# score: 0
def predict_loop():
    return "D"


# %% wrong: two letters
# finding: not-a-choice
# observed: 'ad'
# score: 0
def predict_loop():
    return "ad"


# %% wrong: no return
# finding: not-a-choice
# observed: None
# score: 0
def predict_loop():
    "d"
