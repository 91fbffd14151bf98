"""An initializer by fan mode and gain: its variance, its form, its independence, judged as a distribution.

The statistics are those of lesson 03 (`lesson_03.scaled` states sizes, false alarms and power). A right answer is asked at most
10 random questions in each of 8 cases, so it is refused with a probability below 80 · ALPHA < 1e-7. The gain, about 1.6: gain instead
of its square changes the variance by a factor 1.6, no gain by 2.56; the F test refuses 9.4 %.
"""

from __future__ import annotations

import math

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.lesson_03.draws import shape_of
from autograder.judges.lesson_03.scaled import Fans, Slip, form, independent, sample, scale, shapes, slips
from autograder.judges.statistics import variance_ratio_fits

initializer = Exercise(
    "10-scaled-initializer",
    "An initializer by fan and gain",
    section="First values",
    source="the capstone; S1, section 4.2.2",
    minutes=15,
    difficulty="medium",
    hints=(
        "Everything follows from `data.shape`: (out, in) for a dense weight, (out, in, height, width) for a kernel. The kernel's area counts in both fans.",
        "Work out the variance first: gain² / n, where n is the fan that was asked for. `(fan_in + fan_out) / 2` is their average.",
        "`nd.random.normal` wants a deviation, the root of the variance. `nd.random.uniform` wants a bound: U[-a, a] has variance a²/3.",
        "Refuse an unknown fan or kind in `__init__`, with a `ValueError` that shows it.",
    ),
)


@initializer.cases
def _(rng: np.random.Generator) -> list[Case]:
    def case(what: str, fan: str, kind: str, which: str, gain: float = 1.0) -> Case:
        unknown = str(rng.choice(["both", "mean", "fan"]))
        return {"what": what, "fan": fan, "kind": kind, "shape": shapes(rng)[which], "gain": gain, "unknown": unknown}

    return [
        case("in", "in", "normal", "dense"),
        case("in", "in", "uniform", "conv"),
        case("out", "out", "uniform", "dense"),
        case("out", "out", "normal", "conv"),
        case("avg", "avg", "normal", "dense"),
        case("avg", "avg", "uniform", "conv"),
        case("gain", "in", "normal", "dense", float(rng.uniform(1.55, 1.65))),
        case("refused", "in", "normal", "dense"),
    ]


def _n(fans: Fans, fan: str) -> float:
    return {"in": fans.into, "out": fans.out, "avg": (fans.into + fans.out) / 2}[fan]


def _variance(case: Case) -> float:
    return case["gain"] ** 2 / _n(Fans(shape_of(case)), case["fan"])


def _slips(case: Case) -> list[Slip]:
    fans, fan = Fans(shape_of(case)), case["fan"]
    i, o, k = fans.shape[1], fans.shape[0], fans.kernel
    turned = {"in": ("out",), "out": ("in",), "avg": ("in", "out")}[fan]
    cause = f'The variance is that of fan="{turned[0]}". The shape is (out, in, …): fan_in = shape[1] · kernel.'
    if fan == "avg":
        cause = "One fan alone was used; “avg” takes the average of both."
    found: list[Slip] = [
        ("other-fan" if fan != "avg" else "one-fan-only", math.sqrt(1 / _n(fans, other)), cause) for other in turned
    ]
    if fan != "avg":
        both = math.sqrt(1 / _n(fans, "avg"))
        found.append(("fan-ignored", both, f'The average of both fans was used, whatever `fan` says: here "{fan}".'))
    else:
        both = math.sqrt(1 / (fans.into + fans.out))
        found.append(("fans-not-averaged", both, "The fans were added and not averaged: a factor 2 is missing."))
    if k > 1:
        channels = {"in": i, "out": o, "avg": (i + o) / 2}[fan]
        cause = "Only the channels were counted. One output of a convolution adds up in · height · width numbers."
        found.append(("kernel-ignored", math.sqrt(1 / channels), cause))
    factor = "The variance is 2/n: He's factor 2 is a gain of √2, and it is the caller's to choose."
    found.append(("factor-built-in", math.sqrt(2 / _n(fans, fan)), factor))
    return found + slips(fans, 1 / _n(fans, fan), case["kind"])


def _judged(fan: str, says: str) -> None:
    @initializer.criterion(fan, points=2, says=says)
    def _(case: Case, seen: Seen) -> Mistake | None:
        return scale(case, seen, _variance(case), _slips(case)) if case["what"] == fan else None


_judged("in", 'fan="in": the variance is 1 / fan_in, for dense weights and for kernels')
_judged("out", 'fan="out": 1 / fan_out')
_judged("avg", 'fan="avg": 1 over the average of both')


@initializer.criterion("gain", points=2, says="the gain multiplies the weights, and so the variance by its square")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "gain":
        return None
    gain, weights, plain = case["gain"], sample(case, seen), sample(case, seen, "plain")
    tried = f"Scaled(gain={gain:.3f}) and Scaled(gain=1), weights of shape {shape_of(case)}"
    if not (weights.any() and plain.any()):
        raise NoEvidence(Mistake("all-zero", "random weights", "all weights are 0", "Nothing random was drawn.", tried))
    if variance_ratio_fits(weights, plain, gain**2):
        return None
    ratio = float(np.mean(weights**2) / np.mean(plain**2))
    other = {
        "gain-ignored": (1.0, "`self.gain` is not used."),
        "gain-not-squared": (gain, "The variance grows by the gain, not by its square. A deviation grows by the gain."),
        "gain-divides": (1 / gain**2, "The weights are divided by the gain."),
        "gain-squared-twice": (
            gain**4,
            "The deviation was multiplied by the gain's square; the gain itself is enough.",
        ),
    }
    id, (value, cause) = min(other.items(), key=lambda slip: abs(math.log(slip[1][0] / ratio)))
    if abs(math.log(value / ratio)) > 0.1:
        id, cause = "wrong-gain", "The gain enters the variance in another way than by its square."
    expected = f"the variance multiplied by {gain**2:.3f}"
    return Mistake(id, expected, f"multiplied by {ratio:.3f}", cause, tried, "where `self.gain` is used")


@initializer.criterion("kinds", points=2, says="“normal” is bell-shaped, “uniform” evenly spread, both around 0")
def _(case: Case, seen: Seen) -> Mistake | None:
    return form(case, seen, _variance(case)) if case["what"] in ("in", "out", "avg") else None


@initializer.criterion("independent", points=2, says="each weight is drawn by itself, and anew each time")
def _(case: Case, seen: Seen) -> Mistake | None:
    return independent(case, seen) if case["what"] in ("in", "out", "avg") else None


@initializer.criterion("refused", points=2, says="an unknown fan or kind is refused when the initializer is made")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "refused":
        return None
    for option in ("fan", "kind"):
        tried = f"Scaled({option}={case['unknown']!r})"
        error = seen.error(f"make one with an unknown {option}")
        if error is None:
            cause = "The mistake shows at the first call at the earliest, or never, if the code has an `else` that takes everything."
            return Mistake(f"unknown-{option}-accepted", "a ValueError", "no error", cause, tried, "__init__")
        if error.type != "ValueError" or case["unknown"] not in error.message:
            cause = "Raise a `ValueError`, with what was asked for in its message."
            expected = f"a ValueError with {case['unknown']!r} in it"
            return Mistake("refusal-says-little", expected, describe(str(error)), cause, tried, "__init__")
    return None
