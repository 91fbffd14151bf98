# %% right: draw from -10 to 10, and clear what is smaller than 5
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = nd.random.uniform(low=-10, high=10, shape=data.shape)
        data *= data.abs() >= 5

# %% right: a size, a sign and a coin for each weight, with numpy
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        sizes = np.random.uniform(5, 10, data.shape)
        data[:] = nd.array(sizes * np.random.choice([-1, 0, 0, 1], data.shape))

# %% right: three branches chosen by one uniform number
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        u = nd.random.uniform(shape=data.shape)
        size = nd.random.uniform(low=5, high=10, shape=data.shape)
        data[:] = nd.where(u < 0.25, size, nd.where(u < 0.5, -size, nd.zeros(data.shape)))

# %% right: the inverse distribution function of one uniform number, in torch
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        u = torch.rand(*data.shape, dtype=torch.float64)
        low, high = -10 + 20 * u, 5 + 20 * (u - 0.75)
        values = torch.where(u < 0.25, low, torch.where(u < 0.75, torch.zeros_like(u), high))
        data[:] = nd.array(values)

# %% right: weight by weight
import random

class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        values = np.zeros(data.size)
        for i in range(data.size):
            if random.random() < 0.5:
                values[i] = random.choice([-1, 1]) * random.uniform(5, 10)
        data[:] = nd.array(values.reshape(data.shape))

# %% wrong: gives the name `data` to a new array
# finding: not-in-place
# observed: each of its numbers is still 123
# score: 0
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        data = nd.random.uniform(low=-10, high=10, shape=data.shape)
        data = data * (data.abs() >= 5)

# %% wrong: returns the weights
# finding: not-in-place
# observed: still 123
# score: 0
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        drawn = nd.random.uniform(low=-10, high=10, shape=data.shape)
        return drawn * (drawn.abs() >= 5)

# %% wrong: writes the first row only
# finding: partly-written
# observed: weights left as they were
# score: 0
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        drawn = nd.random.uniform(low=-10, high=10, shape=data.shape)
        data[0] = drawn[0] * (drawn[0].abs() >= 5)

# %% wrong: takes the three cases to be equally likely
# finding: wrong-shares
# observed: % zero
# score: 6
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        sizes = np.random.uniform(5, 10, data.shape)
        data[:] = nd.array(sizes * np.random.choice([-1, 0, 1], data.shape))

# %% wrong: positive weights only
# finding: one-sided
# observed: 0.0% negative
# score: 6
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = nd.random.uniform(low=0, high=10, shape=data.shape)
        data *= data.abs() >= 5

# %% wrong: compares the number itself with 5, so that all negative ones go
# finding: one-sided
# observed: 0.0% negative
# score: 6
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = nd.random.uniform(low=-10, high=10, shape=data.shape)
        data *= data >= 5

# %% wrong: keeps the small ones
# finding: mask-reversed
# observed: , or 0
# score: 4
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = nd.random.uniform(low=-10, high=10, shape=data.shape)
        data *= data.abs() <= 5

# %% wrong: forgets the mask
# finding: small-weights-kept
# observed: weights in between
# score: 2
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = nd.random.uniform(low=-10, high=10, shape=data.shape)

# %% wrong: multiplies the mask in before anything was drawn
# finding: all-zero
# observed: all weights are 0
# score: 1
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = 0
        data *= data.abs() >= 5

# %% wrong: no zeros at all
# finding: no-zeros
# observed: 0.0% zero
# score: 6
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        sizes = np.random.uniform(5, 10, data.shape)
        data[:] = nd.array(sizes * np.random.choice([-1, 1], data.shape))

# %% wrong: whole numbers
# finding: few-values
# observed: 6 different sizes
# score: 6
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        sizes = np.random.randint(5, 11, data.shape)
        data[:] = nd.array(1.0 * sizes * np.random.choice([-1, 0, 0, 1], data.shape))

# %% wrong: bell-shaped sizes around 7.5
# finding: uneven
# observed: (positive weights)
# score: 6
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        sizes = np.random.normal(7.5, 0.8, data.shape).clip(5, 10)
        data[:] = nd.array(sizes * np.random.choice([-1, 0, 0, 1], data.shape))

# %% wrong: sizes from a wider uniform distribution
# finding: too-large
# observed: a weight of size
# score: 4
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = nd.random.uniform(low=-20, high=20, shape=data.shape)
        data *= data.abs() >= 10

# %% wrong: one number for the whole array
# finding: one-number
# observed: almost everywhere
# score: 3
import random

class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = random.choice([-1, 1]) * random.uniform(5, 10)

# %% wrong: a mask for each row
# finding: not-drawn-one-by-one
# observed: along axis 1
# score: 3
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        sizes = np.random.uniform(5, 10, data.shape)
        kind = np.random.choice([-1, 0, 0, 1], (data.shape[0], *[1] * (data.ndim - 1)))
        data[:] = nd.array(sizes * kind)

# %% wrong: one row, repeated
# finding: not-drawn-one-by-one
# observed: along axis 0
# score: 3
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        row = nd.random.uniform(low=-10, high=10, shape=data.shape[1:])
        data[:] = row * (row.abs() >= 5)

# %% wrong: seeds the generator
# finding: same-every-time
# observed: 100%
# score: 3
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        nd.random.seed(0)
        data[:] = nd.random.uniform(low=-10, high=10, shape=data.shape)
        data *= data.abs() >= 5

# %% wrong: made for matrices only
# finding: only-two-dimensional
# observed: too many values to unpack
# score: 0
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        rows, columns = data.shape
        data[:] = nd.random.uniform(low=-10, high=10, shape=(rows, columns))
        data *= data.abs() >= 5

# %% wrong: the shape of the example in the text
# finding: not-this-shape
# observed: 256
# score: 0
class MyInit(init.Initializer):
    def _init_weight(self, name, data):
        data[:] = nd.random.uniform(low=-10, high=10, shape=(256, 20))
        data *= data.abs() >= 5

# %% wrong: overrides the call, and so biases too
# finding: biases-touched
# observed: biases such as
# score: 7
class MyInit(init.Initializer):
    def __call__(self, name, data):
        data[:] = nd.array(np.random.uniform(5, 10, data.shape) * np.random.choice([-1, 0, 0, 1], data.shape))
