"""Softmax, its logarithm, and cross-entropy, in C."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from miniblocks.graph.backends.native.arrays import C_TYPES, FLOATS, Array, Operand, at, loops
from miniblocks.graph.backends.native.expressions import suffix
from miniblocks.graph.backends.native.kernel import Kernel
from miniblocks.graph.ir import Step

IGNORED = -100  # the label of a row that does not count, as in torch


def _lines(
    kernel: Kernel, arrays: Sequence[Array], axis: int, write: Callable[[list[str], list[int], int], None]
) -> None:
    """Go through arrays of one shape along an axis: `write` gets where each line begins, how far its elements lie apart, and how many there are."""
    axis %= len(arrays[0].shape)
    others = [a for a in range(len(arrays[0].shape)) if a != axis]
    around = loops([array.along(others) for array in arrays])
    with kernel.loops(around.sizes) as names:
        starts = [around.index(i, names) for i in range(len(arrays))]
        write(starts, [array.strides[axis] for array in arrays], arrays[0].shape[axis])


def softmax(step: Step, operands: Sequence[Operand], out: Array) -> Kernel | None:
    """`softmax` and `log_softmax`; the largest of a line is taken off first, so that no power overflows."""
    (x,) = operands
    if not _fit(operands, out) or not isinstance(x, Array) or not x.shape:
        return None
    kernel, kind, f = Kernel(out), out.c_type, suffix(out.dtype)
    a, y, largest, total = kernel.pointer(x), kernel.y, kernel.helper("largest", x.dtype), kernel.helper("sum", x.dtype)

    def write(starts: list[str], apart: list[int], count: int) -> None:
        kernel.line(f"const {kind} top = {largest}({a} + {starts[1]}, {count}, {apart[1]});")
        here, there = (f"{n}[{s} + {at(('j', d))}]" for n, s, d in zip((y, a), starts, apart))
        each = f"for (long j = 0; j < {count}; j++) {here} ="
        kernel.line(f"{each} exp{f}({there} - top);")
        kernel.line(f"const {kind} all = {total}({y} + {starts[0]}, {count}, {apart[0]});")
        if step.operation == "softmax":
            kernel.line(f"{each} {here} / all;")
        else:
            kernel.line(f"const {kind} power = log{f}(all);")
            kernel.line(f"{each} {there} - top - power;")

    _lines(kernel, [out, x], step.static["axis"], write)
    return kernel


def log_softmax_input(step: Step, operands: Sequence[Operand], out: Array) -> Kernel | None:
    """Its gradient: g - exp(y) · (sum of g), y being its result."""
    g, p = operands
    if not _fit(operands, out) or not isinstance(g, Array) or not isinstance(p, Array) or not g.shape:
        return None
    kernel, f = Kernel(out), suffix(out.dtype)
    a, b, total = kernel.pointer(g), kernel.pointer(p), kernel.helper("sum", g.dtype)

    def write(starts: list[str], apart: list[int], count: int) -> None:
        kernel.line(f"const {out.c_type} all = {total}({a} + {starts[1]}, {count}, {apart[1]});")
        y, g, p = (f"{n}[{s} + {at(('j', d))}]" for n, s, d in zip((kernel.y, a, b), starts, apart))
        kernel.line(f"for (long j = 0; j < {count}; j++) {y} = {g} - exp{f}({p}) * all;")

    _lines(kernel, [out, g, p], step.static["axis"], write)
    return kernel


def _fit(operands: Sequence[Operand], out: Array) -> bool:
    """Whether all are arrays of the result's kind."""
    alike = all(isinstance(x, Array) and (x.dtype, x.shape) == (out.dtype, out.shape) for x in operands)
    return alike and out.dtype in FLOATS


def nll(step: Step, operands: Sequence[Operand], out: Array) -> Kernel | None:
    """The mean of -p[label] over the rows of p."""
    p, labels = operands
    if not isinstance(p, Array) or not isinstance(labels, Array) or p.dtype != out.dtype or not _labels(labels, p):
        return None
    kernel = Kernel(out)
    a, b, kernel.fails = kernel.pointer(p), kernel.pointer(labels), True
    kernel.line("double total = 0;")
    kernel.line("long rows = 0;")
    with kernel.loops(p.shape[:1]) as (i,):
        _label(kernel, f"{b}[{at((i, labels.strides[0]))}]", p.shape[1])
        kernel.line(f"total -= {a}[{at((i, p.strides[0]), ('label', p.strides[1]))}];")
        kernel.line("rows++;")
    kernel.line(f"{kernel.y}[0] = total / rows;")
    return kernel


def nll_input(step: Step, operands: Sequence[Operand], out: Array) -> Kernel | None:
    """Its gradient: zeros but for -g/rows at the labels."""
    g, labels = operands
    if not isinstance(g, Array) or g.shape or not isinstance(labels, Array) or g.dtype != out.dtype:
        return None
    if not _labels(labels, out):
        return None
    kernel, (rows, classes) = Kernel(out), out.shape
    a, b, kernel.fails = kernel.pointer(g), kernel.pointer(labels), True
    row, column = out.strides
    with kernel.loops((rows,)) as (i,):
        kernel.line(f"for (long j = 0; j < {classes}; j++) {kernel.y}[{at((i, row), ('j', column))}] = 0;")
        _label(kernel, f"{b}[{at((i, labels.strides[0]))}]", classes)
        kernel.line(f"{kernel.y}[{at((i, row), ('label', column))}] = -{a}[0] / {rows};")
    return kernel


def _labels(labels: Array, p: Array) -> bool:
    whole = labels.dtype in C_TYPES and labels.dtype not in (*FLOATS, "bool")
    return whole and len(p.shape) == 2 and labels.shape == p.shape[:1] and p.dtype in FLOATS


def _label(kernel: Kernel, word: str, classes: int) -> None:
    """Look at a label. One that is not there is left to torch, which knows what to say."""
    kernel.line(f"const long label = {word};")
    kernel.line(f"if (label == {IGNORED}) continue;")
    kernel.line(f"if (label < 0 || label >= {classes}) return 1;")


RULES = {
    "softmax": softmax,
    "log_softmax": softmax,
    "log_softmax_input": log_softmax_input,
    "nll": nll,
    "nll_input": nll_input,
}
