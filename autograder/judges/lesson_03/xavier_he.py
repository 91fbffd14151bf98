"""Xavier and He by hand, for dense weights and kernels, uniform and normal."""

from __future__ import annotations

import math

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_03.draws import shape_of
from autograder.judges.lesson_03.scaled import Fans, Slip, form, independent, sample, scale, shapes, slips, tried
from autograder.judges.statistics import variance_ratio_fits


def _xavier_slips(fans: Fans, kind: str) -> list[Slip]:
    i, o, k = fans.shape[1], fans.shape[0], fans.kernel
    found: list[Slip] = [
        ("one-fan-only", math.sqrt(1 / fans.into), "Only fan_in was used; Xavier takes the mean of both fans."),
        ("one-fan-only", math.sqrt(1 / fans.out), "Only fan_out was used; Xavier takes the mean of both fans."),
        ("he-not-xavier", math.sqrt(2 / fans.into), "This is He's variance, 2/fan_in."),
        (
            "fans-not-averaged",
            math.sqrt(1 / (fans.into + fans.out)),
            "The variance is 1/(fan_in + fan_out): the fans were added and not averaged, so a factor 2 is missing.",
        ),
    ]
    if k > 1:
        found += [
            (
                "kernel-ignored",
                math.sqrt(2 / (i + o)),
                "The fans are the numbers of channels: the size of the kernel was not counted.",
            ),
            (
                "kernel-in-one-fan",
                math.sqrt(2 / (i * k + o)),
                "The size of the kernel was counted in fan_in and not in fan_out.",
            ),
            (
                "kernel-in-one-fan",
                math.sqrt(2 / (i + o * k)),
                "The size of the kernel was counted in fan_out and not in fan_in.",
            ),
        ]
    return found + slips(fans, 2 / (fans.into + fans.out), kind)


def _he_slips(fans: Fans, kind: str) -> list[Slip]:
    found: list[Slip] = [
        (
            "fan-out-not-in",
            math.sqrt(2 / fans.out),
            "fan_out was used; fan_in is the number of inputs that one unit adds up. Check the order (out, in).",
        ),
        (
            "factor-two-missing",
            math.sqrt(1 / fans.into),
            "The variance is 1/fan_in: the 2 that makes up for the half that relu cuts off is missing.",
        ),
        ("xavier-not-he", math.sqrt(2 / (fans.into + fans.out)), "This is Xavier's variance, 2/(fan_in + fan_out)."),
    ]
    if fans.kernel > 1:
        found.append(
            (
                "kernel-ignored",
                math.sqrt(2 / fans.shape[1]),
                "fan_in is the number of channels: the size of the kernel was not counted.",
            )
        )
    return found + slips(fans, 2 / fans.into, kind)


xavier = Exercise(
    "03-xavier-by-hand",
    "Xavier's initializer by hand",
    section="Variance through depth",
    source="S1, section 4.2.2.1",
    minutes=15,
    difficulty="medium",
    hints=(
        "Everything follows from `data.shape`: a dense weight is (out, in), a kernel (out, in, height, width).",
        "One output of a convolution adds up `in · height · width` numbers, and one input reaches `out · height · width` outputs.",
        "Work out the variance first, then turn it into what the generator wants: a deviation is its root, and the bound of U[-a, a] is √3 deviations.",
    ),
)


@xavier.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"kind": kind, "shape": shape} for kind in ("uniform", "normal") for shape in shapes(rng).values()]


def _xavier_variance(case: Case) -> float:
    fans = Fans(shape_of(case))
    return 2 / (fans.into + fans.out)


@xavier.criterion("dense", points=2, says="dense weights have the variance 2 / (fan_in + fan_out)")
def _(case: Case, seen: Seen) -> Mistake | None:
    if len(case["shape"]) != 2:
        return None
    return scale(case, seen, _xavier_variance(case), _xavier_slips(Fans(shape_of(case)), case["kind"]))


@xavier.criterion("kernels", points=2, says="so have kernels, with the size of the kernel counted in both fans")
def _(case: Case, seen: Seen) -> Mistake | None:
    if len(case["shape"]) == 2:
        return None
    return scale(case, seen, _xavier_variance(case), _xavier_slips(Fans(shape_of(case)), case["kind"]))


