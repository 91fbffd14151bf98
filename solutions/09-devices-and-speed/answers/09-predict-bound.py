# %% right: five journeys of 40 MB
def predict_bound():
    return "d"


# %% right: worked out
def predict_bound():
    times = {"a": 2e7 / 1e12, "d": 5 * 4e7 / 1e11}
    return max(times, key=times.get)


# %% right: as a lambda
predict_bound = lambda: "d"  # noqa: E731


# %% wrong: arithmetic decides
# finding: thinks-arithmetic-decides
# observed: about 0.02 ms
# score: 0
def predict_bound():
    return "a"


# %% wrong: a number is a byte
# finding: thinks-numbers-are-bytes
# observed: about 0.5 ms
# score: 0
def predict_bound():
    return "b"


# %% wrong: writing costs nothing
# finding: thinks-writing-is-free
# observed: about 1.2 ms
# score: 0
def predict_bound():
    return "c"


# %% wrong: a relu moves three arrays, too
# finding: thinks-each-moves-three
# observed: about 2.4 ms
# score: 0
def predict_bound():
    return "e"


# %% wrong: the time in place of the letter
# finding: not-a-choice
# observed: '2 ms'
# score: 0
def predict_bound():
    return "2 ms"


# %% wrong: a number
# finding: not-a-choice
# observed: 2
# score: 0
def predict_bound():
    return 2


# %% wrong: printed, not returned
# finding: not-a-choice
# observed: None
# score: 0
def predict_bound():
    print("d")


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'D'
# score: 0
def predict_bound():
    return "D"
