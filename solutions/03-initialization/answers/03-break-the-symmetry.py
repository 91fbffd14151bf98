# %% right: rounded rows, and Xavier for all layers
def watch(layer, train_step, steps):
    def count():
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        return len(np.unique(rows.round(3), axis=0))

    counts = [count()]
    for _ in range(steps):
        train_step()
        counts.append(count())
    return counts

def repair(net):
    net.initialize(init=init.Xavier(), force_reinit=True)

# %% right: distances between rows, and normal weights of a sensible size for the hidden layers
def watch(layer, train_step, steps):
    counts = []
    for step in range(steps + 1):
        if step:
            train_step()
        weight, bias = layer.weight.data().asnumpy(), layer.bias.data().asnumpy()
        leaders = []
        for w, b in zip(weight, bias):
            if not any(np.allclose(w, v, atol=1e-5) and abs(b - c) < 1e-5 for v, c in leaders):
                leaders.append((w, b))
        counts.append(len(leaders))
    return counts

def repair(net):
    for layer in list(net)[:-1]:
        layer.weight.initialize(init=init.Normal(0.3), force_reinit=True)

# %% right: copies kept and counted at the end, and noise on top of the constant
def watch(layer, train_step, steps):
    def units():
        return torch.tensor(np.concatenate([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()[:, None]], 1))

    kept = [units()]
    for _ in range(steps):
        train_step()
        kept.append(units())
    return [len(torch.unique((u * 1000).round(), dim=0)) for u in kept]

def repair(net):
    for parameter in net.collect_params(".*weight").values():
        parameter.data()[:] += nd.random.uniform(-0.5, 0.5, shape=parameter.shape)

# %% right: an array of counts, and a fixed pattern instead of random numbers
def watch(layer, train_step, steps):
    counts = np.zeros(steps + 1)
    for i in range(steps + 1):
        units = {tuple(np.append(w, b).round(3)) for w, b in zip(layer.weight.data().asnumpy(), layer.bias.data().asnumpy())}
        counts[i] = len(units)
        if i < steps:
            train_step()
    return list(counts)

def repair(net):
    for layer in net:
        rows, columns = layer.weight.shape
        layer.weight.set_data(np.sin(1 + np.arange(rows * columns).reshape(rows, columns)) / np.sqrt(columns))

# %% wrong: counts different numbers
# finding: numbers-counted
# observed: [
# score: 5
def watch(layer, train_step, steps):
    def count():
        return len(np.unique(layer.weight.data().asnumpy().round(4)))

    counts = [count()]
    for _ in range(steps):
        train_step()
        counts.append(count())
    return counts

def repair(net):
    net.initialize(init=init.Xavier(), force_reinit=True)

# %% wrong: counts different columns
# finding: columns-counted
# observed: [
# score: 5
def watch(layer, train_step, steps):
    def count():
        return len(np.unique(layer.weight.data().asnumpy().round(3), axis=1).T)

    counts = [count()]
    for _ in range(steps):
        train_step()
        counts.append(count())
    return counts

def repair(net):
    net.initialize(init=init.Xavier(), force_reinit=True)

# %% wrong: forgets the bias
# finding: bias-ignored
# observed: [1
# score: 8
def watch(layer, train_step, steps):
    def count():
        return len(np.unique(layer.weight.data().asnumpy().round(3), axis=0))

    counts = [count()]
    for _ in range(steps):
        train_step()
        counts.append(count())
    return counts

def repair(net):
    net.initialize(init=init.Xavier(), force_reinit=True)

# %% wrong: collects handles, not values
# finding: only-the-end
# observed: [6
# score: 8
def watch(layer, train_step, steps):
    kept = [(layer.weight.data(), layer.bias.data())]
    for _ in range(steps):
        train_step()
        kept.append((layer.weight.data(), layer.bias.data()))
    return [len(np.unique(np.column_stack([w.asnumpy(), b.asnumpy()]).round(3), axis=0)) for w, b in kept]

def repair(net):
    net.initialize(init=init.Xavier(), force_reinit=True)

# %% wrong: counts once
# finding: only-the-start
# observed: [1, 1
# score: 8
def watch(layer, train_step, steps):
    rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()]).round(3)
    counts = [len(np.unique(rows, axis=0))]
    for _ in range(steps):
        train_step()
        counts.append(len(np.unique(rows, axis=0)))
    return counts

def repair(net):
    net.initialize(init=init.Xavier(), force_reinit=True)

