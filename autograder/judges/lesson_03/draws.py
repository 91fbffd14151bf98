"""What the judges of initializers share: the weights that were written, and whether each was drawn by itself."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Error, Mistake, NoEvidence, Seen
from autograder.judges.statistics import association, dependent_axis

UNTOUCHED = 123.0  # the probe fills the array with it, so that what is not written can be told


def shape_of(case: Case) -> tuple[int, ...]:
    return tuple(case["shape"])


def drawn(case: Case, seen: Seen, name: str = "first") -> np.ndarray:
    """The weights that the initializer wrote, in double precision; without any, there is no evidence."""
    tried = f"fill weights of shape {shape_of(case)}"
    if seen.errors:
        raise NoEvidence(_why_it_stopped(case, next(iter(seen.errors.values())), tried))
    weights = seen.array(name).astype(np.float64)
    if weights.shape != shape_of(case):
        shown = f"shape {weights.shape}"
        raise NoEvidence(
            Mistake("shape-changed", f"shape {shape_of(case)}", shown, "The array has another shape now.", tried)
        )
    untouched = int(np.sum(weights == UNTOUCHED))
    if untouched == weights.size:
        raise NoEvidence(_not_in_place(tried))
    if untouched:
        raise NoEvidence(
            Mistake(
                "partly-written",
                "every weight written",
                f"{untouched} of {weights.size} weights left as they were",
                "Only a part of the array is written. `data[:] = …` writes all of it.",
                tried,
            )
        )
    if not np.isfinite(weights).all():
        raise NoEvidence(
            Mistake(
                "not-finite",
                "finite weights",
                f"{int(np.sum(~np.isfinite(weights)))} weights are nan or infinite",
                "A division by zero or the root of a negative number.",
                tried,
            )
        )
    return weights


def _not_in_place(tried: str) -> Mistake:
    return Mistake(
        "not-in-place",
        "the array that was handed in holds the new weights",
        f"each of its numbers is still {UNTOUCHED:g}, as before the call",
        "`data = …` only gives the name `data` to another array, and a returned array is dropped: the parameter never "
        "hears of it. Write into the array: `data[:] = …`, `data *= …`.",
        tried,
        "what stands on the left of `=` in `_init_weight`",
    )


def _why_it_stopped(case: Case, error: Error, tried: str) -> Mistake:
    dimensions = len(case["shape"])
    if dimensions != 2 and ("unpack" in error.message or error.type in ("IndexError", "LinAlgError")):
        return Mistake(
            "only-two-dimensional",
            f"weights of {dimensions} dimensions filled like any others",
            str(error),
            "The code takes it that every weight is a matrix. The kernels of a convolution have the shape "
            "(out, in, height, width).",
            tried,
            "where `data.shape` is used",
        )
    if error.type in ("IndexError", "ShapeError", "ValueError", "RuntimeError"):
        return Mistake(
            "not-this-shape",
            f"weights of shape {shape_of(case)} filled",
            str(error),
            "What is computed has another shape than the array. Take the shape from `data.shape`: (out, in) for a dense layer, "
            "(out, in, height, width) for a convolution.",
            tried,
            error.line,
        )
    return Mistake(
        "raised", "weights filled without an error", str(error), "The code stopped with an error.", tried, error.line
    )


def alike(labels: np.ndarray, again: np.ndarray, case: Case) -> Mistake | None:
    """How the weights hang together, told by a label for each and the labels of a second draw; None if they do not."""
    if mistake := repeated(labels, case):
        return mistake
    if association(labels, again):
        share = float(np.mean(labels == again))
        return Mistake(
            "same-every-time",
            "new random numbers each time",
            f"{share:.0%} of the weights came out as the first time",
            "The random generator is seeded inside the initializer, so two layers of one shape would start out equal.",
            f"fill weights of shape {shape_of(case)} twice, each time with a new initializer",
            "a call of `seed`, or a generator that is made with a fixed number",
        )
    return None


def repeated(labels: np.ndarray, case: Case) -> Mistake | None:
    """Whether one draw serves several weights. Their shares and sizes would then be a matter of luck."""
    axis = dependent_axis(labels)
    if axis is None:
        return None
    share = float(np.mean(np.diff(labels.astype(int), axis=axis) == 0))
    return Mistake(
        "not-drawn-one-by-one",
        "no weight tells anything about another",
        f"neighbours along axis {axis} are of the same kind in {share:.0%} of all cases",
        "Fewer numbers were drawn than there are weights, and they were repeated. Draw with `shape=data.shape`.",
        f"fill weights of shape {shape_of(case)}",
        "the shape that is asked of the random generator",
    )