@xavier.criterion("kinds", points=2, says="“uniform” is evenly spread, “normal” bell-shaped, both around 0")
def _(case: Case, seen: Seen) -> Mistake | None:
    return form(case, seen, _xavier_variance(case))


@xavier.criterion("independent", points=2, says="each weight is drawn by itself, and anew each time")
def _(case: Case, seen: Seen) -> Mistake | None:
    return independent(case, seen)


he = Exercise(
    "03-he-by-hand",
    "He's initializer by hand",
    section="Variance through depth",
    source="S1, section 4.2.2.1",
    minutes=12,
    difficulty="medium",
    hints=(
        "Only fan_in enters: how many numbers does one unit add up?",
        "With slope a, leaky relu keeps the mean square (1 + a²)/2 of what comes in. The variance of the weights makes up for it.",
        "With slope 0 your variance must be 2 / fan_in. Print it, and `data.asnumpy().var()` beside it.",
    ),
)


@he.cases
def _(rng: np.random.Generator) -> list[Case]:
    plain = [
        {"kind": kind, "shape": shape, "slope": 0.0} for kind in ("uniform", "normal") for shape in shapes(rng).values()
    ]
    leaky = [
        {"kind": "normal", "shape": shape, "slope": float(rng.uniform(0.58, 0.62))} for shape in shapes(rng).values()
    ]
    return plain + leaky


def _he_variance(case: Case) -> float:
    return 2 / (1 + case["slope"] ** 2) / Fans(shape_of(case)).into


@he.criterion("dense", points=2, says="dense weights have the variance 2 / fan_in for relu")
def _(case: Case, seen: Seen) -> Mistake | None:
    if len(case["shape"]) != 2 or case["slope"]:
        return None
    return scale(case, seen, _he_variance(case), _he_slips(Fans(shape_of(case)), case["kind"]))


@he.criterion("kernels", points=2, says="so have kernels, with the size of the kernel counted in fan_in")
def _(case: Case, seen: Seen) -> Mistake | None:
    if len(case["shape"]) == 2 or case["slope"]:
        return None
    return scale(case, seen, _he_variance(case), _he_slips(Fans(shape_of(case)), case["kind"]))


@he.criterion("slope", points=2, says="the slope a of leaky relu divides the variance by 1 + a²")
def _(case: Case, seen: Seen) -> Mistake | None:
    if not case["slope"]:
        return None
    a, weights, relu = case["slope"], sample(case, seen), sample(case, seen, "relu")
    if not (weights.any() and relu.any()):
        raise NoEvidence(
            Mistake("all-zero", "random weights", "all weights are 0", "Nothing random was written.", tried(case))
        )
    if variance_ratio_fits(weights, relu, 1 / (1 + a**2)):
        return None
    ratio = float(np.mean(relu**2) / np.mean(weights**2))
    other = {
        "slope-ignored": (1.0, "`self.slope` is not used."),
        "slope-not-squared": (1 + a, "The slope enters as 1 + a; its square belongs there."),
        "root-missing": ((1 + a**2) ** 2, "The variance was handed over as the deviation: a square root is missing."),
        "slope-turned-round": (1 / (1 + a**2), "The variance is multiplied by 1 + a² and should be divided by it."),
    }
    id, (value, cause) = min(other.items(), key=lambda slip: abs(math.log(slip[1][0] / ratio)))
    if abs(math.log(value / ratio)) > 0.06:
        id, cause = "wrong-slope", "The slope enters the variance in another way than 1 / (1 + a²)."
    expected = f"the variance divided by {1 + a**2:.3f}, compared with slope 0"
    return Mistake(id, expected, f"divided by {ratio:.3f}", cause, tried(case), "where `self.slope` is used")


@he.criterion("kinds", points=2, says="“uniform” is evenly spread, “normal” bell-shaped, both around 0")
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if case["slope"] else form(case, seen, _he_variance(case))


@he.criterion("independent", points=2, says="each weight is drawn by itself, and anew each time")
def _(case: Case, seen: Seen) -> Mistake | None:
    return independent(case, seen)
