"""Looking at what runs, whether it is recorded or not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch

from miniblocks.function import Function
from miniblocks.ops import Op
from miniblocks.places import Place, here
from miniblocks.tensor import Tensor, mode

_FUNCTION = Function.apply.__func__.__code__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Ran:
    """An operation that ran: its arguments and its result as they were then.

    `sources` has for each argument that is a tensor (key as in `RecordedNode`, None without gradient; its values), and for any
    other argument that argument itself. `key` is None for what was not recorded; `recording` is False under `no_grad`.
    """

    op: str
    sources: tuple[Any, ...]
    static: dict[str, Any]
    key: Any
    value: torch.Tensor
    recording: bool
    place: Place


@contextmanager
def watch() -> Iterator[list[Ran]]:
    """Note every operation that runs inside the `with`; what a `Function` computes inside of its forward is left out.

    >>> x = Tensor(torch.ones(2), requires_grad=True)
    >>> with watch() as ran:
    ...     y = (x * 3).detach() + 1
    >>> [(one.op, one.key is not None) for one in ran]
    [('mul', True), ('add', False)]
    """
    ran: list[Ran] = []
    before = mode.observer

    def look(op: Op, args: tuple[Any, ...], static: dict[str, Any], out: Tensor) -> None:
        if before is not None:
            before(op, args, static, out)
        if mode.recording or not _inside_function():
            sources = tuple((key_of(a), a.raw) if isinstance(a, Tensor) else a for a in args)
            ran.append(Ran(op.name, sources, static, out.node, out.raw, mode.recording, here()))

    mode.observer = look
    try:
        yield ran
    finally:
        mode.observer = before


def key_of(tensor: Tensor) -> Any:
    """Where a tensor's gradient goes: to the node that made it, or to itself if it is a leaf; None where it wants none."""
    return (tensor.node or tensor) if tensor.requires_grad else None


def _inside_function() -> bool:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code is not _FUNCTION:
        frame = frame.f_back
    return frame is not None
