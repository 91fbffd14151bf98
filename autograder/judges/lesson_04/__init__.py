"""Lesson 04, tied parameters: its exercises."""

from autograder.exercise import Exercise
from autograder.judges.lesson_04 import autoencoder, embedding, gradient_sum, predict, tie, untie, watch

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        tie.tie,
        predict.update,
        gradient_sum.gradient_sum,
        predict.loop,
        watch.watch,
        autoencoder.autoencoder,
        embedding.embedding,
        untie.untie,
    )
}
