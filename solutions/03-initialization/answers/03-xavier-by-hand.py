# %% right: the fans, then the two forms
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        variance = 2 / (data.shape[1] * kernel + data.shape[0] * kernel)
        if self.kind == "uniform":
            bound = math.sqrt(3 * variance)
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, math.sqrt(variance), shape=data.shape)

# %% right: numpy, and fans by division
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        fans = data.size / data.shape[0] + data.size / data.shape[1]
        draw = {"uniform": lambda s: np.random.uniform(-1, 1, s) * 3**0.5, "normal": np.random.standard_normal}[self.kind]
        data[:] = nd.array(draw(data.shape) * (2 / fans) ** 0.5)

# %% right: torch, filled and then scaled in place
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        super().__init__()
        self.kind = kind

    def _init_weight(self, name, data):
        out, into, *kernel = data.shape
        n = (into + out) * int(np.prod(kernel)) / 2
        raw = torch.empty(data.shape)
        raw = raw.uniform_(-1, 1) * (3 / n) ** 0.5 if self.kind == "uniform" else raw.normal_() / n**0.5
        data[:] = 1
        data *= nd.array(raw)

# %% right: the inverse of the distribution function for one form, a sum of twelve for the other
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        u = torch.rand(data.shape, dtype=torch.float64)
        standard = (2 * u - 1) * 3**0.5 if self.kind == "uniform" else torch.erfinv(2 * u - 1) * 2**0.5
        fan_in, fan_out = data[0].size, data.size // data.shape[1]
        data[:] = nd.array(standard * (2 / (fan_in + fan_out)) ** 0.5)

# %% wrong: fan_in only
# finding: one-fan-only
# observed: 0.0
# score: 4
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        std = math.sqrt(1 / math.prod(data.shape[1:]))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: He's variance
# finding: he-not-xavier
# observed: 0.0
# score: 4
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        std = math.sqrt(2 / math.prod(data.shape[1:]))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: the fans added and not averaged
# finding: fans-not-averaged
# observed: 0.0
# score: 4
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        std = math.sqrt(1 / (math.prod(data.shape[1:]) + data.shape[0] * math.prod(data.shape[2:])))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: the variance given as the deviation, the bound without its root
# finding: root-missing
# observed: 0.0
# score: 4
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        fans = (data.shape[0] + data.shape[1]) * kernel
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-6 / fans, 6 / fans, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, 2 / fans, shape=data.shape)

# %% wrong: the deviation used as the bound
# finding: bound-not-deviation
# observed: 0.0
# score: 4
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        std = math.sqrt(2 / ((data.shape[0] + data.shape[1]) * kernel))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-std, std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: the bound used as the deviation
# finding: bound-not-deviation
# observed: 0.13
# score: 4
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        bound = math.sqrt(6 / ((data.shape[0] + data.shape[1]) * kernel))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, bound, shape=data.shape)

# %% wrong: the kernel's size not counted
# finding: kernel-ignored
# observed: 0.12
# score: 6
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        std = math.sqrt(2 / (data.shape[0] + data.shape[1]))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: the kernel's size counted in fan_in alone
# finding: kernel-in-one-fan
# observed: 0.0
# score: 6
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        std = math.sqrt(2 / (data.shape[0] + math.prod(data.shape[1:])))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: uniform, whatever the kind
# finding: kind-ignored
# observed: a uniform distribution
# score: 6
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        bound = math.sqrt(6 / ((data.shape[0] + data.shape[1]) * kernel))
        data[:] = nd.random.uniform(-bound, bound, shape=data.shape)

# %% wrong: normal, whatever the kind
# finding: kind-ignored
# observed: a normal distribution
# score: 6
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        std = math.sqrt(2 / ((data.shape[0] + data.shape[1]) * kernel))
        data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: from 0 to the bound
# finding: one-sided
# observed: from 0.0000
# score: 6
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        variance = 2 / ((data.shape[0] + data.shape[1]) * kernel)
        if self.kind == "uniform":
            data[:] = nd.random.uniform(high=math.sqrt(3 * variance), shape=data.shape)
        else:
            data[:] = nd.random.normal(0, math.sqrt(variance), shape=data.shape)

# %% wrong: the weights returned
# finding: not-in-place
# observed: still 123
# score: 0
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        std = math.sqrt(2 / ((data.shape[0] + data.shape[1]) * kernel))
        return nd.random.normal(0, std, shape=data.shape)

# %% wrong: matrices only
# finding: only-two-dimensional
# observed: too many values to unpack
# score: 2
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        fan_out, fan_in = data.shape
        std = math.sqrt(2 / (fan_in + fan_out))
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-math.sqrt(3) * std, math.sqrt(3) * std, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, std, shape=data.shape)

# %% wrong: the default scale
# finding: fixed-scale
# observed: 0.04
# score: 4
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        if self.kind == "uniform":
            data[:] = nd.random.uniform(-0.07, 0.07, shape=data.shape)
        else:
            data[:] = nd.random.normal(0, 0.01, shape=data.shape)

# %% wrong: a fixed seed
# finding: same-every-time
# observed: 100%
# score: 6
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind
        self.rng = np.random.default_rng(0)

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        std = math.sqrt(2 / ((data.shape[0] + data.shape[1]) * kernel))
        drawn = self.rng.uniform(-math.sqrt(3), math.sqrt(3), data.shape) if self.kind == "uniform" else self.rng.normal(size=data.shape)
        data[:] = nd.array(std * drawn)

# %% wrong: leaves it to the library
# finding: forbidden-call
# observed: miniblocks.init.Xavier
# score: 0
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        if self.kind == "uniform":
            init.Xavier()._init_weight(name, data)
        else:
            init.Xavier("gaussian", magnitude=1)._init_weight(name, data)

# %% wrong: leaves it to torch
# finding: forbidden-call
# observed: torch.nn.init.xavier_uniform_
# score: 0
class MyXavier(init.Initializer):
    def __init__(self, kind="uniform"):
        self.kind = kind

    def _init_weight(self, name, data):
        raw = torch.empty(data.shape)
        data[:] = nd.array(torch.nn.init.xavier_uniform_(raw) if self.kind == "uniform" else torch.nn.init.xavier_normal_(raw))
