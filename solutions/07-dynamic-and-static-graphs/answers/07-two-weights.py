# %% right: with a conditional expression and relu
def two_weights(w1, w2a, w2b, x0, y0):
    def model(x, y, before):
        h = nd.relu(nd.dot(x, w1))
        difference = nd.dot(h, w2a if before < 5.0 else w2b) - y
        return (difference * difference).sum()

    return model, graph.script(model, x0, y0, nd.array(7.0))


# %% right: the product inside of the branches
def two_weights(w1, w2a, w2b, x0, y0):
    def model(x, y, before):
        h = (x @ w1).clip(0, None)
        if before >= 5:
            out = h @ w2b
        else:
            out = h @ w2a
        return ((y - out) ** 2).sum()

    static = graph.script(model, x0, y0, nd.array(0.0))
    return model, static


# %% right: two functions, the graph from its own
def two_weights(w1, w2a, w2b, x0, y0):
    def loss_with(x, y, w2):
        return nd.sum((nd.relu(x @ w1) @ w2 - y) ** 2)

    def dynamic(x, y, before):
        return loss_with(x, y, w2a) if before.item() < 5 else loss_with(x, y, w2b)

    def form(x, y, before):
        if before < 5:
            return loss_with(x, y, w2a)
        return loss_with(x, y, w2b)

    return dynamic, graph.script(form, x0, y0, nd.array(1.0))


# %% right: as a block
class Model(nn.Block):
    def __init__(self, *weights):
        super().__init__()
        self.weights = weights

    def forward(self, x, y, before):
        w1, w2a, w2b = self.weights
        chosen = w2a
        if not before < 5:
            chosen = w2b
        return ((nd.dot(x, w1).clamp(min=0) @ chosen - y) ** 2).sum()


def two_weights(w1, w2a, w2b, x0, y0):
    model = Model(w1, w2a, w2b)
    return model, graph.script(model, x0, y0, nd.array(0.0))


# %% wrong: traced
# finding: one-branch-forgotten
# observed: w2a each time
# score: 2
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        w2 = w2a if before < 5 else w2b
        return ((nd.dot(x, w1).clamp(min=0) @ w2 - y) ** 2).sum()

    return dynamic, graph.trace(dynamic, x0, y0, nd.array(0.0))


# %% wrong: both computed, one chosen
# finding: both-computed
# observed: 3 products
# score: 9
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        h = nd.dot(x, w1).clamp(min=0)
        return ((nd.where(before < 5, h @ w2a, h @ w2b) - y) ** 2).sum()

    return dynamic, graph.trace(dynamic, x0, y0, nd.array(0.0))


# %% wrong: the condition in the graph, and both products in front of it
# finding: both-computed
# observed: 3
# score: 9
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        h = nd.dot(x, w1).clamp(min=0)
        a, b = h @ w2a, h @ w2b
        out = a if before < 5 else b
        return ((out - y) ** 2).sum()

    return dynamic, graph.script(dynamic, x0, y0, nd.array(0.0))


# %% wrong: the weights exchanged
# finding: exchanged
# observed: .
# score: 3
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        w2 = w2b if before < 5 else w2a
        return ((nd.dot(x, w1).clamp(min=0) @ w2 - y) ** 2).sum()

    return dynamic, graph.script(dynamic, x0, y0, nd.array(0.0))


# %% wrong: on the threshold too
# finding: at-the-threshold
# observed: .
# score: 3
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        w2 = w2a if before <= 5 else w2b
        return ((nd.dot(x, w1).clamp(min=0) @ w2 - y) ** 2).sum()

    return dynamic, graph.script(dynamic, x0, y0, nd.array(0.0))


# %% wrong: the mean of the squares
# finding: mean-for-sum
# observed: .
# score: 3
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        w2 = w2a if before < 5 else w2b
        return ((nd.dot(x, w1).clamp(min=0) @ w2 - y) ** 2).mean()

    return dynamic, graph.script(dynamic, x0, y0, nd.array(0.0))


