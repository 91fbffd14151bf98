"""Questions to whole networks: is it ready, and which part got which initializer."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import init, nd, nn
from miniblocks.errors import InitializationError

EXERCISES = ("03-deferred-shapes", "03-parts-by-regex")


def state(net: nn.Block) -> dict[str, Any]:
    """Every parameter's values, or why it has none."""
    return {name: _values(parameter) for name, parameter in net.collect_params().items()}


def _values(parameter: nn.Parameter) -> np.ndarray | str:
    try:
        return parameter.data().asnumpy()
    except InitializationError as error:
        return f"{type(error).__name__}, shape {parameter.shape}"


# -- 03-deferred-shapes ------------------------------------------------------------------------------------------


@probe("03-deferred-shapes")
def _(answer: Any, case: Case, see: Observer) -> None:
    net = _network(case)

    def ask(stage: str) -> None:
        see[f"{stage} before"] = state(net)
        with see.attempt(stage):
            see[stage] = answer(net)
        see[f"{stage} after"] = state(net)

    if case["life"] != "last-waits":
        if case["life"] == "no-bias-yet":
            for layer in net:
                layer.weight.initialize()
            ask("weights")
        else:
            ask("made")
    with see.step("initialize the network"):
        _initialize(net)
    ask("initialized")
    with see.step("call the network"):
        net(nd.random.uniform(shape=(2, case["inputs"])))
    ask("called")


def _initialize(net: nn.Block) -> None:
    """Like `net.initialize()`, without its warning where a part was initialized before."""
    for parameter in net.collect_params().values():
        if not parameter.is_initialized:
            parameter.initialize()


def _network(case: Case) -> nn.Sequential:
    (a, b, c), inputs = case["units"], case["inputs"]
    net = nn.Sequential()
    if case["life"] == "plain":
        net.add(nn.Dense(a, activation="relu"), nn.Dense(b))
    elif case["life"] == "nested":
        inner, outer = nn.Sequential(), nn.Sequential()
        inner.add(nn.Dense(b))
        outer.add(inner)
        net.add(nn.Dense(a, activation="relu", in_units=inputs), outer)
    else:
        net.add(nn.Dense(a, activation="relu", in_units=inputs), nn.Dense(b, in_units=a))
        if case["life"] == "last-waits":
            net.add(nn.Dense(c))
    return net


# -- 03-parts-by-regex -------------------------------------------------------------------------------------------


@probe("03-parts-by-regex")
def _(answer: Any, case: Case, see: Observer) -> None:
    net = _nested(case["layers"]) if case["net"] == "nested" else _flat(case["layers"])
    net.initialize()
    for parameter in net.collect_params().values():
        parameter.set_data(nd.random.uniform(0.1, 0.9, shape=parameter.shape))
    see["before"] = state(net)
    with see.attempt("initialize the parts"):
        answer(net, [(pattern, init.Constant(value)) for pattern, value in case["rules"]])
    see["after"] = state(net)


def _flat(layers: int) -> nn.Sequential:
    net = nn.Sequential()
    net.add(*(nn.Dense(3, in_units=3) for _ in range(layers)))
    return net


def _nested(layers: int) -> nn.Sequential:
    net = nn.Sequential()
    for name in ("encoder", "decoder"):
        part = nn.Sequential(prefix=f"{name}_")
        part.add(*(nn.Dense(3, in_units=3, prefix=f"{name}_dense{i}_") for i in range(4)))
        net.add(part)
    net.add(*(nn.Dense(3, in_units=3) for _ in range(layers - 8)))
    return net
