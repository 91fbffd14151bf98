"""Lesson 01, layers and blocks: how its answers are tried."""

from autograder.probes.lesson_01 import (
    branches,
    control_flow,
    factory,
    missing_super,
    predictions,
    registration,
    sequential,
)

EXERCISES = (
    *predictions.IDS,
    *(f"01-{name}" for name in ("missing-super", "my-sequential", "control-flow", "list-is-not-a-block")),
    *(f"01-{name}" for name in ("parallel-block", "parallel-n-ways", "block-factory")),
)

__all__ = [
    "EXERCISES",
    "branches",
    "control_flow",
    "factory",
    "missing_super",
    "predictions",
    "registration",
    "sequential",
]
