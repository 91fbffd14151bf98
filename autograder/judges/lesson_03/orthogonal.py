"""The orthogonal initializer: WWᵀ or WᵀW is gain² times the identity, for a weight of any shape."""

from __future__ import annotations

import math

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.lesson_03.draws import drawn, shape_of

# Everything here but "drawn anew" is exact up to rounding. TOLERANCE leaves room for Gram-Schmidt in single precision; the
# listed wrong answers miss by 0.1 and more. Two random orthogonal matrices of 16 rows and more never agree by chance.
TOLERANCE = 0.02

orthogonal = Exercise(
    "03-orthogonal",
    "An orthogonal initializer",
    section="Matrices that keep lengths",
    source="S1, exercise 2",
    minutes=20,
    difficulty="medium",
    hints=(
        "`np.linalg.qr(a)` gives Q with orthonormal columns. It has no more columns than `a` has rows.",
        "For a wide weight draw the tall matrix instead, and transpose Q.",
        "A kernel is one row for each output: `(out, in · height · width)`. Make the matrix, then `.reshape(data.shape)`.",
    ),
)


@orthogonal.cases
def _(rng: np.random.Generator) -> list[Case]:
    n, m = int(rng.integers(16, 25)), int(rng.integers(40, 60))
    up, down = float(rng.uniform(1.3, 2.2)), float(rng.uniform(0.4, 0.7))
    return [
        {"form": "square", "shape": [n, n], "gain": 1.0},
        {"form": "wide", "shape": [n, m], "gain": 1.0},
        {"form": "tall", "shape": [m, n], "gain": 1.0},
        {"form": "kernel", "shape": [n, 4, 3, 5], "gain": 1.0},
        {"form": "square", "shape": [n, n], "gain": up},
        {"form": "wide", "shape": [n, m], "gain": down},
    ]


def _gram(weights: np.ndarray) -> np.ndarray:
    """The inner products of the shorter side's vectors: of the rows, or of the columns where there are more rows."""
    return weights @ weights.T if weights.shape[0] <= weights.shape[1] else weights.T @ weights


def _worst(weights: np.ndarray) -> float:
    """How far the matrix is from a multiple of an orthogonal one: 0 is exact."""
    gram = _gram(weights)
    size = float(np.mean(np.diag(gram)))
    return float(np.abs(gram / size - np.eye(len(gram))).max()) if size > 0 else math.inf


def _perpendicular(form: str, case: Case, seen: Seen) -> Mistake | None:
    if case["form"] != form or case["gain"] != 1:
        return None
    shape, tried = shape_of(case), _tried(case)
    error = next(iter(seen.errors.values()), None)
    if (
        error
        and form in ("wide", "kernel")
        and error.type in ("RuntimeError", "ShapeError", "ValueError")
        and "unpack" not in error.message
    ):
        cause = "With fewer rows than columns it is the rows that can be perpendicular: n rows of length m > n. Q of an (n, m) matrix is only (n, n). (A kernel is wide, too, once it is laid out as rows.)"
        return Mistake("only-square-or-tall", f"{shape[0]} perpendicular rows", str(error), cause, tried, error.line)
    weights = drawn(case, seen)
    matrix = weights.reshape(shape[0], -1)
    if not matrix.any():
        return Mistake("all-zero", "unit vectors", "all weights are 0", "Nothing was written but zeros.", tried)
    if _worst(matrix) <= TOLERANCE:
        return None
    what = "rows" if matrix.shape[0] <= matrix.shape[1] else "columns"
    lengths = np.sqrt(np.diag(_gram(matrix)))
    gram = _gram(matrix) / np.outer(lengths, lengths).clip(1e-30)
    slant = float(np.abs(gram - np.eye(len(gram))).max())
    expected = f"{what} of one length, perpendicular to each other"
    observed = f"lengths from {lengths.min():.3f} to {lengths.max():.3f}, a cosine of up to {slant:.3f} between two"
    look = "the decomposition, and which of its factors is used"
    if len(shape) > 2 and _otherwise_flattened(weights):
        cause = "The kernels are orthogonal when they are laid out in another way. Each output's kernel is one row: (out, in · height · width)."
        return Mistake("flattened-otherwise", expected, observed, cause, tried, "the reshape")
    if np.ptp(lengths) < 1e-3 * lengths.max():
        cause = f"Making each of the {what} a unit vector does not make them perpendicular."
        return Mistake("only-normalized", expected, observed, cause, tried, look)
    if slant <= TOLERANCE:
        return Mistake(
            "lengths-differ", expected, observed, f"The {what} are perpendicular and of different lengths.", tried, look
        )
    return Mistake(
        "not-perpendicular",
        expected,
        observed,
        "A random matrix was not made orthogonal, or the wrong factor was kept.",
        tried,
        look,
    )


