"""Passes of the learner's own: a graph goes in, and what comes out is sent as it is."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_07.carry import sent, taken

EXERCISES = ("07-dead-code", "07-fuse")
LIBRARY = ("miniblocks.graph.optimize", "miniblocks.graph.report")


def _apply(what: str, answer: Any, case: Case, see: Observer) -> None:
    g = taken(case["graph"])
    with see.step(what):
        after = answer(g)
    see["kept"] = [str(step.results[0]) for step in getattr(after, "steps", ())]
    see["after"] = sent(after)
    see["before"] = sent(g)


# What the library's passes stand on is disabled, so that they are, by whatever name they are called.
@probe("07-dead-code", forbids=("miniblocks.graph.passes.rewriting.needed", *LIBRARY))
def _(answer: Any, case: Case, see: Observer) -> None:
    _apply("drop dead code", answer, case, see)


@probe("07-fuse", forbids=("miniblocks.graph.passes.fusing._layer", *LIBRARY))
def _(answer: Any, case: Case, see: Observer) -> None:
    _apply("fuse", answer, case, see)
