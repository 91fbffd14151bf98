"""Lesson 09, devices and speed: its exercises."""

from autograder.exercise import Exercise
from autograder.judges.lesson_09 import compare, everywhere, hybridizing, memory, products, timer

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        timer.timer,
        compare.compare,
        products.products,
        memory.predict_bound,
        memory.memory,
        hybridizing.hybridizing,
        everywhere.everywhere,
    )
}
