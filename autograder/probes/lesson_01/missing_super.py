"""Builds the learner's MLP, with and without keyword arguments, and notes whether `Block.__init__` ran."""

from __future__ import annotations

from typing import Any
from unittest import mock

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_01.planting import collect, plant
from miniblocks import nd, nn


@probe("01-missing-super")
def _(answer: Any, case: Case, see: Observer) -> None:
    see["bases"] = [base.__name__ for base in getattr(answer, "__bases__", ())]
    see["mentions_super"] = _mentions_super(answer)
    entered: list[str] = []
    finished: list[str] = []
    block_init = nn.Block.__init__

    def noted(self: nn.Block, *args: Any, **kwargs: Any) -> None:
        entered.append(type(self).__name__)
        block_init(self, *args, **kwargs)
        finished.append(type(self).__name__)

    with see.attempt("pass it a prefix"):
        see["name"] = answer(case["hidden"], case["units"], prefix=case["prefix"]).name
    with mock.patch.object(nn.Block, "__init__", noted), see.attempt("build the network"):
        net = answer(case["hidden"], case["units"])
    name = getattr(answer, "__name__", "")
    see["block_init"] = "finished" if name in finished else "entered" if name in entered else "never"
    if "build the network" in see.errors:
        return
    see["kind"] = isinstance(net, nn.Block)
    with see.attempt("set its weights and call it"):
        for layer in (net.hidden, net.output):
            layer.initialize()
        net(nd.array(case["x"]))
        for layer, values in zip((net.hidden, net.output), case["layers"]):
            plant((layer.weight, layer.bias), [values])
        see["output"] = net(nd.array(case["x"]))
    with see.step("build another network"):
        fresh = answer(case["hidden"], case["units"])
        handles = [p for layer in (fresh.hidden, fresh.output) for p in (layer.weight, layer.bias)]
    collect(see, fresh, case["x"], [case["marker"]] * 4, handles)


def _mentions_super(answer: Any) -> bool:
    """Whether the source of `__init__` names the parent's at all; chooses the words of a finding, never marks."""
    code = getattr(getattr(answer, "__init__", None), "__code__", None)
    return code is not None and bool({"super", "Block"} & set(code.co_names))
