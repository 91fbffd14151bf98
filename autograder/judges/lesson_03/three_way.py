"""The three-way initializer, judged as a distribution: any correct implementation passes."""

from __future__ import annotations

import numpy as np
from scipy import stats

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_03.draws import alike, drawn, shape_of
from autograder.judges.statistics import distribution_fits, proportion_fits

# A right answer is asked at most 9 random questions a case (two shares, two Kolmogorov-Smirnov tests, an axis each, the
# second draw), 27 in all: it is refused with a probability below 27 · ALPHA < 3e-8.
# Each case has n ≥ 8,000 weights. A share is refused when it is 6.1/(2√n) = 3.4 % off: of the listed wrong shares the
# nearest, a third of zeros, is 17 % off (31 deviations). On either side there are 2,000 sizes, and the test refuses a
# distance of √(ln(2/ALPHA)/2/2000) = 0.073; the nearest listed wrong form, whole numbers, lies 0.18 away.

three_way = Exercise(
    "03-three-way-initializer",
    "The three-way initializer",
    section="An initializer of your own",
    source="S1, section 4.2.2.2",
    minutes=12,
    hints=(
        "Draw once, evenly from -10 to 10. What is the probability that such a number is at least 5? At most -5? Neither?",
        "A comparison gives an array of zeros and ones. Multiplying by it in place keeps some numbers and clears the others.",
        "Look at the left side of each assignment: `data[:] = …` fills the array you were given, `data = …` does not.",
    ),
)


@three_way.cases
def _(rng: np.random.Generator) -> list[Case]:
    def between(low: int, high: int) -> int:
        return int(rng.integers(low, high + 1))

    wide, tall = (between(50, 60), between(160, 180)), (between(160, 180), between(50, 60))
    kernel = (between(40, 44), between(16, 18), 5, 3)
    return [{"shape": list(shape)} for shape in (wide, tall, kernel)]


@three_way.criterion(
    "written", points=1, says="weights are written into the array that was handed in, of any shape; biases stay 0"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    drawn(case, seen)
    drawn(case, seen, "second")
    bias = seen.array("bias")
    if bias.any():
        cause = "The base class decides by the name: biases get 0, and only weights come to `_init_weight`. Something else than that one method was overridden."
        return Mistake(
            "biases-touched",
            "biases of 0",
            f"biases such as {bias.flat[0]:.4g}",
            cause,
            "initialize a bias",
            "the name of the method you define",
        )
    return None


@three_way.criterion("support", points=2, says="a weight is 0, or its size lies between 5 and 10")
def _(case: Case, seen: Seen) -> Mistake | None:
    sizes = np.abs(_some(case, seen))
    small = sizes[(sizes > 0) & (sizes < 4.9999)]
    if sizes.max() > 10.0001:
        return Mistake(
            "too-large",
            "no size above 10",
            f"a weight of size {sizes.max():.4g}",
            "The draw reaches beyond ±10.",
            _tried(case),
        )
    if small.size and sizes.max() < 5.0001:
        return Mistake(
            "mask-reversed",
            "sizes of 5 to 10, or 0",
            f"sizes of {small.min():.3f} to {small.max():.3f}, or 0",
            "The small numbers were kept and the large ones cleared: the comparison points the wrong way.",
            _tried(case),
            "the comparison with 5",
        )
    if small.size:
        return Mistake(
            "small-weights-kept",
            "no size between 0 and 5",
            f"{small.size} weights in between, such as {small[0]:.4f}",
            "Numbers between -5 and 5 have to become 0.",
            _tried(case),
            "where the mask is made and multiplied in",
        )
    return None


@three_way.criterion("shares", points=2, says="half of the weights are 0, a quarter positive, a quarter negative")
def _(case: Case, seen: Seen) -> Mistake | None:
    weights = _one_by_one(case, seen)
    zero, positive, negative = (int(np.sum(np.sign(weights) == sign)) for sign in (0, 1, -1))
    observed = ", ".join(
        f"{count / weights.size:.1%} {word}"
        for count, word in ((zero, "zero"), (positive, "positive"), (negative, "negative"))
    )
    expected = "50 % zero, 25 % positive, 25 % negative"
    if not (positive and negative):
        cause = (
            "All numbers have the same sign. Draw from both sides of 0, and compare the size, not the number, with 5."
        )
        return Mistake(
            "one-sided", expected, observed, cause, _tried(case), "`low=` and `high=`, and whether `abs` is taken"
        )
    if not zero:
        cause = "Nothing was set to 0: no mask was multiplied in."
        return Mistake("no-zeros", expected, observed, cause, _tried(case))
    if not (proportion_fits(zero, weights.size, 1 / 2) and proportion_fits(positive, positive + negative, 1 / 2)):
        cause = "The three cases come with other probabilities than 1/4, 1/2, 1/4."
        return Mistake(
            "wrong-shares", expected, observed, cause, _tried(case), "how it is decided which case a weight falls in"
        )
    return None


@three_way.criterion("even", points=2, says="on both sides the sizes are spread evenly from 5 to 10")
def _(case: Case, seen: Seen) -> Mistake | None:
    weights = _one_by_one(case, seen)
    for side, sizes in (("positive", weights[weights > 0]), ("negative", -weights[weights < 0])):
        if sizes.size >= 50 and not distribution_fits(sizes, stats.uniform(5, 5)):
            quartiles = ", ".join(f"{q:.2f}" for q in np.quantile(sizes, (0.25, 0.5, 0.75)))
            if np.unique(sizes).size < sizes.size / 4:
                return Mistake(
                    "few-values",
                    "all real numbers from 5 to 10",
                    f"{np.unique(sizes).size} different sizes among {sizes.size} {side} weights",
                    "The sizes come from a short list, as from `randint` or `choice`.",
                    _tried(case),
                )
            return Mistake(
                "uneven",
                "the quartiles of the sizes near 6.25, 7.50, 8.75",
                f"{quartiles} ({side} weights)",
                "The sizes crowd together: they were drawn from another distribution than the uniform one on [5, 10].",
                _tried(case),
                "the random function that is called, and its bounds",
            )
    return None


@three_way.criterion("independent", points=1, says="each weight is drawn by itself, and anew each time")
def _(case: Case, seen: Seen) -> Mistake | None:
    _one_by_one(case, seen)
    return None


def _tried(case: Case) -> str:
    return f"fill weights of shape {shape_of(case)}"


def _some(case: Case, seen: Seen) -> np.ndarray:
    """The first draw; without a number other than 0 there is nothing to judge."""
    weights = drawn(case, seen)
    if not weights.any():
        cause = "Nothing was drawn before the mask was multiplied in, or the mask cleared everything."
        raise NoEvidence(
            Mistake("all-zero", "half of the weights other than 0", "all weights are 0", cause, _tried(case))
        )
    return weights


def _one_by_one(case: Case, seen: Seen) -> np.ndarray:
    """The first draw, where it can be counted: weights that hang together would make the shares a matter of luck."""
    weights, again = _some(case, seen), drawn(case, seen, "second")
    if np.unique(np.round(weights, 5)).size <= 2:
        cause = "One number was drawn for the whole array. Ask for as many as there are weights: `shape=data.shape`."
        raise NoEvidence(
            Mistake(
                "one-number",
                "a number of its own for each weight",
                f"{weights.flat[0]:.4g} almost everywhere",
                cause,
                _tried(case),
            )
        )
    if mistake := alike(np.sign(weights), np.sign(again), case):
        raise NoEvidence(mistake)
    return weights
