# %% right: the last bias alone
def predict_dead_neuron():
    return "d"


# %% right: by elimination
def predict_dead_neuron():
    stopped_by_relu, times_zero = {"W1", "b1"}, {"W2"}
    left = {"W1", "b1", "W2", "b2"} - stopped_by_relu - times_zero
    return "d" if left == {"b2"} else "e"


# %% right: as a lambda
predict_dead_neuron = lambda: "d"  # noqa: E731


# %% wrong: the neuron comes back
# finding: thinks-all-recover
# observed: your prediction: all four: the gradient brings the neuron back
# score: 0
def predict_dead_neuron():
    return "a"


# %% wrong: the layer at fault is put right
# finding: thinks-the-faulty-layer-learns
# observed: your prediction: W1 and b1, whose fault it is
# score: 0
def predict_dead_neuron():
    return "b"


# %% wrong: the whole output layer goes on learning
# finding: thinks-the-output-layer-learns
# observed: your prediction: W2 and b2, the whole output layer
# score: 0
def predict_dead_neuron():
    return "c"


# %% wrong: nothing moves any more
# finding: thinks-nothing-moves
# observed: your prediction: none of them
# score: 0
def predict_dead_neuron():
    return "e"


# %% wrong: a letter that is no choice
# finding: not-a-choice
# observed: 'f'
# score: 0
def predict_dead_neuron():
    return "f"


# %% wrong: a capital letter
# finding: not-a-choice
# observed: 'D'
# score: 0
def predict_dead_neuron():
    return "D"


# %% wrong: the name of the parameter
# finding: not-a-choice
# observed: 'b2'
# score: 0
def predict_dead_neuron():
    return "b2"


# %% wrong: no return
# finding: not-a-choice
# observed: None
# score: 0
def predict_dead_neuron():
    "d"
