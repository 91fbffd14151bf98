"""Builds the learner's tied network: writes through one layer and reads through the others, trains it, saves and loads it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_04.planting import descend, plant, quiet, values
from miniblocks import nd, nn

EXERCISES = ("04-tie-two-layers",)


@probe("04-tie-two-layers")
def _(answer: Any, case: Case, see: Observer) -> None:
    x, options = nd.array(case["x"]), {} if case["uses"] is None else {"uses": case["uses"]}

    def build() -> Any:
        net = answer(case["width"], case["units"], **options)
        return net, [net[i] for i in range(len(net))]

    with see.step("build the network"):
        made = answer(case["width"], case["units"], **options)
        see["class_name"], see["is_block"] = type(made).__name__, isinstance(made, nn.Block)
        net, layers = build()
        see["length"] = len(layers)
    with see.step("initialize it and call it"), quiet():
        net.initialize()
        net(x)
    see["started"] = values(layers)
    with see.attempt("collect its parameters"):
        see["collected"], see["numbers"] = len(net.collect_params()), net.collect_params().count()
    with see.attempt("set its weights and call it"):
        plant(layers, case["layers"])
        see["output"] = net(x)
    with see.attempt("write through one layer and read through all"):
        see["read"] = [_written(net, layers, case, place) for place in range(len(layers))]
    with see.attempt("train it for one step"):
        plant(layers, case["layers"])
        net.zero_grad()
        (net(x) * nd.array(case["weigh"])).sum().backward()
        descend(net, case["rate"])
        see["trained"] = values(layers)
    with see.attempt("save it"), tempfile.TemporaryDirectory() as folder:
        plant(layers, case["layers"])
        file = Path(folder) / "tied.safetensors"
        net.save_parameters(file)
        with see.attempt("load it into another"), quiet():
            other, others = build()
            other.load_parameters(file)
            other(x)
            see["loaded"] = values(others)
            see["loaded_read"] = _written(other, others, case, 1)
            see["first_after"] = values(layers)


def _written(net: Any, layers: list[Any], case: Case, place: int) -> list[list[float]]:
    """Write a number into one layer's weight and bias, call the network, and read both in every layer."""
    plant(layers, case["layers"])
    for parameter in (layers[place].weight, layers[place].bias):
        parameter.set_data(nd.full(parameter.shape, case["marker"]))
    net(nd.array(case["x"]))
    return [[float(p.data().asnumpy().ravel()[0]) for p in (layer.weight, layer.bias)] for layer in layers]
