"""The judges of a made-up lesson, which ask numpy."""

import numpy as np

from autograder.exercise import Exercise, Mistake, one_of

double = Exercise("99-double", "Double it", section="Doubling")
guess = Exercise("99-guess", "Guess", section="Guessing", prediction=one_of("up", "down"))


@double.cases
def _(rng):
    return [{"x": rng.normal(size=(2, n)), "list": [float(v) for v in rng.integers(1, 9, n)]} for n in (3, 4)]


@double.criterion("doubled", points=3, says="every element is doubled")
def _(case, seen):
    out = seen.array("output")
    if out.shape == case["x"].shape and np.allclose(out, 2 * case["x"], atol=1e-5):
        return None
    return Mistake("not-doubled", "twice the input", str(out), "Is it multiplied by 2?")


@double.criterion("repeated", points=2, says="a list is repeated")
def _(case, seen):
    return None if seen["list"] == 2 * case["list"] else Mistake("not-repeated", "the list twice", "another", "Use *.")


@guess.cases
def _(rng):
    return [{}]


@guess.criterion("right", points=4, says="the right guess")
def _(case, seen):
    return None if seen["answer"] == "up" else Mistake("wrong", "up", str(seen["answer"]), "Guess again.")


EXERCISES = {"99-double": double, "99-guess": guess}
