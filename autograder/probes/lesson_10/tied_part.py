"""Puts the learner's part behind a dense layer, plants values, and looks which matrix it computes with."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from safetensors.numpy import load_file

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_08.planting import quiet
from miniblocks import nd, nn

EXERCISES = ("10-tied-part",)


@probe("10-tied-part")
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("build it"):
        layer, part, net = _network(answer, case)
    with see.step("initialize and call it"), quiet():
        net.initialize()
        see["first output"] = net(nd.array(case["x"]))
    parameters = list(net.collect_params().values())
    see["shapes"] = [list(p.shape) for p in parameters]
    own = [p for p in parameters if p.shape == (case["inputs"],)]
    if own:
        see["first bias"] = own[0].data()
        own[0].set_data(nd.array(case["bias"]))
    layer.weight.set_data(nd.array(case["layer"]["weight"]))
    layer.params.get("bias").set_data(nd.array(case["layer"]["bias"]))
    h = nd.array(case["h"])
    with see.attempt("call the part"):
        see["decoded"] = part(h)
    with see.attempt("send a gradient back"):
        net.zero_grad()
        (net(nd.array(case["x"])) * nd.array(case["weigh"])).sum().backward()
        see["gradient"] = layer.weight.grad()
    _saved(answer, case, see, net)
    with see.attempt("write into the weight and call the part"):
        layer.weight.set_data(nd.array(case["other"]))
        see["decoded after"] = part(h)


def _network(answer: Any, case: Case) -> tuple[nn.Dense, Any, nn.Block]:
    known = {"in_units": case["inputs"]} if case["what"] == "declared" else {}
    layer = nn.Dense(case["units"], **known)
    part = answer(layer)
    return layer, part, nn.Sequential(layer, nn.Activation("tanh"), part)


def _saved(answer: Any, case: Case, see: Observer, net: nn.Block) -> None:
    """What a file holds, and whether a network that loads it is tied."""
    layer, part, other = _network(answer, case)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "net.safetensors"
        with see.attempt("save it"):
            net.save_parameters(file)
            see["in the file"] = [list(value.shape) for value in load_file(file).values()]
        with see.attempt("load it"):
            other.load_parameters(file)
            layer.weight.set_data(nd.full((case["units"], case["inputs"]), case["marker"]))
            see["loaded follows"] = part(nd.array(case["h"]))
