# %% right: own gradients first, then the sums over them
def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    for group in groups:
        for kind in ("weight", "bias"):
            parameters = [getattr(twin[i], kind) for i in group]
            total = sum(p.grad().asnumpy() for p in parameters)
            for p in parameters:
                found[p.name] = total
    return found


# %% right: tensors, and a group for every layer
def tied_gradients(twin, groups):
    found = {}
    for i, layer in enumerate(twin):
        group = next((g for g in groups if i in g), [i])
        weight, bias = twin[group[0]].weight.grad(), twin[group[0]].bias.grad()
        for j in group[1:]:
            weight, bias = weight + twin[j].weight.grad(), bias + twin[j].bias.grad()
        found[layer.weight.name], found[layer.bias.name] = weight, bias
    return found


# %% right: added into copies
def tied_gradients(twin, groups):
    found = {name: p.grad().copy() for name, p in twin.collect_params().items()}
    for group in groups:
        for kind in ("weight", "bias"):
            names = [getattr(twin[i], kind).name for i in group]
            total = nd.zeros_like(found[names[0]])
            for name in names:
                total += found[name]
            found.update({name: total.copy() for name in names})
    return found


# %% right: stacked, and summed over the new axis, in torch
def tied_gradients(twin, groups):
    grads = {name: torch.tensor(p.grad().asnumpy()) for name, p in twin.collect_params().items()}
    for group in groups:
        for kind in ("weight", "bias"):
            names = [twin[i].params.prefix + kind for i in group]
            grads |= dict.fromkeys(names, torch.stack([grads[n] for n in names]).sum(0))
    return grads


# %% wrong: each its own, as if nothing were tied
# finding: not-summed
# observed: dense1_weight: shape (4, 4)
# score: 4
def tied_gradients(twin, groups):
    return {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}


# %% wrong: the last use overwrites
# finding: not-summed
# observed: dense1_weight
# score: 4
def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    for group in groups:
        for i in group:
            for j in group:
                found[twin[i].weight.name] = twin[j].weight.grad().asnumpy()
                found[twin[i].bias.name] = twin[j].bias.grad().asnumpy()
    return found


# %% wrong: the mean
# finding: averaged
# observed: dense1_weight
# score: 4
def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    for group in groups:
        for kind in ("weight", "bias"):
            mean = np.mean([getattr(twin[i], kind).grad().asnumpy() for i in group], axis=0)
            for i in group:
                found[getattr(twin[i], kind).name] = mean
    return found


# %% wrong: one use, times the number of uses
# finding: one-use-multiplied
# observed: dense1_weight
# score: 4
def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    for group in groups:
        for i in group:
            found[twin[i].weight.name] = twin[group[0]].weight.grad().asnumpy() * len(group)
            found[twin[i].bias.name] = twin[group[0]].bias.grad().asnumpy() * len(group)
    return found


# %% wrong: a product, because the layers follow one another
# finding: multiplied
# observed: dense1_weight
# score: 4
def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    for group in groups:
        for kind in ("weight", "bias"):
            product = np.prod([getattr(twin[i], kind).grad().asnumpy() for i in group], axis=0)
            for i in group:
                found[getattr(twin[i], kind).name] = product
    return found


# %% wrong: sums the weights and forgets the biases
# finding: not-summed
# observed: dense1_bias
# score: 8
def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    for group in groups:
        total = sum(twin[i].weight.grad().asnumpy() for i in group)
        for i in group:
            found[twin[i].weight.name] = total
    return found


# %% wrong: weights only
# finding: biases-left-out
# observed: gradients for dense0_weight
# score: 6
def tied_gradients(twin, groups):
    found = {layer.weight.name: layer.weight.grad().asnumpy() for layer in twin}
    for group in groups:
        total = sum(twin[i].weight.grad().asnumpy() for i in group)
        for i in group:
            found[twin[i].weight.name] = total
    return found


# %% wrong: adds up in the twin itself
# finding: twin-changed
# observed: shape (4, 4)
# score: 8
def tied_gradients(twin, groups):
    found = {name: p.grad() for name, p in twin.collect_params().items()}
    for group in groups:
        for kind in ("weight", "bias"):
            total = getattr(twin[group[0]], kind).grad()
            for i in group[1:]:
                total += getattr(twin[i], kind).grad()
            for i in group:
                found[getattr(twin[i], kind).name] = total
    return found


# %% wrong: starts the sum with the first use, and adds it again
# finding: first-counted-twice
# observed: dense1_weight
# score: 4
def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    for group in groups:
        for kind in ("weight", "bias"):
            total = getattr(twin[group[0]], kind).grad().asnumpy()
            for i in group:
                total = total + getattr(twin[i], kind).grad().asnumpy()
            for i in group:
                found[getattr(twin[i], kind).name] = total
    return found


# %% wrong: only the tied layers
# finding: others-left-out
# observed: gradients for dense1_weight
# score: 8
def tied_gradients(twin, groups):
    found = {}
    for group in groups:
        for kind in ("weight", "bias"):
            total = sum(getattr(twin[i], kind).grad().asnumpy() for i in group)
            for i in group:
                found[getattr(twin[i], kind).name] = total
    return found


# %% wrong: one name for each group
# finding: one-name-a-group
# observed: gradients for dense0_weight
# score: 4
def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    for group in groups:
        for kind in ("weight", "bias"):
            names = [getattr(twin[i], kind).name for i in group]
            total = sum(found.pop(name) for name in names)
            found[names[0]] = total
    return found


# %% wrong: all groups as one
# finding: all-layers-summed
# observed: dense1_weight
# score: 4
def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    places = [i for i, layer in enumerate(twin) if layer.weight.shape == (4, 4)]
    for kind in ("weight", "bias"):
        total = sum(getattr(twin[i], kind).grad().asnumpy() for i in places)
        for group in groups:
            for i in group:
                found[getattr(twin[i], kind).name] = total
    return found


# %% wrong: a sum of numbers
# finding: summed-over-axis
# observed: dense1_weight: shape (): 
# score: 4
def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    for group in groups:
        for kind in ("weight", "bias"):
            total = np.sum([getattr(twin[i], kind).grad().asnumpy() for i in group])
            for i in group:
                found[getattr(twin[i], kind).name] = total
    return found


# %% wrong: keys are positions
# finding: other-keys
# observed: gradients for 0, 1, 2, 3
# score: 2
def tied_gradients(twin, groups):
    found = {i: layer.weight.grad().asnumpy() for i, layer in enumerate(twin)}
    for group in groups:
        total = sum(found[i] for i in group)
        found.update({i: total for i in group})
    return found


# %% wrong: a sum that is kept between calls
# finding: not-the-same-again
# observed: other gradients
# score: 8
TOTALS = {}


def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    for group in groups:
        for kind in ("weight", "bias"):
            for i in group:
                key = (twin, kind, group[0])
                TOTALS[key] = TOTALS.get(key, 0) + getattr(twin[i], kind).grad().asnumpy()
            for i in group:
                found[getattr(twin[i], kind).name] = TOTALS[key]
    return found


# %% wrong: does not return
# finding: no-dictionary
# observed: None
# score: 0
def tied_gradients(twin, groups):
    found = {name: p.grad().asnumpy() for name, p in twin.collect_params().items()}
    for group in groups:
        for kind in ("weight", "bias"):
            parameters = [getattr(twin[i], kind) for i in group]
            total = sum(p.grad().asnumpy() for p in parameters)
            for p in parameters:
                found[p.name] = total
