"""How each operation is written in C: one rule an operation, which gives a kernel; or None, and then torch does that step.

A rule takes a step, its operands (arrays, run-time numbers, numbers of the graph) and the array for the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from miniblocks.graph.backends.kernels import axes_of
from miniblocks.graph.backends.lowering import link_of
from miniblocks.graph.backends.native import losses, products
from miniblocks.graph.backends.native.arrays import FLOATS, Array, Number, Operand, is_exact, loops
from miniblocks.graph.backends.native.expressions import COMPARISONS, OF_FLOATS, Word, expression
from miniblocks.graph.backends.native.kernel import Kernel
from miniblocks.graph.backends.native.sums import reduce, scaled
from miniblocks.graph.infer import infer
from miniblocks.graph.ir import Ref, Step

Rule = Callable[[Step, Sequence[Operand], Array], Kernel | None]


def elementwise(step: Step, operands: Sequence[Operand], out: Array) -> Kernel | None:
    """One operation, or a chain of them, in one loop."""
    links = [link_of(step, i) for i in range(len(step.static["of"]))] if step.operation == "chain" else [step]
    if {infer(each.operation, each.args, each.static) for each in links} != {(step.shape, step.dtype)}:
        return None
    arrays = {ref: a.stretched(out.shape) for ref, a in zip(step.args, operands) if isinstance(a, Array)}
    kernel, around = Kernel(out), loops([out, *arrays.values()])
    words: dict[object, Word] = {r: (kernel.number(n), None) for r, n in zip(step.args, operands) if type(n) is Number}
    with kernel.loops(around.sizes) as names:
        for i, (ref, array) in enumerate(arrays.items()):
            words[ref] = f"{kernel.pointer(array)}[{around.index(i + 1, names)}]", array.dtype
        for i, each in enumerate(links):
            given = [words[a] if isinstance(a, Ref) else a for a in each.args]
            exact = all(isinstance(a, Ref) or is_exact(a) for a in each.args)
            value = expression(each.operation, given, step.dtype, each.static) if exact else None
            if value is None:
                return None
            if i < len(links) - 1:
                kernel.line(f"const {out.c_type} y{i} = {value};")
                words[step.result] = f"y{i}", step.dtype
            else:
                kernel.line(f"{kernel.y}[{around.index(0, names)}] = {value};")
    return kernel


def reduction(step: Step, operands: Sequence[Operand], out: Array) -> Kernel | None:
    """`sum`, `mean`, `amax` and `sum_to`."""
    (x,) = operands
    if not isinstance(x, Array) or x.dtype != out.dtype or out.dtype not in FLOATS:
        return None
    axes, kernel = axes_of(step), Kernel(out)
    if not axes or len(set(axes)) < len(axes):
        return None
    kept, lead = [a for a in range(len(x.shape)) if a not in axes], len(x.shape) - len(out.shape)
    alike = step.operation == "sum_to" or step.static["keepdims"]  # whether the result has the reduced axes as well
    result = out.along([a - lead for a in kept] if alike else range(len(kept)))
    count = x.count // out.count
    largest, divided = step.operation == "amax", f" / {count}" if step.operation == "mean" else ""
    reduce(kernel, x, axes, kept, [result], lambda total, places: f"{total}{divided}", largest)
    return kernel


def descend_sum(step: Step, operands: Sequence[Operand], out: Array) -> Kernel | None:
    """w - rate · (sum over the rows of g)."""
    w, rate, g = operands
    if not isinstance(w, Array) or not isinstance(g, Array) or {w.dtype, g.dtype} != {out.dtype}:
        return None
    kernel = Kernel(out)
    factor = scaled(kernel, rate, out.dtype)
    if factor is None:
        return None
    name = kernel.pointer(w)
    reduce(kernel, g, [0], [1], [out, w], lambda total, places: f"{name}[{places[1]}] - {factor} * {total}")
    return kernel


RULES: dict[str, Rule] = {
    **dict.fromkeys((*OF_FLOATS, *COMPARISONS), elementwise),
    **dict.fromkeys(("inside", "logical_not", "clip", "where", "cast", "copy", "chain"), elementwise),
    **dict.fromkeys(("sum", "mean", "amax", "sum_to"), reduction),
    "descend_sum": descend_sum,
    **losses.RULES,
    **products.RULES,
}
