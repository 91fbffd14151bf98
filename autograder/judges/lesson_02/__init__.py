"""Lesson 02, parameter access: its exercises."""

from autograder.exercise import Exercise
from autograder.judges.lesson_02 import collect, count, predictions, reach, surgery

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        reach.reach,
        predictions.name_that_parameter,
        collect.collect,
        count.count,
        predictions.load_predict,
        surgery.surgery,
    )
}
