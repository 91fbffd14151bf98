"""Lesson 03, initialization: the probes of its exercises."""

from autograder.probes.lesson_03 import draws, networks, symmetry

EXERCISES = (*draws.EXERCISES, *networks.EXERCISES, *symmetry.EXERCISES)
