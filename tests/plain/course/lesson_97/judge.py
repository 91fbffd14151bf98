"""The judges of a made-up lesson that needs no framework."""

from autograder.exercise import Exercise, Mistake


def _exercise(name: str, factor: int) -> Exercise:
    exercise = Exercise(f"97-{name}", name.title(), section="Tiny")
    exercise.cases(lambda rng: [{"x": int(rng.integers(1, 9))}])

    @exercise.criterion("number", points=1, says="a number comes out")
    def _(case, seen):
        seen.number("y")

    @exercise.criterion("value", points=2, says="the right number comes out")
    def _(case, seen):
        if seen.number("y") != factor * case["x"]:
            return Mistake(
                "wrong-value", str(factor * case["x"]), str(seen["y"]), "Multiply.", tried=f"x = {case['x']}"
            )

    return exercise


EXERCISES = {exercise.id: exercise for exercise in (_exercise("double", 2), _exercise("triple", 3))}
