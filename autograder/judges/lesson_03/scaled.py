"""Xavier and He by hand: the scale, the form of the distribution, and what a convolution's fans are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_03.draws import alike, drawn, shape_of
from autograder.judges.statistics import distribution_fits, normal_scale_fits, uniform_scale_fits, variance_ratio_fits

# A right answer is asked at most 8 random questions a case (scale, form, an axis each, the second draw, the slope), in at
# most 6 cases: it is refused with a probability below 48 · ALPHA < 5e-8.
# Each case has n ≥ 18,000 weights. For normal weights a deviation is refused when it is 6.1/√(2n) = 3.2 % off, for uniform
# ones at 3.1 % (Bernstein). Of the listed wrong scales the nearest, He for Xavier where fan_in = 2.5 fan_out, is 18 % off.
# A wrong form: a uniform and a normal distribution of one deviation are 0.057 apart, and the test refuses
# √(ln(2/ALPHA)/2/n) = 0.024. The slope: squaring forgotten changes the variance by 17 %, the slope forgotten by 18 %;
# the F test refuses 9.4 %, whose own deviation is √(4/n) = 1.5 %.


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


def _slips(fans: Fans, variance: float, kind: str) -> list[Slip]:
    """The slips that both exercises share, for the right variance."""
    root3 = math.sqrt(3)
    slips: list[Slip] = [
        ("fixed-scale", 0.07 / root3, "The scale is that of the default, U[-0.07, 0.07], and ignores the shape."),
        ("fixed-scale", 0.01, "The scale is fixed and ignores the shape."),
        ("fixed-scale", 1.0, "The weights have variance 1: they were not scaled by the fans at all."),
    ]
    if kind == "uniform":
        slips += [
            ("root-missing", 3 * variance / root3, "The bound is the formula's value before the square root was taken."),
            ("bound-not-deviation", math.sqrt(variance / 3), "The deviation was used as the bound. U[-a, a] has variance a²/3, so the bound is √3 deviations."),
        ]
    else:
        slips += [
            ("root-missing", variance, "The variance was handed over as the deviation: a square root is missing."),
            ("bound-not-deviation", math.sqrt(3 * variance), "The bound of the uniform form, with its 6, was used as the deviation of the normal one, which has 2."),
        ]
    return slips


def _xavier_slips(fans: Fans, kind: str) -> list[Slip]:
    i, o, k = fans.shape[1], fans.shape[0], fans.kernel
    slips = [
        ("one-fan-only", math.sqrt(1 / fans.into), "Only fan_in was used; Xavier takes the mean of both fans."),
        ("one-fan-only", math.sqrt(1 / fans.out), "Only fan_out was used; Xavier takes the mean of both fans."),
        ("he-not-xavier", math.sqrt(2 / fans.into), "This is He's variance, 2/fan_in."),
        ("fans-not-averaged", math.sqrt(1 / (fans.into + fans.out)), "The variance is 1/(fan_in + fan_out): the fans were added and not averaged, so a factor 2 is missing."),
    ]
    if k > 1:
        slips += [
            ("kernel-ignored", math.sqrt(2 / (i + o)), "The fans are the numbers of channels: the size of the kernel was not counted."),
            ("kernel-in-one-fan", math.sqrt(2 / (i * k + o)), "The size of the kernel was counted in fan_in and not in fan_out."),
            ("kernel-in-one-fan", math.sqrt(2 / (i + o * k)), "The size of the kernel was counted in fan_out and not in fan_in."),
        ]
    return slips + _slips(fans, 2 / (fans.into + fans.out), kind)


def _he_slips(fans: Fans, kind: str) -> list[Slip]:
    slips = [
        ("fan-out-not-in", math.sqrt(2 / fans.out), "fan_out was used; fan_in is the number of inputs that one unit adds up. Check the order (out, in)."),
        ("factor-two-missing", math.sqrt(1 / fans.into), "The variance is 1/fan_in: the 2 that makes up for the half that relu cuts off is missing."),
        ("xavier-not-he", math.sqrt(2 / (fans.into + fans.out)), "This is Xavier's variance, 2/(fan_in + fan_out)."),
    ]
    if fans.kernel > 1:
        slips.append(("kernel-ignored", math.sqrt(2 / fans.shape[1]), "fan_in is the number of channels: the size of the kernel was not counted."))
    return slips + _slips(fans, 2 / fans.into, kind)


def _scale(case: Case, seen: Seen, variance: float, slips: Sequence[Slip]) -> Mistake | None:
    weights = drawn(case, seen)
    std = math.sqrt(variance)
    fits = uniform_scale_fits(weights, math.sqrt(3) * std) if case["kind"] == "uniform" else normal_scale_fits(weights, std)
    if fits:
        return None
    measured = float(np.sqrt(np.mean(weights**2)))
    id, other, cause = min(slips, key=lambda slip: abs(math.log(slip[1] / max(measured, 1e-30))))
    if abs(math.log(other / max(measured, 1e-30))) > 0.04:
        id, cause = "wrong-scale", "Compare your formula with the one in the text, factor by factor."
    return Mistake(
        id,
        f"a standard deviation of {std:.4f} (a variance of {variance:.5f})",
        f"{measured:.4f}",
        cause,
        _tried(case),
        "how the fans are counted" if "fan" in id or "kernel" in id else "the line with the square root",
    )


def _form(case: Case, seen: Seen, variance: float) -> Mistake | None:
    """Is it flat, or bell-shaped, as asked? At the right scale or at the sample's own, so that a wrong scale costs nothing here."""
    weights = drawn(case, seen)
    own = float(np.sqrt(np.mean(weights**2)))
    if own == 0:
        return Mistake("all-zero", "random weights", "all weights are 0", "Nothing random was written.", _tried(case))
    if _has_form(weights, case["kind"], (math.sqrt(variance), own)):
        return None
    wanted = {"uniform": "evenly spread over [-a, a]", "normal": "bell-shaped around 0"}[case["kind"]]
    if weights.min() >= 0 or weights.max() <= 0:
        cause = "The draw starts at 0. A uniform distribution around 0 goes from low=-a to high=a."
        return Mistake("one-sided", wanted, f"from {weights.min():.4f} to {weights.max():.4f}", cause, _tried(case), "`low=`")
    if np.unique(weights).size < weights.size / 4:
        cause = "The weights come from a short list of values."
        return Mistake("few-values", wanted, f"{np.unique(weights).size} different numbers", cause, _tried(case))
    other = "normal" if case["kind"] == "uniform" else "uniform"
    if _has_form(weights, other, (math.sqrt(variance), own)):
        cause = f"The {other} form was drawn whatever `kind` says."
        return Mistake("kind-ignored", wanted, f"a {other} distribution", cause, _tried(case), "the branch on `self.kind`")
    kurtosis = float(stats.kurtosis(weights.ravel(), fisher=False))
    return Mistake("wrong-form", wanted, f"a kurtosis of {kurtosis:.2f} (flat: 1.8, bell: 3)", "The weights follow neither distribution.", _tried(case))


