# %% right: checked first, then refused
def predict_load():
    return "e"


# %% right: from a variable
def predict_load():
    answer = "e"
    return answer


# %% right: as a lambda
predict_load = lambda: "e"  # noqa: E731


# %% wrong: the order of the layers decides
# finding: thinks-order-decides
# observed: your prediction: it loads: they are the same layers, in the same order
# score: 0
def predict_load():
    return "a"


# %% wrong: names decide
# finding: thinks-names-decide
# observed: your prediction: it loads: the parameters have the same names and shapes
# score: 0
def predict_load():
    return "b"


# %% wrong: what fits is loaded
# finding: thinks-it-loads-what-fits
# observed: your prediction: it loads what it finds and leaves the rest, without a word
# score: 0
def predict_load():
    return "c"


# %% wrong: halfway
# finding: thinks-it-stops-halfway
# observed: your prediction: it stops with an error, after the first layers have been filled
# score: 0
def predict_load():
    return "d"


# %% wrong: a list
# finding: not-a-choice
# observed: ['e']
# score: 0
def predict_load():
    return ["e"]


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'E'
# score: 0
def predict_load():
    return "E"


# %% wrong: two letters
# finding: not-a-choice
# observed: 'de'
# score: 0
def predict_load():
    return "de"


# %% wrong: no return
# finding: not-a-choice
# observed: None
# score: 0
def predict_load():
    "e"
