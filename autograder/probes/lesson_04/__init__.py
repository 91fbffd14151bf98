"""Lesson 04, tied parameters: how its answers are tried."""

from autograder.probes.lesson_04 import autoencoder, embedding, gradient_sum, predictions, tie, untie, watch

EXERCISES = (
    *tie.EXERCISES,
    *predictions.EXERCISES,
    *gradient_sum.EXERCISES,
    *watch.EXERCISES,
    *autoencoder.EXERCISES,
    *embedding.EXERCISES,
    *untie.EXERCISES,
)
