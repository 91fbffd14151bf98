"""Counts of operations, before and after passes of the library."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_07.carry import taken
from miniblocks.graph import passes

EXERCISES = ("07-read-the-graph",)


@probe("07-read-the-graph", forbids=("miniblocks.graph.statistics", "miniblocks.graph.report"))
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("count the operations"):
        found = answer(taken(case["graph"]), tuple(getattr(passes, name) for name in case["passes"]))
    see["counts"] = list(found) if isinstance(found, (list, tuple)) else found
