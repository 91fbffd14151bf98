# %% right: again and again, until nothing goes
def drop_dead(g):
    steps = list(g.steps)
    while True:
        read = {ref for step in steps for ref in ir.reads(step)} | set(ir.results(g))
        kept = [s for s in steps if not ir.is_pure(s) or any(r in read for r in s.results)]
        if len(kept) == len(steps):
            return replace(g, steps=tuple(kept))
        steps = kept


# %% right: from every result to what makes it, with a stack
def drop_dead(g):
    maker = {ref: i for i, step in enumerate(g.steps) for ref in step.results}
    stack = [maker[ref] for ref in ir.results(g) if ref in maker]
    stack += [i for i, step in enumerate(g.steps) if not ir.is_pure(step)]
    alive = set()
    while stack:
        i = stack.pop()
        if i not in alive:
            alive.add(i)
            stack += [maker[ref] for ref in ir.reads(g.steps[i]) if ref in maker]
    return replace(g, steps=tuple(g.steps[i] for i in sorted(alive)))


# %% right: a new graph part by part, unread constants left out
def drop_dead(g):
    wanted = {ref.name for ref in ir.leaves(g.outputs)} | {v.name for v in g.writes.values()}
    kept = []
    for step in g.steps[::-1]:
        if ir.is_pure(step) and not any(ref.name in wanted for ref in step.results):
            continue
        kept.insert(0, step)
        wanted |= {ref.name for ref in ir.reads(step)}
    constants = {ref: t for ref, t in g.constants.items() if ref.name in wanted}
    return graph.Graph(g.inputs, g.captured, tuple(kept), g.outputs, g.writes, constants, g.labels)


# %% right: recursively
def drop_dead(g):
    maker = {ref: step for step in g.steps for ref in step.results}
    needed = []

    def need(step):
        if not any(step is other for other in needed):
            needed.append(step)
            for ref in ir.reads(step):
                if ref in maker:
                    need(maker[ref])

    for ref in ir.results(g):
        if ref in maker:
            need(maker[ref])
    for step in g.steps:
        if not ir.is_pure(step):
            need(step)
    order = sorted(needed, key=lambda step: [s is step for s in g.steps].index(True))
    return replace(g, steps=tuple(order))


# %% wrong: gives the graph back as it was
# finding: dead-left
# observed: 0 of 4 steps gone
# score: 0
def drop_dead(g):
    return g


# %% wrong: one round forwards
# finding: chain-left
# observed: 1 of 6 steps gone
# score: 8
def drop_dead(g):
    read = {ref for step in g.steps for ref in ir.reads(step)} | set(ir.results(g))
    kept = [s for s in g.steps if not ir.is_pure(s) or any(r in read for r in s.results)]
    return replace(g, steps=tuple(kept))


# %% wrong: forgets that the condition is read
# finding: condition-dropped
# observed: an `if` asks it
# score: 8
def drop_dead(g):
    wanted, kept = set(ir.results(g)), []
    for step in reversed(g.steps):
        if not ir.is_pure(step) or wanted.intersection(step.results):
            kept.append(step)
            wanted.update(a for a in step.args if isinstance(a, graph.Ref))
    return replace(g, steps=tuple(reversed(kept)))


# %% wrong: forgets what is written
# finding: writes-forgotten
# observed: is to be written
# score: 8
def drop_dead(g):
    wanted, kept = set(ir.leaves(g.outputs)), []
    for step in reversed(g.steps):
        if not ir.is_pure(step) or wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
    return replace(g, steps=tuple(reversed(kept)))


# %% wrong: a new graph that writes nothing
# finding: writes-lost
# observed: writes nothing
# score: 8
def drop_dead(g):
    wanted, kept = set(ir.leaves(g.outputs)), []
    for step in reversed(g.steps):
        if not ir.is_pure(step) or wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
    return graph.Graph(g.inputs, g.captured, tuple(reversed(kept)), g.outputs, constants=g.constants)


