"""Asks for the learner's specification, and sends it as text. What becomes of it is the judge's business."""

from __future__ import annotations

import json
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe

EXERCISES = ("10-reader",)


@probe("10-reader")
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("ask for the specification"):
        spec = answer()
    with see.step("write it as JSON"):
        see["text"] = json.dumps(spec)
