"""How the `python` backend writes each operation: one call of torch that can put its result where it is told.

A template names arguments by their position ({0}, {1}) and static arguments by their name; `{out}` stands for the place of the
result. What has no row here is called by its forward function of the table, into memory of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from miniblocks.graph.ir import Ref, Step

aten = torch.ops.aten


@dataclass(frozen=True)
class Kernel:
    """`function(arguments, out=place)`; without `{out}` in the template it is `function(arguments)` and gives new memory."""

    function: Callable[..., Any]
    arguments: str
    place: str = "out={out}"


def _simple(names: str, arguments: str) -> dict[str, Kernel]:
    return {name: Kernel(getattr(torch, name), arguments) for name in names.split()}


KERNELS: dict[str, Kernel] = {
    **_simple("add sub mul div pow", "{0}, {1}"),
    **_simple("exp log sqrt abs sign sin cos tanh sigmoid neg logical_not", "{0}"),
    "equal": Kernel(torch.eq, "{0}, {1}"),
    "not_equal": Kernel(torch.ne, "{0}, {1}"),
    "less": Kernel(torch.lt, "{0}, {1}"),
    "less_equal": Kernel(torch.le, "{0}, {1}"),
    "greater": Kernel(torch.gt, "{0}, {1}"),
    "greater_equal": Kernel(torch.ge, "{0}, {1}"),
    "relu": Kernel(torch.clamp_min, "{0}, 0"),
    "relu_backward": Kernel(aten.threshold_backward.grad_input, "{0}, {1}, 0", "grad_input={out}"),
    "clip": Kernel(torch.clamp, "{0}, {low}, {high}"),
    "softmax": Kernel(torch.softmax, "{0}, {axis}"),
    "log_softmax": Kernel(torch.log_softmax, "{0}, {axis}"),
    "log_softmax_input": Kernel(aten._log_softmax_backward_data.out, "{0}, {1}, {axis}, {dtype}"),
    "logsumexp": Kernel(torch.logsumexp, "{0}, {axis}"),
    "take_along": Kernel(torch.gather, "{0}, {axis}, {1}"),
}
FRESH: dict[str, Kernel] = {  # where the same without a place for the result has another function
    "relu": Kernel(torch.relu, "{0}", ""),
    "relu_backward": Kernel(aten.threshold_backward.default, "{0}, {1}, 0", ""),
    "log_softmax_input": Kernel(torch._log_softmax_backward_data, "{0}, {1}, {axis}, {dtype}", ""),
}
# Elementwise ones may write over an argument of the same shape that is read for the last time.
REDUCTIONS: dict[str, Callable[..., Any]] = {"sum": torch.sum, "mean": torch.mean, "amax": torch.amax}


def kernel_of(step: Step) -> Kernel | None:
    """The kernel for this step, which depends on the shapes of what it takes; None where it has none."""
    name, args = step.operation, step.args
    refs = [a for a in args if isinstance(a, Ref)]
    if name in REDUCTIONS and refs[0].dtype == step.dtype and axes_of(step):
        return Kernel(REDUCTIONS[name], "{0}, {axes}, {keepdims}")
    if (name in REDUCTIONS or name == "sum_to") and not axes_of(step):
        return None
    if name == "sum_to" and len(refs[0].shape) == len(step.shape):
        return Kernel(torch.sum, "{0}, {axes}, True")
    if name == "sum_to" and refs[0].shape[len(refs[0].shape) - len(step.shape) :] == step.shape:
        return Kernel(torch.sum, "{0}, {axes}, False")
    if name == "matmul":
        two = all(len(a.shape) == 2 for a in refs)
        return Kernel(torch.mm if two else torch.matmul, "{0}, {1}")
    if name in ("maximum", "minimum") and len(refs) == 2 and refs[0].dtype == refs[1].dtype:
        return Kernel(getattr(torch, name), "{0}, {1}")
    if name == "where" and len(refs) == 3 and refs[1].dtype == refs[2].dtype:
        return Kernel(torch.where, "{0}, {1}, {2}")
    if name in ("concat", "stack") and len({a.dtype for a in refs}) == 1:
        return Kernel(torch.cat if name == "concat" else torch.stack, "{all}, {axis}")
    if name == "norm":
        return Kernel(torch.linalg.vector_norm, "{0}")
    if name in ("log", "pow") and not refs:
        return None
    return KERNELS.get(name)


def axes_of(step: Step) -> tuple[int, ...]:
    """The axes that a reduction goes over, none of them negative."""
    shape = step.args[0].shape
    if step.operation == "sum_to":
        lead = len(shape) - len(step.shape)
        return tuple(i for i, n in enumerate(shape) if i < lead or (step.shape[i - lead] == 1 and n != 1))
    axis = step.static["axis"]
    axes = range(len(shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
    return tuple(a % len(shape) for a in axes)
