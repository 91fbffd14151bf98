"""The backward walk one node at a time, to be looked at: what comes in, and what each argument gets. Nothing is changed by it.

The gradients are the tape's own: each step is a call of the very function that `backward` makes (`tape._spread`). Hooks are not called, no
`grad` is touched, and the graph is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from miniblocks import tape
from miniblocks.ops import RAW, TABLE
from miniblocks.recorded import RecordedNode
from miniblocks.tensor import Node, Tensor


@dataclass(frozen=True)
class BackwardStep:
    """A node's turn: its whole gradient, and what it hands on, as (number of the argument, its share) in order.

    `key` is the node's as in `RecordedNode.key`. An argument that stands twice gets two shares.
    """

    key: Any
    incoming: Tensor
    shares: tuple[tuple[int, Tensor], ...]

    @property
    def has_rule_in_table(self) -> bool:
        """Whether its backward rule is the framework's, and not that of a `Function`."""
        return TABLE.get(self.key.op.name) is self.key.op

    def slope(self, argument: int) -> Tensor | None:
        """The local derivative of an elementwise operation: of each element of the result by its own of the argument.

        What a rule gives for the gradient 1. None where the result's elements depend on several of the argument's: the local
        derivative then is a matrix, which is never made. (A `Function` counts as elementwise where its shapes are equal.)
        """
        node: Node = self.key
        own = not self.has_rule_in_table and dict(self.shares)[argument].shape == self.incoming.shape
        if not (node.op.elementwise or own):
            return None
        return Tensor(self._through(argument, torch.ones_like(self.incoming.raw)))

    def jacobian(self, argument: int) -> Tensor:
        """The local derivative as a matrix: result's elements × argument's elements, one call of the rule a row."""
        size = self.incoming.size
        rows = torch.eye(size, dtype=self.incoming.raw.dtype, device=self.incoming.raw.device)
        return Tensor(
            torch.stack([self._through(argument, row.reshape(self.incoming.shape)).reshape(-1) for row in rows])
        )

    def _through(self, argument: int, g: torch.Tensor) -> torch.Tensor:
        """What the rule makes of a gradient, before broadcasting is undone."""
        node: Node = self.key
        with tape.no_grad():
            g = g if node.op.first is None else node.op.first(RAW, g, node.output)
            found = node.op.vjps[argument](RAW, g, node.output, *node.saved, **node.static)
        return found


class _Shares(dict[Any, Any]):
    """Where the tape puts gradients; it never finds one to add to, so that each share is seen by itself."""

    def __init__(self) -> None:
        self.given: list[Any] = []

    def __contains__(self, key: object) -> bool:
        return False

    def __setitem__(self, key: Any, share: Any) -> None:
        self.given.append(share)


def backward_steps(output: Tensor, gradient: Any = None) -> Iterator[BackwardStep]:
    """The turns of the nodes behind `output`, in the order of `backward`; `gradient` as there.

    Raises `GraphError` where nothing requires a gradient, `FreedGraphError` and `OverwrittenError` where `backward` would.

    >>> x = Tensor(torch.tensor(3.0), requires_grad=True)
    >>> [(step.incoming.item(), [(i, g.item()) for i, g in step.shares]) for step in backward_steps(x * x * 2)]
    [(1.0, [(0, 2.0)]), (2.0, [(0, 6.0), (1, 6.0)])]
    """
    seed = tape._seed(output, gradient)
    if output.node is None:
        return
    grads: dict[Node, torch.Tensor] = {output.node: seed}
    for node in tape._from_last_to_first(output.node):
        g = grads.pop(node, None)
        if g is None:
            continue  # no rule led here
        shares = tuple(_turn(node, g))
        yield BackwardStep(node, Tensor(g), tuple((i, Tensor(share)) for i, share in shares))
        for i, share in shares:
            parent = node.parents[i]
            if isinstance(parent, Node):
                grads[parent] = grads[parent] + share if parent in grads else share


def _turn(node: Node, g: torch.Tensor) -> list[tuple[int, torch.Tensor]]:
    """One turn of the tape, with every share apart."""
    tape._check_versions(node)
    shares = _Shares()
    with tape.no_grad():
        tape._spread(node, g, RAW, False, shares, shares)
    takers = [i for i, parent in enumerate(node.parents) if parent is not None and node.op.vjps[i] is not None]
    return list(zip(takers, shares.given, strict=True))


def backward_seed(output: Tensor, gradient: Any = None) -> Tensor:
    """The gradient that `backward` begins with: ones, unless told."""
    return Tensor(tape._seed(output, gradient))


def known_values(nodes: Sequence[RecordedNode], output: Tensor) -> list[torch.Tensor | None]:
    """The values of the nodes of a record: what the tape has saved, and what can be computed again from that.

    None for what it does not have: a rule that needs shapes alone keeps no values.
    """
    values: list[torch.Tensor | None] = [None if node.leaf is None else node.leaf.raw for node in nodes]
    values[-1] = output.raw
    for i, node in enumerate(nodes):
        if not isinstance(node.key, Node) or node.freed:
            continue
        values[i] = node.key.output if values[i] is None else values[i]
        for parent, saved in zip(node.parents, node.key.saved):
            if parent is not None and values[parent] is None and isinstance(saved, torch.Tensor):
                values[parent] = saved
    for i, node in enumerate(nodes):
        if values[i] is None and not node.freed:
            values[i] = _again(node.key, [None if p is None else values[p] for p in node.parents])
    return values


def _again(node: Node, parents: list[torch.Tensor | None]) -> torch.Tensor | None:
    """A pure operation's value, from those of its arguments; None where one is not known."""
    if TABLE.get(node.op.name) is not node.op or not node.op.pure:
        return None
    args = [saved if given is None else given for saved, given in zip(node.saved, parents)]
    unknown = any(p is not None and given is None for p, given in zip(node.parents, parents))
    if unknown or any(isinstance(a, torch.Size) for a in args):
        return None
    value: torch.Tensor = node.op.forward(*args, **node.static)
    return value
