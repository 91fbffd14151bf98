# %% right: hooks that count and remember
def layer_report(net, x):
    calls, last = {}, {}
    named = {path: block for path, block in net.named_blocks() if len(block.params)}

    def watch(path):
        def hook(block, inputs, output):
            calls[path] = calls.get(path, 0) + 1
            last[path] = output.shape[1:]
        return hook

    training = net.training
    net.eval()
    removers = [block.register_forward_hook(watch(path)) for path, block in named.items()]
    net(x)
    for remove in removers:
        remove()
    net.train(training)

    seen, rows = [], []
    for path, block in named.items():
        count = 0
        for parameter in block.params.values():
            if not any(parameter is other for other in seen):
                seen.append(parameter)
                count += parameter.data().size
        per_call = 0
        if type(block) is nn.Dense:
            per_call = block.weight.data().size
        if type(block) is nn.Conv2D:
            channels, inside, height, width = block.weight.shape
            per_call = channels * inside * height * width * last[path][1] * last[path][2]
        rows.append((path, calls.get(path, 0), last.get(path), count, per_call * calls.get(path, 0)))
    return rows


# %% right: each block is wrapped for one call
def layer_report(net, x):
    was, notes = net.training, []
    net.eval()
    undo = []
    for path, block in net.named_blocks():
        undo.append(
            block.register_forward_hook(lambda b, ins, out, path=path: notes.append((path, out.shape)))
        )
    try:
        net(x)
    finally:
        [one() for one in undo]
        if was:
            net.train()
    known, table = set(), []
    for path, block in net.named_blocks():
        if not block.params:
            continue
        shapes = [shape for name, shape in notes if name == path]
        numbers = 0
        for p in block.params.values():
            if id(p) not in known:
                known.add(id(p))
                numbers += int(np.prod(p.shape))
        weight = getattr(block, "weight", None)
        work = 0
        if weight is not None:
            work = sum(int(np.prod(weight.shape)) * int(np.prod(shape[2:])) for shape in shapes)
        table.append((path, len(shapes), tuple(shapes[-1][1:]), numbers, work))
    return table


# %% right: statistics are put back instead of eval
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        kept = [(p, p.data().asnumpy().copy()) for p in net.collect_params().values()]
        net(x[:2])
        for p, value in kept:
            p.set_data(value)
    finally:
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: biases are forgotten
# finding: biases-left-out
# observed: 36
# score: 10
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new if not p.name.endswith("bias"))
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: only what is trained
# finding: statistics-left-out
# observed: 8
# score: 12
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new if p.grad_req != "null")
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: a shared parameter counts each time
# finding: shared-counted-twice
# observed: 42
# score: 12
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() ]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: the batch is part of the shape
# finding: batch-included
# observed: (5, 4)
# score: 13
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[2:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: work of the whole batch
# finding: work-of-the-batch
# observed: 288
# score: 9
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = len(x) * sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: a convolution at one position
# finding: positions-left-out
# observed: 72
# score: 12
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = weights * len(outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: the work of one call
# finding: work-of-one-call
# observed: 36
# score: 12
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = weights * math.prod(outputs[block][-1][1:])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: calls are not counted
# finding: calls-miscounted
# observed: 1
# score: 12
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, 1, outputs[block][-1], count, work))
    return rows


# %% wrong: biases count as work
# finding: biases-are-no-products
# observed: 84
# score: 9
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum((weights + shape[0]) * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: a product and a sum count as two
# finding: counted-by-two
# observed: 144
# score: 9
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = 2 * sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: work is the number of new parameters
# finding: work-left-out
# observed: 0
# score: 12
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape) if block.weight in new else 0
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: hooks are left
# finding: hooks-left
# observed: 3 of them
# score: 12
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: the network is left in use
# finding: left-in-use
# observed: in use
# score: 12
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: called in training
# finding: statistics-changed
# observed: others
# score: 12
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: rows for every block
# finding: rows-for-containers
# observed: (the network itself), 0, 0.act, 1, 2, 2.act, 3, 4, 4.act
# score: 2
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks()]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1] if outputs[block] else (), count, work))
    return rows


# %% wrong: only the children of the network
# finding: rows-missing
# observed: 1
# score: 8
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net._children.items() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: names instead of paths
# finding: other-paths
# observed: conv2d0, batchnorm0, conv2d1, dense0
# score: 2
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((block.name, len(outputs[block]), outputs[block][-1], count, work))
    return rows


# %% wrong: the summary is asked
# finding: forbidden-call
# observed: a call of `miniblocks.summary.summary`
# score: 0
def layer_report(net, x):
    return [(row.path, len(row.outputs), row.outputs[-1], row.count, 0) for row in net.summary(x).rows]


# %% wrong: nothing is returned
# finding: not-rows
# observed: None
# score: 0
def layer_report(net, x):
    """A row (path, calls, output, parameters, multiply-adds) for each block with parameters."""
    blocks = [(path, block) for path, block in net.named_blocks() if block.params]
    outputs = {block: [] for _, block in blocks}

    def hook(block, inputs, output):
        outputs[block].append(tuple(output.shape[1:]))

    removers, was = [block.register_forward_hook(hook) for _, block in blocks], net.training
    try:
        net.eval()
        with autograd.no_grad():
            net(x)
    finally:
        net.train(was)
        for remove in removers:
            remove()
    rows, counted = [], set()
    for path, block in blocks:
        new = [p for p in block.params.values() if p not in counted]
        counted.update(new)
        work = 0
        if isinstance(block, (nn.Dense, nn.Conv2D)):
            weights = math.prod(block.weight.shape)
            work = sum(weights * math.prod(shape[1:]) for shape in outputs[block])
        count = sum(math.prod(p.shape) for p in new)
        rows.append((path, len(outputs[block]), outputs[block][-1], count, work))
