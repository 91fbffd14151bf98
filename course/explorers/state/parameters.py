"""One parameter: what is known about it, and its values and its gradient as numbers to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorers.state.arrays import Heatmap, Histogram, Statistics, heatmap, histogram, statistics
from explorers.state.tree import Row, shape_text
from miniblocks.nn import Constant, Parameter


@dataclass(frozen=True)
class Portrait:
    """An array in numbers and as the data of its two pictures."""

    statistics: Statistics
    histogram: Histogram
    heatmap: Heatmap


def portrait(values: np.ndarray) -> Portrait:
    """All that is drawn of an array."""
    return Portrait(statistics(values), histogram(values), heatmap(values))


def values_of(parameter: Parameter) -> Portrait | str:
    """The values' portrait, or why there is none."""
    if parameter.is_initialized:
        return portrait(parameter.data().asnumpy())
    if parameter.is_deferred:
        return f"Deferred: the first call of the network tells the sizes marked ? in {shape_text(parameter)}."
    return "No values yet: call initialize() on the network."


def gradient_of(parameter: Parameter) -> Portrait | str:
    """The gradient's portrait, or why there is none."""
    if parameter.grad_req == "null":
        return "No gradient: it is not trained."
    # data().grad and not grad(), which would make zeros of a gradient that never was
    gradient = parameter.data().grad if parameter.is_initialized else None
    return "No gradient yet: call backward() on a loss." if gradient is None else portrait(gradient.asnumpy())


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
    return known + ([("notes", "; ".join(row.notes))] if row.notes else [])


def in_words(numbers: Statistics) -> list[tuple[str, str]]:
    """Statistics as (term, text)."""
    terms = [("mean", numbers.mean), ("std", numbers.std), ("min", numbers.min), ("max", numbers.max)]
    told = [(term, f"{value:.3g}") for term, value in terms if value is not None]
    told.append(("zeros", f"{100 * numbers.zeros:.3g} %"))
    lost = numbers.size - numbers.finite
    return told + ([("not finite", str(lost))] if lost else [])
