# %% right: seeded twice, a generator expression
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% right: seeded once, after initializing
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = dict.fromkeys(initializers)
    for name in initializers:
        model = make()
        model.initialize(init=initializers[name], force_reinit=True)
        nd.random.seed(seed)
        for epoch, measures in enumerate(fit(model), start=1):
            if measures["val_loss"] <= target:
                found[name] = epoch
                break
    return found


# %% right: one model, initialized anew by force
def epochs_to_reach(target, initializers, make, fit, seed=0):
    model = make()

    def one(initializer):
        model.initialize(initializer, force_reinit=True)
        nd.random.seed(seed)
        losses = np.array([end["val_loss"] for end in fit(model)])
        below = np.flatnonzero(losses <= target)
        return int(below[0]) + 1 if len(below) else None

    return {name: one(initializer) for name, initializer in initializers.items()}


# %% right: the generator's state is kept and put back
def epochs_to_reach(target, initializers, make, fit, seed=0):
    nd.random.seed(seed)
    state = nd.random.generator().get_state()
    result = {}
    for name, initializer in initializers.items():
        model = make()
        for parameter in model.collect_params().values():
            parameter.initialize(default_init=initializer)
        nd.random.generator().set_state(state)
        reached = [n for n, end in enumerate(fit(model)) if end["val_loss"] <= target]
        result[name] = min(reached) + 1 if reached else None
    return result


# %% wrong: seeded before the model is made only
# finding: shuffled-differently
# observed: [0.
# score: 8
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: seeded once, before the loop
# finding: shuffled-differently
# observed: [0.
# score: 8
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    nd.random.seed(seed)
    for name, initializer in initializers.items():
        model = make()
        model.initialize(init=initializer)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: not seeded
# finding: shuffled-differently
# observed: [0.
# score: 8
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        model = make()
        model.initialize(init=initializer)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: always seed 0
# finding: seed-ignored
# observed: the same
# score: 8
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(0)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(0)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: one model, without force
# finding: trained-before
# observed: trained weights
# score: 2
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    model = make()
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model.initialize(init=initializer)
        nd.random.seed(seed)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: the initializer is never used
# finding: initializer-unused
# observed: other weights
# score: 2
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize()
        nd.random.seed(seed)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: initialized without, then without force
# finding: initializer-unused
# observed: other weights
# score: 2
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: initialized after training
# finding: not-initialized
# observed: no values
# score: 0
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        history = fit(model)
        model.initialize(init=initializer)
        found[name] = next((n for n, end in enumerate(history, 1) if end["val_loss"] <= target), None)
    return found


# %% wrong: another model is initialized
# finding: not-initialized
# observed: no values
# score: 0
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        make().initialize(init=initializer)
        nd.random.seed(seed)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: biases as well
# finding: biases-not-zero
# observed: biases other than 0
# score: 2
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        for parameter in model.collect_params('.*bias').values():
            parameter.set_data(nd.ones(parameter.shape) * 0.1)
        nd.random.seed(seed)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: the first layer only
# finding: one-layer-only
# observed: another layer left out
# score: 2
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        list(model.children())[0].initialize(init=initializer)
        list(model.children())[1].initialize()
        nd.random.seed(seed)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: counted from zero
# finding: counted-from-zero
# observed: {
# score: 7
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        reached = (n for n, end in enumerate(fit(model)) if end["val_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: by training loss
# finding: training-loss
# observed: {
# score: 5
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        reached = (n for n, end in enumerate(fit(model), 1) if end["train_loss"] <= target)
        found[name] = next(reached, None)
    return found


# %% wrong: the last epoch below
# finding: last-not-first
# observed: {
# score: 7
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        reached = [n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target]
        found[name] = reached[-1] if reached else None
    return found


# %% wrong: the number of epochs below
# finding: epochs-below-counted
# observed: {
# score: 7
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        below = sum(end["val_loss"] <= target for end in fit(model))
        found[name] = below or None
    return found


# %% wrong: the epoch with the lowest loss
# finding: lowest-not-first
# observed: {
# score: 7
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        losses = [end["val_loss"] for end in fit(model)]
        found[name] = int(np.nanargmin(losses)) + 1 if min(losses) <= target else None
    return found


# %% wrong: a while loop that nan ends
# finding: nan-arrives
# observed: 4
# score: 8
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        history, n = fit(model), 0
        while n < len(history) and history[n]["val_loss"] > target:
            n += 1
        found[name] = n + 1 if n < len(history) else None
    return found


# %% wrong: the number of epochs where it never gets there
# finding: never-is-none
# observed: 8
# score: 8
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, 8)
    return found


# %% wrong: minus one where it never gets there
# finding: never-is-none
# observed: -1
# score: 8
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        reached = (n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target)
        found[name] = next(reached, -1)
    return found


# %% wrong: the first of an empty list
# finding: never-not-handled
# observed: IndexError
# score: 0
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        reached = [n for n, end in enumerate(fit(model), 1) if end["val_loss"] <= target]
        found[name] = reached[0]
    return found


# %% wrong: argmax of nothing
# finding: never-is-none
# observed: 1
# score: 8
def epochs_to_reach(target, initializers, make, fit, seed=0):
    found = {}
    for name, initializer in initializers.items():
        nd.random.seed(seed)
        model = make()
        model.initialize(init=initializer)
        nd.random.seed(seed)
        below = np.array([end["val_loss"] for end in fit(model)]) <= target
        found[name] = int(below.argmax()) + 1
    return found
