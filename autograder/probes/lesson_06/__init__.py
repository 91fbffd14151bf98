"""Lesson 06, autograd internals: the probes of its exercises."""

from autograder.probes.lesson_06 import by_hand, functions, predictions, tape, training

EXERCISES = (
    *by_hand.EXERCISES,
    *functions.EXERCISES,
    *predictions.EXERCISES,
    *tape.EXERCISES,
    *training.EXERCISES,
)
