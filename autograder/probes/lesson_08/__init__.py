"""Lesson 08, models and residual networks: the probes of its exercises."""

from autograder.probes.lesson_08 import adam, loader, my_residual, parallel, residual, resnet

EXERCISES = (
    *residual.EXERCISES,
    *my_residual.EXERCISES,
    *parallel.EXERCISES,
    *adam.EXERCISES,
    *loader.EXERCISES,
    *resnet.EXERCISES,
)
