"""What Xavier's and He's weights are judged by: their scale, the form of the distribution, their independence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from autograder.exercise import Case, Mistake, NoEvidence, Seen
from autograder.judges.lesson_03.draws import alike, drawn, repeated, shape_of
from autograder.judges.statistics import distribution_fits, normal_scale_fits, uniform_scale_fits

# A right answer is asked at most 12 random questions a case (scale, form, an axis each, for slopes also of a second sample,
# the second draw, the slope), in at most 6 cases: it is refused with a probability below 72 · ALPHA < 1e-7.
# Each case has n ≥ 18,000 weights. For normal weights a deviation is refused when it is 6.1/√(2n) = 3.2 % off, for uniform
# ones at 3.1 % (Bernstein). Of the listed wrong scales the nearest, He for Xavier where fan_in = 2.5 fan_out, is 18 % off.
# A wrong form: a uniform and a normal distribution of one deviation are 0.057 apart, and the test refuses
# √(ln(2/ALPHA)/2/n) = 0.024. The slope, 0.6 or so: a square forgotten changes the variance by 17 %, the slope forgotten by
# 36 %; the F test refuses 9.4 %, whose own deviation is √(4/n) = 1.5 %. A root forgotten divides by 1.36² = 1.85 and not by
# 1.6 as a square forgotten does, so that the two are told apart (near 0.46 they could not be).


@dataclass(frozen=True)
class Fans:
    """What the formulas are made of, and the wrong counts of it."""

    shape: tuple[int, ...]

    @property
    def kernel(self) -> int:
        return math.prod(self.shape[2:])

    @property
    def into(self) -> int:
        return self.shape[1] * self.kernel

    @property
    def out(self) -> int:
        return self.shape[0] * self.kernel


# A wrong scale by its name: the deviation it leads to, and the likely cause.
Slip = tuple[str, float, str]


def slips(fans: Fans, variance: float, kind: str) -> list[Slip]:
    """The slips that both exercises share, for the right variance."""
    root3 = math.sqrt(3)
    found: list[Slip] = [
        ("fixed-scale", 0.07 / root3, "The scale is that of the default, U[-0.07, 0.07], and ignores the shape."),
        ("fixed-scale", 0.01, "The scale is fixed and ignores the shape."),
        ("fixed-scale", 1.0, "The weights have variance 1: they were not scaled by the fans at all."),
    ]
    if kind == "uniform":
        found += [
            (
                "root-missing",
                3 * variance / root3,
                "The bound is the formula's value before the square root was taken.",
            ),
            (
                "bound-not-deviation",
                math.sqrt(variance / 3),
                "The deviation was used as the bound. U[-a, a] has variance a²/3, so the bound is √3 deviations.",
            ),
        ]
    else:
        found += [
            ("root-missing", variance, "The variance was handed over as the deviation: a square root is missing."),
            (
                "bound-not-deviation",
                math.sqrt(3 * variance),
                "The bound of the uniform form, with its 6, was used as the deviation of the normal one, which has 2.",
            ),
        ]
    return found


def sample(case: Case, seen: Seen, name: str = "first") -> np.ndarray:
    """The weights, as many independent numbers as there are; where one draw serves several, no size can be judged."""
    weights = drawn(case, seen, name)
    if mistake := repeated(weights > np.median(weights), case):
        raise NoEvidence(mistake)
    return weights


def scale(case: Case, seen: Seen, variance: float, candidates: Sequence[Slip]) -> Mistake | None:
    weights = sample(case, seen)
    std = math.sqrt(variance)
    fits = (
        uniform_scale_fits(weights, math.sqrt(3) * std)
        if case["kind"] == "uniform"
        else normal_scale_fits(weights, std)
    )
    if fits:
        return None
    measured = float(np.sqrt(np.mean(weights**2)))
    id, other, cause = min(candidates, key=lambda slip: abs(math.log(slip[1] / max(measured, 1e-30))))
    if abs(math.log(other / max(measured, 1e-30))) > 0.04:
        id, cause = "wrong-scale", "Compare your formula with the one in the text, factor by factor."
    return Mistake(
        id,
        f"a standard deviation of {std:.4f} (a variance of {variance:.5f})",
        f"{measured:.4f}",
        cause,
        tried(case),
        "how the fans are counted" if "fan" in id or "kernel" in id else "the line with the square root",
    )


def form(case: Case, seen: Seen, variance: float) -> Mistake | None:
    """Is it flat, or bell-shaped, as asked? At the right scale or at the sample's own, so that a wrong scale costs nothing here."""
    weights = sample(case, seen)
    own = float(np.sqrt(np.mean(weights**2)))
    if own == 0:
        return Mistake("all-zero", "random weights", "all weights are 0", "Nothing random was written.", tried(case))
    if _has_form(weights, case["kind"], (math.sqrt(variance), own)):
        return None
    wanted = {"uniform": "evenly spread over [-a, a]", "normal": "bell-shaped around 0"}[case["kind"]]
    if weights.min() >= 0 or weights.max() <= 0:
        cause = "The draw starts at 0. A uniform distribution around 0 goes from low=-a to high=a."
        return Mistake(
            "one-sided", wanted, f"from {weights.min():.4f} to {weights.max():.4f}", cause, tried(case), "`low=`"
        )
    if np.unique(weights).size < weights.size / 4:
        cause = "The weights come from a short list of values."
        return Mistake("few-values", wanted, f"{np.unique(weights).size} different numbers", cause, tried(case))
    other = "normal" if case["kind"] == "uniform" else "uniform"
    if _has_form(weights, other, (math.sqrt(variance), own)):
        cause = f"The {other} form was drawn whatever `kind` says."
        return Mistake(
            "kind-ignored", wanted, f"a {other} distribution", cause, tried(case), "the branch on `self.kind`"
        )
    kurtosis = float(stats.kurtosis(weights.ravel(), fisher=False))
    return Mistake(
        "wrong-form",
        wanted,
        f"a kurtosis of {kurtosis:.2f} (flat: 1.8, bell: 3)",
        "The weights follow neither distribution.",
        tried(case),
    )


def _has_form(weights: np.ndarray, kind: str, deviations: Sequence[float]) -> bool:
    make: Callable[[float], stats.rv_frozen] = {"uniform": _uniform, "normal": lambda std: stats.norm(0, std)}[kind]
    return any(distribution_fits(weights, make(std)) for std in deviations)


def _uniform(std: float) -> stats.rv_frozen:
    return stats.uniform(-math.sqrt(3) * std, 2 * math.sqrt(3) * std)


def independent(case: Case, seen: Seen) -> Mistake | None:
    weights, again = drawn(case, seen), drawn(case, seen, "second")
    if weights.min() == weights.max():
        return Mistake(
            "one-number",
            "a number of its own for each weight",
            f"{weights.flat[0]:.4g} everywhere",
            "One number was drawn for the whole array.",
            tried(case),
        )
    return alike(weights > np.median(weights), again > np.median(again), case)


def tried(case: Case) -> str:
    slope = f" and slope {case['slope']:.3f}" if case.get("slope") else ""
    return f"fill weights of shape {shape_of(case)}, kind {case['kind']!r}{slope}"


def shapes(rng: np.random.Generator) -> dict[str, list[int]]:
    """A dense weight with 2.5 times as many inputs as units and a kernel the other way round: every slip shows in one of them."""
    units, channels = int(rng.integers(86, 92)), int(rng.integers(35, 38))
    return {"dense": [units, round(2.5 * units)], "conv": [round(2.5 * channels), channels, 3, 2]}
