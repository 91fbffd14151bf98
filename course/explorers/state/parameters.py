"""One parameter: what is known about it, and its values and its gradient as numbers to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorers.state.arrays import Heatmap, Histogram, Statistics, as_matrix, heatmap, histogram, sample, statistics
from explorers.state.tree import Row, shape_text
from miniblocks.nn import Constant, Parameter
from miniblocks.tensor import Tensor


@dataclass(frozen=True)
class Portrait:
    """An array in numbers and as the data of its two pictures."""

    statistics: Statistics
    histogram: Histogram
    heatmap: Heatmap
    note: str = ""  # says so where it is a sample of the array


def portrait(tensor: Tensor) -> Portrait:
    """All that is drawn of an array; of a large one a sample."""
    values, note = sample(tensor)
    return Portrait(statistics(values), histogram(values), heatmap(values), note)


def values_of(parameter: Parameter) -> Portrait | str:
    """The values' portrait, or why there is none."""
    if parameter.is_initialized:
        return portrait(parameter.data())
    if parameter.is_deferred:
        return f"Deferred: the first call of the network tells the sizes marked ? in {shape_text(parameter)}."
    return "No values yet: call initialize() on the network."


def gradient_of(parameter: Parameter) -> Portrait | str:
    """The gradient's portrait, or why there is none."""
    if parameter.grad_req == "null":
        return "No gradient: it is not trained."
    # data().grad and not grad(), which would make zeros of a gradient that never was
    gradient = parameter.data().grad if parameter.is_initialized else None
    return "No gradient yet: call backward() on a loss." if gradient is None else portrait(gradient)


def facts(row: Row) -> list[tuple[str, str]]:
    """What is known about the row's parameter, as (term, text)."""
    parameter = row.parameter
    assert parameter is not None, f"{row.path} is a block"
    known = [("path", row.path), ("shape", shape_text(parameter)), ("dtype", parameter.dtype)]
    if parameter.is_initialized:
        known.append(("device", repr(parameter.data().device)))
    if isinstance(parameter, Constant):
        known.append(("initialized with", "its own value"))
    elif parameter.initializer is not None:
        known.append(("initialized with", repr(parameter.initializer)))
    elif parameter.init is not None:
        known.append(("to be initialized with", repr(parameter.init)))
    return [*known, *_kind(row)]


def _kind(row: Row) -> list[tuple[str, str]]:
    """Whether it is tied, constant, deferred, trained."""
    parameter = row.parameter
    assert parameter is not None
    trained = (
        "no, a constant" if isinstance(parameter, Constant) else "no, frozen" if parameter.grad_req == "null" else "yes"
    )
    return [
        ("tied to", ", ".join(row.tied) or "nothing"),
        ("constant", "yes" if isinstance(parameter, Constant) else "no"),
        ("deferred", "yes, until the first call" if parameter.is_deferred else "no"),
        ("trained", trained),
    ]


def element(parameter: Parameter, index: Sequence[int]) -> float:
    """One value. Raises `IndexError` where there is none of that index."""
    shape = parameter.data().shape
    if len(index) != len(shape) or not all(0 <= i < n for i, n in zip(index, shape)):
        least = ", ".join("0" for _ in shape)
        raise IndexError(
            f"an index of shape {shape} has {len(shape)} whole numbers, from ({least}) on; got {tuple(index)}"
        )
    return float(parameter.data().raw[tuple(index)])


def index_at(parameter: Parameter, row: int, column: int) -> tuple[int, ...]:
    """The index of the element that a heatmap's cell shows: of those it stands for, the largest in magnitude.

    Rows and columns are counted in cells. Raises `IndexError` where the picture has no such cell.
    """
    values, _ = sample(parameter.data())
    if values.size != parameter.data().size:
        raise IndexError("the picture is a sample of a large array; write the index instead")
    matrix, _ = as_matrix(values)
    down, across = heatmap(values).tile
    tile = np.abs(matrix[row * down : (row + 1) * down, column * across : (column + 1) * across])
    if not tile.size or row < 0 or column < 0:
        raise IndexError(f"the picture has no cell ({row}, {column})")
    i, j = np.unravel_index(int(np.nan_to_num(tile, nan=np.inf).argmax()), tile.shape)
    flat = (row * down + int(i)) * matrix.shape[1] + column * across + int(j)
    return tuple(int(k) for k in np.unravel_index(flat, values.shape))


def in_words(numbers: Statistics) -> list[tuple[str, str]]:
    """Statistics as (term, text)."""
    terms = [("mean", numbers.mean), ("std", numbers.std), ("min", numbers.min), ("max", numbers.max)]
    told = [(term, f"{value:.3g}") for term, value in terms if value is not None]
    told.append(("zeros", f"{100 * numbers.zeros:.3g} %"))
    lost = numbers.size - numbers.finite
    return told + ([("not finite", str(lost))] if lost else [])
