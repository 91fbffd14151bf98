"""Lesson 03, initialization: its exercises."""

from autograder.exercise import Exercise
from autograder.judges.lesson_03 import deferred, orthogonal, parts, symmetry, three_way, xavier_he

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for exercise in (
        parts.parts,
        deferred.deferred_shapes,
        three_way.three_way,
        xavier_he.xavier,
        xavier_he.he,
        orthogonal.orthogonal,
        symmetry.symmetry,
    )
}
