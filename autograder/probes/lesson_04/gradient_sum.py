"""Gives the learner an untied twin after its backward pass, twice, and looks at what became of it."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_04.planting import dense_row, gradients, values
from miniblocks import nd

EXERCISES = ("04-gradient-is-a-sum",)


@probe("04-gradient-is-a-sum")
def _(answer: Any, case: Case, see: Observer) -> None:
    twin = dense_row(case["layers"], (), "tanh")
    (twin(nd.array(case["x"])) * nd.array(case["weigh"])).sum().backward()

    def groups() -> list[list[int]]:
        return [list(group) for group in case["groups"]]

    with see.step("predict the gradients"):
        see["first"] = answer(twin, groups())
    see["gradients_after"], see["values_after"] = gradients(twin), values(twin)
    with see.attempt("predict them again"):
        see["second"] = answer(twin, groups())
