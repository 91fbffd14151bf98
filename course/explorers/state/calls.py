"""Watching a network compute: which block is at work, and what each call gave. Nothing of it stays afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from miniblocks import autograd
from miniblocks.nn import Block

Enter = Callable[[str, Block], None]
Leave = Callable[[str, Block, Any], None]


def settle(what: Any, inputs: Sequence[Any]) -> None:
    """Call a network that does not know its shapes yet once, unrecorded."""
    if isinstance(what, Block) and any(p.is_deferred for p in what.collect_params().values()):
        with autograd.no_grad():
            what(*inputs)


@contextmanager
def watching(net: Block, enter: Enter, leave: Leave) -> Iterator[None]:
    """Inside, `enter(path, block)` comes before each computation of a block of `net`, and `leave(path, block, output)` after it.

    Hybridized blocks run their own code meanwhile, since a captured graph knows no blocks. An output is None where
    the block raised.
    """
    blocks = list(net.named_blocks())
    before: list[dict[str, Any]] = [
        {key: vars(block)[key] for key in ("forward", "_hybrid") if key in vars(block)} for _, block in blocks
    ]
    try:
        for path, block in blocks:
            watched = _watched(block.forward, path, block, enter, leave)
            vars(block).update({"_hybrid": None, "forward": watched})
        yield
    finally:
        for (_, block), kept in zip(blocks, before, strict=True):
            vars(block).pop("forward", None)
            vars(block).update(kept)


def _watched(forward: Callable[..., Any], path: str, block: Block, enter: Enter, leave: Leave) -> Callable[..., Any]:
    def watched(*args: Any) -> Any:
        output = None
        enter(path, block)
        try:
            output = forward(*args)
            return output
        finally:
            leave(path, block, output)

    return watched


@contextmanager
def in_use(net: Block) -> Iterator[None]:
    """Evaluation mode inside: nothing is dropped, and no running statistics change. Each block's own mode comes back."""
    modes = [(block, block.training) for _, block in net.named_blocks()]
    net.eval()
    try:
        yield
    finally:
        for block, training in modes:
            block.training = training
