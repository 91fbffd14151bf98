# %% right: look through all rules first, then initialize
def initialize_parts(net, rules):
    parameters = net.collect_params()
    for pattern, _ in rules:
        if not any(re.fullmatch(pattern, name) for name in parameters):
            raise ValueError(f"{pattern!r} matches no parameter")
    for name, parameter in parameters.items():
        for pattern, initializer in rules:
            if re.fullmatch(pattern, name):
                parameter.initialize(init=initializer, force_reinit=True)
                break

# %% right: from the last rule to the first, so that the first has the last word
def initialize_parts(net, rules):
    chosen = {}
    for pattern, initializer in reversed(rules):
        found = [p for name, p in net.collect_params().items() if re.fullmatch(pattern, name)]
        if not found:
            raise ValueError("no parameter is matched by " + pattern)
        chosen.update((p.name, (p, initializer)) for p in found)
    for parameter, initializer in chosen.values():
        parameter.initialize(initializer, force_reinit=True)

# %% right: collect_params with the pattern closed at its end
def initialize_parts(net, rules):
    collected = [(net.collect_params(f"(?:{pattern})$"), pattern, initializer) for pattern, initializer in rules]
    empty = [pattern for found, pattern, _ in collected if len(found) == 0]
    if empty:
        raise ValueError(f"these patterns match nothing: {empty}, {', '.join(empty)}")
    done = set()
    for found, _, initializer in collected:
        for name, parameter in found.items():
            if name not in done:
                done.add(name)
                parameter.initialize(init=initializer, force_reinit=True)

# %% wrong: a match at the beginning is enough
# finding: matches-too-much
# observed: by the rule
# score: 8
def initialize_parts(net, rules):
    parameters = net.collect_params()
    for pattern, _ in rules:
        if not any(re.fullmatch(pattern, name) for name in parameters):
            raise ValueError(f"{pattern!r} matches no parameter")
    for name, parameter in parameters.items():
        for pattern, initializer in rules:
            if re.match(pattern, name):
                parameter.initialize(init=initializer, force_reinit=True)
                break

# %% wrong: a match anywhere is enough
# finding: matches-too-much
# observed: by the rule
# score: 4
def initialize_parts(net, rules):
    parameters = net.collect_params()
    for pattern, _ in rules:
        if not any(re.search(pattern, name) for name in parameters):
            raise ValueError(f"{pattern!r} matches no parameter")
    for name, parameter in parameters.items():
        for pattern, initializer in rules:
            if re.search(pattern, name):
                parameter.initialize(init=initializer, force_reinit=True)
                break

# %% wrong: initializes the collection, whose biases keep their own initializer
# finding: biases-keep-zeros
# observed: dense1_bias holds 0
# score: 9
def initialize_parts(net, rules):
    for pattern, _ in rules:
        if not net.collect_params(f"(?:{pattern})$"):
            raise ValueError(f"{pattern!r} matches no parameter")
    for pattern, initializer in reversed(rules):
        net.collect_params(f"(?:{pattern})$").initialize(initializer, force_reinit=True)

# %% wrong: the last rule wins
# finding: last-rule-wins
# observed: dense0_weight holds
# score: 7
def initialize_parts(net, rules):
    parameters = net.collect_params()
    for pattern, _ in rules:
        if not any(re.fullmatch(pattern, name) for name in parameters):
            raise ValueError(f"{pattern!r} matches no parameter")
    for name, parameter in parameters.items():
        for pattern, initializer in rules:
            if re.fullmatch(pattern, name):
                parameter.initialize(init=initializer, force_reinit=True)

# %% wrong: passes over a pattern that matches nothing
# finding: silent
# observed: no error
# score: 8
def initialize_parts(net, rules):
    for name, parameter in net.collect_params().items():
        for pattern, initializer in rules:
            if re.fullmatch(pattern, name):
                parameter.initialize(init=initializer, force_reinit=True)
                break

# %% wrong: raises when the first rules have been carried out
# finding: half-done
# observed: was already changed
# score: 8
def initialize_parts(net, rules):
    done = set()
    for pattern, initializer in rules:
        found = [p for name, p in net.collect_params().items() if re.fullmatch(pattern, name)]
        if not found:
            raise ValueError(f"{pattern!r} matches no parameter")
        for parameter in found:
            if parameter.name not in done:
                done.add(parameter.name)
                parameter.initialize(init=initializer, force_reinit=True)

