# %% right: the variance, then the two forms
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        variance = 2 / (1 + self.slope**2) / math.prod(data.shape[1:])
        if self.kind == "uniform":
            bound = math.sqrt(3 * variance)
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, math.sqrt(variance), shape=data.shape)

# %% right: fan_in as the size of one unit's weights, numpy's generator
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        rng = np.random.default_rng()
        std = np.sqrt(2 / ((1 + self.slope**2) * data[0].size))
        data[:] = nd.array(std * (rng.standard_normal(data.shape) if self.kind == "normal" else rng.uniform(-(3**0.5), 3**0.5, data.shape)))

# %% right: PyTorch's gain, drawn in torch
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        super().__init__()
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        gain = torch.nn.init.calculate_gain("leaky_relu", self.slope)
        std = gain / math.sqrt(data.size // data.shape[0])
        raw = torch.randn(data.shape) * std if self.kind == "normal" else (torch.rand(data.shape) * 2 - 1) * math.sqrt(3) * std
        data[:] = nd.array(raw)

# %% wrong: fan_out
# finding: fan-out-not-in
# observed: 0.1
# score: 6
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        fan = data.shape[0] * math.prod(data.shape[2:])
        std = math.sqrt(2 / (1 + self.slope**2) / fan)
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: without the 2
# finding: factor-two-missing
# observed: 0.0
# score: 6
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        std = math.sqrt(1 / (1 + self.slope**2) / math.prod(data.shape[1:]))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: Xavier's variance
# finding: xavier-not-he
# observed: 0.0
# score: 6
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        fans = (data.shape[0] + data.shape[1]) * math.prod(data.shape[2:])
        std = math.sqrt(2 / (1 + self.slope**2) / fans)
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: the root forgotten
# finding: root-missing
# observed: 0.0
# score: 4
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        variance = 2 / (1 + self.slope**2) / math.prod(data.shape[1:])
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-3 * variance, 3 * variance, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, variance, shape=data.shape)

# %% wrong: the 6 of the bound in the deviation
# finding: bound-not-deviation
# observed: 0.1
# score: 6
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        bound = math.sqrt(6 / (1 + self.slope**2) / math.prod(data.shape[1:]))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, bound, shape=data.shape)

# %% wrong: the deviation as the bound
# finding: bound-not-deviation
# observed: 0.05
# score: 6
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        std = math.sqrt(2 / (1 + self.slope**2) / math.prod(data.shape[1:]))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-std, std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: the kernel's size not counted
# finding: kernel-ignored
# observed: 0.2
# score: 8
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        std = math.sqrt(2 / (1 + self.slope**2) / data.shape[1])
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: the slope ignored
# finding: slope-ignored
# observed: divided by
# score: 8
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        std = math.sqrt(2 / math.prod(data.shape[1:]))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: the slope not squared
# finding: slope-not-squared
# observed: divided by 1.
# score: 8
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        std = math.sqrt(2 / (1 + self.slope) / math.prod(data.shape[1:]))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: multiplied by 1 + a² where it should be divided
# finding: slope-turned-round
# observed: divided by 0.
# score: 8
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        std = math.sqrt(2 * (1 + self.slope**2) / math.prod(data.shape[1:]))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: always normal
# finding: kind-ignored
# observed: a normal distribution
# score: 8
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        std = math.sqrt(2 / (1 + self.slope**2) / math.prod(data.shape[1:]))
        data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: from 0 upwards
# finding: one-sided
# observed: from 0.0000
# score: 8
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        std = math.sqrt(2 / (1 + self.slope**2) / math.prod(data.shape[1:]))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(0, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape).abs()

# %% wrong: the name given to a new array
# finding: not-in-place
# observed: still 123
# score: 0
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        std = math.sqrt(2 / (1 + self.slope**2) / math.prod(data.shape[1:]))
        data = nd.random.normal(0, std, shape=data.shape)

# %% wrong: one kernel for all channels
# finding: not-drawn-one-by-one
# observed: along axis 1
# score: 2
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        std = math.sqrt(2 / (1 + self.slope**2) / math.prod(data.shape[1:]))
        shape = data.shape if data.ndim == 2 else (data.shape[0], 1, *data.shape[2:])
        if self.kind == "uniform":
            drawn = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=shape)
        else:
            drawn = nd.random.normal(0, std, shape=shape)
        data[:] = drawn

# %% wrong: leaves it to the library
# finding: forbidden-call
# observed: miniblocks.init.MSRAPrelu
# score: 0
class MyHe(init.Initializer):
    def __init__(self, kind="normal", slope=0.0):
        self.kind, self.slope = kind, slope

    def _init_weight(self, name, data):
        init.MSRAPrelu("in", self.slope)._init_weight(name, data)
