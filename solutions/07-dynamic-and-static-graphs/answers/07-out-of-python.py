# %% right: remembers, and puts back
def export(net, file, *examples):
    was = net.training
    net.eval()
    graph.save(graph.script(net, *examples), file)
    net.train(was)


# %% right: only if it was in training
def export(net, file, *examples):
    if not net.training:
        return graph.save(graph.script(net, *examples), str(file))
    g = graph.script(net.eval(), *examples)
    net.train()
    return graph.save(g, str(file))


# %% right: a function around the network
def export(net, file, *examples):
    training = {path: block.training for path, block in net.named_blocks()}
    net.eval()

    def in_use(*inputs):
        return net(*inputs)

    with autograd.no_grad():
        g = graph.script(in_use, *examples)
    for path, block in net.named_blocks():
        block.training = training[path]
    graph.save(g, Path(file))


# %% right: cleaned by the passes that make nothing of our own
def export(net, file, *examples):
    was = net.training
    net.eval()
    g = graph.script(net, *examples)
    net.train(was)
    tidy = [p for p in graph.PASSES if p.__name__ in ("drop_dead", "fold_constants", "merge_common")]
    graph.save(graph.optimize(g, tidy), file)


# %% wrong: traced
# finding: one-branch-only
# observed: ,
# score: 5
def export(net, file, *examples):
    was = net.training
    net.eval()
    graph.save(graph.trace(net, *examples), file)
    net.train(was)


# %% wrong: in training
# finding: exported-in-training
# observed: dropout
# score: 7
def export(net, file, *examples):
    graph.save(graph.script(net, *examples), file)


# %% wrong: stays in use
# finding: left-in-use
# observed: in use
# score: 8
def export(net, file, *examples):
    net.eval()
    graph.save(graph.script(net, *examples), file)


# %% wrong: saves the parameters
# finding: parameters-only
# observed: holds arrays and no graph
# score: 0
def export(net, file, *examples):
    net.save_parameters(file)


# %% wrong: optimized before
# finding: unknown-elsewhere
# observed: chain
# score: 9
def export(net, file, *examples):
    was = net.training
    net.eval()
    graph.save(graph.optimize(graph.script(net, *examples)), file)
    net.train(was)


# %% wrong: as ONNX
# finding: other-format
# observed: cannot be read as a graph
# score: 0
def export(net, file, *examples):
    was = net.training
    net.eval()
    graph.to_onnx(graph.script(net, *examples), file)
    net.train(was)


# %% wrong: a name of its own
# finding: no-file
# observed: model.graph
# score: 0
def export(net, file, *examples):
    was = net.training
    net.eval()
    graph.save(graph.script(net, *examples), Path(file).with_name("model.graph"))
    net.train(was)


# %% wrong: gives the graph back and writes nothing
# finding: no-file
# observed: nothing
# score: 0
def export(net, file, *examples):
    was = net.training
    net.eval()
    g = graph.script(net, *examples)
    net.train(was)
    return g


# %% wrong: the level as a number of Python's
# finding: other-inputs
# observed: 1
# score: 5
def export(net, file, *examples):
    was = net.training
    net.eval()
    x, level = examples
    number = level.item()
    graph.save(graph.script(lambda x: net(x, number), x), file)
    net.train(was)


# %% wrong: tried out in training first
# finding: statistics-changed
# observed: running_mean
# score: 6
def export(net, file, *examples):
    net(*examples)
    was = net.training
    net.eval()
    graph.save(graph.script(net, *examples), file)
    net.train(was)


# %% wrong: captured before it is in use
# finding: exported-in-training
# observed: dropout
# score: 7
def export(net, file, *examples):
    was = net.training
    g = graph.script(net, *examples)
    net.eval()
    graph.save(g, file)
    net.train(was)


# %% wrong: pickled
# finding: other-format
# observed: cannot be read as a graph
# score: 0
def export(net, file, *examples):
    import pickle

    values = {name: p.data().asnumpy() for name, p in net.collect_params().items()}
    Path(file).write_bytes(pickle.dumps(values))


# %% wrong: initialized anew
# finding: other-numbers
# observed: ,
# score: 3
def export(net, file, *examples):
    was = net.training
    net.eval()
    net.initialize(force_reinit=True)
    graph.save(graph.script(net, *examples), file)
    net.train(was)
