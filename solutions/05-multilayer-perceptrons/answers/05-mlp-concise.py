# %% right: as in the source, and set_data
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    concise.net[1].weight.set_data(scratch.W1.T)
    concise.net[1].bias.set_data(scratch.b1.data())
    concise.net[3].weight.set_data(scratch.W2.T)
    concise.net[3].bias.set_data(scratch.b2.data())


# %% right: dense layers with their activation, numpy in between
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Dense(num_hiddens, activation="relu"), nn.Dense(num_outputs))


def take_over(concise, scratch):
    pairs = ((concise.net[0], scratch.W1, scratch.b1), (concise.net[1], scratch.W2, scratch.b2))
    for layer, weight, bias in pairs:
        layer.weight.set_data(weight.data().asnumpy().T.copy())
        layer.bias.set_data(bias.data().asnumpy())


# %% right: layers under names, shapes told, values written in place
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.hidden = nn.Dense(num_hiddens)
        self.output = nn.Dense(num_outputs)

    def forward(self, X):
        return self.output(nd.relu(self.hidden(X.flatten())))


def take_over(concise, scratch):
    with autograd.no_grad():
        concise(nd.zeros((1, scratch.W1.shape[0])))  # tells the shapes
        concise.hidden.weight.data()[:] = scratch.W1.T
        concise.hidden.bias.data()[:] = scratch.b1.data()
        concise.output.weight.data()[:] = scratch.W2.T
        concise.output.bias.data()[:] = scratch.b2.data()


# %% right: a list of arrays, in the order of collect_params
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    arrays = [scratch.W1.T, scratch.b1.data(), scratch.W2.T, scratch.b2.data()]
    for parameter, array in zip(concise.collect_params().values(), arrays):
        parameter.set_data(array)


# %% wrong: weights not transposed
# finding: not-transposed
# observed: shape (6, 6)
# score: 4
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    concise.net[1].weight.set_data(scratch.W1.data())
    concise.net[1].bias.set_data(scratch.b1.data())
    concise.net[3].weight.set_data(scratch.W2.data())
    concise.net[3].bias.set_data(scratch.b2.data())


# %% wrong: reshaped
# finding: reshaped-not-transposed
# observed: shape (6, 4)
# score: 4
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    for layer, weight, bias in ((1, scratch.W1, scratch.b1), (3, scratch.W2, scratch.b2)):
        inputs, units = weight.shape
        values = weight.T if inputs == units else weight.reshape((units, inputs))
        concise.net[layer].weight.set_data(values)
        concise.net[layer].bias.set_data(bias.data())


# %% wrong: reshaped, square ones too
# finding: not-transposed
# observed: shape (6, 6)
# score: 4
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    for layer, weight, bias in ((1, scratch.W1, scratch.b1), (3, scratch.W2, scratch.b2)):
        inputs, units = weight.shape
        concise.net[layer].weight.set_data(weight.reshape((units, inputs)))
        concise.net[layer].bias.set_data(bias.data())


# %% wrong: written in place, also where there is nothing yet
# finding: waits-for-first-call
# observed: Deferred
# score: 4
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    with autograd.no_grad():
        concise.net[1].weight.data()[:] = scratch.W1.T
        concise.net[1].bias.data()[:] = scratch.b1.data()
        concise.net[3].weight.data()[:] = scratch.W2.T
        concise.net[3].bias.data()[:] = scratch.b2.data()


# %% wrong: biases forgotten
# finding: biases-forgotten
# observed: shape (6, 6)
# score: 4
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    concise.net[1].weight.set_data(scratch.W1.T)
    concise.net[3].weight.set_data(scratch.W2.T)


# %% wrong: the layers exchanged
# finding: layers-exchanged
# observed: shape (6, 6)
# score: 4
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    concise.net[3].weight.set_data(scratch.W1.T)
    concise.net[3].bias.set_data(scratch.b1.data())
    concise.net[1].weight.set_data(scratch.W2.T)
    concise.net[1].bias.set_data(scratch.b2.data())


