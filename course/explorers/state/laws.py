"""Distributions, as initializers state them: mixtures of points, and of uniform, normal and truncated pieces.

What is asked of a law is P(X < x), its mean and its variance: enough to lay it over a histogram, and to measure how far a
sample is from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

from miniblocks import init
from miniblocks.errors import ShapeError

CUT = 2.0  # standard deviations at which the truncated normal distribution ends
BOUND = 1.63  # D √n stays below it in 99 of 100 samples of the right law (Kolmogorov, 1933)


@dataclass(frozen=True)
class Piece:
    """A part of a law: P(X < x) within it, its mean, and its mean square."""

    says: str
    below: Callable[[np.ndarray], np.ndarray]
    mean: float
    square: float


@dataclass(frozen=True)
class Law:
    """A mixture: (weight, piece) with weights that add up to 1."""

    parts: tuple[tuple[float, Piece], ...]

    def below(self, x: Any) -> np.ndarray:
        """P(X < x)."""
        x = np.asarray(x, dtype=np.float64)
        return np.asarray(sum(weight * piece.below(x) for weight, piece in self.parts))

    @property
    def mean(self) -> float:
        return sum(weight * piece.mean for weight, piece in self.parts)

    @property
    def variance(self) -> float:
        return max(0.0, sum(weight * piece.square for weight, piece in self.parts) - self.mean**2)

    def __str__(self) -> str:
        if len(self.parts) == 1:
            return self.parts[0][1].says
        return "; ".join(f"{piece.says} with probability {weight:.3g}" for weight, piece in self.parts)


def point(value: float) -> Piece:
    """Always the same number, as float32 keeps it."""
    value = float(np.float32(value))
    return Piece(f"always {value:.4g}", lambda x: (x > value).astype(float), value, value**2)


def uniform(low: float, high: float) -> Piece:
    """U[low, high]."""
    if not high > low:
        return point(low)
    square = (low**2 + low * high + high**2) / 3
    return Piece(
        f"U[{low:.4g}, {high:.4g}]", lambda x: np.clip((x - low) / (high - low), 0, 1), (low + high) / 2, square
    )


def normal(mean: float, std: float) -> Piece:
    """N(mean, std²)."""
    if not std > 0:
        return point(mean)
    return Piece(f"N({mean:.4g}, {std:.4g}²)", lambda x: _phi((x - mean) / std), mean, mean**2 + std**2)


def truncated(mean: float, std: float) -> Piece:
    """N(mean, std²), cut off at two standard deviations."""
    if not std > 0:
        return point(mean)
    inside = math.erf(CUT / math.sqrt(2))
    variance = std**2 * (1 - 2 * CUT * math.exp(-(CUT**2) / 2) / math.sqrt(2 * math.pi) / inside)
    low = (1 - inside) / 2
    return Piece(
        f"N({mean:.4g}, {std:.4g}²) cut off at ±{CUT:g} deviations",
        lambda x: np.clip((_phi((x - mean) / std) - low) / inside, 0, 1),
        mean,
        mean**2 + variance,
    )


def orthonormal(size: int, gain: float) -> Piece:
    """An element of a random matrix with orthonormal rows (or columns) of `size` elements, times the gain.

    Its density is proportional to (1 - (x/gain)²)^((size - 3)/2): that of a coordinate on the unit sphere.
    """
    x, mass = _sphere(size)
    says = f"a coordinate of a random point on a sphere in {size} dimensions, radius {gain:.4g}"
    return Piece(says, lambda at: np.interp(np.asarray(at) / gain, x, mass), 0.0, gain**2 / size)


@cache
def _sphere(size: int) -> tuple[np.ndarray, np.ndarray]:
    """P(X < x) on a grid, X = cos(angle): the density of the angle is sin(angle)^(size - 2)."""
    angle = np.linspace(math.pi, 0, 4001)
    density = np.sin(angle) ** (size - 2) if size > 1 else np.where(np.sin(angle) < 1e-3, 1.0, 0.0)
    mass = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return np.cos(angle), mass / mass[-1]


def _phi(z: np.ndarray) -> np.ndarray:
    return torch.special.ndtr(torch.from_numpy(np.atleast_1d(z))).numpy().reshape(np.shape(z))


def only(piece: Piece) -> Law:
    """A law of one piece."""
    return Law(((1.0, piece),))


def law_of(initializer: init.Initializer, shape: Sequence[int]) -> Law | None:
    """What the framework's own initializers state for a weight of this shape; None for one that states nothing."""
    kind = type(initializer)
    if isinstance(initializer, init.Constant) and np.ndim(initializer.value) == 0:
        return only(point(float(initializer.value)))
    if kind is init.Uniform:
        return only(uniform(-initializer.scale, initializer.scale))  # type: ignore[attr-defined]
    if kind is init.Normal:
        return only(normal(0.0, initializer.sigma))  # type: ignore[attr-defined]
    if kind is init.TruncNorm:
        return only(truncated(initializer.mean, initializer.stdev))  # type: ignore[attr-defined]
    if kind is init.Orthogonal:
        rows, columns = shape[0], math.prod(shape[1:])
        return only(orthonormal(max(rows, columns), initializer.scale))  # type: ignore[attr-defined]
    if kind in (init.Xavier, init.MSRAPrelu, init.He):
        return _xavier(initializer, shape)  # type: ignore[arg-type]
    return None


def _xavier(initializer: init.Xavier, shape: Sequence[int]) -> Law | None:
    try:
        fan_in, fan_out = init.fans(shape)
    except ShapeError:
        return None
    n = {"in": fan_in, "out": fan_out, "avg": (fan_in + fan_out) / 2}[initializer.factor_type]
    scale = math.sqrt(initializer.magnitude / n)
    return only(uniform(-scale, scale) if initializer.rnd_type == "uniform" else normal(0.0, scale))


def stated(parts: Sequence[tuple[float, Any]]) -> Law:
    """A law in a learner's words: (probability, number) or (probability, (low, high)), for points and for uniform pieces."""
    try:
        found = tuple(
            (float(weight), uniform(float(what[0]), float(what[1])) if isinstance(what, tuple | list) else point(what))
            for weight, what in parts
        )
    except (TypeError, ValueError, IndexError):
        raise ValueError(
            "a stated distribution is a list of (probability, number) and (probability, (low, high)), such as "
            f"[(0.5, 0), (0.5, (1, 2))], and not {parts!r}"
        ) from None
    total = sum(weight for weight, _ in found)
    if abs(total - 1) > 1e-6 or any(weight < 0 for weight, _ in found):
        raise ValueError(f"probabilities are not negative and add up to 1; these add up to {total:.4g}")
    return Law(found)


def distance(sample: np.ndarray, law: Law) -> float:
    """Kolmogorov's D: the largest difference between the share of the sample below x and P(X < x), over all x."""
    ordered = np.sort(np.asarray(sample, dtype=np.float64).ravel())
    if not ordered.size or not np.isfinite(ordered).all():
        return 1.0
    values, first = np.unique(ordered, return_index=True)
    under, upto = first / ordered.size, np.append(first[1:], ordered.size) / ordered.size
    before, after = law.below(values), law.below(np.nextafter(values, np.inf))
    return float(max(np.abs(under - before).max(), np.abs(upto - after).max()))
