"""Blocks made of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from miniblocks.block import Block
from miniblocks.tensor import Tensor


class Sequential(Block):
    """Blocks in a row: each gets what the one before it gave. `Sequential(a, b)` or `net.add(a, b)`.

    >>> from miniblocks import nn
    >>> net = nn.Sequential(nn.Dense(4), nn.Flatten(), nn.Dense(2))
    >>> len(net), len(net[1:]), net[-1].units
    (3, 2, 2)
    """

    def __init__(self, *blocks: Block, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.add(*blocks)

    def add(self, *blocks: Block) -> None:
        """Append blocks."""
        for block in blocks:
            self.register_child(block)

    def forward(self, x: Tensor) -> Any:
        for block in self._children.values():
            x = block(x)
        return x

    def __len__(self) -> int:
        return len(self._children)

    def __iter__(self) -> Iterator[Block]:
        return self.children()

    def __getitem__(self, index: int | slice) -> Any:
        blocks = list(self._children.values())
        if isinstance(index, slice):
            part = type(self)(prefix=self.prefix)
            part.add(*blocks[index])
            return part
        return blocks[index]
