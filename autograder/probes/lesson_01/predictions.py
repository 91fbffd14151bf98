"""Predictions: the answer is a function that returns a letter; the judge tries out what really happens."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe

IDS = ("01-missing-super-predict", "01-control-flow-predict-dynamic", "01-control-flow-predict-static")


def _ask(answer: Any, case: Case, see: Observer) -> None:
    with see.step("ask for the prediction"):
        see["answer"] = answer()


for _id in IDS:
    probe(_id)(_ask)
