"""Lesson 03, initialization: its exercises."""

from autograder.exercise import Exercise
from autograder.judges.lesson_03 import deferred, orthogonal, parts, scaled, symmetry, three_way

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        parts.parts,
        deferred.deferred_shapes,
        three_way.three_way,
        scaled.xavier,
        scaled.he,
        orthogonal.orthogonal,
        symmetry.symmetry,
    )
}
