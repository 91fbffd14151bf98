"""Products of matrices, alone or in a layer or an update: calls of BLAS, with a loop around what else is to be done."""

from __future__ import annotations

from collections.abc import Sequence

from miniblocks.graph.backends.native.arrays import FLOATS, LARGEST, Array, Operand, loops
from miniblocks.graph.backends.native.kernel import Kernel
from miniblocks.graph.backends.native.sums import scaled
from miniblocks.graph.ir import Step


def matmul(step: Step, operands: Sequence[Operand], out: Array) -> Kernel | None:
    """The product of two matrices."""
    a, b = operands
    kernel = Kernel(out)
    return kernel if _product(kernel, a, b, out) else None


def dense(step: Step, operands: Sequence[Operand], out: Array) -> Kernel | None:
    """x Wᵀ, and then bias and relu in one loop."""
    x, weight, bias = operands
    if not isinstance(weight, Array) or not isinstance(bias, Array) or bias.dtype != out.dtype:
        return None
    kernel = Kernel(out)
    if not _product(kernel, x, weight.along((1, 0)), out):
        return None
    around = loops([out, bias.stretched(out.shape)])
    with kernel.loops(around.sizes) as names:
        y = f"{kernel.y}[{around.index(0, names)}]"
        value = f"{y} + {kernel.pointer(bias)}[{around.index(1, names)}]"
        if step.operation == "dense_relu":
            kernel.line(f"const {out.c_type} value = {value};")
            value = "value <= 0 ? 0 : value"
        kernel.line(f"{y} = {value};")
    return kernel


def descend_matmul(step: Step, operands: Sequence[Operand], out: Array) -> Kernel | None:
    """w - rate · a b: the product adds itself to a copy of w, or to w itself."""
    w, rate, a, b = operands
    if not isinstance(w, Array) or (w.dtype, w.shape) != (out.dtype, out.shape):
        return None
    kernel = Kernel(out)
    if kernel.pointer(w) != kernel.y:
        around = loops([out, w])
        with kernel.loops(around.sizes) as names:
            place, from_ = (around.index(i, names) for i in range(2))
            kernel.line(f"{kernel.y}[{place}] = {kernel.pointer(w)}[{from_}];")
    factor = scaled(kernel, rate, out.dtype)
    return kernel if factor and _product(kernel, a, b, out, f"-{factor}", 1) else None


def _product(kernel: Kernel, a: Operand, b: Operand, out: Array, alpha: str = "1", beta: int = 0) -> bool:
    """Write out = alpha · a b + beta · out. False where BLAS does not see such matrices."""
    if not isinstance(a, Array) or not isinstance(b, Array) or out.dtype not in FLOATS:
        return False
    if {a.dtype, b.dtype} != {out.dtype} or {len(a.shape), len(b.shape), len(out.shape)} != {2}:
        return False
    left, right, result = _matrix(a), _matrix(b), _matrix(out)
    if left is None or right is None or result is None or result[0] != "N":
        return False
    sizes = f"{out.shape[0]}, {out.shape[1]}, {a.shape[1]}"
    first, second = (f"{kernel.pointer(m)}, '{order}', {next_}" for m, (order, next_) in ((a, left), (b, right)))
    function = kernel.helper("product", out.dtype)
    kernel.line(f"{function}({sizes}, {alpha}, {first}, {second}, {beta}, {kernel.y}, {result[1]});")
    return True


def _matrix(x: Array) -> tuple[str, int] | None:
    """How a matrix lies: ('N', from row to row), or ('T', from column to column); None where neither's elements are neighbours."""
    rows, columns = x.shape
    down, across = x.strides
    if max(down, across) >= LARGEST:
        return None
    if (across == 1 or columns == 1) and (down >= columns or rows == 1):
        return "N", down if rows > 1 else columns
    if (down == 1 or rows == 1) and (across >= rows or columns == 1):
        return "T", across if columns > 1 else rows
    return None


RULES = {"matmul": matmul, "dense": dense, "dense_relu": dense, "descend_matmul": descend_matmul}
