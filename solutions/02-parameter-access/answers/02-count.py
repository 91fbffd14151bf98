# %% right: one loop, places counted by identity
def count(net):
    result = {"trainable": 0, "frozen": 0, "constant": 0, "shared": 0, "bytes": 0}
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if not p.is_shape_known:
            raise ValueError(f"{p.name} has the shape {p.shape}")
        n = math.prod(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["bytes"] += n * np.dtype(p.dtype).itemsize
        if places[id(p)] > 1:
            result["shared"] += n
    return result


# %% right: a walk of its own, with lists by kind
def count(net):
    met, times = {}, {}

    def walk(block):
        for p in block.params.values():
            met[p.name] = p
            times[p.name] = times.get(p.name, 0) + 1
        for child in block.children():
            walk(child)

    walk(net)
    for p in met.values():
        if p.shape is None or 0 in p.shape:
            raise ValueError("unknown shape: " + p.name)

    def numbers(parameters):
        return sum(math.prod(p.shape) for p in parameters)

    constants = [p for p in met.values() if isinstance(p, nn.Constant)]
    others = [p for p in met.values() if not isinstance(p, nn.Constant)]
    width = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8, "int64": 8, "int32": 4}
    return {
        "trainable": numbers(p for p in others if p.grad_req != "null"),
        "frozen": numbers(p for p in others if p.grad_req == "null"),
        "constant": numbers(constants),
        "shared": numbers(met[name] for name, k in times.items() if k > 1),
        "bytes": sum(math.prod(p.shape) * width[p.dtype] for p in met.values()),
    }


# %% right: NumPy does the multiplying
def count(net):
    table = list(checkpoint.paths_of(net).items())
    first = {}
    again = set()
    for path, parameter in table:
        if first.setdefault(id(parameter), parameter) is parameter and id(parameter) in again:
            continue
        if sum(other is parameter for _, other in table) > 1:
            again.add(id(parameter))
    sizes = {}
    for key, parameter in first.items():
        if any(n == 0 for n in parameter.shape):
            raise ValueError(f"call the network first: {parameter.name} waits for its shape")
        sizes[key] = np.prod(parameter.shape, dtype=int)

    def total(keys):
        return sum(sizes[key] for key in keys)

    constant = {k for k, p in first.items() if type(p) is nn.Constant}
    frozen = {k for k, p in first.items() if p.grad_req == "null"} - constant
    return {
        "trainable": total(set(first) - constant - frozen),
        "frozen": total(frozen),
        "constant": total(constant),
        "shared": total(again),
        "bytes": sum(sizes[k] * np.empty(0, first[k].dtype).itemsize for k in first),
    }


# %% wrong: lets the collection count
# finding: forbidden-call
# observed: miniblocks.nn.ParameterDict.count
# score: 0
def count(net):
    n = net.collect_params().count()
    return {"trainable": n, "frozen": 0, "constant": 0, "shared": 0, "bytes": 4 * n}


# %% wrong: asks the summary
# finding: forbidden-call
# observed: miniblocks.summary.summary
# score: 0
def count(net):
    s = net.summary()
    return {"trainable": s.trained, "frozen": 0, "constant": s.frozen, "shared": 0, "bytes": s.size}


# %% wrong: counts arrays
# finding: arrays-counted
# observed: trainable: 6
# score: 2
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += 1
        result["shared"] += places[id(p)] > 1
        result["bytes"] += math.prod(p.shape) * np.dtype(p.dtype).itemsize
    return result


# %% wrong: counts at each place
# finding: counted-at-each-place
# observed: trainable:
# score: 7
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = checkpoint.paths_of(net)
    times = Counter(id(p) for p in places.values())
    shared = {id(p): p for p in places.values() if times[id(p)] > 1}
    for p in places.values():
        if 0 in p.shape:
            raise ValueError(p.name)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += math.prod(p.shape)
        result["bytes"] += math.prod(p.shape) * np.dtype(p.dtype).itemsize
    result["shared"] = sum(math.prod(p.shape) for p in shared.values())
    return result


