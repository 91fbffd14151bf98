# %% right: script instead of trace, numpy for the comparison
def export(net, file, *examples, tolerance=1e-4):
    was = net.training
    net.train(False)
    try:
        g = graph.script(net, examples[0])
        graph.save(g, file)
        from_file = graph.load(file)
        worst = 0.0
        for i, x in enumerate(examples):
            with autograd.no_grad():
                a, b = net(x).asnumpy(), from_file(x).asnumpy()
            apart = float(np.max(np.abs(a - b)))
            if apart > tolerance:
                Path(file).unlink()
                raise ValueError(f"the file is wrong on example {i}: {apart}")
            worst = max(worst, apart)
        return worst
    finally:
        net.train(was)


# %% right: compared first in a file of its own
def export(net, file, *examples, tolerance=1e-4):
    mode = net.training
    try:
        net.eval()
        g = graph.trace(net, examples[0])
        with tempfile.TemporaryDirectory() as folder:
            graph.save(g, Path(folder) / "try")
            loaded = graph.load(Path(folder) / "try")
            differences = [
                np.abs(loaded(x).asnumpy() - net(x).asnumpy()).max().item() for x in examples
            ]
    finally:
        net.train(mode)
    off = [i for i, d in enumerate(differences) if d > tolerance]
    if off:
        raise ValueError(f"example {off[0]} is off by {differences[off[0]]}")
    graph.save(g, file)
    return max(differences)


# %% right: a helper puts the mode back
from contextlib import contextmanager


@contextmanager
def in_use(net):
    was = net.training
    net.eval()
    try:
        yield
    finally:
        net.train(was)


def export(net, file, *examples, tolerance=1e-4):
    with in_use(net), autograd.no_grad():
        graph.save(graph.trace(net, examples[0]), file)
        loaded, largest, first = graph.load(file), 0.0, None
        for i in range(len(examples)):
            apart = nd.abs(loaded(examples[i]) - net(examples[i])).max().item()
            if apart > tolerance and first is None:
                first = i
            largest = max(largest, apart)
    if first is not None:
        Path(file).unlink(missing_ok=True)
        raise ValueError(f"example {first} gives other numbers, by {largest:.4f}")
    return float(largest)


# %% wrong: nothing is compared
# finding: not-compared
# observed: no error
# score: 4
def export(net, file, *examples, tolerance=1e-4):
    was = net.training
    net.eval()
    graph.save(graph.trace(net, examples[0]), file)
    net.train(was)
    return 0.0


# %% wrong: compared on the first example only
# finding: not-compared
# observed: no error
# score: 4
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples[:1]]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: compared on the last example only
# finding: not-compared
# observed: no error
# score: 4
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples[-1:]]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: the network is compared with itself
# finding: not-compared
# observed: no error
# score: 4
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((net(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: exported in training
# finding: exported-in-training
# observed: dropout_mask and writes of running statistics
# score: 4
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if False:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: compared in training
# finding: compared-in-training
# observed: ValueError: example 0: file and network differ by 1.13
# score: 10
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            net.train()
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: left in use
# finding: left-in-use
# observed: in use
# score: 12
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        pass
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: left in use after a refusal
# finding: left-in-use
# observed: in use
# score: 12
def export(net, file, *examples, tolerance=1e-4):
    was = net.training
    net.eval()
    graph.save(graph.trace(net, examples[0]), file)
    loaded = graph.load(file)
    apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    for number, difference in enumerate(apart):
        if difference > tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number} is off")
    net.train(was)
    return max(apart)


# %% wrong: the wrong file is left
# finding: wrong-file-left
# observed: the file
# score: 12
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: an assertion refuses
# finding: refused-by-another-error
# observed: AssertionError: example 1
# score: 6
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise AssertionError(f"example {number}")
    return max(apart)


# %% wrong: the example is not named
# finding: example-not-named
# observed: ValueError: file and network differ by 0.402
# score: 13
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: examples counted from one
# finding: example-not-named
# observed: ValueError: example 2: file and network differ by 0.402
# score: 13
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart, 1):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: the tolerance is written in
# finding: tolerance-ignored
# observed: ValueError: example 1: file and network differ by 0.82
# score: 10
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= 1e-4:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: without the absolute value
# finding: sign-kept
# observed: 0.0560
# score: 12
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: the mean difference
# finding: mean-not-largest
# observed: 0.2379
# score: 12
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().mean().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: the difference of the last example
# finding: compared-too-little
# observed: 0
# score: 12
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return apart[-1]


# %% wrong: parameters are saved, and no graph
# finding: no-graph
# observed: the file holds arrays and no graph; was it written by net.sa
# score: 0
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            net.save_parameters(file)
            loaded = net
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)


# %% wrong: saved under another name
# finding: no-file
# observed: 'network.bin'
# score: 6
def export(net, file, *examples, tolerance=1e-4):
    """Write the network, as it is used, to a file that gives what the network gives."""
    was = net.training
    net.eval()
    try:
        with autograd.no_grad():
            file = Path(file).with_suffix(".bin")
            graph.save(graph.trace(net, examples[0]), file)
            loaded = graph.load(file)
            apart = [float((loaded(x) - net(x)).abs().max().item()) for x in examples]
    finally:
        net.train(was)
    for number, difference in enumerate(apart):
        if not difference <= tolerance:
            Path(file).unlink()
            raise ValueError(f"example {number}: file and network differ by {difference:.3g}")
    return max(apart)
