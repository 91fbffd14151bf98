# %% right: where, and a mask of |x|
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return nd.where(x >= 0, nd.ones_like(x), -nd.ones_like(x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (nd.abs(x) <= 1)


# %% right: sign, with 0 repaired
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mask = (x >= -1) * (x <= 1)
        y = x.sign()
        y[y == 0] = 1
        return y

    @staticmethod
    def backward(ctx, g):
        return nd.where(ctx.mask, g, nd.zeros_like(g))


# %% right: unchanged by a clip
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x, x.clip(-1, 1))
        return (x >= 0) * 2.0 - 1

    @staticmethod
    def backward(ctx, g):
        x, clipped = ctx.saved_tensors
        return (g * (x == clipped),)


# %% right: in numpy
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x.asnumpy()
        return nd.array(np.where(ctx.x < 0, -1.0, 1.0))

    @staticmethod
    def backward(ctx, g):
        g = g.asnumpy()
        g[np.abs(ctx.x) > 1] = 0
        return nd.array(g)


# %% wrong: sign, which is 0 at 0
# finding: zero-at-zero
# observed: shape (6,): 0, 1, -1, 1, -1, 1
# score: 7
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sign()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() <= 1)


# %% wrong: 0 counts as negative
# finding: negative-at-zero
# observed: shape (6,): -1, 1, -1, 1, -1, 1
# score: 7
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 2.0 * (x > 0) - 1.0

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() <= 1)


# %% wrong: 0 and 1
# finding: zero-for-minus-one
# observed: shape (2, 4): 1, 0, 1, 0, 1, 1, …
# score: 4
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 1.0 * (x >= 0)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() <= 1)


# %% wrong: the true derivative
# finding: true-derivative
# observed: shape (2, 4): 0, -0, -0, 0, -0, -0, …
# score: 3
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2.0 * (x >= 0) - 1.0

    @staticmethod
    def backward(ctx, g):
        return g * 0


# %% wrong: passes everywhere
# finding: passes-everywhere
# observed: shape (2, 4): 2.169, -2.246, -2.658, 1.598, -2.576, -1.793, …
# score: 3
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2.0 * (x >= 0) - 1.0

    @staticmethod
    def backward(ctx, g):
        return g


# %% wrong: a mask made from the result
# finding: passes-everywhere
# observed: shape (2, 4): 2.169, -2.246, -2.658, 1.598, -2.576, -1.793, …
# score: 3
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = 2.0 * (x >= 0) - 1.0
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * (y.abs() <= 1)


# %% wrong: stops at exactly one
# finding: stops-at-one
# observed: shape (6,): 1.691, 0, 0, 2.677, 0, 0
# score: 7
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 2.0 * (x >= 0) - 1.0

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() < 1)


# %% wrong: the mask looks at one side
# finding: one-side-only
# observed: shape (2, 4): 2.169, -2.246, -2.658, 1.598, -0, -0, …
# score: 3
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 2.0 * (x >= 0) - 1.0

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x <= 1)


# %% wrong: what comes in does not take part
# finding: incoming-ignored
# observed: shape (2, 4): 1, 1, 1, 1, 0, 0, …
# score: 3
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 2.0 * (x >= 0) - 1.0

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 1.0 * (x.abs() <= 1)


# %% wrong: multiplied by the sign
# finding: multiplied-by-the-sign
# observed: shape (2, 4): 2.169, 2.246, -2.658, -1.598, -0, -0, …
# score: 3
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = 2.0 * (x >= 0) - 1.0
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y * (x.abs() <= 1)


# %% wrong: the bounds, not the sign
# finding: not-binary
# observed: shape (2, 4): 0.2803, -0.4456, 0.4875, -0.7122, 1, 1, …
# score: 4
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clip(-1, 1)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() <= 1)


# %% wrong: writes into x
# finding: changes-its-input
# observed: shape (2, 4): 1, -1, 1, -1, …
# score: 7
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mask = x.abs() <= 1
        x[x >= 0] = 1
        x[x < 0] = -1
        return x

    @staticmethod
    def backward(ctx, g):
        return g * ctx.mask


# %% wrong: writes into what comes in
# finding: changes-the-incoming
# observed: shape (2, 4): 2.169, -2.246, -2.658, 1.598, …
# score: 7
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.outside = x.abs() > 1
        return 2.0 * (x >= 0) - 1.0

    @staticmethod
    def backward(ctx, g):
        g[ctx.outside] = 0
        return g


# %% wrong: kept on the class
# finding: state-shared
# observed: shape (2, 4): 0, -0, -0, 0, …
# score: 7
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        Binarize.mask = x.abs() <= 1
        return 2.0 * (x >= 0) - 1.0

    @staticmethod
    def backward(ctx, g):
        return g * Binarize.mask


# %% wrong: an if for the whole tensor
# finding: one-number-only
# observed: ShapeError: the truth value of a tensor of shape (2, 4) is ambiguous;
# score: 0
class Binarize(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return nd.ones_like(x) if x >= 0 else -nd.ones_like(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() <= 1)
