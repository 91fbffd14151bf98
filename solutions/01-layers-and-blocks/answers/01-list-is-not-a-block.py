# %% right: a Sequential in place of the list
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = nn.Sequential()
        for width in widths:
            self.layers.add(nn.Dense(width, activation="relu"))
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.layers(x))


# %% right: a list, each layer registered
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = [nn.Dense(width, activation="relu") for width in widths]
        for layer in self.layers:
            self.register_child(layer)
        self.output = nn.Dense(units)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.output(x)


# %% right: an attribute for each layer, and a list beside them
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = []
        for i, width in enumerate(widths):
            layer = nn.Dense(width)
            setattr(self, f"layer{i}", layer)
            self.layers.append(layer)
        self.output = nn.Dense(units)

    def forward(self, x):
        for layer in self.layers:
            x = nd.relu(layer(x))
        return self.output(x)


# %% right: a property finds the children
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            for width in widths:
                self.register_child(nn.Dense(width, activation="relu"))
            self.output = nn.Dense(units)

    @property
    def layers(self):
        return [child for child in self.children() if child is not self.output]

    def forward(self, x):
        for child in self.children():
            x = child(x)
        return x


# %% wrong: a plain list
# finding: hidden-layers-not-registered
# observed: 2 parameters
# score: 5
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = [nn.Dense(width, activation="relu") for width in widths]
        self.output = nn.Dense(units)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.output(x)


# %% wrong: a tuple, which is no block either
# finding: hidden-layers-not-registered
# observed: 2 parameters
# score: 5
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = tuple(nn.Dense(width, activation="relu") for width in widths)
        self.output = nn.Dense(units)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.output(x)


# %% wrong: initialized by hand, registered nowhere
# finding: initialized-not-registered
# observed: 2 parameters
# score: 5
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = [nn.Dense(width, activation="relu") for width in widths]
        for layer in self.layers:
            layer.initialize()
        self.output = nn.Dense(units)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.output(x)


# %% wrong: one attribute name for all, the last one wins
# finding: only-one-registered
# observed: 4 parameters
# score: 5
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = []
        for width in widths:
            self.layer = nn.Dense(width, activation="relu")
            self.layers.append(self.layer)
        self.output = nn.Dense(units)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.output(x)


# %% wrong: the class keeps the list
# finding: shared-between-networks
# observed: shape (6, 3)
# score: 6
class ListMLP(nn.Block):
    layers = []

    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        del self.layers[:]
        for width in widths:
            self.layers.append(nn.Dense(width, activation="relu"))
            self.register_child(self.layers[-1])
        self.output = nn.Dense(units)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.output(x)


# %% wrong: a default argument keeps the list
# finding: shared-between-networks
# observed: 4
# score: 0
class ListMLP(nn.Block):
    def __init__(self, widths, units, layers=[], **kwargs):
        super().__init__(**kwargs)
        self.layers = layers
        for width in widths:
            self.layers.append(nn.Dense(width, activation="relu"))
            self.register_child(self.layers[-1])
        self.output = nn.Dense(units)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.output(x)


# %% wrong: always two hidden layers
# finding: widths-ignored
# observed: 2
# score: 0
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(widths[0], activation="relu")
        self.hidden2 = nn.Dense(widths[-1], activation="relu")
        self.layers = [self.hidden1, self.hidden2]
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden2(self.hidden1(x)))


# %% wrong: one layer, as many times as there are widths
# finding: one-layer-repeated
# observed: 2
# score: 0
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = [nn.Dense(widths[0], activation="relu")] * len(widths)
        self.register_child(self.layers[0])
        self.output = nn.Dense(units)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.output(x)


# %% wrong: the activation is forgotten
# finding: activation-lost
# observed: shape (6, 3)
# score: 5
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = nn.Sequential()
        for width in widths:
            self.layers.add(nn.Dense(width))
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.layers(x))


# %% wrong: relu on the output, too
# finding: relu-on-output
# observed: shape (6, 3)
# score: 5
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = nn.Sequential()
        for width in widths:
            self.layers.add(nn.Dense(width, activation="relu"))
        self.output = nn.Dense(units, activation="relu")

    def forward(self, x):
        return self.output(self.layers(x))


# %% wrong: forward forgets the output layer
# finding: output-layer-forgotten
# observed: shape (6, 5)
# score: 2
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = nn.Sequential()
        for width in widths:
            self.layers.add(nn.Dense(width, activation="relu"))
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.layers(x)


# %% wrong: a list to look at, and other layers that compute
# finding: registered-too-many
# observed: 10 parameters
# score: 2
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = [nn.Dense(width, activation="relu") for width in widths]
        self.net = nn.Sequential()
        for width in widths:
            self.net.add(nn.Dense(width, activation="relu"))
        for layer in self.layers:
            self.register_child(layer)
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.net(x))


# %% wrong: registers copies
# finding: registered-others
# observed: InitializationError: parameter dense10_weight has no values: call initialize() on it, or
# score: 5
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = [nn.Dense(width, activation="relu") for width in widths]
        for width in widths:
            self.register_child(nn.Dense(width, activation="relu"))
        self.output = nn.Dense(units)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.output(x)


# %% wrong: takes the widths in the opposite order
# finding: layers-do-not-fit
# observed: ShapeError: parameter dense0_weight has shape (5, 4), and (6, 4) was asked for. If the
# score: 5
class ListMLP(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.layers = nn.Sequential()
        for width in reversed(widths):
            self.layers.add(nn.Dense(width, activation="relu"))
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.layers(x))
