"""Networks built by plan, and marks written through one handle and read through another.

A plan is described in the head of `judges/lesson_02/plans.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from miniblocks import nd, nn


class Part(nn.Block):
    """A block that holds what a plan gives it, and computes nothing."""

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        return x


def build(plan: Sequence[Mapping[str, Any]]) -> tuple[nn.Block, dict[str, nn.Parameter]]:
    """The network, and its parameters by their paths (a parameter with two places has two)."""
    blocks: dict[str, nn.Block] = {}
    owned: dict[str, nn.Parameter] = {}
    for row in plan:
        block = blocks[row["path"]] = _block(row, blocks)
        where, _, name = row["path"].rpartition(".")
        if row["path"]:
            _attach(blocks[where], name, block)
        for parameter in block.params.values():
            owned[".".join(filter(None, (row["path"], parameter.name.rsplit("_", 1)[-1])))] = parameter
    return blocks[""], owned


def _block(row: Mapping[str, Any], blocks: Mapping[str, nn.Block]) -> nn.Block:
    if row["same_as"] is not None:
        return blocks[row["same_as"]]
    shared = None if row["shares"] is None else blocks[row["shares"]].params
    if row["kind"] == "dense":
        [weight, bias] = row["parameters"]
        units, inputs = weight["shape"]
        block: nn.Block = nn.Dense(units, in_units=inputs, dtype=weight["dtype"], prefix=row["prefix"], params=shared)
    else:
        block = (nn.Sequential if row["kind"] == "sequential" else Part)(prefix=row["prefix"], params=shared)
        for declared in row["parameters"]:
            _declare(block, declared)
    for declared in row["parameters"]:
        if declared["role"] == "frozen":
            block.params[declared["name"]].grad_req = "null"
    return block


def _declare(block: nn.Block, declared: Mapping[str, Any]) -> None:
    name, shape = declared["name"].removeprefix(block.params.prefix), tuple(declared["shape"])
    if declared["role"] == "constant":
        block.params.get_constant(name, np.zeros(shape, declared["dtype"]))
    else:
        block.params.get(name, shape=shape, dtype=declared["dtype"])


def _attach(parent: nn.Block, name: str, block: nn.Block) -> None:
    if name.isdigit():
        parent.register_child(block)
    else:
        setattr(parent, name, block)


def initialize(parameters: Iterable[nn.Parameter]) -> None:
    """Give first values to those that have none; where the shape is open, that waits."""
    for parameter in parameters:
        if not parameter.is_initialized:
            parameter.initialize()


def settle(parameters: Iterable[nn.Parameter]) -> None:
    """Give values to all, those as well whose shape no call has told: their open sizes become 2."""
    for parameter in parameters:
        if not parameter.is_initialized:
            parameter.shape = tuple(n or 2 for n in parameter.shape or ())
            parameter.initialize()


def mark(handles: Iterable[Any], marks: Iterable[float]) -> list[str]:
    """Fill what each handle stands for with a number of its own; the kind of each handle, in words."""
    kinds = []
    for handle, value in zip(handles, marks):
        kinds.append(type(handle).__name__)
        if isinstance(handle, nn.Parameter) and handle.is_initialized:
            handle.set_data(np.full(handle.shape, value))
    return kinds


def read(own: Mapping[str, nn.Parameter]) -> dict[str, float]:
    """What parameters hold, as one number each: their least value, where it is also their greatest."""
    return {path: _number(parameter) for path, parameter in own.items()}


def _number(parameter: nn.Parameter) -> float:
    if not parameter.is_initialized:
        return float("nan")
    values = parameter.data().asnumpy()
    return float(values.min()) if values.size and values.min() == values.max() else float("nan")


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings about a second initialize() are none of the learner's business here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
