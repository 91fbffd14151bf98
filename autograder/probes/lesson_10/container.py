"""Builds the learner's container around branches of known weights, calls it, and looks at what it registers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_08.planting import collect, gradients, handles, initialize, plant
from miniblocks import checkpoint, nd, nn

EXERCISES = ("10-parallel-container",)


@probe("10-parallel-container")
def _(answer: Any, case: Case, see: Observer) -> None:
    branches = [_branch(one) for one in case["branches"]]
    if case["what"] == "refused":
        with see.attempt("build with an unknown merge"):
            answer(branches, merge=case["unknown"])
        with see.attempt("build without branches"):
            answer([])
        return
    with see.step("build the container"):
        net = _built(answer, case, branches)
    parameters = [p for branch in branches for p in handles(branch)]
    see["paths"] = list(checkpoint.paths_of(net))
    with see.attempt("call it"):
        x = nd.array(case["x"])
        output = net(x)
        see["output"], see["x after"] = output, x
        with see.attempt("send a gradient back"):
            _send_back(output, case["weigh"])
            see["gradients"] = gradients(parameters)
        see["again"] = net(nd.array(case["again"]))
    collect(see, net, parameters, case["marker"])


def _branch(layer: dict[str, np.ndarray]) -> nn.Block:
    """A dense layer or a 1×1 convolution with these weights; without any, a block that passes x on."""
    if not layer:
        return nn.Identity()
    units, n = layer["weight"].shape[:2]
    made = nn.Dense(units, in_units=n) if layer["weight"].ndim == 2 else nn.Conv2D(units, 1, in_channels=n)
    initialize(handles(made))
    plant(handles(made), [layer])
    return made


def _built(answer: Any, case: Case, branches: list[nn.Block]) -> Any:
    options = {} if case["merge"] is None else {"merge": case["merge"]}
    if case["names"] is None:
        return answer(branches, **options)
    named = dict(zip(case["names"], branches))
    if case["what"] == "nested":
        first, *others = named
        inner = answer({name: named[name] for name in others}, merge="concat")
        return answer({first: named[first], "inner": inner}, **options)
    return answer(named, **options)


def _send_back(output: Any, weigh: list[np.ndarray]) -> None:
    outputs = output if isinstance(output, (list, tuple)) else [output]
    total = (outputs[0] * nd.array(weigh[0])).sum()
    for one, w in zip(outputs[1:], weigh[1:]):
        total = total + (one * nd.array(w)).sum()
    total.backward()
