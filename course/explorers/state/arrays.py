"""An array as numbers to draw: statistics, a histogram, and a heatmap small enough for a screen.

Nothing is hidden: values that are not finite are counted and drawn in a colour of their own, and where a heatmap shows
fewer cells than the array has elements, `Heatmap.caption` says which ones it shows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import prod

import numpy as np
import torch

from miniblocks.tensor import Tensor

BARS = "▁▂▃▄▅▆▇█"
MOST = 1 << 17  # elements of an array that are looked at; of larger ones a sample
NOT_FINITE = 255  # the level of a heatmap's cell that holds no finite number
ZERO = 127  # the level of 0, in the middle of 0 … 254


@dataclass(frozen=True)
class Statistics:
    """Numbers about an array; mean, std, min and max are those of its finite elements (None if there is none)."""

    size: int
    finite: int
    mean: float | None
    std: float | None
    min: float | None
    max: float | None
    zeros: float  # the share of elements that are exactly 0


@dataclass(frozen=True)
class Histogram:
    """How many finite values fall between neighbouring edges."""

    counts: np.ndarray
    edges: np.ndarray


@dataclass(frozen=True)
class Heatmap:
    """A matrix of cells, each an element of the array, and the same as levels of a symmetric colour scale."""

    cells: np.ndarray
    tile: tuple[int, int]  # one cell stands for this many rows and columns of the array
    limit: float  # the scale runs from -limit to limit
    caption: str

    @property
    def levels(self) -> np.ndarray:
        """Cells as bytes: 0 is -limit, 127 is 0, 254 is limit, 255 is not finite."""
        finite = np.isfinite(self.cells)
        shares = np.where(finite, self.cells, 0) / (self.limit or 1.0)
        return np.where(finite, np.rint(ZERO * (1 + shares)), NOT_FINITE).astype(np.uint8)


def sample(tensor: Tensor, most: int = MOST) -> tuple[np.ndarray, str]:
    """A tensor's values, of a large one every k-th row and column only; and a note that says so.

    A few hundred thousand values tell a distribution as well as millions, and a slider's update must be quick.
    """
    raw = tensor.raw.detach()
    if raw.numel() <= most:
        return raw.cpu().double().numpy() if raw.dtype == torch.bfloat16 else raw.cpu().numpy(), ""
    matrix = raw.reshape(1 if raw.ndim == 1 else raw.shape[0], -1)
    excess = raw.numel() / most
    down = min(matrix.shape[0], math.ceil(excess / min(matrix.shape[1], math.sqrt(excess))))
    across = math.ceil(excess / down)
    values = matrix[::down, ::across].cpu().numpy()
    return values, f"Sampled: every {nth(down)}row and every {nth(across)}column of {raw.numel():,} elements."


def nth(step: int) -> str:
    """For "every k-th": nothing for 1."""
    return "" if step == 1 else f"{step}{'nd' if step == 2 else 'rd' if step == 3 else 'th'} "


def _scaled(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Finite values divided by the largest magnitude, and that magnitude: sums and squares cannot overflow."""
    finite = np.asarray(values, dtype=np.float64).ravel()
    finite = finite[np.isfinite(finite)]
    unit = float(np.abs(finite).max(initial=0.0)) or 1.0
    return finite / unit, unit


def statistics(values: np.ndarray) -> Statistics:
    """Size, mean, standard deviation, extremes and the share of zeros."""
    scaled, unit = _scaled(values)
    size = int(np.size(values))
    zeros = float(np.mean(np.equal(values, 0))) if size else 0.0
    if not scaled.size:
        return Statistics(size, 0, None, None, None, None, zeros)
    finite = np.asarray(values)[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    mean = min(max(float(scaled.mean()) * unit, low), high)  # rounding must not carry it outside
    return Statistics(size, scaled.size, mean, float(scaled.std()) * unit, low, high, zeros)


def histogram(values: np.ndarray, bins: int = 32) -> Histogram:
    """Counts of the finite values in bins of equal width between the least and the greatest."""
    scaled, unit = _scaled(values)
    low, high = (scaled.min(), scaled.max()) if scaled.size else (0.0, 0.0)
    if high - low < 1e-9:  # one value only, or nearly so: a bin around it
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(scaled, bins, (low, high))
    return Histogram(counts, edges * unit)


def as_matrix(values: np.ndarray) -> tuple[np.ndarray, str]:
    """Any array as a matrix, and in words what its rows and columns are."""
    axes = np.ndim(values)
    if axes == 0:
        return np.reshape(values, (1, 1)), "one number"
    if axes == 1:
        return np.reshape(values, (1, -1)), "one row"
    if axes == 2:
        return np.asarray(values), "rows: axis 0, columns: axis 1"
    shape = np.shape(values)
    return np.reshape(values, (shape[0], prod(shape[1:]))), f"rows: axis 0, columns: axes 1 to {axes - 1} laid out flat"


def heatmap(values: np.ndarray, rows: int = 64, columns: int = 105) -> Heatmap:
    """At most `rows` × `columns` cells; each is the element of largest magnitude in its tile, so that none is lost."""
    matrix, caption = as_matrix(np.asarray(values, dtype=np.float64))
    tile = tuple(max(1, -(-extent // most)) for extent, most in zip(matrix.shape, (rows, columns), strict=True))
    cells = _strongest(_strongest(matrix, tile[0], axis=0), tile[1], axis=1)
    if tile != (1, 1):
        caption += f"; each cell shows the largest in magnitude of {tile[0]} × {tile[1]} elements"
    finite = cells[np.isfinite(cells)]
    return Heatmap(cells, (tile[0], tile[1]), float(np.abs(finite).max(initial=0.0)), caption)


def _strongest(matrix: np.ndarray, step: int, axis: int) -> np.ndarray:
    """Each run of `step` neighbours along the axis replaced by the largest in magnitude; NaN outdoes all."""
    if step == 1:
        return matrix
    starts = np.arange(0, matrix.shape[axis], step)
    high, low = np.maximum.reduceat(matrix, starts, axis), np.minimum.reduceat(matrix, starts, axis)
    return np.where(high >= -low, high, low)


def sparkline(counts: np.ndarray, width: int = 16) -> str:
    """A histogram as a line of text."""
    merged = np.add.reduceat(counts, np.linspace(0, len(counts), width, endpoint=False).astype(int))
    top = merged.max()
    return "".join(" " if n == 0 else BARS[int((len(BARS) - 1) * n / top)] for n in merged)
