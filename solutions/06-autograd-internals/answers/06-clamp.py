# %% right: masks multiplied
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        mask = x == x
        if low is not None:
            mask = mask * (x >= low)
        if high is not None:
            mask = mask * (x <= high)
        ctx.mask = mask
        return x.clip(low, high)

    @staticmethod
    def backward(ctx, g):
        return g * ctx.mask, None, None


# %% right: unchanged numbers are those inside
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        y = x.clamp(low, high)
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * (x == y), None, None


# %% right: infinite bounds, minimum and maximum
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        low = -math.inf if low is None else low
        high = math.inf if high is None else high
        ctx.bounds = low, high
        ctx.save_for_backward(x)
        return nd.minimum(nd.maximum(x, low), high)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        low, high = ctx.bounds
        g = nd.where(x >= low, g, nd.zeros_like(g))
        return nd.where(x <= high, g, nd.zeros_like(g)), None, None


# %% right: outside, turned round, in numpy
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        a = x.asnumpy()
        outside = np.zeros(a.shape, bool)
        y = a.copy()
        if low is not None:
            outside |= a < low
            y[a < low] = low
        if high is not None:
            outside |= a > high
            y[a > high] = high
        ctx.outside = outside
        return nd.array(y)

    @staticmethod
    def backward(ctx, g):
        return nd.array(np.where(ctx.outside, 0, g.asnumpy())), None, None


# %% wrong: the gradient passes everywhere
# finding: passes-everywhere
# observed: shape (2, 3): 2.883, -2.311, 2.573, 2.495, -2.364, -1.533
# score: 2
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        return x.clip(low, high)

    @staticmethod
    def backward(ctx, g):
        return g, None, None


# %% wrong: a mask made from the result
# finding: passes-everywhere
# observed: shape (2, 3): 2.883, -2.311, 2.573, 2.495, -2.364, -1.533
# score: 2
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        y = x.clip(low, high)
        ctx.save_for_backward(y)
        ctx.low = -math.inf if low is None else low
        ctx.high = math.inf if high is None else high
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * (y >= ctx.low) * (y <= ctx.high), None, None


# %% wrong: stops on the bounds
# finding: stops-on-the-bounds
# observed: shape (6,): -0, -0, -2.828, 0, 0, 0
# score: 7
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.save_for_backward(x)
        ctx.low = -math.inf if low is None else low
        ctx.high = math.inf if high is None else high
        return x.clip(low, high)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x > ctx.low) * (x < ctx.high), None, None


# %% wrong: the mask turned round
# finding: mask-turned-round
# observed: shape (2, 3): 2.883, 0, 2.573, 2.495, 0, -1.533
# score: 2
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.inside = x == x.clip(low, high)
        return x.clip(low, high)

    @staticmethod
    def backward(ctx, g):
        g = g * 1
        g[ctx.inside] = 0
        return g, None, None


# %% wrong: what comes in does not take part
# finding: incoming-ignored
# observed: shape (2, 3): 0, 1, 0, 0, 1, 0
# score: 2
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.save_for_backward(x)
        ctx.low, ctx.high = low, high
        return x.clip(low, high)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return (x == x.clip(ctx.low, ctx.high)) * 1.0, None, None


# %% wrong: a bound of None in the mask
# finding: none-used
# observed: TypeError: less_equal cannot take (2, 3), None: le() received an
# score: 6
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.save_for_backward(x)
        ctx.low, ctx.high = low, high
        return x.clip(low, high)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x >= ctx.low) * (x <= ctx.high), None, None


# %% wrong: None is taken for zero
# finding: none-taken-for-zero
# observed: shape (2, 3): -1.146, 0, 0, -1.146, -0.277, 0
# score: 6
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.low, ctx.high = low or 0.0, high or 0.0
        ctx.save_for_backward(x)
        return x.clip(ctx.low, ctx.high)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x >= ctx.low) * (x <= ctx.high), None, None


# %% wrong: one gradient for three inputs
# finding: wrong-number-of-gradients
# observed: GraphError: Clamp.backward returned 1 gradients for 3 inputs; return
# score: 2
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.save_for_backward(x)
        ctx.low, ctx.high = low, high
        return x.clip(low, high)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x == x.clip(ctx.low, ctx.high))


# %% wrong: relu's mask
# finding: mask-of-relu
# observed: shape (2, 3): 0, -2.311, 2.573, 0, -0, -1.533
# score: 2
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.save_for_backward(x)
        return x.clip(low, high)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x > 0), None, None


# %% wrong: writes into x
# finding: changes-its-input
# observed: shape (2, 3): -1.146, 0.4596, 0.9637, -1.146, …
# score: 7
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        y = x.clip(low, high)
        ctx.inside = x == y
        x[:] = y
        return y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.inside, None, None


# %% wrong: writes into what comes in
# finding: changes-the-incoming
# observed: shape (2, 3): 0, -2.311, 0, 0, …
# score: 7
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        y = x.clip(low, high)
        ctx.outside = x != y
        return y

    @staticmethod
    def backward(ctx, g):
        g[ctx.outside] = 0
        return g, None, None


# %% wrong: an if for the whole tensor
# finding: one-number-only
# observed: ShapeError: the truth value of a tensor of shape (2, 3) is ambiguous;
# score: 2
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.save_for_backward(x)
        ctx.low, ctx.high = low, high
        return x.clip(low, high)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        low = -math.inf if ctx.low is None else ctx.low
        high = math.inf if ctx.high is None else ctx.high
        if low <= x <= high:
            return g, None, None
        return nd.zeros_like(g), None, None


# %% wrong: zero outside
# finding: zero-outside
# observed: shape (2, 3): -0, 0.4596, 0, -0, -0.4355, 0
# score: 3
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        ctx.mask = x == x.clip(low, high)
        return x * ctx.mask

    @staticmethod
    def backward(ctx, g):
        return g * ctx.mask, None, None


# %% wrong: kept on the class
# finding: state-shared
# observed: shape (2, 3): 2.883, -0, 0, 2.495, …
# score: 7
class Clamp(autograd.Function):
    @staticmethod
    def forward(ctx, x, low, high):
        Clamp.mask = x == x.clip(low, high)
        return x.clip(low, high)

    @staticmethod
    def backward(ctx, g):
        return g * Clamp.mask, None, None
