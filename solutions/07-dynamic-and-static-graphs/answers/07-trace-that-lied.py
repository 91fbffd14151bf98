# %% right: with a loop and a list
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    positions = []
    for i in range(len(inputs)):
        told, truth = traced(inputs[i]).asnumpy(), function(inputs[i]).asnumpy()
        if not np.allclose(told, truth, equal_nan=True):
            positions.append(i)
    return positions, graph.script(function, example)


# %% right: scripted first, and the script taken for the truth
def expose(function, example, inputs):
    honest = graph.script(function, example)
    traced = graph.trace(function, example)
    lies = {i for i, x in enumerate(inputs) if not np.array_equal(honest(x), traced(x), equal_nan=True)}
    return sorted(lies), honest


# %% right: as a tuple, with a tolerance of its own
def expose(function, example, inputs):
    traced = graph.trace(function, example)

    def lies(x):
        a, b = traced(x).asnumpy(), function(x).asnumpy()
        return bool(np.any((np.abs(a - b) > 1e-5) | (np.isnan(a) != np.isnan(b))))

    return tuple(i for i, x in enumerate(inputs) if lies(x)), graph.script(function, inputs[0])


# %% right: through hybridize
class Holder(nn.Block):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def expose(function, example, inputs):
    block = Holder(function)
    block.hybridize()
    block(example)
    lies = [i for i, x in enumerate(inputs) if not np.allclose(block(x), function(x), equal_nan=True)]
    return lies, graph.script(function, example)


# %% wrong: a new trace for each input
# finding: no-lie-found
# observed: lies at []
# score: 5
def expose(function, example, inputs):
    lies = []
    for i, x in enumerate(inputs):
        if not np.allclose(graph.trace(function, x)(x), function(x), equal_nan=True):
            lies.append(i)
    return lies, graph.script(function, example)


# %% wrong: gives the trace back
# finding: graph-lies
# observed: ,
# score: 5
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    lies = [i for i, x in enumerate(inputs) if not np.allclose(traced(x), function(x), equal_nan=True)]
    return lies, traced


# %% wrong: gives the function back
# finding: not-a-graph
# observed: function
# score: 5
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    lies = [i for i, x in enumerate(inputs) if not np.allclose(traced(x), function(x), equal_nan=True)]
    return lies, function


# %% wrong: nan is not equal to nan
# finding: nan-taken-for-a-lie
# observed: lies at [0, 1, 3, 4]
# score: 8
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    lies = [i for i, x in enumerate(inputs) if not np.allclose(traced(x), function(x))]
    return lies, graph.script(function, example)


# %% wrong: looks whether all elements differ
# finding: differing-somewhere
# observed: lies at []
# score: 7
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    lies = []
    for i, x in enumerate(inputs):
        a, b = traced(x).asnumpy(), function(x).asnumpy()
        if (~np.isclose(a, b, equal_nan=True)).all():
            lies.append(i)
    return lies, graph.script(function, example)


# %% wrong: a truth value for each input
# finding: truth-values
# observed: True
# score: 5
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    lies = [not np.allclose(traced(x), function(x), equal_nan=True) for x in inputs]
    return lies, graph.script(function, example)


# %% wrong: the inputs themselves
# finding: inputs-not-positions
# observed: a list of arrays
# score: 5
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    lies = [x for x in inputs if not np.allclose(traced(x), function(x), equal_nan=True)]
    return lies, graph.script(function, example)


# %% wrong: stops at the first lie
# finding: only-the-first
# observed: lies at [0]
# score: 5
def expose(function, example, inputs):
    traced, honest = graph.trace(function, example), graph.script(function, example)
    for i, x in enumerate(inputs):
        if not np.allclose(traced(x), function(x), equal_nan=True):
            return [i], honest
    return [], honest


# %% wrong: the inputs for which the trace is right
# finding: the-other-ones
# observed: lies at [1, 3]
# score: 5
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    lies = [i for i, x in enumerate(inputs) if np.allclose(traced(x), function(x), equal_nan=True)]
    return lies, graph.script(function, example)


# %% wrong: asks which way was taken
# finding: branch-not-result
# observed: lies at [0, 2, 4]
# score: 8
def expose(function, example, inputs):
    def way(x):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            g = graph.trace(function, x)
        return [step.operation for step in g.steps], [str(c.tolist()) for c in g.constants.values()]

    lies = [i for i, x in enumerate(inputs) if way(x) != way(example)]
    return lies, graph.script(function, example)


# %% wrong: counts from one
# finding: counted-from-one
# observed: lies at [1, 3, 5]
# score: 5
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    lies = [i for i, x in enumerate(inputs, 1) if not np.allclose(traced(x), function(x), equal_nan=True)]
    return lies, graph.script(function, example)


# %% wrong: a number when there is one lie
# finding: not-a-list
# observed: 0
# score: 5
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    lies = [i for i, x in enumerate(inputs) if not np.allclose(traced(x), function(x), equal_nan=True)]
    return (lies[0] if lies else None), graph.script(function, example)


# %% wrong: all inputs given to the capture
# finding: captured-wrongly
# observed: Error
# score: 0
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    lies = [i for i, x in enumerate(inputs) if not np.allclose(traced(x), function(x), equal_nan=True)]
    return lies, graph.script(function, *[x.asnumpy() for x in inputs])


# %% wrong: both sides computed, for one function in mind
# finding: graph-lies
# observed: ,
# score: 5
def expose(function, example, inputs):
    traced = graph.trace(function, example)
    lies = [i for i, x in enumerate(inputs) if not np.allclose(traced(x), function(x), equal_nan=True)]
    return lies, graph.trace(lambda x: nd.where(x.sum() > 0, x * 2, x - 1), example)
