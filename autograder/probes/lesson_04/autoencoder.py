"""Builds the learner's autoencoder, finds its parameters by their shapes, and writes into the encoder's weight."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_04.planting import quiet
from miniblocks import nd

EXERCISES = ("04-tied-autoencoder",)


@probe("04-tied-autoencoder")
def _(answer: Any, case: Case, see: Observer) -> None:
    x, h = nd.array(case["x"]), nd.array(case["h"])
    with see.step("build the network"):
        net = answer(case["inputs"], case["units"])
    with see.step("initialize it and call it"), quiet():
        net.initialize()
        net(x)
    parameters = list(net.collect_params().values())
    see["shapes"] = [list(p.shape) for p in parameters]
    _plant(parameters, case)
    with see.attempt("encode"):
        see["code"] = net.encode(x)
    with see.attempt("decode"):
        see["decoded"] = net.decode(h)
    with see.attempt("call it"):
        see["output"] = net(x)
        see["x_after"] = x
    with see.attempt("send a gradient back"):
        net.zero_grad()
        (net(x) * nd.array(case["weigh"])).sum().backward()
        see["gradient"] = _weight(parameters, case).grad()
    with see.attempt("write into the weight and decode"):
        _weight(parameters, case).set_data(nd.array(case["other"]))
        see["decoded_after"] = net.decode(h)


def _plant(parameters: list[Any], case: Case) -> None:
    """Each parameter gets the values of its shape; a decoder's own matrix gets the weight transposed."""
    by_shape = {value.shape: value for value in (case["weight"], case["weight"].T, case["bias"], case["back"])}
    for parameter in parameters:
        if parameter.shape in by_shape:
            parameter.set_data(nd.array(by_shape[parameter.shape].copy()))


def _weight(parameters: list[Any], case: Case) -> Any:
    return next(p for p in parameters if p.shape == case["weight"].shape)
