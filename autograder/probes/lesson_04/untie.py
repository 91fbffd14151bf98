"""Lets the learner untie a network, then writes numbers into copy and original and looks where they turn up."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_04.planting import dense_row, gradients, plant, quiet, values
from miniblocks import nd, nn

EXERCISES = ("04-untie",)


@probe("04-untie")
def _(answer: Any, case: Case, see: Observer) -> None:
    net, x = dense_row(case["layers"], case["groups"], "tanh", case["same_block"]), nd.array(case["x"])
    originals = [net[i] for i in range(len(net))]
    (net(x) * nd.array(case["weigh"])).sum().backward()
    with see.step("untie"), quiet():
        copy = answer(net)
    see["is_block"], see["class_name"] = isinstance(copy, nn.Block), type(copy).__name__
    see["is_original"] = copy is net
    see["values_after"], see["gradients_after"] = values(originals), gradients(originals)
    see["within_original"] = _written(net, originals, originals, case)
    with see.step("take its layers"):
        layers = [copy[i] for i in range(len(copy))]
        see["length"] = len(layers)
    plant(originals, case["layers"])
    with see.step("call the copy"):
        see["output"] = copy(x)
    see["copied"] = values(layers)
    with see.attempt("collect its parameters"):
        see["collected"] = len(copy.collect_params())
    see["in_copy"] = _written(net, originals, layers, case)
    see["in_original"] = _written(copy, layers, originals, case)
    see["within_copy"] = _written(copy, layers, layers, case)
    plant(layers, case["others"])
    see["output_of_others"] = copy(x)


def _written(net: Any, written: list[Any], read: list[Any], case: Case) -> list[list[list[float]]]:
    """For each layer: write a number into it, call its network, and read weight and bias of other layers; then undo it."""
    found = []
    for layer in written:
        before = values(written)
        for parameter in (layer.weight, layer.bias):
            parameter.set_data(nd.full(parameter.shape, case["marker"]))
        net(nd.array(case["x"]))
        found.append([[float(p.data().asnumpy().ravel()[0]) for p in (one.weight, one.bias)] for one in read])
        plant(written, before)
    return found
