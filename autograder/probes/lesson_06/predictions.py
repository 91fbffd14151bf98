"""Predictions: the answer is a function that returns a letter; the judge tries out what really happens."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe

EXERCISES = ("06-which-leaves", "06-predict-accumulation")


def _ask(answer: Any, case: Case, see: Observer) -> None:
    with see.step("ask for the prediction"):
        see["answer"] = answer()


for _id in EXERCISES:
    probe(_id)(_ask)
