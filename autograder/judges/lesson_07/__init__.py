"""Lesson 07, dynamic and static graphs: its exercises."""

from autograder.exercise import Exercise
from autograder.judges.lesson_07 import (
    dead_code,
    fuse,
    lies,
    merging,
    out_of_python,
    read_graph,
    recursive,
    two_weights,
)

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        lies.lies,
        two_weights.two_weights,
        merging.which_merge,
        read_graph.read_graph,
        dead_code.dead_code,
        fuse.fuse,
        out_of_python.out_of_python,
        recursive.recursive,
    )
}
