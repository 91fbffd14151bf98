"""Exercises, their checks in the notebook, and their grading.

A learner needs one name: `check("01-parallel-block", ParallelBlock)` shows a report and returns the points.

    exercise  ← judges/lesson_NN      trusted: cases, criteria, findings
    probe     ← probes/lesson_NN      untrusted: runs the answer, writes down what it did
    checking, report, ledger          the notebook's side
    sandbox, grading, nbgrading, cli  the instructor's side (absent from what a learner is given)
"""

from typing import Any

__all__ = ["check"]


def __getattr__(name: str) -> Any:
    """`check` is imported when it is first used: it brings torch with it, which the command line may not need."""
    if name != "check":
        raise AttributeError(f"module 'autograder' has no attribute {name!r}")
    from autograder.checking import check

    return check
