# %% right: steps are compared word by word
def which_merge():
    return "d"


# %% right: found by running the pass
def which_merge():
    merge = graph.PASSES[4]
    x, w = nd.ones((2,)), nd.ones((2,))
    first, second = merge(graph.trace(lambda x: (x * 2, 2 * x), x)).outputs
    return "b" if first == second else "d"


# %% right: as a lambda
which_merge = lambda: "d"  # noqa: E731


# %% wrong: all that looks alike
# finding: thinks-all-alike-merge
# observed: pair 1, pair 2, pair 3
# score: 0
def which_merge():
    return "a"


# %% wrong: x times 2 is 2 times x
# finding: thinks-mathematics-is-known
# observed: pair 1, pair 2
# score: 0
def which_merge():
    return "b"


# %% wrong: two draws with the same arguments
# finding: thinks-draws-are-alike
# observed: pair 1, pair 3
# score: 0
def which_merge():
    return "c"


# %% wrong: other variables are other values
# finding: thinks-variables-matter
# observed: none
# score: 0
def which_merge():
    return "e"


# %% wrong: only single steps
# finding: thinks-one-step-only
# observed: merged: pair 2
# score: 0
def which_merge():
    return "f"


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'D'
# score: 0
def which_merge():
    return "D"


# %% wrong: the number of the pair
# finding: not-a-choice
# observed: 1
# score: 0
def which_merge():
    return 1


# %% wrong: the function of the pass
# finding: not-a-choice
# observed: function
# score: 0
def which_merge():
    return graph.PASSES[4]
