"""Who shares a parameter with whom, and the shared gradient as the sum of what each use contributes.

A use is an operation that takes the parameter's tensor as an argument. What it contributes is the share that the tape's own walk
hands to that argument (`autograd.backward_steps`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorers.state.calls import in_use, settle, watching
from explorers.state.changes import own_draws
from explorers.state.depth import first_tensor, sampled
from explorers.state.tree import Row, rows
from miniblocks import autograd
from miniblocks.nn import Block
from miniblocks.tensor import Tensor, mode

ROWS = 256  # of a batch at most


@dataclass(frozen=True)
class Contribution:
    """What one use adds to the gradient."""

    label: str  # the block at work, its call, and the operation
    gradient: np.ndarray


@dataclass(frozen=True)
class Shared:
    """A parameter that several uses or places share: where it stands, its contributions, and its whole gradient."""

    name: str
    places: tuple[str, ...]
    uses: tuple[Contribution, ...]
    gradient: np.ndarray | None  # by one backward walk; None where none arrives


@dataclass(frozen=True)
class Ties:
    """All parameters, shared ones first, and what has to be said."""

    shared: tuple[Shared, ...]
    alone: int  # how many are used once
    note: str = ""


def places(net: Block) -> dict[int, list[Row]]:
    """The rows of the tree for each parameter, by id."""
    found: dict[int, list[Row]] = {}
    for row in rows(net):
        if row.parameter is not None:
            found.setdefault(id(row.parameter), []).append(row)
    return found


def contributions(net: Block, inputs: Sequence[Any], loss: Callable[[Any], Tensor] | None = None) -> Ties:
    """Send inputs through and back from `loss(output)` (its sum, unless told); no gradient that is kept changes.

    Raises whatever the network or the loss raises.
    """
    inputs, note = sampled(inputs, ROWS)
    with own_draws(0), in_use(net), autograd.record():
        settle(net, inputs)
        value, at = _placed(net, inputs, loss)
        uses = _uses(value, at)
        where = places(net)
        known = [p for p in net.collect_params().values() if p.grad_req != "null" and p.is_initialized]
        leaves = [p.data() for p in known]
        whole = autograd.grad(value, leaves) if value.requires_grad else [None] * len(leaves)
    shown = [
        Shared(
            p.name,
            tuple(row.path for row in where[id(p)]),
            tuple(uses.get(id(leaf), ())),
            None if g is None else g.asnumpy(),
        )
        for p, leaf, g in zip(known, leaves, whole, strict=True)
    ]
    shared = [s for s in shown if len(s.places) > 1 or len(s.uses) > 1]
    return Ties(tuple(shared), len(shown) - len(shared), note)


def _placed(net: Block, inputs: Sequence[Any], loss: Callable[[Any], Tensor] | None) -> tuple[Tensor, dict[Any, str]]:
    """The number to go back from, and for each recorded operation the block at work, with its call."""
    stack: list[str] = []
    calls: Counter[str] = Counter()
    at: dict[Any, str] = {}

    def enter(path: str, block: Block) -> None:
        calls[path] += 1
        stack.append(f"{path or 'net'}" + (f", call {calls[path]}" if calls[path] > 1 else ""))

    def leave(path: str, block: Block, output: Any) -> None:
        stack.pop()

    def look(op: Any, args: Any, static: Any, out: Tensor) -> None:
        if stack and out.node is not None:
            at[out.node] = stack[-1]

    before, mode.observer = mode.observer, look
    try:
        with watching(net, enter, leave):
            output = net(*inputs)
        return (first_tensor(output).sum() if loss is None else loss(output)), at
    finally:
        mode.observer = before


def _uses(value: Tensor, at: dict[Any, str]) -> dict[int, list[Contribution]]:
    """For each leaf, by id, what the operations that took it hand to it, first use first."""
    if not value.requires_grad:
        return {}
    nodes = autograd.recorded(value)
    steps = {step.key: dict(step.shares) for step in autograd.backward_steps(value)}
    found: dict[int, list[Contribution]] = {}
    for node in nodes:
        taken = [(i, nodes[p].leaf) for i, p in enumerate(node.parents) if p is not None and nodes[p].leaf is not None]
        for i, leaf in taken:
            share = steps.get(node.key, {}).get(i)
            twice = sum(other is leaf for _, other in taken) > 1
            label = f"{at.get(node.key, 'outside')}: {node.op}" + (f", argument {i + 1}" if twice else "")
            if share is not None:
                found.setdefault(id(leaf), []).append(Contribution(label, share.asnumpy()))
    return found


def unread(net: Block) -> Ties:
    """Who shares with whom, where no inputs tell the gradients."""
    found = places(net)
    shared = [Shared(at[0].name, tuple(r.path for r in at), (), None) for at in found.values() if len(at) > 1]
    return Ties(tuple(shared), len(found) - len(shared), "Give inputs to see gradients: ties(net, x).")


def norm(values: np.ndarray) -> float:
    """The length of an array taken as one vector."""
    return float(np.linalg.norm(values.astype(np.float64)))


def cosine(a: np.ndarray, b: np.ndarray) -> float | None:
    """1 where both point the same way, -1 where they oppose each other; None where one is 0."""
    lengths = norm(a) * norm(b)
    return float((a.astype(np.float64) * b).sum() / lengths) if lengths else None
