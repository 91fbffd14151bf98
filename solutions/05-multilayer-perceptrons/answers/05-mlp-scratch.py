# %% right: as in the source
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


# %% right: a relu of one's own, and operators
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    def relu(x):
        return nd.where(x > 0, x, 0.0)

    rows = X.flatten()
    return relu(rows @ self.W1 + self.b1) @ self.W2 + self.b2


# %% right: parameters declared with initializers
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        for name, shape in {"W1": (num_inputs, num_hiddens), "W2": (num_hiddens, num_outputs)}.items():
            setattr(self, name, self.params.get(name, shape=shape, init=init.Normal(sigma)))
        for name, units in {"b1": num_hiddens, "b2": num_outputs}.items():
            setattr(self, name, self.params.get(name, shape=(units,), init="zeros"))


@train.add_to_class(MLPScratch)
def forward(self, X):
    H = nd.dot(X.reshape(X.shape[0], -1), self.W1.data()) + self.b1.data()
    return nd.dot(H.clip(0, None), self.W2.data()) + self.b2.data()


# %% right: a method in the class, biases of ones minus ones
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        sizes = [num_inputs, num_hiddens, num_outputs]
        for i in (1, 2):
            weight = nd.random.normal(0, sigma, shape=(sizes[i - 1], sizes[i]))
            setattr(self, f"W{i}", nn.Parameter(weight))
            setattr(self, f"b{i}", nn.Parameter(nd.ones(sizes[i]) - 1))

    def forward(self, X):
        H = X.reshape((len(X), -1)) @ self.W1 + self.b1
        H = H * (H > 0)
        return H @ self.W2 + self.b2


# %% wrong: plain tensors
# finding: not-registered
# observed: 0 parameters
# score: 5
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = (nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = (nd.zeros(num_hiddens))
        self.W2 = (nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = (nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: a list of parameters
# finding: names-missing
# observed: no W1, b1, W2, b2
# score: 0
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.parameters = [
            nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma),
            nn.Parameter(nd.zeros(num_hiddens)),
            nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma),
            nn.Parameter(nd.zeros(num_outputs)),
        ]


@train.add_to_class(MLPScratch)
def forward(self, X):
    W1, b1, W2, b2 = self.parameters
    H = nd.relu(X.flatten() @ W1 + b1)
    return H @ W2 + b2


# %% wrong: no activation
# finding: relu-missing
# observed: shape (6, 3)
# score: 4
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.matmul(X, self.W1) + self.b1
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: relu at the end as well
# finding: relu-on-output
# observed: shape (6, 3)
# score: 4
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.relu(nd.matmul(H, self.W2) + self.b2)


# %% wrong: softmax at the end
# finding: softmax-in-forward
# observed: shape (6, 3)
# score: 4
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.softmax(nd.matmul(H, self.W2) + self.b2)


# %% wrong: the hidden bias left out
# finding: bias-left-out
# observed: shape (6, 3)
# score: 4
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1))
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: the last bias left out
# finding: bias-left-out
# observed: shape (6, 3)
# score: 4
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2)


# %% wrong: random biases
# finding: biases-not-zero
# observed: shape (120,)
# score: 8
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.randn(num_hiddens) * sigma)
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: sigma squared
# finding: variance-for-deviation
# observed: deviation 0.000
# score: 8
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma**2)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma**2)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: sigma written into the code
# finding: sigma-ignored
# observed: deviation 0.0
# score: 8
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * 0.01)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * 0.01)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: standard normal weights
# finding: sigma-ignored
# observed: deviation 
# score: 8
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens))
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs))
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: uniform weights of the right deviation
# finding: not-normal
# observed: another distribution
# score: 8
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.random.uniform(-(3**0.5) * sigma, 3**0.5 * sigma, shape=(num_inputs, num_hiddens)))
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: all weights 0
# finding: weights-zero
# observed: all weights 0
# score: 8
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.zeros((num_inputs, num_hiddens)))
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.zeros((num_hiddens, num_outputs)))
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: weights as a dense layer keeps them
# finding: transposed
# observed: (120, 150)
# score: 0
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_hiddens, num_inputs) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_outputs, num_hiddens) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1.T) + self.b1)
    return nd.matmul(H, self.W2.T) + self.b2


# %% wrong: 784 written into the code
# finding: size-hard-coded
# observed: 784
# score: 4
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, 784))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: images not flattened
# finding: not-flattened
# observed: matmul
# score: 4
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: dense layers after all
# finding: forbidden-call
# observed: miniblocks.nn.Dense
# score: 0
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.hidden = nn.Dense(num_hiddens, activation="relu")
        self.output = nn.Dense(num_outputs)


@train.add_to_class(MLPScratch)
def forward(self, X):
    return self.output(self.hidden(X))


# %% wrong: a function beside the class
# finding: forward-not-attached
# observed: net
# score: 4
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


# %% wrong: numbers taken out of the first weight
# finding: does-not-train
# observed: W1 unchanged
# score: 7
class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = nd.relu(nd.matmul(X, nd.array(self.W1.asnumpy())) + self.b1)
    return nd.matmul(H, self.W2) + self.b2
