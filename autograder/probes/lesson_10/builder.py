"""Lets the learner's `build` read specifications, with kinds of the probe's own, and calls what it built."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_08.planting import in_call_order, plant, shapes
from miniblocks import nd, nn

EXERCISES = ("10-build-from-a-specification",)


class Beside(nn.Block):
    """The probe's own parallel blocks: their outputs joined, or the difference of two."""

    def __init__(self, branches: dict[str, nn.Block], merge: str) -> None:
        super().__init__()
        self.branches, self.merge = nn.Sequential(*branches.values()), merge

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        outs = [branch(x) for branch in self.branches]
        return nd.concat(*outs, dim=1) if self.merge == "concat" else outs[0] - outs[1]


def kinds(names: dict[str, str]) -> dict[str, Callable[..., nn.Block]]:
    """What the specification may ask for, under the names of the case."""
    return {
        names["dense"]: lambda units, use_bias=True: nn.Dense(units, use_bias=use_bias),
        names["act"]: lambda name: nn.Activation(name),
        "parallel": Beside,
    }


@probe("10-build-from-a-specification")
def _(answer: Any, case: Case, see: Observer) -> None:
    spec = json.loads(case["text"])
    with see.step("build it"):
        net = answer(spec, kinds(case["names"]))
        see["built"] = type(net).__name__
    see["text after"] = json.dumps(spec, default=lambda one: type(one).__name__)
    if "x" not in case:
        return
    with see.step("call it"):
        parameters = in_call_order(net, case["x"])
        plant(parameters, case["weights"])
        see["output"] = net(nd.array(case["x"]))
    see["shapes"] = shapes(parameters)
    if case["what"] == "chain":
        with see.attempt("build it again"):
            other = answer(spec, kinds(case["names"]))
            for parameter in in_call_order(other, case["x"]):
                parameter.set_data(nd.full(parameter.shape, 0.5))
            see["output after"] = net(nd.array(case["x"]))
