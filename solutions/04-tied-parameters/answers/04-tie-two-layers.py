# %% right: with the shared layer's params
def tied_mlp(width, units, uses=2):
    net = nn.Sequential()
    shared = nn.Dense(width, activation="relu")
    net.add(nn.Dense(width, activation="relu"), shared)
    for _ in range(uses - 1):
        net.add(nn.Dense(width, activation="relu", params=shared.params))
    net.add(nn.Dense(units))
    return net


# %% right: one block, added several times
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    return nn.Sequential(nn.Dense(width, activation="relu"), *[shared] * uses, nn.Dense(units))


# %% right: each layer tied to the one before it
def tied_mlp(width, units, uses=2):
    net = nn.Sequential(nn.Dense(width, activation="relu"), nn.Dense(width, activation="relu"))
    for _ in range(uses - 1):
        net.add(nn.Dense(width, activation="relu", params=net[-1].collect_params()))
    net.add(nn.Dense(units))
    return net


# %% right: a class of one's own, with the input size of the shared layer told
class TiedMLP(nn.Block):
    def __init__(self, width, units, uses, **kwargs):
        super().__init__(**kwargs)
        self.first = nn.Dense(width, "relu")
        self.shared = nn.Dense(width, "relu", in_units=width)
        for i in range(1, uses):
            setattr(self, f"tied{i}", nn.Dense(width, "relu", in_units=width, params=self.shared.params))
        self.out = nn.Dense(units)

    def __len__(self):
        return sum(isinstance(block, nn.Dense) for block in self.children())

    def __getitem__(self, i):
        return list(self.children())[i]

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x


def tied_mlp(width, units, uses=2):
    return TiedMLP(width, units, uses)


# %% right: the dictionaries set by hand, too
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = []
    for _ in range(uses - 1):
        layer = nn.Dense(width, activation="relu")
        layer.weight, layer.bias, layer.params = shared.weight, shared.bias, shared.params
        tied.append(layer)
    return nn.Sequential(nn.Dense(width, activation="relu"), shared, *tied, nn.Dense(units))


# %% wrong: nothing is tied
# finding: not-tied
# observed: the weight or bias written through net[1] did not turn up in net[2]
# score: 2
def tied_mlp(width, units, uses=2):
    net = nn.Sequential(nn.Dense(width, activation="relu"))
    for _ in range(uses):
        net.add(nn.Dense(width, activation="relu"))
    net.add(nn.Dense(units))
    return net


# %% wrong: the same first values
# finding: equal-not-the-same
# observed: the weight written through net[1] did not turn up in net[2]
# score: 2
def tied_mlp(width, units, uses=2):
    net = nn.Sequential(nn.Dense(width, activation="relu"))
    for _ in range(uses):
        net.add(nn.Dense(width, activation="relu", weight_initializer=init.Constant(0.05)))
    net.add(nn.Dense(units))
    return net


# %% wrong: the values copied with set_data
# finding: equal-not-the-same
# observed: did not turn up in net[2]
# score: 2
def tied_mlp(width, units, uses=2):
    net = nn.Sequential(nn.Dense(width, activation="relu"))
    for _ in range(uses):
        net.add(nn.Dense(width, activation="relu", in_units=width))
    net.add(nn.Dense(units))
    net.initialize()
    for layer in net[2:-1]:
        layer.weight.set_data(net[1].weight.data())
        layer.bias.set_data(net[1].bias.data())
    return net


# %% wrong: the attributes assigned
# finding: orphan-collected
# observed: 8 parameters
# score: 7
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = []
    for _ in range(uses - 1):
        layer = nn.Dense(width, activation="relu")
        layer.weight, layer.bias = shared.weight, shared.bias
        tied.append(layer)
    return nn.Sequential(nn.Dense(width, activation="relu"), shared, *tied, nn.Dense(units))


# %% wrong: the weight alone
# finding: bias-not-tied
# observed: the bias written through net[1] did not turn up in net[2]
# score: 2
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = []
    for _ in range(uses - 1):
        layer = nn.Dense(width, activation="relu", in_units=width)
        layer.weight = shared.weight
        tied.append(layer)
    return nn.Sequential(nn.Dense(width, activation="relu"), shared, *tied, nn.Dense(units))


# %% wrong: the same prefix
# finding: same-name-is-no-tie
# observed: NameClashError: two different parameters are both named
# score: 0
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = [nn.Dense(width, activation="relu", prefix=shared.prefix) for _ in range(uses - 1)]
    return nn.Sequential(nn.Dense(width, activation="relu"), shared, *tied, nn.Dense(units))