# %% wrong: another kind of error
# finding: another-error
# observed: KeyError
# score: 8
def initialize_parts(net, rules):
    parameters = net.collect_params()
    for pattern, _ in rules:
        if not any(re.fullmatch(pattern, name) for name in parameters):
            raise KeyError(pattern)
    for name, parameter in parameters.items():
        for pattern, initializer in rules:
            if re.fullmatch(pattern, name):
                parameter.initialize(init=initializer, force_reinit=True)
                break

# %% wrong: an error that does not say which pattern
# finding: pattern-not-named
# observed: a pattern matches nothing
# score: 8
def initialize_parts(net, rules):
    parameters = net.collect_params()
    if not all(any(re.fullmatch(pattern, name) for name in parameters) for pattern, _ in rules):
        raise ValueError("a pattern matches nothing")
    for name, parameter in parameters.items():
        for pattern, initializer in rules:
            if re.fullmatch(pattern, name):
                parameter.initialize(init=initializer, force_reinit=True)
                break

# %% wrong: initializes the whole network first
# finding: rest-touched
# observed: new random numbers
# score: 6
def initialize_parts(net, rules):
    parameters = net.collect_params()
    for pattern, _ in rules:
        if not any(re.fullmatch(pattern, name) for name in parameters):
            raise ValueError(f"{pattern!r} matches no parameter")
    net.initialize(force_reinit=True)
    for name, parameter in parameters.items():
        for pattern, initializer in rules:
            if re.fullmatch(pattern, name):
                parameter.initialize(init=initializer, force_reinit=True)
                break

# %% wrong: Mixed for everything
# finding: rest-touched
# observed: new random numbers
# score: 5
def initialize_parts(net, rules):
    parameters = net.collect_params()
    for pattern, _ in rules:
        if not any(re.fullmatch(pattern, name) for name in parameters):
            raise ValueError(f"{pattern!r} matches no parameter")
    patterns = [f"(?:{pattern})$" for pattern, _ in rules] + [".*"]
    net.initialize(init.Mixed(patterns, [i for _, i in rules] + [init.Uniform()]), force_reinit=True)

# %% wrong: forgets force_reinit
# finding: nothing-changed
# observed: as before
# score: 2
def initialize_parts(net, rules):
    import warnings

    for pattern, _ in rules:
        if not any(re.fullmatch(pattern, name) for name in net.collect_params()):
            raise ValueError(f"{pattern!r} matches no parameter")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, parameter in net.collect_params().items():
            for pattern, initializer in rules:
                if re.fullmatch(pattern, name):
                    parameter.initialize(init=initializer)

# %% wrong: looks at the outermost layers only
# finding: nested-missed
# observed: encoder_dense0_weight
# score: 8
def initialize_parts(net, rules):
    names = list(net.collect_params())
    for pattern, _ in rules:
        if not any(re.fullmatch(pattern, name) for name in names):
            raise ValueError(f"{pattern!r} matches no parameter")
    for layer in net:
        for name, parameter in layer.params.items():
            for pattern, initializer in rules:
                if re.fullmatch(pattern, name):
                    parameter.initialize(init=initializer, force_reinit=True)
                    break

# %% wrong: looks at weights only
# finding: biases-skipped
# observed: dense1_bias
# score: 9
def initialize_parts(net, rules):
    names = list(net.collect_params())
    for pattern, _ in rules:
        if not any(re.fullmatch(pattern, name) for name in names):
            raise ValueError(f"{pattern!r} matches no parameter")
    for name, parameter in net.collect_params(".*weight").items():
        for pattern, initializer in rules:
            if re.fullmatch(pattern, name):
                parameter.initialize(init=initializer, force_reinit=True)
                break

# %% wrong: patterns of the shell, not regular expressions
# finding: not-matched
# observed: as before
# score: 2
def initialize_parts(net, rules):
    from fnmatch import fnmatch

    for name, parameter in net.collect_params().items():
        for pattern, initializer in rules:
            if fnmatch(name, pattern):
                parameter.initialize(init=initializer, force_reinit=True)
                break

# %% wrong: names written into the code
# finding: not-matched
# observed: dense4_weight
# score: 0
def initialize_parts(net, rules):
    parameters = net.collect_params()
    for (pattern, initializer), name in zip(rules, ("dense1_weight", "dense2_weight")):
        if name in parameters:
            parameters[name].initialize(init=initializer, force_reinit=True)