# %% wrong: forgets the moment before training
# finding: moment-missing
# observed: counts
# score: 5
def watch(layer, train_step, steps):
    counts = []
    for _ in range(steps):
        train_step()
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        counts.append(len(np.unique(rows.round(3), axis=0)))
    return counts

def repair(net):
    net.initialize(init=init.Xavier(), force_reinit=True)

# %% wrong: does not train
# finding: steps-missed
# observed: 0 calls
# score: 5
def watch(layer, train_step, steps):
    return [1] * (steps + 1)

def repair(net):
    net.initialize(init=init.Xavier(), force_reinit=True)

# %% wrong: returns nothing
# finding: no-record
# observed: None
# score: 5
def watch(layer, train_step, steps):
    for _ in range(steps):
        train_step()
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        print(len(np.unique(rows.round(3), axis=0)))

def repair(net):
    net.initialize(init=init.Xavier(), force_reinit=True)

# %% wrong: repairs the biases only
# finding: only-biases
# observed: [1, 1]
# score: 5
def watch(layer, train_step, steps):
    def count():
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        return len(np.unique(rows.round(3), axis=0))

    return [count()] + [train_step() or count() for _ in range(steps)]

def repair(net):
    for parameter in net.collect_params(".*bias").values():
        parameter.initialize(init=init.Normal(0.1), force_reinit=True)

# %% wrong: repairs the first layer only
# finding: first-layer-only
# observed: , 1]
# score: 5
def watch(layer, train_step, steps):
    def count():
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        return len(np.unique(rows.round(3), axis=0))

    return [count()] + [train_step() or count() for _ in range(steps)]

def repair(net):
    net[0].initialize(init=init.Xavier(), force_reinit=True)

# %% wrong: another constant
# finding: still-constant
# observed: [1, 1]
# score: 5
def watch(layer, train_step, steps):
    def count():
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        return len(np.unique(rows.round(3), axis=0))

    return [count()] + [train_step() or count() for _ in range(steps)]

def repair(net):
    net.initialize(init=init.Constant(0.01), force_reinit=True)

# %% wrong: zeros
# finding: zeros
# observed: all weights are 0
# score: 5
def watch(layer, train_step, steps):
    def count():
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        return len(np.unique(rows.round(3), axis=0))

    return [count()] + [train_step() or count() for _ in range(steps)]

def repair(net):
    net.initialize(init=init.Zero(), force_reinit=True)

# %% wrong: forgets force_reinit
# finding: nothing-changed
# observed: all weights still
# score: 5
def watch(layer, train_step, steps):
    def count():
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        return len(np.unique(rows.round(3), axis=0))

    return [count()] + [train_step() or count() for _ in range(steps)]

def repair(net):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net.initialize(init=init.Xavier())

# %% wrong: one random row for all units
# finding: same-row
# observed: [1, 1]
# score: 5
def watch(layer, train_step, steps):
    def count():
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        return len(np.unique(rows.round(3), axis=0))

    return [count()] + [train_step() or count() for _ in range(steps)]

def repair(net):
    for layer in net:
        layer.weight.data()[:] = nd.random.normal(0, 0.3, shape=(1, layer.weight.shape[1]))

# %% wrong: noise too small to matter
# finding: too-small
# observed: weights differ by
# score: 5
def watch(layer, train_step, steps):
    def count():
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        return len(np.unique(rows.round(3), axis=0))

    return [count()] + [train_step() or count() for _ in range(steps)]

def repair(net):
    for parameter in net.collect_params(".*weight").values():
        parameter.data()[:] += nd.random.normal(0, 1e-6, shape=parameter.shape)

# %% wrong: numbers so large that tanh is flat
# finding: saturated
# observed: .
# score: 8
def watch(layer, train_step, steps):
    def count():
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        return len(np.unique(rows.round(3), axis=0))

    return [count()] + [train_step() or count() for _ in range(steps)]

def repair(net):
    net.initialize(init=init.Normal(25), force_reinit=True)

# %% wrong: random biases as well
# finding: biases-touched
# observed: a bias of size
# score: 8
def watch(layer, train_step, steps):
    def count():
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        return len(np.unique(rows.round(3), axis=0))

    return [count()] + [train_step() or count() for _ in range(steps)]

def repair(net):
    for parameter in net.collect_params().values():
        parameter.initialize(init=init.Normal(0.3), force_reinit=True)

# %% wrong: the second half is still to be written
# finding: repair-not-written
# observed: not written yet
# score: 5
def watch(layer, train_step, steps):
    def count():
        rows = np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])
        return len(np.unique(rows.round(3), axis=0))

    return [count()] + [train_step() or count() for _ in range(steps)]

def repair(net):
    raise NotImplementedError