# %% wrong: a new graph without its constants
# finding: parts-lost
# observed: c0
# score: 8
def drop_dead(g):
    wanted, kept = set(ir.results(g)), []
    for step in reversed(g.steps):
        if not ir.is_pure(step) or wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
    return graph.Graph(g.inputs, g.captured, tuple(reversed(kept)), g.outputs, g.writes)


# %% wrong: only outputs that are a single value
# finding: outputs-forgotten
# observed: is returned
# score: 8
def drop_dead(g):
    wanted = {g.outputs} if isinstance(g.outputs, graph.Ref) else set()
    wanted |= set(g.writes.values())
    kept = []
    for step in reversed(g.steps):
        if not ir.is_pure(step) or wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
    return replace(g, steps=tuple(reversed(kept)))


# %% wrong: draws go as well
# finding: draw-dropped
# observed: `normal0`
# score: 8
def drop_dead(g):
    wanted, kept = set(ir.results(g)), []
    for step in reversed(g.steps):
        if wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
    return replace(g, steps=tuple(reversed(kept)))


# %% wrong: draws stay, and what they read goes
# finding: drawn-from-nothing
# observed: `dropout_mask0` reads it
# score: 8
def drop_dead(g):
    wanted, kept = set(ir.results(g)), []
    for step in reversed(g.steps):
        if wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
        elif not ir.is_pure(step):
            kept.append(step)
    return replace(g, steps=tuple(reversed(kept)))


# %% wrong: one result a step
# finding: if-taken-for-a-step
# observed: Cond
# score: 8
def drop_dead(g):
    wanted, kept = set(ir.results(g)), []
    for step in reversed(g.steps):
        if not ir.is_pure(step) or step.result in wanted:
            kept.append(step)
            wanted.update(ir.reads(step))
    return replace(g, steps=tuple(reversed(kept)))


# %% wrong: conditions always stay
# finding: branch-left
# observed: nobody reads `dead`
# score: 8
def drop_dead(g):
    wanted, kept = set(ir.results(g)), []
    for step in reversed(g.steps):
        control = not isinstance(step, Step)
        if control or not ir.is_pure(step) or wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
    return replace(g, steps=tuple(reversed(kept)))


# %% wrong: not turned round again
# finding: needed-dropped
# observed: reads it
# score: 0
def drop_dead(g):
    wanted, kept = set(ir.results(g)), []
    for step in g.steps:
        if not ir.is_pure(step) or wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
    return replace(g, steps=tuple(kept))


# %% wrong: in reversed order
# finding: order-changed
# observed: `add0` first
# score: 0
def drop_dead(g):
    wanted, kept = set(ir.results(g)), []
    for step in reversed(g.steps):
        if not ir.is_pure(step) or wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
    return replace(g, steps=tuple(kept))


# %% wrong: writes into the graph
# finding: written-into
# observed: FrozenInstanceError
# score: 0
def drop_dead(g):
    wanted, kept = set(ir.results(g)), []
    for step in reversed(g.steps):
        if not ir.is_pure(step) or wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
    g.steps = tuple(reversed(kept))
    return g


# %% wrong: takes constants out of the graph that was given
# finding: input-changed
# observed: another g
# score: 8
def drop_dead(g):
    wanted, kept = set(ir.results(g)), []
    for step in reversed(g.steps):
        if not ir.is_pure(step) or wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
    for ref in list(g.constants):
        if ref not in wanted:
            del g.constants[ref]
    return replace(g, steps=tuple(reversed(kept)))


# %% wrong: the steps alone
# finding: not-a-graph
# observed: tuple
# score: 0
def drop_dead(g):
    wanted, kept = set(ir.results(g)), []
    for step in reversed(g.steps):
        if not ir.is_pure(step) or wanted.intersection(step.results):
            kept.append(step)
            wanted.update(ir.reads(step))
    return tuple(reversed(kept))


# %% wrong: the library's pass, out of the tuple
# finding: forbidden-call
# observed: needed
# score: 0
def drop_dead(g):
    return graph.PASSES[0](g)