def _has_form(weights: np.ndarray, kind: str, deviations: Sequence[float]) -> bool:
    make: Callable[[float], stats.rv_frozen] = {"uniform": _uniform, "normal": lambda std: stats.norm(0, std)}[kind]
    return any(distribution_fits(weights, make(std)) for std in deviations)


def _uniform(std: float) -> stats.rv_frozen:
    return stats.uniform(-math.sqrt(3) * std, 2 * math.sqrt(3) * std)


def _independent(case: Case, seen: Seen) -> Mistake | None:
    weights, again = drawn(case, seen), drawn(case, seen, "second")
    if weights.min() == weights.max():
        return Mistake("one-number", "a number of its own for each weight", f"{weights.flat[0]:.4g} everywhere", "One number was drawn for the whole array.", _tried(case))
    return alike(weights > np.median(weights), again > np.median(again), case)


def _tried(case: Case) -> str:
    slope = f" and slope {case['slope']:.3f}" if case.get("slope") else ""
    return f"fill weights of shape {shape_of(case)}, kind {case['kind']!r}{slope}"


def _shapes(rng: np.random.Generator) -> dict[str, list[int]]:
    """A dense weight with 2.5 times as many inputs as units and a kernel the other way round: every slip shows in one of them."""
    units, channels = int(rng.integers(86, 92)), int(rng.integers(35, 38))
    return {"dense": [units, round(2.5 * units)], "conv": [round(2.5 * channels), channels, 3, 2]}


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
    return [{"kind": kind, "shape": shape} for kind in ("uniform", "normal") for shape in _shapes(rng).values()]


