"""Lesson 02, parameter access: the probes of its exercises."""

from autograder.probes.lesson_02 import collect, count, predictions, reach, surgery

EXERCISES = (
    *reach.EXERCISES,
    *predictions.EXERCISES,
    *collect.EXERCISES,
    *count.EXERCISES,
    *surgery.EXERCISES,
)
