"""Looking at what was recorded, without touching it: for drawings, steppers, and curious people. And anomaly mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from miniblocks.errors import AnomalyError
from miniblocks.ops import Op
from miniblocks.places import here
from miniblocks.tensor import Node, Tensor, mode


@dataclass(frozen=True)
class RecordedNode:
    """One node of the recorded graph: an operation, or a leaf (`op` is "leaf").

    `parents` are positions in the list that `recorded` returns; None stands for an argument without gradient.
    `key` tells which node this is; it is the tape's own, and not to be changed.
    """

    op: str
    shape: tuple[int, ...]
    parents: tuple[int | None, ...]
    static: dict[str, Any]
    leaf: Tensor | None = None
    freed: bool = False
    key: Any = field(default=None, repr=False, compare=False)

    def made(self, tensor: Tensor) -> bool:
        """Whether this is where the tensor's present value comes from."""
        return self.key is (tensor.node or tensor)


def recorded(output: Tensor) -> list[RecordedNode]:
    """The recorded graph behind `output`, leaves and operations, each after its parents; `output` is the last.

    >>> x = Tensor(torch.ones(2), requires_grad=True)
    >>> [(node.op, node.parents) for node in recorded((x * x).sum())]
    [('leaf', ()), ('mul', (0, 0)), ('sum', (1,))]
    """
    positions: dict[Any, int] = {}
    found: list[RecordedNode] = []
    for item in _in_order(output.node or output):
        positions[item] = len(found)
        if isinstance(item, Node):
            parents = tuple(None if p is None else positions[p] for p in item.parents)
            found.append(RecordedNode(item.op.name, tuple(item.shape), parents, item.static, None, item.freed, item))
        else:
            found.append(RecordedNode("leaf", item.shape, (), {}, item, False, item))
    return found


def _in_order(root: Any) -> list[Any]:
    """Nodes and leaves, parents first, without recursion."""
    order: list[Any] = []
    seen: set[Any] = set()
    stack = [(root, False)]
    while stack:
        item, done = stack.pop()
        if done:
            order.append(item)
        elif item not in seen:
            seen.add(item)
            stack.append((item, True))
            parents = item.parents if isinstance(item, Node) else ()
            stack.extend((p, False) for p in reversed(parents) if p is not None)
    return order


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Stop at the first operation that makes a nan or an infinity out of finite inputs, and say where."""
    before, mode.observer = mode.observer, _look
    try:
        yield
    finally:
        mode.observer = before


def _look(op: Op, args: tuple[Any, ...], static: dict[str, Any], out: Tensor) -> None:
    inputs = [a.raw for a in args if isinstance(a, Tensor)]
    if (
        out.raw.is_floating_point()
        and not torch.isfinite(out.raw).all()
        and all(torch.isfinite(i).all() for i in inputs)
    ):
        place = here()
        kind = "a nan" if out.raw.isnan().any() else "an infinity"
        shapes = ", ".join(str(tuple(i.shape)) for i in inputs)
        raise AnomalyError(
            f"`{op.name}` made {kind} out of finite inputs of shape {shapes}, at {place.file}:{place.line}: `{place.text}`"
        )
