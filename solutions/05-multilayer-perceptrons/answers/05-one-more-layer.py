# %% right: a loop and numpy
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% right: a list of layers, unpacked, and statistics
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        layers = [nn.Dense(width, activation="relu") for width in hidden]
        self.net = nn.Sequential(*layers, nn.LazyLinear(num_outputs))


def one_more(fit, hidden, seeds):
    import statistics

    def accuracy(layers, seed):
        return fit(layers, seed)[-1]["val_acc"]

    deeper = hidden + hidden[-1:]
    d = [accuracy(deeper, seed) - accuracy(hidden, seed) for seed in seeds]
    return statistics.mean(d), statistics.stdev(d) / math.sqrt(len(d))


# %% right: separate relu blocks, arrays of results, scipy
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        blocks = [nn.Flatten()]
        for width in hidden:
            blocks += [nn.LazyLinear(width), nn.ReLU()]
        self.net = nn.Sequential(*blocks)
        self.net.add(nn.LazyLinear(num_outputs))


def one_more(fit, hidden, seeds):
    from scipy import stats

    designs = (list(hidden), list(hidden) + [hidden[-1]])
    table = np.array([[fit(hidden=d, seed=s)[-1]["val_acc"] for d in designs] for s in seeds])
    gains = table[:, 1] - table[:, 0]
    return [gains.mean(), stats.sem(gains)]


# %% right: a forward of its own, the formula written out
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.layers = nn.Sequential()
        for width in hidden:
            self.layers.add(nn.Dense(width))
        self.output = nn.Dense(num_outputs)

    def forward(self, X):
        X = X.flatten()
        for layer in self.layers:
            X = nd.relu(layer(X))
        return self.output(X)


def one_more(fit, hidden, seeds):
    d = []
    for seed in seeds:
        longer = list(hidden)
        longer.append(longer[-1])
        d.append(fit(hidden=longer, seed=seed)[-1]["val_acc"] - fit(hidden=hidden, seed=seed)[-1]["val_acc"])
    n, mean = len(d), sum(d) / len(d)
    return mean, (sum((x - mean) ** 2 for x in d) / (n - 1) / n) ** 0.5


# %% wrong: no activation between
# finding: relu-missing
# observed: shape (5, 3)
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: relu after the last hidden layer only
# finding: one-relu-only
# observed: shape (5, 3)
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width))
        if hidden:
            self.net.add(nn.ReLU())
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: relu on the scores
# finding: relu-on-output
# observed: shape (5, 3)
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs, activation="relu"))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: the widths in the opposite order
# finding: order-reversed
# observed: 8 parameters
# score: 6
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in reversed(hidden):
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: one layer for equal widths
# finding: layers-missing
# observed: 4 parameters
# score: 6
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        if hidden:
            self.net.add(nn.Dense(hidden[0], activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: the last width left out
# finding: layers-missing
# observed: 6 parameters
# score: 6
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden[:-1]:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: a hidden layer too many
# finding: layers-too-many
# observed: 10 parameters
# score: 6
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(16, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: layers in a list
# finding: not-registered
# observed: 0 parameters
# score: 6
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.layers = [nn.Dense(width, activation="relu") for width in hidden]
        self.layers.append(nn.Dense(num_outputs))

    def forward(self, X):
        for layer in self.layers:
            layer.initialize()
            X = layer(X)
        return X


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: the caller's list grows
# finding: hidden-grows
# observed: no results for
# score: 4
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    d = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        hidden.append(hidden[-1])
        d.append(fit(hidden=hidden, seed=seed)[-1]["val_acc"] - without)
    return np.mean(d), np.std(d, ddof=1) / len(d) ** 0.5


# %% wrong: another seed for the deeper network
# finding: seeds-not-paired
# observed: with seeds
# score: 4
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed + 1)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: one seed
# finding: seeds-not-used
# observed: 2 runs
# score: 4
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    deeper = [*hidden, hidden[-1]]
    d = fit(hidden=deeper, seed=seeds[0])[-1]["val_acc"] - fit(hidden=hidden, seed=seeds[0])[-1]["val_acc"]
    return d, 0.0


# %% wrong: runs made twice
# finding: runs-repeated
# observed: runs:
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    def differences():
        deeper = [*hidden, hidden[-1]]
        return [
            fit(hidden=deeper, seed=s)[-1]["val_acc"] - fit(hidden=hidden, seed=s)[-1]["val_acc"]
            for s in seeds
        ]

    return np.mean(differences()), np.std(differences(), ddof=1) / len(seeds) ** 0.5


# %% wrong: without minus with
# finding: sign-reversed
# observed: -0.0
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(without - with_it)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: the first epoch
# finding: first-epoch
# observed: 0.
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[0]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[0]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: the best epoch
# finding: best-epoch-picked
# observed: 0.
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    def best(layers, seed):
        return max(end["val_acc"] for end in fit(hidden=layers, seed=seed))

    d = [best([*hidden, hidden[-1]], seed) - best(hidden, seed) for seed in seeds]
    return np.mean(d), np.std(d, ddof=1) / len(d) ** 0.5


# %% wrong: the loss
# finding: loss-not-accuracy
# observed: -0.0
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_loss"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_loss"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences) ** 0.5


# %% wrong: n in the denominator
# finding: n-not-n-minus-1
# observed: 0.00
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences) / len(differences) ** 0.5


# %% wrong: the deviation of one difference
# finding: deviation-not-error
# observed: 0.01
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1)


# %% wrong: divided by n
# finding: divided-by-n
# observed: 0.00
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences), np.std(differences, ddof=1) / len(differences)


# %% wrong: the spread of each network by itself
# finding: pairs-ignored
# observed: 0.0
# score: 8
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    shallow = np.array([fit(hidden=hidden, seed=s)[-1]["val_acc"] for s in seeds])
    deep = np.array([fit(hidden=[*hidden, hidden[-1]], seed=s)[-1]["val_acc"] for s in seeds])
    error = np.sqrt((shallow.var(ddof=1) + deep.var(ddof=1)) / len(seeds))
    return deep.mean() - shallow.mean(), error


# %% wrong: the mean alone
# finding: not-two-numbers
# observed: 0.0
# score: 6
class DeepMLP(train.Classifier):
    def __init__(self, num_outputs, hidden, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten())
        for width in hidden:
            self.net.add(nn.Dense(width, activation="relu"))
        self.net.add(nn.Dense(num_outputs))


def one_more(fit, hidden, seeds):
    differences = []
    for seed in seeds:
        without = fit(hidden=hidden, seed=seed)[-1]["val_acc"]
        with_it = fit(hidden=[*hidden, hidden[-1]], seed=seed)[-1]["val_acc"]
        differences.append(with_it - without)
    return np.mean(differences)
