"""`summary(net, x)`: every block with its output shape and its number of parameters, each parameter counted once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from miniblocks.parameter import Parameter
from miniblocks.tape import no_grad
from miniblocks.tensor import Tensor


@dataclass(frozen=True)
class Row:
    """One block: its path, its kind, the shapes of its outputs by call, and its own parameters not counted above."""

    path: str
    kind: str
    outputs: tuple[tuple[int, ...], ...]
    count: int
    shared: int


@dataclass(frozen=True)
class Summary:
    """The table, and the totals: trained, frozen or constant, of unknown size, and bytes."""

    rows: list[Row]
    trained: int
    frozen: int
    unknown: int
    size: int

    def __str__(self) -> str:
        head = ("block", "kind", "output", "parameters")
        body = [(r.path or "(net)", r.kind, _shapes(r.outputs), _counted(r)) for r in self.rows]
        widths = [max(len(row[i]) for row in [head, *body]) for i in range(4)]
        lines = [
            "  ".join(
                cell.rjust(w) if i == 3 else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
            )
            for row in [head, *body]
        ]
        rule = "─" * len(lines[0])
        totals = f"{self.trained + self.frozen:,} parameters: {self.trained:,} trained, {self.frozen:,} not; {self.size:,} bytes"
        unknown = f"; {self.unknown} of unknown shape" if self.unknown else ""
        return "\n".join([lines[0], rule, *lines[1:], rule, totals + unknown])

    __repr__ = __str__


def _shapes(outputs: tuple[tuple[int, ...], ...]) -> str:
    times = f" ×{len(outputs)}" if len(outputs) > 1 else ""
    return f"{outputs[-1]}{times}" if outputs else "not called"


def _counted(row: Row) -> str:
    return f"{row.count:,}" + (f" (+{row.shared:,} shared)" if row.shared else "")


def summary(net: Any, *inputs: Tensor) -> Summary:
    """The table for one forward pass on `inputs` (without inputs, shapes are not shown)."""
    outputs: dict[int, list[tuple[int, ...]]] = {}
    blocks = list(net.named_blocks())
    removers = [
        block.register_forward_hook(lambda b, _, out: outputs.setdefault(id(b), []).append(_shape(out)))
        for _, block in blocks
    ]
    try:
        if inputs:
            with no_grad():
                net(*inputs)
    finally:
        for remove in removers:
            remove()
    seen: set[Parameter] = set()
    rows = [_row(path, block, tuple(outputs.get(id(block), ())), seen) for path, block in blocks]
    known = [p for p in seen if p.is_shape_known]
    trained = sum(_size(p) for p in known if p.grad_req != "null")
    size = sum(_size(p) * p.data().raw.element_size() for p in known if p.is_initialized)
    return Summary(rows, trained, sum(map(_size, known)) - trained, len(seen) - len(known), size)


def _row(path: str, block: Any, outputs: tuple[tuple[int, ...], ...], seen: set[Parameter]) -> Row:
    own = list(block.params.values())
    new = [p for p in own if p not in seen]
    seen.update(new)
    count, total = (sum(_size(p) for p in ps if p.is_shape_known) for ps in (new, own))
    return Row(path, type(block).__name__, outputs, count, total - count)


def _size(parameter: Parameter) -> int:
    return math.prod(parameter.shape or ())


def _shape(output: Any) -> tuple[int, ...]:
    return output.shape if isinstance(output, Tensor) else ()