def _xavier_variance(case: Case) -> float:
    fans = Fans(shape_of(case))
    return 2 / (fans.into + fans.out)


@xavier.criterion("dense", points=2, says="dense weights have the variance 2 / (fan_in + fan_out)")
def _(case: Case, seen: Seen) -> Mistake | None:
    if len(case["shape"]) != 2:
        return None
    return _scale(case, seen, _xavier_variance(case), _xavier_slips(Fans(shape_of(case)), case["kind"]))


@xavier.criterion("kernels", points=2, says="so have kernels, with the size of the kernel counted in both fans")
def _(case: Case, seen: Seen) -> Mistake | None:
    if len(case["shape"]) == 2:
        return None
    return _scale(case, seen, _xavier_variance(case), _xavier_slips(Fans(shape_of(case)), case["kind"]))


@xavier.criterion("kinds", points=2, says="“uniform” is evenly spread, “normal” bell-shaped, both around 0")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _form(case, seen, _xavier_variance(case))


@xavier.criterion("independent", points=2, says="each weight is drawn by itself, and anew each time")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _independent(case, seen)


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
    plain = [{"kind": kind, "shape": shape, "slope": 0.0} for kind in ("uniform", "normal") for shape in _shapes(rng).values()]
    leaky = [{"kind": "normal", "shape": shape, "slope": float(rng.uniform(0.45, 0.55))} for shape in _shapes(rng).values()]
    return plain + leaky


def _he_variance(case: Case) -> float:
    return 2 / (1 + case["slope"] ** 2) / Fans(shape_of(case)).into


@he.criterion("dense", points=2, says="dense weights have the variance 2 / fan_in for relu")
def _(case: Case, seen: Seen) -> Mistake | None:
    if len(case["shape"]) != 2 or case["slope"]:
        return None
    return _scale(case, seen, _he_variance(case), _he_slips(Fans(shape_of(case)), case["kind"]))


@he.criterion("kernels", points=2, says="so have kernels, with the size of the kernel counted in fan_in")
def _(case: Case, seen: Seen) -> Mistake | None:
    if len(case["shape"]) == 2 or case["slope"]:
        return None
    return _scale(case, seen, _he_variance(case), _he_slips(Fans(shape_of(case)), case["kind"]))


@he.criterion("slope", points=2, says="the slope a of leaky relu divides the variance by 1 + a²")
def _(case: Case, seen: Seen) -> Mistake | None:
    if not case["slope"]:
        return None
    a, weights, relu = case["slope"], drawn(case, seen), drawn(case, seen, "relu")
    if not (weights.any() and relu.any()):
        raise NoEvidence(Mistake("all-zero", "random weights", "all weights are 0", "Nothing random was written.", _tried(case)))
    if variance_ratio_fits(weights, relu, 1 / (1 + a**2)):
        return None
    ratio = float(np.mean(relu**2) / np.mean(weights**2))
    slips = {
        "slope-ignored": (1.0, "`self.slope` is not used."),
        "slope-not-squared": (1 + a, "The slope enters as 1 + a; its square belongs there."),
        "root-missing": ((1 + a**2) ** 2, "The variance was handed over as the deviation: a square root is missing."),
        "slope-turned-round": (1 / (1 + a**2), "The variance is multiplied by 1 + a² and should be divided by it."),
    }
    id, (value, cause) = min(slips.items(), key=lambda slip: abs(math.log(slip[1][0] / ratio)))
    if abs(math.log(value / ratio)) > 0.06:
        id, cause = "wrong-slope", "The slope enters the variance in another way than 1 / (1 + a²)."
    expected = f"the variance divided by {1 + a**2:.3f}, compared with slope 0"
    return Mistake(id, expected, f"divided by {ratio:.3f}", cause, _tried(case), "where `self.slope` is used")


@he.criterion("kinds", points=2, says="“uniform” is evenly spread, “normal” bell-shaped, both around 0")
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if case["slope"] else _form(case, seen, _he_variance(case))


@he.criterion("independent", points=2, says="each weight is drawn by itself, and anew each time")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _independent(case, seen)
