"""Initializers: how a parameter gets its first values.

An initializer is called with a parameter's name and its array, and writes into the array. One of your own
overrides `_init_weight(self, name, data)`:

    class Half(init.Initializer):
        def _init_weight(self, name, data):
            data[:] = 0.5

Shapes are (units out, units in, *kernel), so that fan-in = shape[1] · kernel and fan-out = shape[0] · kernel.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import torch

from miniblocks.errors import ShapeError
from miniblocks.nd import random
from miniblocks.tape import no_grad
from miniblocks.tensor import Tensor


class Initializer:
    """The base: `bias` and `beta` get zeros, `gamma` ones, everything else `_init_weight`."""

    def __call__(self, name: str, data: Tensor) -> None:
        """Write the first values of the parameter `name` into `data`."""
        with no_grad():
            if name.endswith(("bias", "beta")):
                data[:] = 0
            elif name.endswith("gamma"):
                data[:] = 1
            else:
                self._init_weight(name, data)

    def init_parameter(self, name: str, data: Tensor) -> None:
        """Initialize a parameter that asked for this very initializer, whatever its name ends in."""
        with no_grad():
            self._init_weight(name, data)

    def _init_weight(self, name: str, data: Tensor) -> None:
        raise NotImplementedError(
            f"{type(self).__name__} should define _init_weight(self, name, data), which writes into `data`"
        )

    def __repr__(self) -> str:
        arguments = ", ".join(f"{k}={v!r}" for k, v in vars(self).items())
        return f"{type(self).__name__}({arguments})"


class Constant(Initializer):
    """Every element is `value` (a number, or an array of the parameter's shape)."""

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def _init_weight(self, name: str, data: Tensor) -> None:
        data[:] = self.value


class Zero(Constant):
    """Every element is 0."""

    def __init__(self) -> None:
        super().__init__(0.0)


class One(Constant):
    """Every element is 1."""

    def __init__(self) -> None:
        super().__init__(1.0)


class Uniform(Initializer):
    """w ~ U[-scale, scale]; 0.07 is the default of every block."""

    def __init__(self, scale: float = 0.07) -> None:
        self.scale = scale

    def _init_weight(self, name: str, data: Tensor) -> None:
        data[:] = random.uniform(-self.scale, self.scale, data.shape, data.dtype).to(data.device)


class Normal(Initializer):
    """w ~ N(0, sigma²); `sigma` is the standard deviation."""

    def __init__(self, sigma: float = 0.01) -> None:
        self.sigma = sigma

    def _init_weight(self, name: str, data: Tensor) -> None:
        data[:] = random.normal(0.0, self.sigma, data.shape, data.dtype).to(data.device)


class TruncNorm(Initializer):
    """w ~ N(mean, stdev²) cut off at two standard deviations, by the inverse of the distribution function.

    With Φ the standard normal distribution function: w = mean + stdev · Φ⁻¹(u), u ~ U[Φ(-2), Φ(2)].
    """

    def __init__(self, mean: float = 0.0, stdev: float = 0.01) -> None:
        self.mean, self.stdev = mean, stdev

    def _init_weight(self, name: str, data: Tensor) -> None:
        low = 0.5 * (1 + math.erf(-2 / math.sqrt(2)))
        u = random.uniform(low, 1 - low, data.shape, "float64").raw
        z = torch.erfinv(2 * u - 1) * math.sqrt(2)
        data[:] = Tensor((self.mean + self.stdev * z.clamp(-2, 2)).to(data.raw.dtype)).to(data.device)


def fans(shape: Sequence[int]) -> tuple[float, float]:
    """(fan-in, fan-out) of a weight of shape (out, in, *kernel).

    >>> fans((64, 32, 3, 3))
    (288, 576)
    """
    if len(shape) < 2:
        raise ShapeError(
            f"fan-in and fan-out need a weight of at least two axes, and the shape is {tuple(shape)}; use Uniform or Normal here"
        )
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


class Xavier(Initializer):
    """Keeps the variance of signals, and of gradients, from layer to layer (Glorot and Bengio, 2010).

    With n the fan-in ("in"), the fan-out ("out") or their mean ("avg"): uniform draws from
    U[-√(magnitude/n), √(magnitude/n)], gaussian ones from N(0, magnitude/n). The default magnitude 3 makes
    the uniform variance 1/n.
    """

    def __init__(self, rnd_type: str = "uniform", factor_type: str = "avg", magnitude: float = 3.0) -> None:
        if rnd_type not in ("uniform", "gaussian") or factor_type not in ("avg", "in", "out"):
            raise ValueError(
                f"rnd_type is 'uniform' or 'gaussian' and factor_type 'avg', 'in' or 'out', not {rnd_type!r} and {factor_type!r}"
            )
        self.rnd_type, self.factor_type, self.magnitude = rnd_type, factor_type, magnitude

    def _init_weight(self, name: str, data: Tensor) -> None:
        fan_in, fan_out = fans(data.shape)
        n = {"in": fan_in, "out": fan_out, "avg": (fan_in + fan_out) / 2}[self.factor_type]
        scale = math.sqrt(self.magnitude / n)
        drawn = (
            random.uniform(-scale, scale, data.shape, data.dtype)
            if self.rnd_type == "uniform"
            else random.normal(0.0, scale, data.shape, data.dtype)
        )
        data[:] = drawn.to(data.device)


class MSRAPrelu(Xavier):
    """Keeps the variance through (leaky) ReLUs, which lose half of it (He et al., 2015).

    Xavier with gaussian draws and magnitude 2 / (1 + slope²), where `slope` is that of the negative side.
    """

    def __init__(self, factor_type: str = "avg", slope: float = 0.25) -> None:
        super().__init__("gaussian", factor_type, 2.0 / (1 + slope**2))
        self.slope = slope


class He(MSRAPrelu):
    """`MSRAPrelu` as it is mostly used: for plain ReLU, by fan-in. w ~ N(0, 2 / fan-in)."""

    def __init__(self) -> None:
        super().__init__("in", 0.0)


class Orthogonal(Initializer):
    """A random matrix with orthonormal rows or columns (whichever are fewer), times `scale` (Saxe et al., 2014).

    The weight is taken as a matrix (shape[0], the rest). Q of the QR decomposition of a gaussian matrix, with
    the signs of R's diagonal, is uniform over the orthogonal matrices (Mezzadri, 2007).
    """

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    def _init_weight(self, name: str, data: Tensor) -> None:
        rows, columns = data.shape[0], math.prod(data.shape[1:])
        q, r = torch.linalg.qr(random.normal(shape=(max(rows, columns), min(rows, columns)), dtype="float64").raw)
        q = q * torch.sign(torch.diagonal(r))
        q = q if rows >= columns else q.T
        data[:] = Tensor((self.scale * q).reshape(data.shape).to(data.raw.dtype)).to(data.device)


class Mixed(Initializer):
    """The first of several regular expressions that matches the parameter's name decides.

    >>> Mixed([".*bias", ".*"], ["zeros", Normal(0.01)])
    Mixed('.*bias': Zero(value=0.0), '.*': Normal(sigma=0.01))
    """

    def __init__(self, patterns: Sequence[str], initializers: Sequence[Any]) -> None:
        if len(patterns) != len(initializers):
            raise ValueError(f"{len(patterns)} patterns need as many initializers, and {len(initializers)} came")
        self.rules = [(re.compile(p), create(i)) for p, i in zip(patterns, initializers, strict=True)]

    def __call__(self, name: str, data: Tensor) -> None:
        for pattern, initializer in self.rules:
            if pattern.match(name):
                return initializer.init_parameter(name, data)
        raise ValueError(f"no pattern of {self!r} matches {name!r}; add '.*' as the last one")

    def init_parameter(self, name: str, data: Tensor) -> None:
        self(name, data)

    def __repr__(self) -> str:
        return f"Mixed({', '.join(f'{p.pattern!r}: {i!r}' for p, i in self.rules)})"


_BY_NAME: dict[str, type[Initializer]] = {
    "zeros": Zero,
    "ones": One,
    "uniform": Uniform,
    "normal": Normal,
    "truncnorm": TruncNorm,
    "xavier": Xavier,
    "msraprelu": MSRAPrelu,
    "he": He,
    "orthogonal": Orthogonal,
}


def create(initializer: Any) -> Initializer:
    """An initializer from one, or from its name ("xavier")."""
    if isinstance(initializer, Initializer):
        return initializer
    if isinstance(initializer, str) and initializer.lower() in _BY_NAME:
        return _BY_NAME[initializer.lower()]()
    if isinstance(initializer, type) and issubclass(initializer, Initializer):
        raise TypeError(f"{initializer.__name__} is a class; pass an instance, {initializer.__name__}()")
    raise ValueError(f"{initializer!r} is no initializer; names are {', '.join(_BY_NAME)}")
