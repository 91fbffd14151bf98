# %% right: exp of -|x|, two formulas
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        z = nd.exp(-nd.abs(x))
        y = nd.where(x < 0, z, nd.ones_like(x)) / (1 + z)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% right: by tanh
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.y = 0.5 * (1 + (x / 2).tanh())
        return ctx.y

    @staticmethod
    def backward(ctx, g):
        return (g * ctx.y * (1 - ctx.y),)


# %% right: masks in place of where, the slope from exp again
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        z = (-x.abs()).exp()
        return (x >= 0) * (1 / (1 + z)) + (x < 0) * (z / (1 + z))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        z = (-x.abs()).exp()
        return g * (z / (1 + z) ** 2)


# %% right: in numpy, keeping the kind of float
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        a = x.asnumpy()
        z = np.exp(-np.abs(a))
        ctx.y = np.where(a >= 0, 1 / (1 + z), z / (1 + z))
        return nd.array(ctx.y, dtype=x.dtype)

    @staticmethod
    def backward(ctx, g):
        slope = ctx.y * (1 - ctx.y)
        return nd.array(g.asnumpy() * slope, dtype=g.dtype)


# %% right: the exponent kept small by a clip
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = 1 / (1 + (-x.clip(-80, 80)).exp())
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% wrong: what comes in does not take part
# finding: incoming-ignored
# observed: shape (6,): 0.1995, 0.1105, 0.09147, 0.02878, 0.0563, 0.2063
# score: 5
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        z = (-x.abs()).exp()
        y = nd.where(x >= 0, 1 / (1 + z), z / (1 + z))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return y * (1 - y)


# %% wrong: the derivative from x
# finding: input-for-result
# observed: shape (6,): 0.05204, -14.38, -7.17, -41.91, -13.92, -3.894
# score: 3
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        z = (-x.abs()).exp()
        return nd.where(x >= 0, 1 / (1 + z), z / (1 + z))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x * (1 - x)


# %% wrong: the other formula, which overflows on the other side
# finding: nan
# observed: shape (8,): 1, 2.096e-17, nan, 5.827e-42, nan, 0, …
# score: 7
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp() / (1 + x.exp())
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% wrong: the slope by exp of -x
# finding: nan-gradient
# observed: shape (8,): 7.287e-18, -3.75e-17, 4.349e-41, nan, -0, nan, …
# score: 8
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        z = (-x.abs()).exp()
        return nd.where(x >= 0, 1 / (1 + z), z / (1 + z))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        e = (-x).exp()
        return g * e / (1 + e) ** 2


# %% wrong: the plain formula forward, its own backward
# finding: overflows-on-the-way
# observed: `exp` made an infinity out of finite inputs of shape (8,)
# score: 9
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = 1 / (1 + (-x).exp())
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% wrong: where chooses, and both sides are computed
# finding: overflows-on-the-way
# observed: `exp` made an infinity out of finite inputs of shape (8,)
# score: 9
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = nd.where(x >= 0, 1 / (1 + (-x).exp()), x.exp() / (1 + x.exp()))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% wrong: clipped too near
# finding: clipped
# observed: shape (8,): 1, 4.54e-05, 1, 4.54e-05, 1, 4.54e-05, …
# score: 6
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = 1 / (1 + (-x.clip(-10, 10)).exp())
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% wrong: kept on the class
# finding: state-shared
# observed: shape (6,): 0.4025, 0.4084, 0.3544, 0.5046, …
# score: 9
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        z = (-x.abs()).exp()
        StableSigmoid.y = nd.where(x >= 0, 1 / (1 + z), z / (1 + z))
        return StableSigmoid.y

    @staticmethod
    def backward(ctx, g):
        y = StableSigmoid.y
        return g * y * (1 - y)


# %% wrong: calls the ready-made one
# finding: forbidden-call
# observed: a call of `miniblocks.tensor.Tensor.sigmoid`
# score: 0
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.sigmoid()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% wrong: tanh's derivative
# finding: wrong-derivative
# observed: shape (6,): 0.8028, 2.497, 0.5409, 2.675, 0.3349, 2.116
# score: 3
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        z = (-x.abs()).exp()
        y = nd.where(x >= 0, 1 / (1 + z), z / (1 + z))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * (1 - y * y)


# %% wrong: an if for the whole tensor
# finding: one-number-only
# observed: ShapeError: the truth value of a tensor of shape (6,) is ambiguous;
# score: 0
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        if x >= 0:
            y = 1 / (1 + (-x).exp())
        else:
            y = x.exp() / (1 + x.exp())
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% wrong: the sign inside exp
# finding: mirrored
# observed: shape (6,): 0.2752, 0.8735, 0.1018, 0.9703, 0.05988, 0.7091
# score: 3
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        z = (-x.abs()).exp()
        y = nd.where(x >= 0, z / (1 + z), 1 / (1 + z))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% wrong: |x| without a look at the sign
# finding: sign-lost
# observed: shape (6,): 0.7248, 0.8735, 0.8982, 0.9703, 0.9401, 0.7091
# score: 3
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = 1 / (1 + (-x.abs()).exp())
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% wrong: through nd.array, which makes float32
# finding: precision-lost
# observed: shape (6,): 0.8779, 0.08141, 0.8893, 0.0218, 1, 1.661e-08
# score: 9
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        a = x.asnumpy()
        z = np.exp(-np.abs(a))
        y = nd.array(np.where(a >= 0, 1 / (1 + z), z / (1 + z)))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% wrong: writes into x
# finding: changes-its-input
# observed: shape (6,): -0.9682, -1.933, -2.177, -3.488, …
# score: 9
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        positive = x >= 0
        x[positive] = -x[positive]
        z = x.exp()
        y = nd.where(positive, 1 / (1 + z), z / (1 + z))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)


# %% wrong: writes into what comes in
# finding: changes-the-incoming
# observed: shape (6,): 0.3374, 0.2804, 0.2559, 0.07704, …
# score: 9
class StableSigmoid(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        z = (-x.abs()).exp()
        y = nd.where(x >= 0, 1 / (1 + z), z / (1 + z))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        g *= y * (1 - y)
        return g


# %% wrong: a plain class
# finding: no-function
# observed: AttributeError: type object 'StableSigmoid' has no attribute 'apply'
# score: 0
class StableSigmoid:
    @staticmethod
    def forward(ctx, x):
        z = (-x.abs()).exp()
        y = nd.where(x >= 0, 1 / (1 + z), z / (1 + z))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * y * (1 - y)
