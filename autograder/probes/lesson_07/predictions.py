"""Predictions: the answer is a function that returns a letter; the judge tries out what really happens."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe

EXERCISES = ("07-which-merge",)


@probe("07-which-merge")
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("ask for the prediction"):
        see["answer"] = answer()
