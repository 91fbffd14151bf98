"""Who shares a parameter with whom, and the shared gradient as the sum of what each use contributes.

A use is an operation that takes the parameter's tensor as an argument. What it contributes is found by the framework itself: the
gradient that arrives at the operation's output is sent once more through that operation alone, with a leaf of its own in each place
where the parameter stood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorers.state.calls import in_use, watching
from explorers.state.changes import own_draws
from explorers.state.depth import first_tensor, sampled
from explorers.state.tree import Row, rows
from miniblocks import autograd
from miniblocks.nn import Block, Parameter
from miniblocks.ops import Op
from miniblocks.tensor import Tensor, apply, mode

ROWS = 256  # of a batch at most
REST = "other uses"


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


@dataclass
class _Use:
    label: str
    op: Op
    args: tuple[Any, ...]
    static: dict[str, Any]
    arriving: Tensor | None = None


def contributions(net: Block, inputs: Sequence[Any], loss: Callable[[Any], Tensor] | None = None) -> Ties:
    """Send inputs through and back from `loss(output)` (its sum, unless told); no gradient that is kept changes.

    Raises whatever the network or the loss raises.
    """
    inputs, note = sampled(inputs, ROWS)
    stack: list[str] = []
    calls: Counter[str] = Counter()
    uses: dict[int, list[_Use]] = {}

    def enter(path: str, block: Block) -> None:
        calls[path] += 1
        stack.append(f"{path or 'net'}" + (f", call {calls[path]}" if calls[path] > 1 else ""))

    def leave(path: str, block: Block, output: Any) -> None:
        stack.pop()

    def look(op: Op, args: tuple[Any, ...], static: dict[str, Any], out: Tensor) -> None:
        taken = [id(a) for a in args if isinstance(a, Tensor) and id(a) in mine]
        if not taken or not out.requires_grad:
            return
        use = _Use(f"{stack[-1] if stack else 'net'}: {op.name}", op, args, static)
        out.register_hook(lambda g: setattr(use, "arriving", g))
        for key in dict.fromkeys(taken):
            uses.setdefault(key, []).append(use)

    with own_draws(0), in_use(net), autograd.record():
        _settle(net, inputs)
        known = {id(p): p for p in net.collect_params().values() if p.grad_req != "null" and p.is_initialized}
        mine = {id(p.data()): p for p in known.values()}
        before, mode.observer = mode.observer, look
        try:
            with watching(net, enter, leave):
                output = net(*inputs)
            value = first_tensor(output).sum() if loss is None else loss(output)
        finally:
            mode.observer = before
        leaves = [p.data() for p in known.values()]
        whole = dict(zip(map(id, leaves), autograd.grad(value, leaves))) if value.requires_grad else {}
        shown = [
            _shared(p, places(net)[id(p)], uses.get(id(p.data()), []), whole)
            for p in known.values()
            if id(p) in places(net)
        ]
    shared = [s for s in shown if len(s.places) > 1 or len(s.uses) > 1]
    return Ties(tuple(shared), len(shown) - len(shared), note)


def _settle(net: Block, inputs: Sequence[Any]) -> None:
    """Where shapes wait for the first call, this is it."""
    if any(not p.is_initialized for p in net.collect_params().values()):
        with autograd.no_grad():
            net(*inputs)


def _shared(parameter: Parameter, where: list[Row], uses: list[_Use], whole: dict[int, Tensor]) -> Shared:
    leaf = parameter.data()
    found = [c for use in uses if use.arriving is not None for c in _through(use, leaf)]
    gradient = whole[id(leaf)].asnumpy() if id(leaf) in whole else None
    if gradient is not None:
        rest = gradient - sum((c.gradient for c in found), np.zeros_like(gradient))
        if np.abs(rest).max(initial=0.0) > 1e-4 * max(1e-12, float(np.abs(gradient).max(initial=0.0))):
            found.append(Contribution(REST, rest))  # a Function of one's own, say, which no observer sees
    return Shared(parameter.name, tuple(row.path for row in where), tuple(found), gradient)


def _through(use: _Use, leaf: Tensor) -> list[Contribution]:
    """The operation alone, with a leaf of its own wherever the parameter stood."""
    fresh = {i: Tensor(leaf.raw, requires_grad=True) for i, a in enumerate(use.args) if a is leaf}
    args = [fresh.get(i, Tensor(a.raw) if isinstance(a, Tensor) else a) for i, a in enumerate(use.args)]
    for given, new in zip(use.args, args, strict=True):
        if isinstance(given, Tensor):
            new._device = given._device
    out = apply(use.op, *args, **use.static)
    gradients = autograd.grad(out, list(fresh.values()), use.arriving)
    several = len(fresh) > 1
    return [
        Contribution(use.label + (f", argument {i + 1}" if several else ""), g.asnumpy())
        for i, g in zip(fresh, gradients)
    ]


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
