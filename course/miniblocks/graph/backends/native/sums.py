"""Reductions over axes in C: loops over what is kept, and in them over what is reduced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext

from miniblocks.graph.backends.native.arrays import Array, Loops, Number, Operand, loops
from miniblocks.graph.backends.native.expressions import cast, literal
from miniblocks.graph.backends.native.kernel import Kernel

COLUMNS = 64  # so many sums grow side by side
Finish = Callable[[str, Sequence[str]], str]


def reduce(
    kernel: Kernel,
    x: Array,
    axes: Sequence[int],
    kept: Sequence[int],
    beside: Sequence[Array],
    finish: Finish,
    largest: bool = False,
) -> None:
    """The sum (or the largest) over some axes of x. `beside` are the result, and what else has the axes that are kept.

    `finish` makes an element of the result of the word for a sum, and of the places in the arrays beside.
    """
    outer, inner = loops([*beside, x.along(kept)]), loops([x.along(axes)])
    neighbours = inner.strides[0][-1] if inner.sizes else 1
    if not largest and outer.sizes and outer.strides[-1][-1] == 1 and neighbours != 1:
        return _columns(kernel, x, outer, inner, finish)
    a, function = kernel.pointer(x), kernel.helper("largest" if largest else "sum", x.dtype)
    kind, start = (x.c_type, "-INFINITY") if largest else ("double", "0")
    with kernel.loops(outer.sizes) as names:
        kernel.line(f"{kind} total = {start};")
        with kernel.loops(inner.sizes[:-1], "k") as more:
            place = f"{outer.index(len(beside), names)} + {inner.index(0, more)}"
            part = f"{function}({a} + {place}, {(inner.sizes or (1,))[-1]}, {neighbours})"
            kernel.line(f"total = larger_{x.c_type}({part}, total);" if largest else f"total += {part};")
        places = [outer.index(i, names) for i in range(len(beside))]
        kernel.line(f"{kernel.y}[{places[0]}] = {finish('total', places)};")
    return None


def _columns(kernel: Kernel, x: Array, outer: Loops, inner: Loops, finish: Finish) -> None:
    """Sums of what lies side by side: some columns at once, row after row, as the memory has them."""
    a, *sizes, width = kernel.pointer(x), *outer.sizes
    wide = width > COLUMNS
    with (
        kernel.loops(sizes) as names,
        kernel.loops([width], "start", COLUMNS) if wide else nullcontext(["0"]) as (start,),
    ):
        count = "count" if wide else str(width)
        if wide:
            kernel.line(f"const long count = {width} - start < {COLUMNS} ? {width} - start : {COLUMNS};")
        kernel.line(f"double totals[{min(width, COLUMNS)}] = {{0}};")
        with kernel.loops(inner.sizes, "k") as more:
            place = f"{outer.index(len(outer.strides) - 1, [*names, start])} + {inner.index(0, more)}"
            kernel.line(f"for (long j = 0; j < {count}; j++) totals[j] += {a}[{place} + j];")
        with kernel.block(f"for (long j = 0; j < {count}; j++)"):
            column = "(start + j)" if wide else "j"
            places = [outer.index(i, [*names, column]) for i in range(len(outer.strides) - 1)]
            kernel.line(f"{kernel.y}[{places[0]}] = {finish('totals[j]', places)};")


def scaled(kernel: Kernel, rate: Operand, dtype: str) -> str | None:
    """A rate, one number for all, as C has it."""
    if isinstance(rate, Number):
        return cast((kernel.number(rate), None), dtype)
    if isinstance(rate, Array):
        return None if rate.shape or rate.dtype != dtype else f"{kernel.pointer(rate)}[0]"
    return literal(float(rate), dtype)