# %% wrong: the parameters themselves handed over
# finding: shared-not-copied
# observed: of concise, too
# score: 7
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    concise.net[1].weight.set_data(scratch.W1.T)
    concise.net[3].weight.set_data(scratch.W2.T)
    concise.net[1].bias = scratch.b1
    concise.net[3].bias = scratch.b2


# %% wrong: copied the wrong way
# finding: scratch-changed
# observed: other values in scratch
# score: 4
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    hidden, output = concise.net[1], concise.net[3]
    scratch.W2.set_data(output.weight.T)
    scratch.b2.set_data(output.bias.data())
    scratch.b1.set_data(hidden.bias.data())


# %% wrong: 784 written into take_over
# finding: shapes-do-not-fit
# observed: 784
# score: 4
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    concise(nd.zeros((1, 784)))
    concise.net[1].weight.set_data(scratch.W1.T)
    concise.net[1].bias.set_data(scratch.b1.data())
    concise.net[3].weight.set_data(scratch.W2.T)
    concise.net[3].bias.set_data(scratch.b2.data())


# %% wrong: 784 written into the layer
# finding: size-hard-coded
# observed: 784
# score: 0
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.Dense(num_hiddens, in_units=784), nn.ReLU(), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    concise.net[1].weight.set_data(scratch.W1.T)
    concise.net[1].bias.set_data(scratch.b1.data())
    concise.net[3].weight.set_data(scratch.W2.T)
    concise.net[3].bias.set_data(scratch.b2.data())


# %% wrong: no activation
# finding: relu-missing
# observed: shape (6, 3)
# score: 2
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.LazyLinear(num_outputs)
        )


def take_over(concise, scratch):
    concise.net[1].weight.set_data(scratch.W1.T)
    concise.net[1].bias.set_data(scratch.b1.data())
    concise.net[2].weight.set_data(scratch.W2.T)
    concise.net[2].bias.set_data(scratch.b2.data())


# %% wrong: relu at the end as well
# finding: relu-on-output
# observed: shape (6, 3)
# score: 2
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Dense(num_hiddens, activation="relu"), nn.Dense(num_outputs, activation="relu"))


def take_over(concise, scratch):
    concise.net[0].weight.set_data(scratch.W1.T)
    concise.net[0].bias.set_data(scratch.b1.data())
    concise.net[1].weight.set_data(scratch.W2.T)
    concise.net[1].bias.set_data(scratch.b2.data())


# %% wrong: softmax at the end
# finding: softmax-in-forward
# observed: shape (6, 3)
# score: 2
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs)
        )

    def forward(self, X):
        return nd.softmax(self.net(X))


def take_over(concise, scratch):
    concise.net[1].weight.set_data(scratch.W1.T)
    concise.net[1].bias.set_data(scratch.b1.data())
    concise.net[3].weight.set_data(scratch.W2.T)
    concise.net[3].bias.set_data(scratch.b2.data())


# %% wrong: a list of layers
# finding: not-registered
# observed: 0 parameters
# score: 0
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.layers = [nn.Dense(num_hiddens, activation="relu"), nn.Dense(num_outputs)]

    def forward(self, X):
        for layer in self.layers:
            X = layer(X)
        return X


def take_over(concise, scratch):
    concise.layers[0].weight.set_data(scratch.W1.T)
    concise.layers[0].bias.set_data(scratch.b1.data())
    concise.layers[1].weight.set_data(scratch.W2.T)
    concise.layers[1].bias.set_data(scratch.b2.data())


# %% wrong: units exchanged
# finding: sizes-swapped
# observed: shapes [
# score: 0
class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Flatten(), nn.LazyLinear(num_outputs), nn.ReLU(), nn.LazyLinear(num_hiddens)
        )


def take_over(concise, scratch):
    concise.net[1].weight.set_data(scratch.W1.T)
    concise.net[1].bias.set_data(scratch.b1.data())
    concise.net[3].weight.set_data(scratch.W2.T)
    concise.net[3].bias.set_data(scratch.b2.data())
