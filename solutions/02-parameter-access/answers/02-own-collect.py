# %% right: recursion, with a dictionary handed on
def collect(net, select=None, found=None):
    found = {} if found is None else found
    for name, parameter in net.params.items():
        if select is None or re.match(select, name):
            if name in found and found[name] is not parameter:
                raise ValueError(f"{name} is the name of two parameters")
            found[name] = parameter
    for child in net.children():
        collect(child, select, found)
    return found


# %% right: recursion, with what comes back merged
def collect(net, select=None):
    pattern = re.compile(select or "")
    found = {n: p for n, p in net.params.items() if pattern.match(n)}
    for child in net.children():
        for name, parameter in collect(child, select).items():
            if found.get(name, parameter) is not parameter:
                raise ValueError("clash: " + name)
            found[name] = parameter
    return found


# %% right: a list of all blocks first, then their parameters, in a ParameterDict
def collect(net, select=None):
    blocks = [net]
    for block in blocks:
        blocks.extend(block.children())
    found = nn.ParameterDict(net.prefix)
    for block in blocks:
        for parameter in block.params.selected(select):
            found.add(parameter)  # refuses a second one of the same name
    return found


# %% right: level by level, the choice at the end
def collect(net, select=None):
    pairs, level = [], [net]
    while level:
        pairs += [(p.name, p) for block in level for p in block.params.values()]
        level = [child for block in level for child in block._children.values()]
    found = dict(pairs)
    for name, parameter in pairs:
        if found[name] is not parameter:
            raise ValueError(f"two parameters named {name!r}")
    return {name: p for name, p in found.items() if select is None or re.match(select, name)}


# %% wrong: calls collect_params
# finding: forbidden-call
# observed: miniblocks.nn.Block.collect_params
# score: 0
def collect(net, select=None):
    return dict(net.collect_params(select).items())


# %% wrong: lets named_blocks walk
# finding: forbidden-call
# observed: miniblocks.nn.Block.named_blocks
# score: 0
def collect(net, select=None):
    found = {}
    for _, block in net.named_blocks():
        for name, parameter in block.params.items():
            if select is None or re.match(select, name):
                if found.setdefault(name, parameter) is not parameter:
                    raise ValueError(name)
    return found


# %% wrong: the network's own parameters
# finding: only-the-blocks-own
# observed: 2 of them, without
# score: 0
def collect(net, select=None):
    return {n: p for n, p in net.params.items() if select is None or re.match(select, n)}


# %% wrong: one level down, and no further
# finding: one-level-deep
# observed: without dense
# score: 5
def collect(net, select=None):
    found = {}
    for block in [net, *net.children()]:
        for name, parameter in block.params.items():
            if select is None or re.match(select, name):
                if found.setdefault(name, parameter) is not parameter:
                    raise ValueError(name)
    return found


# %% wrong: blocks with children are passed through
# finding: only-leaves-asked
# observed: chimera0_mix
# score: 7
def collect(net, select=None):
    found = {}

    def walk(block):
        children = list(block.children())
        for child in children:
            walk(child)
        if not children:
            for name, parameter in block.params.items():
                if select is None or re.match(select, name):
                    if found.setdefault(name, parameter) is not parameter:
                        raise ValueError(name)

    walk(net)
    return found


# %% wrong: weight and bias only
# finding: only-weight-and-bias
# observed: chimera0_scale
# score: 7
def collect(net, select=None):
    found, blocks = {}, [net]
    while blocks:
        block = blocks.pop()
        blocks.extend(block.children())
        for attribute in ("weight", "bias"):
            parameter = getattr(block, attribute, None)
            if parameter is not None and (select is None or re.match(select, parameter.name)):
                if found.setdefault(parameter.name, parameter) is not parameter:
                    raise ValueError(parameter.name)
    return found


# %% wrong: constants left out
# finding: constants-left-out
# observed: of them, without chimera0_mix
# score: 7
def collect(net, select=None):
    found, blocks = {}, [net]
    while blocks:
        block = blocks.pop()
        blocks.extend(block.children())
        for name, parameter in block.params.items():
            if isinstance(parameter, nn.Constant) or (select and not re.match(select, name)):
                continue
            if found.setdefault(name, parameter) is not parameter:
                raise ValueError(name)
    return found


# %% wrong: searches the attributes
# finding: attributes-searched
# observed: without dense
# score: 0
def collect(net, select=None):
    found, blocks = {}, [net]
    while blocks:
        block = blocks.pop()
        blocks.extend(b for b in vars(block).values() if isinstance(b, nn.Block))
        for name, parameter in block.params.items():
            if select is None or re.match(select, name):
                if found.setdefault(name, parameter) is not parameter:
                    raise ValueError(name)
    return found


# %% wrong: returns inside the loop
# finding: incomplete
# observed: 2 of them, without
# score: 0
def collect(net, select=None):
    found = {n: p for n, p in net.params.items() if select is None or re.match(select, n)}
    for child in net.children():
        for name, parameter in collect(child, select).items():
            if found.setdefault(name, parameter) is not parameter:
                raise ValueError(name)
        return found
    return found


# %% wrong: what the recursive call gives back is dropped
# finding: only-the-blocks-own
# observed: 2 of them
# score: 0
def collect(net, select=None):
    found = {n: p for n, p in net.params.items() if select is None or re.match(select, n)}
    for child in net.children():
        collect(child, select)
    return found


