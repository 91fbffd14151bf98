# %% right: standard draws, scaled afterwards
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = deviation * nd.random.randn(*data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = bound * (2 * nd.random.uniform(shape=data.shape) - 1)


# %% right: fans by size, drawn by torch
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        out, into = data.shape[0], data.shape[1]
        for side in data.shape[2:]:
            out, into = out * side, into * side
        n = {"in": into, "out": out}.get(self.fan, (into + out) / 2)
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.array(torch.randn(data.shape) * deviation)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% right: a lower and an upper bound
class Scaled(init.Initializer):
    FANS = ("in", "out", "avg")
    KINDS = {"normal": lambda s, shape: nd.random.normal(scale=s, shape=shape),
             "uniform": lambda s, shape: nd.random.uniform(-s * 3**0.5, s * 3**0.5, shape)}

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in self.FANS:
            raise ValueError(f"unknown fan {fan}")
        if kind not in self.KINDS:
            raise ValueError(f"unknown kind {kind}")
        self.gain = gain
        self.fan = self.FANS.index(fan)
        self.draw = self.KINDS[kind]

    def _init_weight(self, name, data):
        size = data.size
        fans = [size / data.shape[0], size / data.shape[1]]
        fans.append(sum(fans) / 2)
        data[:] = self.draw((self.gain**2 / fans[self.fan]) ** 0.5, data.shape)


# %% wrong: fan-in and fan-out exchanged
# finding: other-fan
# observed: 0.0659
# score: 10
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[0] * kernel, data.shape[1] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: fan is not looked at
# finding: fan-ignored
# observed: 0.0788
# score: 10
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = (into + out) / 2
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: always fan-in
# finding: other-fan
# observed: 0.0659
# score: 10
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = into
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: the fans are added, not averaged
# finding: fans-not-averaged
# observed: 0.0570
# score: 12
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out)}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: the kernel is not counted
# finding: kernel-ignored
# observed: 0.1264
# score: 8
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = 1
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: the variance is handed over as the deviation
# finding: root-missing
# observed: 0.0065
# score: 6
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain**2 / n
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: the deviation is the bound
# finding: bound-not-deviation
# observed: 0.0298
# score: 8
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: the gain is not used
# finding: gain-ignored
# observed: multiplied by 1.002
# score: 12
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = 1 / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: the gain is not squared
# finding: gain-not-squared
# observed: multiplied by 1.603
# score: 12
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = math.sqrt(self.gain / n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: divided by the gain
# finding: gain-divides
# observed: multiplied by 0.392
# score: 12
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = 1 / self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: the gain's square as a factor of the deviation
# finding: gain-squared-twice
# observed: multiplied by 6.564
# score: 12
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain**2 / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: He's factor two is built in
# finding: factor-built-in
# observed: 0.1141
# score: 8
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain * math.sqrt(2 / n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: kind is not looked at
# finding: kind-ignored
# observed: a normal distribution
# score: 12
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if True:
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: uniform from zero
# finding: one-sided
# observed: from 0.0000 to 0.1178
# score: 12
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(0, bound, shape=data.shape)


# %% wrong: one row is drawn, and repeated
# finding: not-drawn-one-by-one
# observed: neighbours along axis 0 are of the same kind in 100% of all
# score: 2
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape[1:])
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape[1:])


# %% wrong: seeded inside
# finding: same-every-time
# observed: 100% of the weights came out as the first time
# score: 12
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        nd.random.seed(0)
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: data gets another meaning
# finding: not-in-place
# observed: each of its numbers is still 123, as before the call
# score: 2
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: matrices only
# finding: only-two-dimensional
# observed: ValueError: too many values to unpack (expected 2)
# score: 4
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        out, into = data.shape
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: the bundled initializer does it
# finding: forbidden-call
# observed: a call of `miniblocks.init.Xavier`
# score: 0
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        rnd = "gaussian" if self.kind == "normal" else "uniform"
        magnitude = self.gain**2 * (1 if self.kind == "normal" else 3)
        init.Xavier(rnd, self.fan, magnitude)._init_weight(name, data)


# %% wrong: an unknown fan counts as the average
# finding: unknown-fan-accepted
# observed: no error
# score: 12
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out}.get(self.fan, (into + out) / 2)
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: an unknown kind counts as uniform
# finding: unknown-kind-accepted
# observed: no error
# score: 12
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise ValueError(f"fan is in, out or avg, not {fan!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)


# %% wrong: the refusal is a KeyError
# finding: refusal-says-little
# observed: "KeyError: 'both'
# score: 12
class Scaled(init.Initializer):
    """Independent weights of mean 0 and variance gain² / n, where n is a fan."""

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg"):
            raise KeyError(fan)
        if kind not in ("normal", "uniform"):
            raise ValueError(f"kind is normal or uniform, not {kind!r}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        kernel = math.prod(data.shape[2:])
        into, out = data.shape[1] * kernel, data.shape[0] * kernel
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        deviation = self.gain / math.sqrt(n)
        if self.kind == "normal":
            data[:] = nd.random.normal(0, deviation, shape=data.shape)
        else:
            bound = math.sqrt(3) * deviation
            data[:] = nd.random.uniform(-bound, bound, shape=data.shape)
