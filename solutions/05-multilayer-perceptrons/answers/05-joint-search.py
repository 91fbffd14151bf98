# %% right: a generator of one's own, best so far
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% right: Python's random, all configurations drawn first
def random_search(space, fit, test, budget, seed=0):
    import random

    rng = random.Random(seed)
    configs = []
    for _ in range(budget):
        config = {}
        for name, values in space.items():
            if isinstance(values, tuple):
                low, high = values
                config[name] = low * (high / low) ** rng.random()
            else:
                config[name] = rng.choice(values)
        configs.append(config)
    results = [fit(**config) for config in configs]
    best = max(range(budget), key=lambda i: -1 if math.isnan(results[i]) else results[i])
    return configs[best], test(**configs[best])


# %% right: nd.random, everything drawn before the first run
def random_search(space, fit, test, budget, seed=0):
    nd.random.seed(seed)
    columns = {}
    for name, values in space.items():
        u = nd.random.uniform(shape=(budget,)).asnumpy().astype(float)
        if isinstance(values, tuple):
            columns[name] = 10 ** (np.log10(values[0]) + u * (np.log10(values[1]) - np.log10(values[0])))
        else:
            columns[name] = [values[int(k * len(values))] for k in u]
    configs = [dict(zip(columns, row)) for row in zip(*columns.values())]
    accuracies = np.array([fit(**config) for config in configs])
    best = configs[np.nanargmax(accuracies)]
    return best, test(**best)


# %% right: numpy's choice and a sorted list of results
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng([seed, 5])
    tried = []
    while len(tried) < budget:
        config = {}
        for name, values in space.items():
            if type(values) is list:
                config[name] = int(rng.choice(values))
            else:
                config[name] = float(np.exp(rng.uniform(np.log(values[0]), np.log(values[1]))))
        result = fit(**config)
        tried.append((result if np.isfinite(result) else -1, len(tried), config))
    best = sorted(tried)[-1][2]
    return best, test(**best)


# %% wrong: one run more than the budget
# finding: over-budget
# observed: runs
# score: 8
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    fit(**best)
    return best, test(**best)


# %% wrong: the budget not spent
# finding: budget-left
# observed: 8 runs
# score: 8
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget - 1):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: even on the ordinary scale
# finding: uniform-not-log
# observed: %
# score: 8
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return rng.uniform(*values)
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: powers of ten only
# finding: few-rates
# observed: different rates
# score: 8
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)
    best, best_accuracy = None, -1
    for _ in range(budget):
        config = {}
        for name, values in space.items():
            choices = list(np.geomspace(*values, 9)) if isinstance(values, tuple) else values
            config[name] = choices[rng.integers(len(choices))]
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: the exponential without the logarithm
# finding: outside-space
# observed: 1.
# score: 6
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*values))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: draws from the generator that `fit` restarts
# finding: same-again
# observed: of 3000 runs
# score: 5
def random_search(space, fit, test, budget, seed=0):
    nd.random.seed(seed)

    def draw(values):
        u = nd.random.uniform(shape=(1,)).item()
        if isinstance(values, tuple):
            return values[0] * (values[1] / values[0]) ** u
        return values[int(u * len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: drawn once, before the loop
# finding: same-again
# observed: the same in
# score: 5
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    config = {name: draw(values) for name, values in space.items()}
    for _ in range(budget):
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: one hyperparameter at a time
# finding: one-at-a-time
# observed: in 
# score: 8
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    start = {name: draw(values) for name, values in space.items()}
    best, best_accuracy = None, -math.inf
    for run in range(budget):
        name = list(space)[run % len(space)]
        config = {**start, name: draw(space[name])}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: the last choice is never drawn
# finding: choices-uneven
# observed: in 33.3%
# score: 8
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values) - 1)]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: one random number decides all
# finding: varied-together
# observed: depend
# score: 8
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)
    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        u, config = rng.random(), {}
        for name, values in space.items():
            if isinstance(values, tuple):
                config[name] = values[0] * (values[1] / values[0]) ** u
            else:
                config[name] = values[int(u * len(values))]
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: nan wins
# finding: nan-wins
# observed: run 0
# score: 7
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    configs = [{name: draw(values) for name, values in space.items()} for _ in range(budget)]
    accuracies = [fit(**config) for config in configs]
    best = configs[accuracies.index(max(accuracies))]
    return best, test(**best)


# %% wrong: the lowest accuracy
# finding: worst-not-best
# observed: run 
# score: 7
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy < best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: one dictionary for all runs
# finding: last-not-best
# observed: run 8
# score: 7
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy, config = None, -math.inf, {}
    for _ in range(budget):
        for name, values in space.items():
            config[name] = draw(values)
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: chosen by test accuracy
# finding: test-data-searched
# observed: calls
# score: 5
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        fit(**config)
        accuracy = test(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: never tested
# finding: never-tested
# observed: 0 calls
# score: 8
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, best_accuracy


# %% wrong: tested each time there is a new best
# finding: test-data-searched
# observed: calls
# score: 8
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy, tested = config, accuracy, test(**config)
    return best, tested


# %% wrong: the validation accuracy comes back
# finding: not-the-test-accuracy
# observed: 0.
# score: 8
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    test(**best)
    return best, best_accuracy


# %% wrong: another configuration is tested
# finding: another-one-tested
# observed: {
# score: 8
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**config)


# %% wrong: a generator without a seed
# finding: not-repeatable
# observed: others
# score: 9
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng()

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: always seed 0
# finding: seed-ignored
# observed: the same ones
# score: 9
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(0)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    return best, test(**best)


# %% wrong: the configuration alone
# finding: no-result
# observed: {
# score: 5
def random_search(space, fit, test, budget, seed=0):
    rng = np.random.default_rng(seed)

    def draw(values):
        if isinstance(values, tuple):
            return math.exp(rng.uniform(*map(math.log, values)))
        return values[rng.integers(len(values))]

    best, best_accuracy = None, -math.inf
    for _ in range(budget):
        config = {name: draw(values) for name, values in space.items()}
        accuracy = fit(**config)
        if accuracy > best_accuracy:
            best, best_accuracy = config, accuracy
    test(**best)
    return best
