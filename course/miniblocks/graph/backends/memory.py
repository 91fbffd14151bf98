"""Memory planning: which values may share memory, because one is no longer read when the other is made."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch

from miniblocks.graph.ir import Graph, Ref, Step, leaves, reads, shares
from miniblocks.ops.elementwise import torch_dtype


class Lifetimes:
    """For each value the one whose storage it lives in (`home`), and where that storage is read for the last time.

    A view lives in its argument's storage. `leaving` are the homes of what is returned: nobody may write over them.
    """

    def __init__(self, graph: Graph) -> None:
        self.homes: dict[Ref, Ref] = {}
        self.last: dict[Ref, int] = {}
        for i, instruction in enumerate(graph.steps):
            for ref in reads(instruction):
                self.last[self.home(ref)] = i
            if isinstance(instruction, Step) and shares(instruction):
                self.homes[instruction.result] = self.home(instruction.args[0])
        self.leaving = {self.home(ref) for ref in leaves(graph.outputs)}
        for ref in (*leaves(graph.outputs), *graph.writes.values()):
            self.last[self.home(ref)] = len(graph.steps)

    def home(self, ref: Ref) -> Ref:
        return self.homes.get(ref, ref)

    def ends(self, ref: Ref, i: int) -> bool:
        """Whether the storage of a value is not read after instruction i."""
        return self.last.get(self.home(ref), -1) <= i


class Buffers:
    """The buffers of a program. A freed one serves the next value of its dtype that fits into it, the smallest first.

    `planned` is what all of them take, `unplanned` what the values would take with a buffer for each.
    """

    def __init__(self, device: torch.device, reuse: bool = True) -> None:
        self.device, self.reuse = device, reuse
        self.all: list[torch.Tensor] = []
        self.free: list[torch.Tensor] = []
        self.unplanned = 0

    @property
    def planned(self) -> int:
        return sum(flat.nbytes for flat in self.all)

    def take(self, shape: Iterable[int], dtype: str, channels_last: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
        """(a flat buffer, its beginning as a tensor of this shape)"""
        shape, kind = tuple(shape), torch_dtype(dtype)
        count = math.prod(shape)
        self.unplanned += count * kind.itemsize
        fitting = [flat for flat in self.free if flat.dtype is kind and flat.numel() >= count] if self.reuse else []
        if fitting:
            flat = min(fitting, key=torch.Tensor.numel)
            self.free = [other for other in self.free if other is not flat]
        else:
            flat = torch.empty(count, dtype=kind, device=self.device)
            self.all.append(flat)
        if channels_last:
            n, c, h, w = shape
            return flat, flat[:count].view(n, h, w, c).permute(0, 3, 1, 2)
        return flat, flat[:count].view(shape)

    def hold(self, array: torch.Tensor) -> None:
        """Count an array that nothing else may use."""
        self.all.append(array)
        self.unplanned += array.nbytes

    def give_back(self, flat: torch.Tensor) -> None:
        self.free.append(flat)
