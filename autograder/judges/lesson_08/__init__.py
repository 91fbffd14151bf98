"""Lesson 08, models and residual networks: its exercises."""

from autograder.exercise import Exercise
from autograder.judges.lesson_08 import adam, how_many, loader, my_residual, parallel, residual, resnet

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        residual.cnn,
        residual.dnn,
        how_many.how_many,
        my_residual.my_residual,
        parallel.parallel_model,
        adam.adam,
        loader.loader,
        resnet.resnet,
    )
}
