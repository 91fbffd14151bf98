# %% right: the maximum of each row
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=-1, keepdims=True)
        e = (x - m).exp()
        total = e.sum(axis=-1, keepdims=True)
        ctx.save_for_backward(e / total)
        return (m + total.log()).reshape(x.shape[:-1])

    @staticmethod
    def backward(ctx, g):
        (p,) = ctx.saved_tensors
        return p * g.reshape(*g.shape, 1)


# %% right: without keepdims, indexed back
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=-1)
        y = (x - m[..., None]).exp().sum(axis=-1).log() + m
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return (x - y[..., None]).exp() * g[..., None]


# %% right: in numpy
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        a = x.asnumpy().astype("float64")
        m = a.max(-1, keepdims=True)
        y = m + np.log(np.exp(a - m).sum(-1, keepdims=True))
        ctx.p = np.exp(a - y)
        return nd.array(y[..., 0])

    @staticmethod
    def backward(ctx, g):
        return nd.array(ctx.p * g.asnumpy()[..., None])


# %% right: pairs added one by one, logaddexp
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        columns = np.moveaxis(x.asnumpy().astype("float64"), -1, 0)
        y = columns[0]
        for column in columns[1:]:
            y = np.logaddexp(y, column)
        ctx.y = nd.array(y)
        ctx.save_for_backward(x)
        return ctx.y

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        shape = (*x.shape[:-1], 1)
        return g.reshape(shape) * nd.exp(x - ctx.y.reshape(shape))


# %% wrong: as it stands in the formula
# finding: overflow
# observed: shape (4,): inf, -inf, inf, 0.9536
# score: 7
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp().sum(axis=-1, keepdims=True).log()
        ctx.save_for_backward(x, y)
        return y.reshape(x.shape[:-1])

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g.reshape(y.shape) * (x - y).exp()


# %% wrong: one maximum for all rows
# finding: one-maximum-for-all
# observed: shape (4,): 1001, -inf, -inf, -inf
# score: 7
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max()
        y = m + (x - m).exp().sum(axis=-1, keepdims=True).log()
        ctx.save_for_backward(x, y)
        return y.reshape(x.shape[:-1])

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g.reshape(y.shape) * (x - y).exp()


# %% wrong: the maximum not put back
# finding: maximum-not-added
# observed: shape (3,): 0.3706, 0.6926, 0.5086
# score: 3
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=-1, keepdims=True)
        e = (x - m).exp()
        ctx.p = e / e.sum(axis=-1, keepdims=True)
        return e.sum(axis=-1).log()

    @staticmethod
    def backward(ctx, g):
        return g.reshape(*g.shape, 1) * ctx.p


# %% wrong: the axis stays
# finding: axis-kept
# observed: shape (3, 1): 1.786, 1.268, 1.597
# score: 0
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=-1, keepdims=True)
        y = m + (x - m).exp().sum(axis=-1, keepdims=True).log()
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * (x - y).exp()


# %% wrong: along the first axis
# finding: first-axis
# observed: shape (4,): 1.035, 0.6398, 1.611, 1.556
# score: 0
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=0, keepdims=True)
        y = m + (x - m).exp().sum(axis=0, keepdims=True).log()
        ctx.save_for_backward(x, y)
        return y.reshape(x.shape[1:])

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g.reshape(y.shape) * (x - y).exp()


# %% wrong: everything in one sum
# finding: all-in-one
# observed: shape (): 2.671
# score: 0
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max()
        y = m + (x - m).exp().sum().log()
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * (x - y).exp()


# %% wrong: along axis 1
# finding: only-two-axes
# observed: ShapeError: reshape cannot combine (2, 1, 2) with {'shape': (2,)}:
# score: 8
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=1, keepdims=True)
        y = m + (x - m).exp().sum(axis=1, keepdims=True).log()
        ctx.save_for_backward(x, y)
        return y.reshape(x.shape[0])

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g.reshape(y.shape) * (x - y).exp()


# %% wrong: what comes in broadcast along the rows
# finding: incoming-misaligned
# observed: shape (3, 3): -0.3658, 0.2488, -0.1963, -0.08016, 0.2979, -0.6824, …
# score: 4
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=-1, keepdims=True)
        y = m + (x - m).exp().sum(axis=-1, keepdims=True).log()
        ctx.save_for_backward(x, y)
        return y.reshape(x.shape[:-1])

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        p = (x - y).exp()
        return g * p if g.shape == p.shape[-1:] else g.reshape(y.shape) * p


# %% wrong: what comes in without its axis
# finding: wrong-shape
# observed: ShapeError: mul cannot combine (3,), (3, 4): The size of tensor a (3)
# score: 2
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=-1, keepdims=True)
        y = m + (x - m).exp().sum(axis=-1, keepdims=True).log()
        ctx.save_for_backward(x, y)
        return y.reshape(x.shape[:-1])

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * (x - y).exp()


# %% wrong: what comes in does not take part
# finding: incoming-ignored
# observed: shape (3, 4): 0.03876, 0.1167, 0.1543, 0.6903, 0.5003, 0.05952, …
# score: 2
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=-1, keepdims=True)
        y = m + (x - m).exp().sum(axis=-1, keepdims=True).log()
        ctx.save_for_backward(x, y)
        return y.reshape(x.shape[:-1])

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return (x - y).exp()


# %% wrong: all of it to the greatest
# finding: maximums-gradient
# observed: shape (3, 4): -0, -0, -0, -0.8544, 2.871, 0, …
# score: 2
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=-1, keepdims=True)
        ctx.save_for_backward(x, m)
        return (m + (x - m).exp().sum(axis=-1, keepdims=True).log()).reshape(x.shape[:-1])

    @staticmethod
    def backward(ctx, g):
        x, m = ctx.saved_tensors
        return g.reshape(m.shape) * (x == m)


# %% wrong: exp(x), not divided
# finding: not-divided
# observed: shape (3, 4): -0.1975, -0.5944, -0.786, -3.517, 5.105, 0.6074, …
# score: 2
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=-1, keepdims=True)
        ctx.save_for_backward(x)
        return (m + (x - m).exp().sum(axis=-1, keepdims=True).log()).reshape(x.shape[:-1])

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g.reshape(*g.shape, 1) * x.exp()


# %% wrong: the ready-made one
# finding: forbidden-call
# observed: a call of `miniblocks.nd.logsumexp`
# score: 0
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return nd.logsumexp(x, axis=-1)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return nd.softmax(x) * g.reshape(*g.shape, 1)


# %% wrong: takes the maximum off in place
# finding: changes-its-input
# observed: shape (3, 4): -2.88, -1.778, -1.498, 0, …
# score: 8
class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=-1, keepdims=True)
        x -= m
        total = x.exp().sum(axis=-1, keepdims=True)
        ctx.save_for_backward(x.exp() / total)
        return (m + total.log()).reshape(x.shape[:-1])

    @staticmethod
    def backward(ctx, g):
        (p,) = ctx.saved_tensors
        return p * g.reshape(*g.shape, 1)


# %% wrong: kept in a global variable
# finding: state-shared
# observed: shape (3, 4): -0.19, -0.2106, -0.365, -0.08876, …
# score: 8
saved = {}


class LogSumExp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        m = x.max(axis=-1, keepdims=True)
        e = (x - m).exp()
        total = e.sum(axis=-1, keepdims=True)
        saved["p"] = e / total
        return (m + total.log()).reshape(x.shape[:-1])

    @staticmethod
    def backward(ctx, g):
        return saved["p"] * g.reshape(*g.shape, 1)
