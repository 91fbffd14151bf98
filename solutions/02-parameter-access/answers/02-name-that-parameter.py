# %% right: counted in the order of making
def name_that_parameter():
    return "d"


# %% right: from a table of choices
def name_that_parameter():
    choices = {"dense5_bias": "d"}
    return choices["dense5_bias"]


# %% right: as a lambda
name_that_parameter = lambda: "d"  # noqa: E731


# %% wrong: each block counts by itself
# finding: thinks-each-block-counts
# observed: your prediction: dense1_bias
# score: 0
def name_that_parameter():
    return "a"


# %% wrong: counted from one
# finding: thinks-counting-from-one
# observed: your prediction: dense6_bias
# score: 0
def name_that_parameter():
    return "b"


# %% wrong: the position is the name
# finding: thinks-the-path-is-the-name
# observed: your prediction: 0_2_1_bias
# score: 0
def name_that_parameter():
    return "c"


# %% wrong: the name carries all blocks around
# finding: thinks-names-carry-the-outer-blocks
# observed: your prediction: sequential0_sequential1_sequential4_dense5_bias
# score: 0
def name_that_parameter():
    return "e"


# %% wrong: one counter for every class
# finding: thinks-one-counter-for-all
# observed: your prediction: dense10_bias
# score: 0
def name_that_parameter():
    return "f"


# %% wrong: the name in place of the letter
# finding: not-a-choice
# observed: 'dense5_bias'
# score: 0
def name_that_parameter():
    return "dense5_bias"


# %% wrong: printed, not returned
# finding: not-a-choice
# observed: None
# score: 0
def name_that_parameter():
    print("d")


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'D'
# score: 0
def name_that_parameter():
    return "D"
