# %% right: asks each parameter for its values
def ready(net):
    for parameter in net.collect_params().values():
        try:
            parameter.data()
        except RuntimeError:
            return False
    return True

# %% right: asks the parameters whether they are initialized
def ready(net):
    return all(parameter.is_initialized for parameter in net.collect_params().values())

# %% right: goes down the tree by itself
def ready(net):
    def has_values(parameter):
        try:
            return parameter.data() is not None
        except errors.InitializationError:
            return False

    own = [has_values(p) for p in net.params.values()]
    return all(own) and all(ready(child) for child in net.children())

# %% right: counts
def ready(net):
    waiting = 0
    for _, parameter in net.collect_params().items():
        try:
            parameter.data().asnumpy()
        except Exception:
            waiting += 1
    return waiting == 0

# %% wrong: lets the error out
# finding: error-let-out
# observed: has no values
# score: 0
def ready(net):
    return all(parameter.data() is not None for parameter in net.collect_params().values())

# %% wrong: catches the deferred kind only
# finding: error-let-out
# observed: call initialize()
# score: 6
def ready(net):
    for parameter in net.collect_params().values():
        try:
            parameter.data()
        except errors.DeferredInitializationError:
            return False
    return True

# %% wrong: takes a known shape for a value
# finding: shape-is-not-value
# observed: True
# score: 6
def ready(net):
    return all(0 not in parameter.shape for parameter in net.collect_params().values())

# %% wrong: asks only whether something waits
# finding: shape-is-not-value
# observed: True
# score: 6
def ready(net):
    return not any(p.is_deferred or 0 in p.shape for p in net.collect_params().values())

# %% wrong: looks at the first layer only
# finding: first-layer-only
# observed: True
# score: 7
def ready(net):
    return all(p.is_initialized for p in net[0].params.values())

# %% wrong: looks at the outermost layers only
# finding: not-inside
# observed: True
# score: 7
def ready(net):
    return all(p.is_initialized for layer in net for p in layer.params.values())

# %% wrong: looks at weights only
# finding: only-weights
# observed: True
# score: 8
def ready(net):
    return all(p.is_initialized for p in net.collect_params(".*weight").values())

# %% wrong: looks at biases only, whose shape is known from the start
# finding: too-soon
# observed: True
# score: 3
def ready(net):
    return all(p.is_initialized for p in net.collect_params(".*bias").values())

# %% wrong: one parameter with values is enough
# finding: too-soon
# observed: True
# score: 2
def ready(net):
    return any(p.is_initialized for p in net.collect_params().values())

# %% wrong: initializes what it finds waiting
# finding: asking-changes-it
# observed: values of shape
# score: 6
def ready(net):
    for parameter in net.collect_params().values():
        if not parameter.is_initialized:
            parameter.initialize()
    return all(parameter.is_initialized for parameter in net.collect_params().values())

# %% wrong: calls the network to see whether it works
# finding: asking-changes-it
# observed: values of shape
# score: 3
def ready(net):
    for inputs in range(1, 200):
        try:
            net(nd.zeros((1, inputs)))
            return True
        except Exception:
            pass
    return False

# %% wrong: initializes, to be on the safe side
# finding: asking-changes-it
# observed: with other values
# score: 7
def ready(net):
    known = all(parameter.is_initialized for parameter in net.collect_params().values())
    net.initialize(force_reinit=True)
    return known

# %% wrong: prints and returns nothing
# finding: not-a-truth-value
# observed: None
# score: 0
def ready(net):
    for name, parameter in net.collect_params().items():
        print(name, parameter.is_initialized)

# %% wrong: returns the names of those that wait
# finding: not-a-truth-value
# observed: dense0_weight
# score: 0
def ready(net):
    return [name for name, p in net.collect_params().items() if not p.is_initialized]

# %% wrong: the answer turned round
# finding: turned-round
# observed: True
# score: 2
def ready(net):
    return not all(p.is_initialized for p in net.collect_params().values())

# %% wrong: always yes
# finding: too-soon
# observed: True
# score: 0
def ready(net):
    return True

# %% wrong: always no
# finding: never-ready
# observed: False
# score: 0
def ready(net):
    return False

# %% wrong: waits for a gradient, which only a call and a backward pass bring
# finding: never-ready
# observed: False
# score: 0
def ready(net):
    return all(p.is_initialized and p.data().grad is not None for p in net.collect_params().values())
