"""Builds the learner's word model, finds its parameters by their shapes, and writes into each table there is."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_04.planting import quiet
from miniblocks import nd

EXERCISES = ("04-tied-embedding",)


@probe("04-tied-embedding")
def _(answer: Any, case: Case, see: Observer) -> None:
    ids = nd.array(case["ids"])
    with see.step("build the network"):
        net = answer(case["words"], case["size"])
    with see.step("initialize it and call it"), quiet():
        net.initialize()
        net(ids)
    parameters = list(net.collect_params().values())
    tables = [p for p in parameters if p.shape == case["table"].shape]
    see["shapes"] = [list(p.shape) for p in parameters]
    if tables:
        see["first_table"] = tables[0].data()
    _plant(parameters, case)
    with see.attempt("call it"):
        see["scores"] = net(ids)
    with see.attempt("call it on sequences"):
        see["sequence_scores"] = net(nd.array(case["sequences"]))
    with see.attempt("send a gradient back"):
        net.zero_grad()
        (net(ids) * nd.array(case["weigh"])).sum().backward()
        see["gradient"] = tables[0].grad()
    outputs = []
    with see.attempt("write into a table and call it"):
        for table in tables:
            _plant(parameters, case)
            table.set_data(nd.array(case["other"]))
            outputs.append(net(ids))
    see["after_each"] = outputs


def _plant(parameters: list[Any], case: Case) -> None:
    """Each parameter gets the values of its shape."""
    by_shape = {case[name].shape: case[name] for name in ("table", "hidden", "hidden_bias", "bias")}
    for parameter in parameters:
        if parameter.shape in by_shape:
            parameter.set_data(nd.array(by_shape[parameter.shape]))
