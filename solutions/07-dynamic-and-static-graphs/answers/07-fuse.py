# %% right: pairs first, by their numbers
def fuse(g):
    steps = list(g.steps)
    maker = {ref: i for i, step in enumerate(steps) for ref in step.results}
    for i, step in enumerate(g.steps):
        if not isinstance(step, Step) or step.operation != "relu":
            continue
        value = step.args[0]
        if value not in maker or g.steps[maker[value]].operation != "dense":
            continue
        readers = sum(list(ir.reads(s)).count(value) for s in g.steps) + ir.results(g).count(value)
        if readers == 1:
            dense = g.steps[maker[value]]
            steps[i] = Step(step.result, "dense_relu", dense.args, dense.static)
            steps[maker[value]] = None
    return replace(g, steps=tuple(s for s in steps if s is not None))


# %% right: in the place of the dense step, everybody told
def fuse(g):
    readers = Counter(ref for s in g.steps for ref in ir.reads(s)) + Counter(ir.results(g))
    relus = {s.args[0]: s for s in g.steps if s.operation == "relu"}
    instead, steps = {}, []
    for step in g.steps:
        if step.results[0] in instead:
            continue
        step = ir.renamed(step, instead)
        if step.operation == "dense" and readers[step.result] == 1 and step.result in relus:
            relu = relus[step.result]
            result = graph.Ref(relu.result.name + "_fused", relu.shape, relu.dtype)
            instead[relu.result] = result
            step = Step(result, "dense_relu", step.args)
        steps.append(step)
    now = lambda ref: instead.get(ref, ref)  # noqa: E731
    writes = {target: now(value) for target, value in g.writes.items()}
    return replace(g, steps=tuple(steps), outputs=ir.mapped(g.outputs, graph.Ref, now), writes=writes)


# %% right: with the library's way of writing graphs anew
def fuse(g):
    from miniblocks.graph.passes.rewriting import Rewriting

    new = Rewriting(g)
    readers = Counter(ir.results(g))
    for step in g.steps:
        readers.update(ir.reads(step))
    for step in new:
        inner = new.made.get(step.args[0]) if step.operation == "relu" else None
        if inner is not None and inner.operation == "dense" and readers[inner.result] == 1:
            new.steps.remove(inner)
            new.stands_for(step.result, new.emit("dense_relu", *inner.args))
        else:
            new.keep(step)
    return new.graph_now()


# %% right: one pair at a time, until none is left
def fuse(g):
    for relu in g.steps:
        if not isinstance(relu, Step) or relu.operation != "relu":
            continue
        h = relu.args[0]
        elsewhere = [s for s in g.steps if s is not relu and h in ir.reads(s)]
        if h in ir.results(g) or elsewhere:
            continue
        for dense in g.steps:
            if isinstance(dense, Step) and dense.result == h and dense.operation == "dense":
                fused = Step(relu.result, "dense_relu", dense.args)
                steps = [fused if s is relu else s for s in g.steps if s is not dense]
                return fuse(replace(g, steps=tuple(steps)))
    return g


# %% wrong: whoever else reads
# finding: intermediate-lost
# observed: is read elsewhere
# score: 6
def fuse(g):
    made = {s.result: s for s in g.steps if isinstance(s, Step) and s.operation == "dense"}
    fused = {s.result: made[s.args[0]] for s in g.steps if s.operation == "relu" and s.args[0] in made}
    gone = {inner.result for inner in fused.values()}
    steps = []
    for step in g.steps:
        if step.results[0] in fused:
            step = Step(step.result, "dense_relu", fused[step.result].args)
        if step.results[0] not in gone:
            steps.append(step)
    return replace(g, steps=tuple(steps))


# %% wrong: dense stays where others read it, and is computed twice
# finding: computed-twice
# observed: 1 `dense_relu`
# score: 6
def fuse(g):
    readers = Counter(ir.results(g))
    for step in g.steps:
        readers.update(ir.reads(step))
    made = {s.result: s for s in g.steps if isinstance(s, Step) and s.operation == "dense"}
    steps, gone = [], set()
    for step in g.steps:
        if step.operation == "relu" and step.args[0] in made:
            dense = made[step.args[0]]
            if readers[dense.result] == 1:
                gone.add(dense.result)
            step = Step(step.result, "dense_relu", dense.args)
        steps.append(step)
    return replace(g, steps=tuple(s for s in steps if s.results[0] not in gone))


# %% wrong: the dense step stays always
# finding: dense-left
# observed: 2 `dense_relu`, 3 `dense`
# score: 0
def fuse(g):
    readers = Counter(ir.results(g))
    for step in g.steps:
        readers.update(ir.reads(step))
    made = {s.result: s for s in g.steps if isinstance(s, Step) and s.operation == "dense"}
    steps = []
    for step in g.steps:
        if step.operation == "relu" and step.args[0] in made and readers[step.args[0]] == 1:
            step = Step(step.result, "dense_relu", made[step.args[0]].args)
        steps.append(step)
    return replace(g, steps=tuple(steps))


# %% wrong: outputs do not count as readers
# finding: intermediate-lost
# observed: is read elsewhere
# score: 6
def fuse(g):
    readers = Counter(ref for step in g.steps for ref in ir.reads(step))
    made = {s.result: s for s in g.steps if isinstance(s, Step) and s.operation == "dense"}
    fused = {}
    for step in g.steps:
        if step.operation == "relu" and step.args[0] in made and readers[step.args[0]] == 1:
            fused[step.result] = made[step.args[0]]
    gone = {inner.result for inner in fused.values()}
    steps = []
    for step in g.steps:
        if step.results[0] in fused:
            step = Step(step.result, "dense_relu", fused[step.result].args)
        if step.results[0] not in gone:
            steps.append(step)
    return replace(g, steps=tuple(steps))


