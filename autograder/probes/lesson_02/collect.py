"""Let the learner collect the parameters of planned networks, write through what was collected, read the network's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_02.planned import build, mark, read, settle
from miniblocks import nn

EXERCISES = ("02-own-collect",)
WALKS = (
    "miniblocks.nn.Block.collect_params",
    "miniblocks.nn.Block.named_blocks",
    "miniblocks.nn.Block.apply",
    "miniblocks.checkpoint.paths_of",
)


@probe("02-own-collect", forbids=WALKS)
def _(answer: Any, case: Case, see: Observer) -> None:
    net, own = build(case["plan"])
    if case["first"] is not None:
        with see.step("collect from another network first"):
            answer(build(case["first"])[0])
    before = _held_by(net)
    with see.attempt("collect"):
        found = answer(net) if case["select"] is None else answer(net, case["select"])
        _look(found, own, case, see)
    see["before"], see["after"] = before, _held_by(net)


def _look(found: Any, own: Mapping[str, nn.Parameter], case: Case, see: Observer) -> None:
    if not isinstance(found, (Mapping, nn.ParameterDict)):
        see["returned"] = f"a {type(found).__name__}"
        return
    items = dict(found.items())
    see["names"] = [str(name) for name in items]
    settle(own.values())
    see["kinds"] = mark(items.values(), case["marks"])
    see["held"] = read(own)


def _held_by(net: nn.Block) -> list[str]:
    """Every block's own parameters and children, by name: what collecting must not change."""
    held = [f"{name} in {net.prefix}" for name in net.params]
    for name, child in net._children.items():
        held += [f"{net.prefix}/{name}", *_held_by(child)]
    return held
