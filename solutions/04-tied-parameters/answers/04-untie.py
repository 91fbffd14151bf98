# %% right: new layers, filled
def untied(net):
    copy = nn.Sequential()
    for old in net:
        units, inputs = old.weight.shape
        new = nn.Dense(units, activation=old.act.activation if old.act else None, in_units=inputs)
        new.initialize()
        new.weight.set_data(old.weight.data())
        new.bias.set_data(old.bias.data())
        copy.add(new)
    return copy


# %% right: built whole, initialized whole, filled in place
def untied(net):
    copy = nn.Sequential()
    copy.add(*(nn.Dense(l.units, l.act and l.act.activation, in_units=l.weight.shape[1]) for l in net))
    copy.initialize()
    with autograd.no_grad():
        for old, new in zip(net, copy):
            new.weight.data()[:] = old.weight.data()
            new.bias.data()[:] = old.bias.data()
    return copy


# %% right: one file for each layer
def untied(net):
    copy = nn.Sequential()
    with tempfile.TemporaryDirectory() as folder:
        for i, old in enumerate(net):
            file = Path(folder) / f"{i}.safetensors"
            old.save_parameters(file)
            new = nn.Dense(old.units, activation=old.act.activation if old.act else None)
            new.load_parameters(file)
            copy.add(new)
    return copy


# %% right: constant initializers
def untied(net):
    def fresh(old):
        new = nn.Dense(
            old.units,
            activation=old.act.activation if old.act else None,
            in_units=old.weight.shape[1],
            weight_initializer=init.Constant(old.weight.data().asnumpy()),
            bias_initializer=init.Constant(old.bias.data().asnumpy()),
        )
        new.initialize()
        return new

    return nn.Sequential(*[fresh(old) for old in net])


# %% wrong: deepcopy of the whole
# finding: still-tied
# observed: the weight written through copy[1] turned up in copy[2]
# score: 6
def untied(net):
    import copy

    return copy.deepcopy(net)


# %% wrong: deepcopy of each layer
# finding: names-clash
# observed: NameClashError
# score: 9
def untied(net):
    import copy

    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% wrong: each different layer once, taken over where it stood
# finding: still-tied
# observed: the weight written through copy[1] turned up in copy[2]
# score: 6
def untied(net):
    made = {}
    copy = nn.Sequential()
    for old in net:
        if old.weight not in made:
            units, inputs = old.weight.shape
            new = nn.Dense(units, activation=old.act.activation if old.act else None, in_units=inputs)
            new.initialize()
            new.weight.set_data(old.weight.data())
            new.bias.set_data(old.bias.data())
            made[old.weight] = new
        copy.add(made[old.weight])
    return copy


# %% wrong: params= again
# finding: shares-with-original
# observed: written into copy[0], it turned up
# score: 4
def untied(net):
    copy = nn.Sequential()
    for old in net:
        activation = old.act.activation if old.act else None
        copy.add(nn.Dense(old.units, activation=activation, params=old.params))
    return copy


# %% wrong: the same layers in another Sequential
# finding: shares-with-original
# observed: written into copy[0], it turned up
# score: 4
def untied(net):
    return nn.Sequential(*net)


# %% wrong: gives back what it was given
# finding: original-returned
# observed: the original itself
# score: 0
def untied(net):
    return net


# %% wrong: unties the original
# finding: original-returned
# observed: the original itself
# score: 0
def untied(net):
    for i in range(len(net)):
        old = net[i]
        new = nn.Dense(old.units, activation=old.act.activation if old.act else None, in_units=old.weight.shape[1])
        new.initialize()
        new.weight.set_data(old.weight.data())
        new.bias.set_data(old.bias.data())
        net._children[str(i)] = new
    return net


# %% wrong: new parameters for the original's layers
# finding: original-untied
# observed: they no longer share
# score: 6
def untied(net):
    copy = nn.Sequential()
    seen = set()
    for old in net:
        units, inputs = old.weight.shape
        new = nn.Dense(units, activation=old.act.activation if old.act else None, in_units=inputs)
        new.initialize()
        new.weight.set_data(old.weight.data())
        new.bias.set_data(old.bias.data())
        weight, bias = old.weight.grad(), old.bias.grad()
        if old.weight in seen:
            old.weight, old.bias, old.params = new.weight, new.bias, new.params
            old.weight.data().grad, old.bias.data().grad = weight, bias
        seen.add(old.weight)
        copy.add(new)
    return copy


# %% wrong: values of its own
# finding: values-not-copied
# observed: shape (5, 2)
# score: 8
def untied(net):
    copy = nn.Sequential()
    for old in net:
        activation = old.act.activation if old.act else None
        copy.add(nn.Dense(old.units, activation=activation, in_units=old.weight.shape[1]))
    copy.initialize()
    return copy


# %% wrong: weights only
# finding: biases-not-copied
# observed: shape (5, 2)
# score: 8
def untied(net):
    copy = nn.Sequential()
    for old in net:
        activation = old.act.activation if old.act else None
        new = nn.Dense(old.units, activation=activation, in_units=old.weight.shape[1])
        new.initialize()
        new.weight.set_data(old.weight.data())
        copy.add(new)
    return copy


# %% wrong: activations left behind
# finding: activation-lost
# observed: shape (5, 2)
# score: 8
def untied(net):
    copy = nn.Sequential()
    for old in net:
        new = nn.Dense(old.units, in_units=old.weight.shape[1])
        new.initialize()
        new.weight.set_data(old.weight.data())
        new.bias.set_data(old.bias.data())
        copy.add(new)
    return copy


# %% wrong: through one file for all
# finding: file-refused
# observed: CheckpointError
# score: 0
def untied(net):
    copy = nn.Sequential()
    for old in net:
        activation = old.act.activation if old.act else None
        copy.add(nn.Dense(old.units, activation=activation, in_units=old.weight.shape[1]))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "net.safetensors"
        net.save_parameters(file)
        copy.load_parameters(file)
    return copy


# %% wrong: zeroes the original's gradients to be tidy
# finding: gradients-lost
# observed: others
# score: 8
def untied(net):
    net.zero_grad()
    copy = nn.Sequential()
    for old in net:
        units, inputs = old.weight.shape
        new = nn.Dense(units, activation=old.act.activation if old.act else None, in_units=inputs)
        new.initialize()
        new.weight.set_data(old.weight.data())
        new.bias.set_data(old.bias.data())
        copy.add(new)
    return copy


# %% wrong: the tensors themselves handed over
# finding: shares-with-original
# observed: written into copy[0], it turned up
# score: 4
def untied(net):
    copy = nn.Sequential()
    for old in net:
        units, inputs = old.weight.shape
        new = nn.Dense(units, activation=old.act.activation if old.act else None, in_units=inputs)
        new.weight._data, new.bias._data = old.weight.data(), old.bias.data()
        copy.add(new)
    return copy


# %% wrong: forgets to initialize
# finding: not-initialized
# observed: InitializationError
# score: 2
def untied(net):
    copy = nn.Sequential()
    for old in net:
        activation = old.act.activation if old.act else None
        copy.add(nn.Dense(old.units, activation=activation, in_units=old.weight.shape[1]))
    return copy


# %% wrong: a list
# finding: not-a-network
# observed: a list
# score: 0
def untied(net):
    copy = []
    for old in net:
        units, inputs = old.weight.shape
        new = nn.Dense(units, activation=old.act.activation if old.act else None, in_units=inputs)
        new.initialize()
        new.weight.set_data(old.weight.data())
        new.bias.set_data(old.bias.data())
        copy.append(new)
    return copy
