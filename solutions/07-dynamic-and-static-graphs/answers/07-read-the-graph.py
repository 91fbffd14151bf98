# %% right: with a stack of graphs
def count(g, passes):
    counts = []
    for apply in (lambda g: g, *passes):
        g = apply(g)
        found, stack = {}, [g]
        while stack:
            for step in stack.pop().steps:
                found[step.operation] = found.get(step.operation, 0) + 1
                stack.extend(ir.subgraphs(step))
        counts.append(found)
    return counts


# %% right: with a list of all instructions
def count(g, passes):
    def instructions(g):
        for step in g.steps:
            yield step
            for inside in ir.subgraphs(step):
                yield from instructions(inside)

    graphs = [g]
    for apply in passes:
        graphs.append(apply(graphs[-1]))
    return [Counter(step.operation for step in instructions(one)) for one in graphs]


# %% right: adding up, with the classes asked
def count(g, passes):
    def operations(g):
        total = Counter()
        for step in g.steps:
            if isinstance(step, graph.Cond):
                total += Counter(["if"]) + operations(step.then) + operations(step.orelse)
            elif isinstance(step, graph.Loop):
                total += Counter(["loop"]) + operations(step.condition) + operations(step.body)
            else:
                total[step.operation] += 1
        return total

    result = [dict(operations(g))]
    for p in passes:
        g = p(g)
        result.append(dict(operations(g)))
    return tuple(result)


# %% right: recursion over the passes as well
def count(g, passes):
    def operations(g):
        own = Counter(s.operation for s in g.steps)
        return sum((operations(i) for s in g.steps for i in ir.subgraphs(s)), own)

    first = [operations(g)]
    return first + count(passes[0](g), passes[1:]) if passes else first


# %% wrong: only the outer graph
# finding: inside-left-out
# observed: if 1
# score: 5
def count(g, passes):
    counts = [Counter(step.operation for step in g.steps)]
    for apply in passes:
        g = apply(g)
        counts.append(Counter(step.operation for step in g.steps))
    return counts


# %% wrong: one level of graphs inside
# finding: not-deep-enough
# observed: if 2
# score: 5
def count(g, passes):
    def operations(g):
        found = Counter(step.operation for step in g.steps)
        for step in g.steps:
            for inside in ir.subgraphs(step):
                found.update(s.operation for s in inside.steps)
        return found

    counts = [operations(g)]
    for apply in passes:
        g = apply(g)
        counts.append(operations(g))
    return counts


# %% wrong: without the graph as it came
# finding: start-missing
# observed: 3 entries
# score: 0
def count(g, passes):
    def operations(g):
        found = Counter(step.operation for step in g.steps)
        for step in g.steps:
            for inside in ir.subgraphs(step):
                found += operations(inside)
        return found

    counts = []
    for apply in passes:
        g = apply(g)
        counts.append(operations(g))
    return counts


# %% wrong: every pass on the first graph
# finding: each-from-the-start
# observed: after merge_common
# score: 2
def count(g, passes):
    def operations(g):
        found = Counter(step.operation for step in g.steps)
        for step in g.steps:
            for inside in ir.subgraphs(step):
                found += operations(inside)
        return found

    return [operations(g)] + [operations(apply(g)) for apply in passes]


# %% wrong: what a pass gives is thrown away
# finding: result-thrown-away
# observed: after fold_constants
# score: 2
def count(g, passes):
    def operations(g):
        found = Counter(step.operation for step in g.steps)
        for step in g.steps:
            for inside in ir.subgraphs(step):
                found += operations(inside)
        return found

    counts = [operations(g)]
    for apply in passes:
        apply(g)
        counts.append(operations(g))
    return counts


# %% wrong: classes, not operations
# finding: classes-counted
# observed: Step
# score: 0
def count(g, passes):
    def operations(g):
        found = Counter(type(step).__name__ for step in g.steps)
        for step in g.steps:
            for inside in ir.subgraphs(step):
                found += operations(inside)
        return found

    counts = [operations(g)]
    for apply in passes:
        g = apply(g)
        counts.append(operations(g))
    return counts


# %% wrong: totals
# finding: totals-only
# observed: [8, 7
# score: 0
def count(g, passes):
    counts = [len(g.steps)]
    for apply in passes:
        g = apply(g)
        counts.append(len(g.steps))
    return counts


# %% wrong: one counter for all graphs
# finding: added-up
# observed: at first
# score: 2
def count(g, passes):
    found, counts = Counter(), []

    def add(g):
        for step in g.steps:
            found[step.operation] += 1
            for inside in ir.subgraphs(step):
                add(inside)

    for apply in (lambda g: g, *passes):
        g = apply(g)
        add(g)
        counts.append(found)
    return counts


# %% wrong: kept from the call before
# finding: added-up
# observed: at first
# score: 0
def count(g, passes, found=Counter()):
    counts = []
    for apply in (lambda g: g, *passes):
        g = apply(g)
        for step in g.steps:
            found[step.operation] += 1
            for inside in ir.subgraphs(step):
                found.update(s.operation for s in inside.steps)
        counts.append(Counter(found))
    return counts


# %% wrong: without `if` and loop
# finding: control-left-out
# observed: exp 2
# score: 5
def count(g, passes):
    def operations(g):
        found = Counter()
        for step in g.steps:
            if isinstance(step, Step):
                found[step.operation] += 1
            for inside in ir.subgraphs(step):
                found += operations(inside)
        return found

    counts = [operations(g)]
    for apply in passes:
        g = apply(g)
        counts.append(operations(g))
    return counts


# %% wrong: asks the operation's row, which an `if` has not
# finding: if-taken-for-a-step
# observed: Cond
# score: 5
def count(g, passes):
    counts = [Counter(step.op.name for step in g.steps)]
    for apply in passes:
        g = apply(g)
        counts.append(Counter(step.op.name for step in g.steps))
    return counts


# %% wrong: the library's count
# finding: forbidden-call
# observed: miniblocks.graph.statistics
# score: 0
def count(g, passes):
    counts = [graph.statistics(g).operations]
    for apply in passes:
        g = apply(g)
        counts.append(graph.statistics(g).operations)
    return counts


# %% wrong: one dictionary for the last graph
# finding: not-a-list-of-counts
# observed: 'mul'
# score: 0
def count(g, passes):
    for apply in passes:
        g = apply(g)
    return Counter(step.operation for step in g.steps)
