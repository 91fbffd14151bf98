"""Let the learner do the arithmetic of a memory bus, for tensors of known sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import nd

EXERCISES = ("09-memory-bus",)


@probe("09-memory-bus")
def _(answer: Any, case: Case, see: Observer) -> None:
    bandwidth, bus_width, least_time = answer
    bus = {"clock": case["clock"], "per_clock": case["per_clock"]}
    with see.attempt("ask for the bandwidth"):
        see["bandwidth"] = bandwidth(case["width"], **bus)
    with see.attempt("ask for the width of the bus"):
        see["width"] = bus_width(case["measured"], **bus)
    made = [nd.zeros(tuple(shape), dtype=dtype) for shape, dtype in zip(case["shapes"], case["dtypes"])]
    with see.attempt("ask for the least time"):
        found = least_time(made[:-1], made[-1], case["operations"], case["bandwidth"], case["peak"])
        see["returned"] = dict(found) if isinstance(found, Mapping) else found
