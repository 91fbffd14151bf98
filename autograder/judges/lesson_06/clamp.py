"""Clamp: numbers moved into a range, and a gradient for those that were there already, the bounds included."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import single
from autograder.judges.lesson_06.evidence import Slip
from autograder.judges.lesson_06.functions import gradient_mistake, manners_mistake, output_mistake

clamp = Exercise(
    "06-clamp",
    "Clamp, with its bounds",
    section="More functions, and when not to write one",
    source="S3, part 3 (2)",
    minutes=12,
    difficulty="basic",
    hints=(
        "The slope is 1 where x was within the bounds and 0 elsewhere. Which numbers tell that: those that came in, or those that came out?",
        "`(x >= low) * (x <= high)` is a mask of the shape of x. Multiply what came in by it.",
        "A bound of None is no bound. `x.clip(low, high)` knows that; your mask has to learn it.",
        "`forward(ctx, x, low, high)` has three inputs, so `backward` returns three gradients: `return …, None, None`.",
    ),
)


@clamp.cases
def _(rng: np.random.Generator) -> list[Case]:
    low, high = float(rng.uniform(-1.2, -0.8)), float(rng.uniform(0.8, 1.2))
    shift = float(rng.uniform(1.8, 2.2))
    positive = _inputs(rng, low, high)
    for key in ("x", "other"):
        positive[key] = single(positive[key] + shift)
    return [
        {"kind": "two bounds", **_inputs(rng, low, high), "args": [low, high]},
        {"kind": "two bounds", **positive, "args": [low + shift, high + shift]},
        {"kind": "on the bounds", **_on(rng), "args": [-0.75, 1.5]},
        {"kind": "one bound", **_inputs(rng, low, high), "args": [low, None]},
        {"kind": "one bound", **_inputs(rng, low, high), "args": [None, high]},
    ]


def _inputs(rng: np.random.Generator, low: float, high: float) -> Case:
    """Two numbers below, two inside, two above; and the same the other way round."""
    below, above = low - rng.uniform(0.3, 1, 2), high + rng.uniform(0.3, 1, 2)
    inside = rng.uniform(0.2, 0.5, 2) * [1, -1]
    x = single(np.stack([below, inside, above], 1))
    return {"x": x, "g": _incoming(rng, x.shape), "other": single(x[:, [1, 2, 0]])}


def _on(rng: np.random.Generator) -> Case:
    """Numbers exactly on the bounds, which floats of any size hold exactly."""
    x = single(np.array([-0.75, 1.5, 0.25, -2.0, 3.0, -0.75]))
    return {"x": x, "g": _incoming(rng, x.shape), "other": single(x[::-1].copy())}


def _incoming(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return single(rng.uniform(1.5, 3, shape) * rng.choice([-1, 1], shape))


def _oracle(case: Case) -> Any:
    return lambda x: torch.clamp(x, *case["args"])


def _call(case: Case) -> str:
    bounds = ", ".join("None" if b is None else f"{b:.4g}" for b in case["args"])
    return f"Clamp.apply(x, {bounds})"


def _bounds(case: Case) -> tuple[float, float]:
    low, high = case["args"]
    return -np.inf if low is None else low, np.inf if high is None else high


def _value_slips(case: Case) -> list[Slip]:
    x, (low, high) = case["x"].astype(np.float64), _bounds(case)
    slips: list[Slip] = [
        (x, "not-clamped", "x came back as it was."),
        (np.maximum(x, low), "upper-bound-ignored", "The upper bound had no effect."),
        (np.minimum(x, high), "lower-bound-ignored", "The lower bound had no effect."),
        (
            np.where((x >= low) & (x <= high), x, 0),
            "zero-outside",
            "Outside of the bounds 0 came out; the nearer bound is asked for.",
        ),
        (np.maximum(x, 0), "bounds-ignored", "This is relu: the bounds that were handed over have no effect."),
    ]
    if None in case["args"]:
        low, high = (b or 0 for b in case["args"])
        zeros = np.clip(x, low, high)
        slips.append(
            (zeros, "none-taken-for-zero", "None was taken for 0. `low or 0` does that; None is no bound at all.")
        )
    return slips


def _gradient_slips(case: Case) -> list[Slip]:
    x, g, (low, high) = case["x"].astype(np.float64), case["g"].astype(np.float64), _bounds(case)
    everywhere = "The gradient went through everywhere. A mask made from the *result* is true for every number: the result is never outside. The same holds for `or` in place of `and`."
    return [
        (g, "passes-everywhere", everywhere),
        (
            g * ((x < low) | (x > high)),
            "mask-turned-round",
            "It is the other way round: outside of the bounds the slope is 0.",
        ),
        (
            g * ((x > low) & (x < high)),
            "stops-on-the-bounds",
            "On a bound the gradient passes, by agreement: `>=` and `<=`.",
        ),
        (g * (x >= low), "upper-bound-ignored", "Above the upper bound the gradient still goes through."),
        (g * (x <= high), "lower-bound-ignored", "Below the lower bound the gradient still goes through."),
        (g * (x > 0), "mask-of-relu", "This is the mask of relu: the bounds that were handed over have no effect."),
        (
            g * np.clip(x, low, high),
            "result-for-slope",
            "What came in was multiplied by the result; the slope is asked for, which is 1 or 0.",
        ),
    ]


def _values(case: Case, seen: Seen) -> Mistake | None:
    return output_mistake(case, seen, _call(case), _oracle(case), _value_slips(case))


def _gradient(case: Case, seen: Seen) -> Mistake | None:
    return gradient_mistake(case, seen, _call(case), _oracle(case), _gradient_slips(case), _values(case, seen))


@clamp.criterion("values", points=2, says="every number is moved into [low, high]")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _values(case, seen) if case["kind"] == "two bounds" else None


@clamp.criterion("gradient", points=2, says="inside the gradient passes, outside nothing does")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _gradient(case, seen) if case["kind"] == "two bounds" else None


@clamp.criterion("on the bounds", points=1, says="exactly on a bound the gradient passes")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _gradient(case, seen) if case["kind"] == "on the bounds" else None


@clamp.criterion("one bound", points=2, says="a bound of None is no bound")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _values(case, seen) or _gradient(case, seen) if case["kind"] == "one bound" else None


@clamp.criterion(
    "manners", points=1, says="it changes nothing it was handed, and two applications do not disturb each other"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return (
        manners_mistake(case, seen, _call(case), _oracle(case), _values(case, seen) or _gradient(case, seen))
        if case["kind"] == "two bounds"
        else None
    )
