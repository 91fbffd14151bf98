"""Builds the learner's parallel blocks around branches of known weights, and around fresh ones."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_01.planting import collect, gradients, own_parameters, plant, ready, row
from miniblocks import nd, nn


@probe("01-parallel-block")
def _(answer: Any, case: Case, see: Observer) -> None:
    axis = {} if case["axis"] is None else {"axis": case["axis"]}

    def build(nets: list[nn.Block]) -> Any:
        return answer(nets[0], answer(*nets[1:], **axis) if case["nested"] else nets[1], **axis)

    nets, net = _planted(case, see, build, nd.array(case["x"]))
    with see.attempt("call it again"):
        see["again"] = net(nd.array(case["again"]))
    with see.attempt("change a weight and call it"):
        plant(own_parameters(nets[-1]), case["other"])
        see["changed"] = net(nd.array(case["x"]))
    _fresh(case, see, build)


@probe("01-parallel-n-ways")
def _(answer: Any, case: Case, see: Observer) -> None:
    options = {key: case[key] for key in ("merge", "axis") if case[key] is not None}
    with see.attempt("build with an unknown merge"):
        answer(nn.Dense(2), nn.Dense(2), merge=case["unknown"])

    def build(nets: list[nn.Block]) -> Any:
        return answer(*nets, **options)

    x = nd.array(case["x"])
    _planted(case, see, build, x)
    see["x_after"] = x
    _fresh(case, see, build)


def _planted(case: Case, see: Observer, build: Any, x: nd.Tensor) -> tuple[list[nn.Block], Any]:
    """Branches with the case's weights, initialized by themselves, so that a forgotten registration costs nothing here."""
    nets = [row(branch) for branch in case["branches"]]
    for net, branch in zip(nets, case["branches"]):
        ready(net, case["x"], branch)
    with see.step("build the network"):
        net = build(nets)
    with see.attempt("call it"):
        see["output"] = output = net(x)
        with see.attempt("send a gradient back"):
            (output * nd.array(case["weigh"])).sum().backward()
            see["gradients"] = [gradients(own_parameters(branch)) for branch in nets]
    return nets, net


def _fresh(case: Case, see: Observer, build: Any) -> None:
    nets = [row(branch) for branch in case["branches"]]
    with see.step("build the network of fresh branches"):
        net = build(nets)
    collect(see, net, case["x"], case["markers"], [p for branch in nets for p in own_parameters(branch)])
