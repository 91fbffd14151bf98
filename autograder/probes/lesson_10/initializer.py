"""Lets the learner's initializer fill arrays of a number that none would draw, twice, and once with a gain of 1."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_03.draws import BUILT_IN, TORCH, filled

EXERCISES = ("10-scaled-initializer",)


@probe("10-scaled-initializer", forbids=(*BUILT_IN, *TORCH))
def _(answer: Any, case: Case, see: Observer) -> None:
    if case["what"] == "refused":
        for option in ("fan", "kind"):
            with see.attempt(f"make one with an unknown {option}"):
                answer(**{option: case["unknown"]})
        return
    options = {"gain": case["gain"], "fan": case["fan"], "kind": case["kind"]}
    with see.step(f"fill weights of shape {tuple(case['shape'])}"):
        see["first"] = filled(lambda: answer(**options), case["shape"])
        see["second"] = filled(lambda: answer(**options), case["shape"])
        if case["what"] == "gain":
            see["plain"] = filled(lambda: answer(**options | {"gain": 1.0}), case["shape"])
