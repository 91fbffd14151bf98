# %% right: p alone
def predict_leaves():
    return "b"


# %% right: from a variable
def predict_leaves():
    answer = "b"
    return answer


# %% right: as a lambda
predict_leaves = lambda: "b"  # noqa: E731


# %% wrong: both that take part
# finding: thinks-leaves-need-no-asking
# observed: your prediction: p and q: both take part in what is recorded
# score: 0
def predict_leaves():
    return "a"


# %% wrong: computed values as well
# finding: thinks-computed-values-keep-theirs
# observed: your prediction: p and t: both are on the way back
# score: 0
def predict_leaves():
    return "c"


# %% wrong: the one under no_grad as well
# finding: thinks-no-grad-is-for-updates-only
# observed: your prediction: p and r: both want one, and s was detached
# score: 0
def predict_leaves():
    return "d"


# %% wrong: whoever wants one
# finding: thinks-wanting-is-enough
# observed: your prediction: p, r and s: all leaves that want one
# score: 0
def predict_leaves():
    return "e"


# %% wrong: the name in place of the letter
# finding: not-a-choice
# observed: ['p']
# score: 0
def predict_leaves():
    return ["p"]


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'B'
# score: 0
def predict_leaves():
    return "B"


# %% wrong: a number
# finding: not-a-choice
# observed: 2
# score: 0
def predict_leaves():
    return 2


# %% wrong: no return
# finding: not-a-choice
# observed: None
# score: 0
def predict_leaves():
    "b"
