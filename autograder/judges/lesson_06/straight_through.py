"""A sign whose gradient is wrong on purpose: what comes in passes where |x| ≤ 1."""

from __future__ import annotations

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import single
from autograder.judges.lesson_06.evidence import Slip
from autograder.judges.lesson_06.functions import gradient_mistake, manners_mistake, output_mistake

straight_through = Exercise(
    "06-straight-through",
    "A straight-through estimator",
    section="More functions, and when not to write one",
    minutes=12,
    difficulty="basic",
    hints=(
        "`x.sign()` gives 0 at 0, and here 0 counts as positive. `nd.where(x >= 0, …, …)` takes tensors; a comparison gives a mask, and `2.0 * mask - 1.0` makes numbers of it.",
        "The honest derivative is 0 everywhere, and would stop all learning. Hand on what came in, as if forward had done nothing.",
        "…but only where |x| ≤ 1. Which numbers tell that: those that came in or those that came out?",
    ),
)
CALL = "Binarize.apply(x)"


@straight_through.cases
def _(rng: np.random.Generator) -> list[Case]:
    inside, outside = rng.uniform(0.2, 0.8, 4) * [1, -1, 1, -1], rng.uniform(1.3, 3, 4) * [1, 1, -1, -1]
    x = single(np.stack([inside, outside]))
    marks = single(np.array([0.0, 1.0, -1.0, 0.5, -2.0, 2.0]))
    return [
        {"kind": "usual", "x": x, "g": _incoming(rng, x.shape), "args": [], "other": single(x[::-1].copy())},
        {"kind": "marks", "x": marks, "g": _incoming(rng, marks.shape), "args": []},
    ]


def _incoming(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return single(rng.uniform(1.5, 3, shape) * rng.choice([-1, 1], shape))


def _oracle(x: torch.Tensor) -> torch.Tensor:
    """The sign, by way of a clamp whose gradient is the one asked for: what is added to it is a constant to torch."""
    soft = x.clamp(-1, 1)
    return soft + (torch.where(x >= 0, 1.0, -1.0) - soft).detach()


def _value_slips(case: Case) -> list[Slip]:
    x = case["x"].astype(np.float64)
    return [
        (
            np.sign(x),
            "zero-at-zero",
            "At 0 the result is 0, as with `sign`. Here 0 counts as positive: two values, never a third.",
        ),
        (np.where(x > 0, 1, -1), "negative-at-zero", "At 0 the result is -1. Here 0 counts as positive: `x >= 0`."),
        (np.where(x >= 0, 1, 0), "zero-for-minus-one", "Where x is negative -1 is asked for, and 0 came out."),
        (np.where(x >= 0, -1, 1), "signs-exchanged", "The signs are exchanged."),
        (np.clip(x, -1, 1), "not-binary", "This is x within [-1, 1]. Only -1 and +1 are asked for."),
        (np.rint(x), "rounded", "This is x, rounded. Only -1 and +1 are asked for."),
    ]


def _gradient_slips(case: Case) -> list[Slip]:
    x, g = case["x"].astype(np.float64), case["g"].astype(np.float64)
    everywhere = "What came in passed everywhere. It is to stop where |x| > 1; a mask made from the *result* cannot tell, since all results have size 1."
    return [
        (
            np.zeros_like(g),
            "true-derivative",
            "The derivative of a step is 0, true. A network with such a gradient learns nothing; an estimator hands on what came in.",
        ),
        (g, "passes-everywhere", everywhere),
        (g * (np.abs(x) < 1), "stops-at-one", "At exactly 1 and -1 the gradient passes, by agreement: `<=`."),
        (g * (np.abs(x) > 1), "mask-turned-round", "It is the other way round: the gradient passes where |x| ≤ 1."),
        (
            g * (x <= 1),
            "one-side-only",
            "The gradient stops above 1 and passes below -1: the mask asks for x, not for |x|.",
        ),
        (g * ((x <= 1) & (x > 0)), "one-side-only", "The gradient passes for positive x only."),
        (
            g * x * (np.abs(x) <= 1),
            "multiplied-by-x",
            "What came in was multiplied by x; it is to be handed on as it is.",
        ),
        (
            g * np.where(x >= 0, 1, -1),
            "multiplied-by-the-sign",
            "What came in was multiplied by the result; it is to be handed on as it is.",
        ),
        (
            g * np.where(x >= 0, 1, -1) * (np.abs(x) <= 1),
            "multiplied-by-the-sign",
            "What came in was multiplied by the result; it is to be handed on as it is.",
        ),
    ]


def _values(case: Case, seen: Seen) -> Mistake | None:
    return output_mistake(case, seen, CALL, _oracle, _value_slips(case))


def _gradient(case: Case, seen: Seen) -> Mistake | None:
    return gradient_mistake(case, seen, CALL, _oracle, _gradient_slips(case), _values(case, seen))


@straight_through.criterion("values", points=2, says="+1 for positive numbers, -1 for negative ones")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _values(case, seen) if case["kind"] == "usual" else None


@straight_through.criterion(
    "gradient", points=3, says="what comes in passes unchanged where |x| is below 1, and nothing passes above"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _gradient(case, seen) if case["kind"] == "usual" else None


@straight_through.criterion("at zero", points=1, says="0 counts as positive")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _values(case, seen) if case["kind"] == "marks" else None


@straight_through.criterion("at one", points=1, says="at exactly 1 and -1 the gradient passes")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _gradient(case, seen) if case["kind"] == "marks" else None


@straight_through.criterion(
    "manners", points=1, says="it changes nothing it was handed, and two applications do not disturb each other"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return (
        manners_mistake(case, seen, CALL, _oracle, _values(case, seen) or _gradient(case, seen))
        if case["kind"] == "usual"
        else None
    )