# %% wrong: copies of the layer
# finding: same-name-is-no-tie
# observed: NameClashError
# score: 0
def tied_mlp(width, units, uses=2):
    import copy

    shared = nn.Dense(width, activation="relu")
    tied = [copy.deepcopy(shared) for _ in range(uses - 1)]
    return nn.Sequential(nn.Dense(width, activation="relu"), shared, *tied, nn.Dense(units))


# %% wrong: the first layer shares, too
# finding: tied-to-other-sizes
# observed: 3
# score: 0
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = [nn.Dense(width, activation="relu", params=shared.params) for _ in range(uses)]
    return nn.Sequential(shared, *tied, nn.Dense(units))


# %% wrong: the output layer shares, too
# finding: tied-to-other-sizes
# observed: the shared parameter
# score: 0
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = [nn.Dense(width, activation="relu", params=shared.params) for _ in range(uses - 1)]
    out = nn.Dense(units, params=shared.params)
    return nn.Sequential(nn.Dense(width, activation="relu"), shared, *tied, out)


# %% wrong: trusts the tie with the activation
# finding: activation-lost
# observed: shape (6, 2)
# score: 8
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = [nn.Dense(width, params=shared.params) for _ in range(uses - 1)]
    return nn.Sequential(nn.Dense(width, activation="relu"), shared, *tied, nn.Dense(units))


# %% wrong: relu at the end
# finding: output-activated
# observed: shape (6, 2)
# score: 8
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = [nn.Dense(width, activation="relu", params=shared.params) for _ in range(uses - 1)]
    return nn.Sequential(
        nn.Dense(width, activation="relu"), shared, *tied, nn.Dense(units, activation="relu")
    )


# %% wrong: always two
# finding: uses-ignored
# observed: 4 layers
# score: 9
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = nn.Dense(width, activation="relu", params=shared.params)
    return nn.Sequential(nn.Dense(width, activation="relu"), shared, tied, nn.Dense(units))


# %% wrong: one too many
# finding: wrong-number-of-layers
# observed: 5 layers
# score: 0
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = [nn.Dense(width, activation="relu", params=shared.params) for _ in range(uses)]
    return nn.Sequential(nn.Dense(width, activation="relu"), shared, *tied, nn.Dense(units))


# %% wrong: a list
# finding: not-a-network
# observed: a list
# score: 0
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = [nn.Dense(width, activation="relu", params=shared.params) for _ in range(uses - 1)]
    return [nn.Dense(width, activation="relu"), shared, *tied, nn.Dense(units)]


# %% wrong: does not return
# finding: not-a-network
# observed: a NoneType
# score: 0
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = [nn.Dense(width, activation="relu", params=shared.params) for _ in range(uses - 1)]
    net = nn.Sequential(nn.Dense(width, activation="relu"), shared, *tied, nn.Dense(units))


# %% wrong: a shared layer that outlives the call
# finding: shared-between-networks
# observed: the number turned up in it
# score: 9
SHARED = {}


def tied_mlp(width, units, uses=2):
    shared = SHARED.setdefault(width, nn.Dense(width, activation="relu"))
    tied = [nn.Dense(width, activation="relu", params=shared.params) for _ in range(uses - 1)]
    return nn.Sequential(nn.Dense(width, activation="relu"), shared, *tied, nn.Dense(units))


# %% wrong: the values copied over at each call
# finding: copied-at-each-call
# observed: written through net[2] did not turn up in net[1]
# score: 2
class Copying(nn.Sequential):
    def forward(self, x):
        x = self[1](self[0](x))
        for layer in self[2:-1]:
            layer(x)
            layer.weight.set_data(self[1].weight.data())
            layer.bias.set_data(self[1].bias.data())
            x = layer(x)
        return self[-1](x)


def tied_mlp(width, units, uses=2):
    net = Copying(nn.Dense(width, activation="relu"))
    net.add(*[nn.Dense(width, activation="relu") for _ in range(uses)], nn.Dense(units))
    return net


# %% wrong: everything is one layer, where the sizes allow it
# finding: too-much-tied
# observed: it turned up in net[0]
# score: 9
def tied_mlp(width, units, uses=2):
    shared = nn.Dense(width, activation="relu")
    tied = [nn.Dense(width, activation="relu", params=shared.params) for _ in range(uses - 1)]
    first = shared if uses > 2 else nn.Dense(width, activation="relu")
    return nn.Sequential(first, shared, *tied, nn.Dense(units))
