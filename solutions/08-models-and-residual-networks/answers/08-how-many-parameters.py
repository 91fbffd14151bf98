# %% right: two layers, once
def predict_count():
    return "c"


# %% right: worked out
def predict_count():
    numbers = {"a": 4_160, "b": 8_192, "c": 8_320, "d": 12_480, "e": 24_960}
    return next(letter for letter, n in numbers.items() if n == 2 * (64 * 64 + 64))


# %% right: by elimination
def predict_count():
    return (set("abcde") - set("abde")).pop()


# %% wrong: one layer's worth
# finding: thinks-layers-share
# observed: 4,160
# score: 0
def predict_count():
    return "a"


# %% wrong: the biases are forgotten
# finding: forgets-the-biases
# observed: 8,192
# score: 0
def predict_count():
    return "b"


# %% wrong: a layer for each call
# finding: counts-a-layer-for-each-call
# observed: 12,480
# score: 0
def predict_count():
    return "d"


# %% wrong: each call counts
# finding: counts-each-call
# observed: 24,960
# score: 0
def predict_count():
    return "e"


# %% wrong: the number itself
# finding: not-a-choice
# observed: 8320
# score: 0
def predict_count():
    return 8320


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'C'
# score: 0
def predict_count():
    return "C"


# %% wrong: no return
# finding: not-a-choice
# observed: None
# score: 0
def predict_count():
    "c"


# %% wrong: a letter that is no choice
# finding: not-a-choice
# observed: 'f'
# score: 0
def predict_count():
    return "f"


# %% wrong: two letters
# finding: not-a-choice
# observed: 'cd'
# score: 0
def predict_count():
    return "cd"
