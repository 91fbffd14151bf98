"""Exercises, their checks in the notebook, and their grading.

A learner needs four names: `check("01-parallel-block", ParallelBlock)` shows a report and returns the points, `course_map()`
shows how far one has come, `reset("01-parallel-block")` begins an exercise anew, `update("~/Downloads/lessons")` brings a newer
release into notebooks that have been begun.

    exercise  ← judges/lesson_NN      trusted: cases, criteria, findings
    probe     ← probes/lesson_NN      untrusted: runs the answer, writes down what it did
    checking, report, ledger          the notebook's side
    coursemap, updating, resetting    the start page's, and `notebooks`, which they share
    sandbox, grading, nbgrading, cli  the instructor's side (absent from what a learner is given)
"""

from typing import Any

__all__ = ["check", "course_map", "reset", "update"]


def __getattr__(name: str) -> Any:
    """Imported when first used: `check` brings torch with it, which the command line may not need."""
    if name == "check":
        from autograder.checking import check

        return check
    if name == "course_map":
        from autograder.coursemap import course_map

        return course_map
    if name == "reset":
        from autograder.resetting import reset

        return reset
    if name == "update":
        from autograder.updating import update

        return update
    raise AttributeError(f"module 'autograder' has no attribute {name!r}")