# %% wrong: remembers the network before
# finding: remembers-the-last-network
# observed: of them, and
# score: 0
def collect(net, select=None, found={}):
    for name, parameter in net.params.items():
        if select is None or re.match(select, name):
            if found.setdefault(name, parameter) is not parameter:
                raise ValueError(f"{name} twice")
    for child in net.children():
        collect(child, select, found)
    return found


# %% wrong: writes into the block's own dictionary
# finding: network-changed
# observed: new: left
# score: 9
def collect(net, select=None):
    found = net.params
    for child in net.children():
        found.update(collect(child))
    return {n: p for n, p in found.items() if select is None or re.match(select, n)} if select else found


# %% wrong: the pattern may fit anywhere
# finding: matches-anywhere
# observed: decoder_dense0_weight
# score: 8
def collect(net, select=None):
    found, blocks = {}, [net]
    while blocks:
        block = blocks.pop()
        blocks.extend(block.children())
        for name, parameter in block.params.items():
            if select is None or re.search(select, name):
                if found.setdefault(name, parameter) is not parameter:
                    raise ValueError(name)
    return found


# %% wrong: the pattern has to fit the whole name
# finding: matches-whole-names
# observed: 0 of them
# score: 8
def collect(net, select=None):
    found, blocks = {}, [net]
    while blocks:
        block = blocks.pop()
        blocks.extend(block.children())
        for name, parameter in block.params.items():
            if select is None or re.fullmatch(select, name):
                if found.setdefault(name, parameter) is not parameter:
                    raise ValueError(name)
    return found


# %% wrong: compares plain text
# finding: not-a-regular-expression
# observed: 0 of them, without encoder_dense0_weight
# score: 8
def collect(net, select=None):
    found, blocks = {}, [net]
    while blocks:
        block = blocks.pop()
        blocks.extend(block.children())
        for name, parameter in block.params.items():
            if select is None or name.startswith(select):
                if found.setdefault(name, parameter) is not parameter:
                    raise ValueError(name)
    return found


# %% wrong: the pattern is not handed on
# finding: pattern-ignored
# observed: and dense0_weight
# score: 8
def collect(net, select=None):
    found = {n: p for n, p in net.params.items() if select is None or re.match(select, n)}
    for child in net.children():
        for name, parameter in collect(child).items():
            if found.setdefault(name, parameter) is not parameter:
                raise ValueError(name)
    return found


# %% wrong: None as a pattern
# finding: none-as-pattern
# observed: TypeError
# score: 2
def collect(net, select=None):
    found = {n: p for n, p in net.params.items() if re.match(select, n)}
    for child in net.children():
        for name, parameter in collect(child, select).items():
            if found.setdefault(name, parameter) is not parameter:
                raise ValueError(name)
    return found


# %% wrong: the last one of a name wins
# finding: clash-unnoticed
# observed: 2 parameters, no error
# score: 8
def collect(net, select=None):
    found = {n: p for n, p in net.params.items() if select is None or re.match(select, n)}
    for child in net.children():
        found.update(collect(child, select))
    return found


# %% wrong: a shared parameter is taken for a clash
# finding: tie-taken-for-clash
# observed: ValueError: dense
# score: 8
def collect(net, select=None):
    found = {n: p for n, p in net.params.items() if select is None or re.match(select, n)}
    for child in net.children():
        for name, parameter in collect(child, select).items():
            if name in found:
                raise ValueError(name)
            found[name] = parameter
    return found


# %% wrong: an assertion guards against clashes
# finding: another-error
# observed: AssertionError
# score: 8
def collect(net, select=None):
    found, blocks = {}, [net]
    while blocks:
        block = blocks.pop()
        blocks.extend(block.children())
        for name, parameter in block.params.items():
            if select is None or re.match(select, name):
                assert found.setdefault(name, parameter) is parameter, f"{name} twice"
    return found


# %% wrong: the keys are paths
# finding: other-keys
# observed: and 0.weight, 0.bias
# score: 0
def collect(net, select=None, path=""):
    found = {}
    for name, parameter in net.params.items():
        if select is None or re.match(select, name):
            found[path + name.removeprefix(net.params.prefix)] = parameter
    for name, child in net._children.items():
        found.update(collect(child, select, f"{path}{name}."))
    return found


# %% wrong: a list
# finding: not-a-dictionary
# observed: a list
# score: 0
def collect(net, select=None):
    found = [p for p in net.params.values() if select is None or re.match(select, p.name)]
    for child in net.children():
        found += collect(child, select)
    return found


# %% wrong: values in place of parameters
# finding: values-asked-for
# observed: has no values
# score: 0
def collect(net, select=None):
    found = {n: p.data() for n, p in net.params.items() if select is None or re.match(select, n)}
    for child in net.children():
        found.update(collect(child, select))
    return found


# %% wrong: parameters copied
# finding: copies
# observed: another one
# score: 0
def collect(net, select=None):
    import copy

    found = {}
    blocks = [net]
    while blocks:
        block = blocks.pop(0)
        blocks.extend(block.children())
        for name, parameter in block.params.items():
            if select is None or re.match(select, name):
                if found.setdefault(name, parameter) is not parameter:
                    raise ValueError(name)
    return {name: copy.copy(parameter) for name, parameter in found.items()}