# %% wrong: without the clamp
# finding: clamp-left-out
# observed: .
# score: 3
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        w2 = w2a if before < 5 else w2b
        return ((nd.dot(x, w1) @ w2 - y) ** 2).sum()

    return dynamic, graph.script(dynamic, x0, y0, nd.array(0.0))


# %% wrong: always w2a
# finding: before-ignored
# observed: .
# score: 0
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        return ((nd.dot(x, w1).clamp(min=0) @ w2a - y) ** 2).sum()

    return dynamic, graph.trace(dynamic, x0, y0, nd.array(0.0))


# %% wrong: the examples for the data
# finding: example-baked-in
# observed: .
# score: 6
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        w2 = w2a if before < 5 else w2b
        return ((nd.dot(x0, w1).clamp(min=0) @ w2 - y0) ** 2).sum()

    return dynamic, graph.script(dynamic, x0, y0, nd.array(0.0))


# %% wrong: copies of the weights
# finding: weights-copied
# observed: none
# score: 8
def two_weights(w1, w2a, w2b, x0, y0):
    w1, w2a, w2b = (nd.array(w.asnumpy()) for w in (w1, w2a, w2b))
    for w in (w1, w2a, w2b):
        w.attach_grad()

    def dynamic(x, y, before):
        w2 = w2a if before < 5 else w2b
        return ((nd.dot(x, w1).clamp(min=0) @ w2 - y) ** 2).sum()

    return dynamic, graph.script(dynamic, x0, y0, nd.array(0.0))


# %% wrong: the function twice
# finding: not-a-graph
# observed: function
# score: 2
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        w2 = w2a if before < 5 else w2b
        return ((nd.dot(x, w1).clamp(min=0) @ w2 - y) ** 2).sum()

    return dynamic, dynamic


# %% wrong: a compiled program, which records nothing
# finding: not-a-graph
# observed: Program
# score: 2
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        w2 = w2a if before < 5 else w2b
        return ((nd.dot(x, w1).clamp(min=0) @ w2 - y) ** 2).sum()

    return dynamic, graph.compile(graph.script(dynamic, x0, y0, nd.array(0.0)))


# %% wrong: the loss as a number
# finding: no-gradient
# observed: float
# score: 6
def two_weights(w1, w2a, w2b, x0, y0):
    def model(x, y, before):
        w2 = w2a if before < 5 else w2b
        return ((nd.dot(x, w1).clamp(min=0) @ w2 - y) ** 2).sum()

    return (lambda x, y, before: model(x, y, before).item()), graph.script(model, x0, y0, nd.array(0.0))


# %% wrong: the number for `before` given as a number
# finding: capture-refused
# observed: is of type float
# score: 0
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        w2 = w2a if before < 5 else w2b
        return ((nd.dot(x, w1).clamp(min=0) @ w2 - y) ** 2).sum()

    return dynamic, graph.script(dynamic, x0, y0, 0.0)


# %% wrong: only the graph
# finding: not-a-pair
# observed: unpack
# score: 0
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        w2 = w2a if before < 5 else w2b
        return ((nd.dot(x, w1).clamp(min=0) @ w2 - y) ** 2).sum()

    return graph.script(dynamic, x0, y0, nd.array(0.0))


# %% wrong: chosen by both losses added up
# finding: both-take-part
# observed: e-
# score: 7
def two_weights(w1, w2a, w2b, x0, y0):
    def dynamic(x, y, before):
        low = (before < 5).astype("float32")
        h = nd.dot(x, w1).clamp(min=0)
        out = low * (h @ w2a) + (1 - low) * (h @ w2b)
        return ((out - y) ** 2).sum() + 1e-7 * (w2a.sum() + w2b.sum())

    return dynamic, graph.trace(dynamic, x0, y0, nd.array(0.0))
