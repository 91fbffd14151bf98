"""Predictions: the answer is a function that returns a letter; the judge works out what is right."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe

EXERCISES = ("09-predict-bound",)


@probe("09-predict-bound")
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("ask for the prediction"):
        see["answer"] = answer()