def _otherwise_flattened(weights: np.ndarray) -> bool:
    out, into = weights.shape[:2]
    others = (
        weights.reshape(out * into, -1),
        weights.reshape(-1, weights.shape[-1]),
        weights.reshape(into, -1),
        np.swapaxes(weights, 0, 1).reshape(into, -1),
        weights[0, 0],
    )
    return any(_worst(matrix) <= TOLERANCE for matrix in others)


@orthogonal.criterion("square", points=1, says="a square weight is orthogonal")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _perpendicular("square", case, seen)


@orthogonal.criterion("wide", points=2, says="a wide one has perpendicular rows of one length")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _perpendicular("wide", case, seen)


@orthogonal.criterion("tall", points=1, says="a tall one has perpendicular columns of one length")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _perpendicular("tall", case, seen)


@orthogonal.criterion("kernel", points=2, says="a kernel is one row for each output")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _perpendicular("kernel", case, seen)


@orthogonal.criterion("gain", points=2, says="every vector has the length `gain`")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["form"] not in ("square", "wide"):
        return None  # those that fail on other shapes lose their points there
    gain, tried = case["gain"], _tried(case)
    weights = drawn(case, seen)
    length = float(np.sqrt(np.sum(weights**2) / min(weights.shape)))
    if abs(length / gain - 1) <= TOLERANCE / 2:
        return None
    slips = {
        "gain-forgotten": (
            1.0,
            "`self.gain` is not used, or was used where it has no effect, such as before the decomposition.",
        ),
        "gain-squared": (gain**2, "The gain was multiplied in twice."),
        "gain-rooted": (math.sqrt(gain), "A square root was taken of the gain."),
        "gain-divided": (1 / gain, "The weights were divided by the gain."),
    }
    for id, (value, cause) in slips.items():
        if gain != 1 and abs(length / value - 1) <= TOLERANCE / 2:
            return Mistake(
                id, f"vectors of length {gain:.3f}", f"{length:.3f}", cause, tried, "where `self.gain` is used"
            )
    cause = "The vectors have another length than 1 before the gain comes in."
    return Mistake("wrong-length", f"vectors of length {gain:.3f}", f"{length:.3f}", cause, tried)


@orthogonal.criterion("random", points=2, says="it is drawn anew each time, and no entry is left out")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["form"] not in ("square", "tall"):
        return None
    weights, again = drawn(case, seen), drawn(case, seen, "second")
    zeros = float(np.mean(np.abs(weights) < 1e-9))
    if zeros > 0.2:
        cause = "The identity and its like are orthogonal, and every unit copies one input. Start from a random matrix."
        return Mistake(
            "not-random", "hardly a weight of exactly 0", f"{zeros:.0%} of the weights are 0", cause, _tried(case)
        )
    if float(np.mean(np.abs(weights - again))) < 1e-3 * float(np.mean(np.abs(weights))):
        cause = (
            "The random generator is seeded inside the initializer, so two layers of one shape would start out equal."
        )
        return Mistake(
            "same-every-time",
            "another matrix each time",
            "the same matrix twice",
            cause,
            _tried(case),
            "a call of `seed`, or a generator that is made with a fixed number",
        )
    return None


def _tried(case: Case) -> str:
    return f"fill weights of shape {shape_of(case)} with gain {case['gain']:.3f}"
