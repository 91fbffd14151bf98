# %% right: a choice, number by number
def relu(x):
    return nd.where(x > 0, x, 0.0)

# %% right: a product with the comparison
def relu(x):
    return x * (x > 0)

# %% right: what is negative is taken away
def relu(x):
    return x - nd.where(x <= 0, x, 0.0)

# %% right: a Function with both passes written out
class Relu(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        mask = x > 0
        ctx.save_for_backward(mask)
        return x * mask

    @staticmethod
    def backward(ctx, g):
        (mask,) = ctx.saved_tensors
        return g * mask


def relu(x):
    return Relu.apply(x)

# %% right: the maximum, masked once more
def relu(x):
    return nd.maximum(x, 0) * (x > 0)

# %% wrong: the maximum with a tensor of zeros, as in the source
# finding: half-at-zero
# observed: 0.5
# score: 6
def relu(x):
    a = nd.zeros_like(x)
    return nd.max(x, a)

# %% wrong: the mean of x and its absolute value
# finding: half-at-zero
# observed: 0.5
# score: 6
def relu(x):
    return (x + nd.abs(x)) / 2

# %% wrong: clipped from below
# finding: one-at-zero
# observed: 1 · g
# score: 6
def relu(x):
    return x.clip(0, None)

# %% wrong: 0 counts as positive
# finding: one-at-zero
# observed: 1 · g
# score: 6
def relu(x):
    return x * (x >= 0)

# %% wrong: calls the library
# finding: forbidden-call
# observed: miniblocks.nd.relu
# score: 0
def relu(x):
    return nd.relu(x)

# %% wrong: by way of a block of the library
# finding: forbidden-call
# observed: miniblocks.nn.ReLU
# score: 0
def relu(x):
    return nn.ReLU()(x)

# %% wrong: numbers taken out of the record
# finding: gradient-lost
# observed: requires
# score: 3
def relu(x):
    return nd.array(np.maximum(x.asnumpy(), 0))

# %% wrong: an `if` for the whole tensor
# finding: one-decision-for-all
# observed: truth value
# score: 0
def relu(x):
    if x > 0:
        return x
    return x * 0

# %% wrong: the maximum along axis 0
# finding: shape-changed
# observed: shape (6,)
# score: 0
def relu(x):
    return nd.max(x, 0)

# %% wrong: writes zeros into x
# finding: writes-into-x
# observed: shape (4, 6)
# score: 5
def relu(x):
    x[x < 0] = 0
    return x

# %% wrong: multiplies x in place
# finding: writes-into-x
# observed: shape (4, 6)
# score: 7
def relu(x):
    x *= x > 0
    return x

# %% wrong: a backward pass that forgets what arrives
# finding: upstream-ignored
# observed: shape (4, 6)
# score: 3
class Relu(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return nd.where(x > 0, x, 0.0)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return (x > 0).astype("float32")


def relu(x):
    return Relu.apply(x)

# %% wrong: a backward pass that lets everything through
# finding: passes-everywhere
# observed: shape (4, 6)
# score: 3
class Relu(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return nd.where(x > 0, x, 0.0)

    @staticmethod
    def backward(ctx, g):
        return g


def relu(x):
    return Relu.apply(x)

# %% wrong: keeps the negative side
# finding: negatives-kept
# observed: shape (4, 6)
# score: 0
def relu(x):
    return nd.where(x < 0, x, 0.0)

# %% wrong: the absolute value
# finding: absolute-value
# observed: shape (4, 6)
# score: 0
def relu(x):
    return nd.abs(x)

# %% wrong: the mask alone
# finding: mask-not-values
# observed: shape (4, 6)
# score: 0
def relu(x):
    return (x > 0).astype("float32")

# %% wrong: a leak
# finding: negatives-leak
# observed: -0.0
# score: 0
def relu(x):
    return nd.where(x > 0, x, 0.01 * x)

# %% wrong: softplus
# finding: softened
# observed: shape (4, 6)
# score: 0
def relu(x):
    return nd.log(1 + nd.exp(x))