# %% wrong: adds the sizes of a shape
# finding: sizes-added
# observed: trainable:
# score: 0
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = sum(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["shared"] += n * (places[id(p)] > 1)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result


# %% wrong: weights only
# finding: biases-left-out
# observed: trainable:
# score: 0
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        if p.name.endswith("bias"):
            continue
        n = math.prod(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["shared"] += n * (places[id(p)] > 1)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result


# %% wrong: frozen ones and constants told apart by grad_req alone
# finding: frozen-not-told-apart
# observed: frozen:
# score: 8
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        result["frozen" if p.grad_req == "null" else "trainable"] += n
        result["shared"] += n * (places[id(p)] > 1)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result


# %% wrong: a frozen parameter counts as trainable
# finding: frozen-not-told-apart
# observed: trainable:
# score: 6
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        result["constant" if isinstance(p, nn.Constant) else "trainable"] += n
        result["shared"] += n * (places[id(p)] > 1)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result


# %% wrong: constants count as trainable
# finding: constants-among-them
# observed: trainable:
# score: 8
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        frozen = p.grad_req == "null" and not isinstance(p, nn.Constant)
        result["frozen" if frozen else "trainable"] += n
        result["constant"] += n * isinstance(p, nn.Constant)
        result["shared"] += n * (places[id(p)] > 1)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result


# %% wrong: looks for sharing in collect_params
# finding: sharing-not-seen
# observed: shared: 0
# score: 7
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    seen = set()
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["shared"] += n * (id(p) in seen)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
        seen.add(id(p))
    return result


# %% wrong: counts the further places
# finding: further-places-counted
# observed: shared:
# score: 7
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["shared"] += n * (places[id(p)] - 1)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result


# %% wrong: what is shared is counted at each of its places
# finding: shared-counted-at-each-place
# observed: shared:
# score: 7
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["shared"] += n * places[id(p)] if places[id(p)] > 1 else 0
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result


# %% wrong: sees two blocks that share, and not one block at two places
# finding: only-tied-blocks
# observed: shared:
# score: 7
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    owners = Counter(id(p) for _, block in net.named_blocks() for p in block.params.values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["shared"] += n * (owners[id(p)] > 1)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result


# %% wrong: sees one block at two places, and not two blocks that share
# finding: only-shared-blocks
# observed: shared:
# score: 7
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    blocks = Counter()

    def walk(block):
        blocks[block] += 1
        for child in block.children():
            walk(child)

    walk(net)
    shared = {id(p) for block, k in blocks.items() if k > 1 for p in block.params.values()}
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["shared"] += n * (id(p) in shared)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result


# %% wrong: equal shapes are taken for shared
# finding: equal-is-not-shared
# observed: shared:
# score: 7
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    shapes = Counter(p.shape for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["shared"] += n * (shapes[p.shape] > 1)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result


# %% wrong: four bytes each
# finding: four-bytes-assumed
# observed: bytes:
# score: 8
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["shared"] += n * (places[id(p)] > 1)
        result["bytes"] += 4 * n
    return result


# %% wrong: bytes of what is trained only
# finding: constants-take-bytes-too
# observed: bytes:
# score: 8
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["shared"] += n * (places[id(p)] > 1)
        result["bytes"] += n * np.dtype(p.dtype).itemsize * (kind == "trainable")
    return result


# %% wrong: needs values
# finding: needs-values
# observed: InitializationError
# score: 9
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        values = p.data().asnumpy()
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += values.size
        result["shared"] += values.size * (places[id(p)] > 1)
        result["bytes"] += values.nbytes
    return result


# %% wrong: an unknown shape counts nothing
# finding: unknown-counts-nothing
# observed: trainable:
# score: 9
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        n = math.prod(p.shape)
        kind = "constant" if isinstance(p, nn.Constant) else "frozen" if p.grad_req == "null" else "trainable"
        result[kind] += n
        result["shared"] += n * (places[id(p)] > 1)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result


# %% wrong: asks a frozen parameter for its gradient
# finding: asks-for-gradient
# observed: is frozen
# score: 4
def count(net):
    result = dict.fromkeys(("trainable", "frozen", "constant", "shared", "bytes"), 0)
    places = Counter(id(p) for p in checkpoint.paths_of(net).values())
    for p in net.collect_params().values():
        if 0 in p.shape:
            raise ValueError(p.name)
        n = math.prod(p.shape)
        if isinstance(p, nn.Constant):
            result["constant"] += n
        elif not p.is_initialized or p.grad() is not None:
            result["trainable"] += n
        else:
            result["frozen"] += n
        result["shared"] += n * (places[id(p)] > 1)
        result["bytes"] += n * np.dtype(p.dtype).itemsize
    return result
