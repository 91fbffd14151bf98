# %% right: only what is one stays one
def predict_update():
    return "c"


# %% right: found by elimination
def predict_update():
    return next(c for c in "abcde" if c not in "abde")


# %% right: as a lambda
predict_update = lambda: "c"  # noqa: E731


# %% wrong: equal values get equal gradients
# finding: thinks-equal-stays-equal
# observed: your prediction: equal in both networks
# score: 0
def predict_update():
    return "a"


# %% wrong: every layer goes its own way
# finding: thinks-all-part
# observed: your prediction: different in both networks
# score: 0
def predict_update():
    return "b"


# %% wrong: the tied weight takes two steps
# finding: thinks-ties-part
# observed: your prediction: different in the tied network, equal in the twin
# score: 0
def predict_update():
    return "d"


# %% wrong: the update is refused
# finding: thinks-ties-stop-the-step
# observed: your prediction: an error: one parameter cannot be updated for two layers
# score: 0
def predict_update():
    return "e"


# %% wrong: a letter that is no choice
# finding: not-a-choice
# observed: 'f'
# score: 0
def predict_update():
    return "f"


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'C'
# score: 0
def predict_update():
    return "C"


# %% wrong: the number of the choice
# finding: not-a-choice
# observed: 2
# score: 0
def predict_update():
    return 2


# %% wrong: no return
# finding: not-a-choice
# observed: None
# score: 0
def predict_update():
    "c"


# %% wrong: all of it in words
# finding: not-a-choice
# observed: 'one weight'
# score: 0
def predict_update():
    return "one weight"


# %% wrong: two letters
# finding: not-a-choice
# observed: 'ab'
# score: 0
def predict_update():
    return "ab"
