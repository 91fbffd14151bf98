"""Lesson 05, multilayer perceptrons: how its answers are tried."""

from autograder.probes.lesson_05 import experiments, networks, predictions, relu, widths

EXERCISES = (
    *relu.EXERCISES,
    *networks.EXERCISES,
    *widths.EXERCISES,
    *predictions.EXERCISES,
    *experiments.EXERCISES,
)
