"""Lesson 07, dynamic and static graphs: the probes of its exercises."""

from autograder.probes.lesson_07 import lies, out_of_python, passes, predictions, read_graph, recursive, two_weights

EXERCISES = (
    *lies.EXERCISES,
    *two_weights.EXERCISES,
    *predictions.EXERCISES,
    *read_graph.EXERCISES,
    *passes.EXERCISES,
    *out_of_python.EXERCISES,
    *recursive.EXERCISES,
)
