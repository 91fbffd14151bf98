"""Builds the learner's ListMLP three times: with planted weights, with fresh ones, and once more beside them."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_01.planting import collect, gradients, mark, plant, quiet, read
from miniblocks import nd, nn


@probe("01-list-is-not-a-block")
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("build the network"):
        net = answer(list(case["widths"]), case["units"])
        layers = _layers(net)
        see["count"], see["identities"] = len(layers) - 1, [id(layer) for layer in layers]
    with see.attempt("set its weights and call it"), quiet():
        x = nd.array(case["x"])
        for layer in layers:
            layer.initialize()
        net(x)
        for layer, values in zip(layers, case["layers"]):
            plant((layer.weight, layer.bias), [values])
        see["output"] = output = net(x)
        with see.attempt("send a gradient back"):
            (output * nd.array(case["weigh"])).sum().backward()
            see["gradients"] = gradients(_parameters(layers))
    with see.step("build a second network"):
        fresh = answer(list(case["widths"]), case["units"])
        others = _layers(fresh)
        see["second_count"] = len(others) - 1
        with see.attempt("write into the first"), quiet():
            for layer in others:
                layer.initialize()
            fresh(nd.array(case["x"]))
        with see.attempt("call the first again"):
            see["first_after"] = net(nd.array(case["x"]))
        mark(_parameters(layers), [case["markers"][0]] * len(case["markers"]))
        see["second_read"] = read(_parameters(others))
    with see.step("build a third network"):
        third = answer(list(case["widths"]), case["units"])
    collect(see, third, case["x"], case["markers"], _parameters(_layers(third)))


def _layers(net: Any) -> list[nn.Block]:
    return [*net.layers, net.output]


def _parameters(layers: list[nn.Block]) -> list[nn.Parameter]:
    return [p for layer in layers for p in (layer.weight, layer.bias)]
