"""Let the learner count the parameters of planned networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_02.planned import build, initialize, quiet

EXERCISES = ("02-count",)
COUNTERS = ("miniblocks.summary.summary", "miniblocks.nn.ParameterDict.count")


@probe("02-count", forbids=COUNTERS)
def _(answer: Any, case: Case, see: Observer) -> None:
    net, own = build(case["plan"])
    if case["initialize"]:
        initialize(own.values())
    with see.step("count"), quiet():
        found = answer(net)
    see["returned"] = found
    if isinstance(found, Mapping):
        see["keys"] = [str(key) for key in found]
        for key, value in found.items():
            see[f"counted {key}"] = value