# %% wrong: only neighbours
# finding: only-side-by-side
# observed: 0 `dense_relu`
# score: 9
def fuse(g):
    readers = Counter(ir.results(g))
    for step in g.steps:
        readers.update(ir.reads(step))
    steps = []
    for step in g.steps:
        last = steps[-1] if steps else None
        fits = step.operation == "relu" and last is not None and last.operation == "dense"
        if fits and step.args[0] == last.result and readers[last.result] == 1:
            steps[-1] = Step(step.result, "dense_relu", last.args)
        else:
            steps.append(step)
    return replace(g, steps=tuple(steps))


# %% wrong: only the first pair
# finding: only-the-first
# observed: 1 `dense_relu`
# score: 3
def fuse(g):
    readers = Counter(ir.results(g))
    for step in g.steps:
        readers.update(ir.reads(step))
    made = {s.result: s for s in g.steps if isinstance(s, Step) and s.operation == "dense"}
    for step in g.steps:
        if step.operation == "relu" and step.args[0] in made and readers[step.args[0]] == 1:
            dense = made[step.args[0]]
            fused = Step(step.result, "dense_relu", dense.args)
            return replace(g, steps=tuple(fused if s is step else s for s in g.steps if s is not dense))
    return g


# %% wrong: a new name, and nobody told
# finding: readers-not-told
# observed: `relu0` is gone
# score: 0
def fuse(g):
    readers = Counter(ir.results(g))
    for step in g.steps:
        readers.update(ir.reads(step))
    made = {s.result: s for s in g.steps if isinstance(s, Step) and s.operation == "dense"}
    steps, gone = [], set()
    for step in g.steps:
        if step.operation == "relu" and step.args[0] in made and readers[step.args[0]] == 1:
            dense = made[step.args[0]]
            gone.add(dense.result)
            result = graph.Ref(f"fused_{len(gone)}", step.shape, step.dtype)
            step = Step(result, "dense_relu", dense.args)
        steps.append(step)
    return replace(g, steps=tuple(s for s in steps if s.results[0] not in gone))


# %% wrong: the relu's argument given to the fused step
# finding: step-does-not-fit
# observed: dense_relu
# score: 0
def fuse(g):
    readers = Counter(ir.results(g))
    for step in g.steps:
        readers.update(ir.reads(step))
    made = {s.result: s for s in g.steps if isinstance(s, Step) and s.operation == "dense"}
    steps = []
    for step in g.steps:
        if step.operation == "relu" and step.args[0] in made and readers[step.args[0]] == 1:
            step = Step(step.result, "dense_relu", step.args)
        steps.append(step)
    return replace(g, steps=tuple(steps))


# %% wrong: every relu that comes after some dense layer
# finding: other-values
# observed: 2 `dense_relu`
# score: 7
def fuse(g):
    steps, dense, gone = [], None, set()
    readers = Counter(ir.results(g))
    for step in g.steps:
        readers.update(ir.reads(step))
    for step in g.steps:
        if step.operation == "relu" and dense is not None and step.shape == dense.shape:
            if step.args[0] == dense.result and readers[dense.result] == 1:
                gone.add(dense.result)
                step = Step(step.result, "dense_relu", dense.args)
            elif step.args[0] != dense.result:
                step = Step(step.result, "dense_relu", dense.args)
        if step.operation == "dense":
            dense = step
        steps.append(step)
    return replace(g, steps=tuple(s for s in steps if s.results[0] not in gone))


# %% wrong: every step has one result
# finding: if-taken-for-a-step
# observed: Cond
# score: 8
def fuse(g):
    readers = Counter(ir.results(g))
    for step in g.steps:
        readers.update(ir.reads(step))
    made = {s.result: s for s in g.steps if s.operation == "dense"}
    steps, gone = [], set()
    for step in g.steps:
        if step.operation == "relu" and step.args[0] in made and readers[step.args[0]] == 1:
            dense = made[step.args[0]]
            gone.add(dense.result)
            step = Step(step.result, "dense_relu", dense.args)
        steps.append(step)
    return replace(g, steps=tuple(s for s in steps if s.result not in gone))


# %% wrong: a new graph that writes nothing
# finding: writes-lost
# observed: writes nothing
# score: 8
def fuse(g):
    readers = Counter(ir.results(g))
    for step in g.steps:
        readers.update(ir.reads(step))
    made = {s.result: s for s in g.steps if isinstance(s, Step) and s.operation == "dense"}
    steps, gone = [], set()
    for step in g.steps:
        if step.operation == "relu" and step.args[0] in made and readers[step.args[0]] == 1:
            dense = made[step.args[0]]
            gone.add(dense.result)
            step = Step(step.result, "dense_relu", dense.args)
        steps.append(step)
    return graph.Graph(g.inputs, g.captured, tuple(s for s in steps if s.results[0] not in gone), g.outputs)


# %% wrong: nothing fused
# finding: not-fused
# observed: 0 `dense_relu`
# score: 0
def fuse(g):
    return g


# %% wrong: the library's pass, under another name
# finding: forbidden-call
# observed: _layer
# score: 0
def fuse(g):
    return next(p for p in graph.PASSES if p.__name__ == "fuse_layers")(g)
