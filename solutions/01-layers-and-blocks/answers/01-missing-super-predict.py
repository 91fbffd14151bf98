# %% right: at the first assignment of a layer
def predict_missing_super():
    return "a"


# %% right: the same, found by elimination
def predict_missing_super():
    not_the_line = {"b", "c", "d", "e"}
    return next(letter for letter in "abcde" if letter not in not_the_line)


# %% right: as a lambda
predict_missing_super = lambda: "a"  # noqa: E731


# %% wrong: initialize() would be the first to notice
# finding: thinks-initialize-notices
# observed: your prediction: the network is built, and stops in `initialize()`
# score: 0
def predict_missing_super():
    return "b"


# %% wrong: the call would be the first to notice
# finding: thinks-the-call-notices
# observed: your prediction: the network is built and initialized, and stops in `net(x)`
# score: 0
def predict_missing_super():
    return "c"


# %% wrong: Python calls the parent's __init__ by itself
# finding: thinks-python-calls-super
# observed: your prediction: the network works: Python calls the parent's `__init__` by itself
# score: 0
def predict_missing_super():
    return "d"


# %% wrong: all works, but parameters get lost
# finding: thinks-parameters-get-lost
# observed: your prediction: the network computes an output, but its parameters are never collected
# score: 0
def predict_missing_super():
    return "e"


# %% wrong: a letter that is no choice
# finding: not-a-choice
# observed: 'f'
# score: 0
def predict_missing_super():
    return "f"


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'A'
# score: 0
def predict_missing_super():
    return "A"


# %% wrong: the number of the choice
# finding: not-a-choice
# observed: 1
# score: 0
def predict_missing_super():
    return 1


# %% wrong: no return
# finding: not-a-choice
# observed: None
# score: 0
def predict_missing_super():
    "a"
