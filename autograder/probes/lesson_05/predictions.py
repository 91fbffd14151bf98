"""The prediction: the answer is a function that returns a letter; the judge tries out what really happens."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe

EXERCISES = ("05-one-neuron",)


@probe("05-one-neuron")
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("ask for the prediction"):
        see["answer"] = answer()
