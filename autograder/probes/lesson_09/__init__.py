"""Lesson 09, devices and speed: the probes of its exercises."""

from autograder.probes.lesson_09 import compare, everywhere, hybridizing, memory, predictions, products, timer

EXERCISES = (
    *timer.EXERCISES,
    *compare.EXERCISES,
    *products.EXERCISES,
    *memory.EXERCISES,
    *hybridizing.EXERCISES,
    *predictions.EXERCISES,
    *everywhere.EXERCISES,
)
