"""Let the learner's timer measure a function on a machine whose costs are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_09.machines import Machine

EXERCISES = ("09-trustworthy-timer",)


@probe("09-trustworthy-timer")
def _(answer: Any, case: Case, see: Observer) -> None:
    machine = Machine(case["launches"], case["works"], case["start"])
    numbers = {name: case[name] for name in ("calls", "repeats", "warm_up")}
    with see.attempt("measure"):
        found = answer(machine.function, machine.clock, machine.synchronize, **numbers)
        see["returned"] = dict(found) if isinstance(found, Mapping) else found
    see["events"] = "".join(machine.events)
    see["pending"] = machine.pending
