"""`Function`: an operation of one's own, with forward and backward written by hand; and `gradcheck`.

    class Clamp(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clip(0, 1)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * (x > 0) * (x < 1)

    y = Clamp.apply(x)

Composing operations is preferred: their gradients come by themselves. A `Function` is for a gradient that is known
to be more stable or cheaper, or that differs on purpose (a straight-through estimator).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from miniblocks.errors import CaptureError, GraphError, ShapeError
from miniblocks.ops import Op
from miniblocks.ops.table import OUTPUT, SHAPES
from miniblocks.tape import backward, no_grad
from miniblocks.tensor import Node, Tensor, mode


class Context:
    """What forward leaves for backward: tensors by `save_for_backward`, anything else as attributes."""

    def __init__(self) -> None:
        self.saved_tensors: tuple[Tensor, ...] = ()
        self._versions: tuple[int, ...] = ()

    def save_for_backward(self, *tensors: Tensor) -> None:
        """Keep tensors; writing into one of them before backward is noticed."""
        self.saved_tensors = tensors
        self._versions = tuple(t.raw._version for t in tensors)

    def _check(self, name: str) -> None:
        if any(t.raw._version != v for t, v in zip(self.saved_tensors, self._versions)):
            raise GraphError(
                f"the backward pass of {name} needs a tensor that was overwritten in place after forward saved it; save a copy"
            )


class Function:
    """The base: define static `forward(ctx, *inputs)` and `backward(ctx, gradient)`, and call `apply(*inputs)`."""

    @staticmethod
    def forward(ctx: Any, *inputs: Any) -> Tensor:
        raise NotImplementedError("a Function defines forward(ctx, *inputs)")

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        """One gradient for each input; None where there is none."""
        raise NotImplementedError("a Function defines backward(ctx, gradient)")

    @classmethod
    def apply(cls, *inputs: Any) -> Tensor:
        """Run forward, and record this whole computation as one node."""
        if mode.tracer is not None:
            raise CaptureError(
                f"the Function {cls.__name__} cannot be captured: its backward is Python code. Compose it of operations instead"
            )
        context = Context()
        with no_grad():
            result = cls.forward(context, *inputs)
        if not isinstance(result, Tensor):
            raise TypeError(f"{cls.__name__}.forward returns a tensor, not a {type(result).__name__}")
        out = Tensor(result.raw.view_as(result.raw))
        out._device = result._device
        if mode.recording and any(isinstance(i, Tensor) and i.requires_grad for i in inputs):
            raws = [i.raw if isinstance(i, Tensor) else i for i in inputs]
            is_output = [saved is result for saved in context.saved_tensors]
            keeps = OUTPUT if any(is_output) else SHAPES
            op = Op(cls.__name__, cls.forward, _Rules(cls, context, is_output), keeps=keeps, passes_on=True)
            out.requires_grad, out.node = True, Node(op, inputs, raws, {}, out.raw)
        return out


class _Rules:
    """The rules of a Function: one call of its `backward` gives the gradients of all inputs.

    Forward ran unrecorded. When the walk itself is recorded, a saved output is therefore replaced by `out`, which knows
    this node; what was saved of inputs knows its history, and anything else counts as constant.
    """

    def __init__(self, function: type[Function], context: Context, is_output: list[bool]) -> None:
        self.function, self.context, self.is_output = function, context, is_output
        self.last: tuple[Any, tuple[Any, ...]] | None = None

    def __getitem__(self, i: int) -> Any:
        return lambda F, g, out, *shapes: self._gradient(i, g, out, shapes)

    def _gradient(self, i: int, g: Any, out: Any, shapes: tuple[Any, ...]) -> Any:
        if self.last is None or self.last[0] is not g:
            self.last = (g, self._all(g, out))
        name, found = self.function.__name__, self.last[1]
        if len(found) != len(shapes):
            raise GraphError(
                f"{name}.backward returned {len(found)} gradients for {len(shapes)} inputs; return one for each, None where there is none"
            )
        gradient = found[i] if found[i] is not None else Tensor(torch.zeros(shapes[i]))
        if gradient.shape != tuple(shapes[i]):
            raise ShapeError(
                f"{name}.backward returned a gradient of shape {gradient.shape} for input {i}, whose shape is {tuple(shapes[i])}"
            )
        return gradient if isinstance(g, Tensor) else gradient.raw

    def _all(self, g: Any, out: Any) -> tuple[Any, ...]:
        self.context._check(self.function.__name__)
        saved = self.context.saved_tensors
        if isinstance(g, Tensor):
            self.context.saved_tensors = tuple(out if own else t for own, t in zip(self.is_output, saved))
        try:
            found = self.function.backward(self.context, g if isinstance(g, Tensor) else Tensor(g))
        finally:
            self.context.saved_tensors = saved
        return found if isinstance(found, tuple) else (found,)


def gradcheck(
    function: Callable[..., Tensor], inputs: Sequence[Tensor], eps: float = 1e-6, atol: float = 1e-5, rtol: float = 1e-3
) -> bool:
    """Whether the gradient of `function` agrees with central differences (f(x + ε) - f(x - ε)) / 2ε, in float64.

    Raises `GraphError` naming input, element and both numbers where it does not. A function of several
    numbers is checked along one random direction of its output.
    """
    points = [Tensor(x.raw.detach().double().clone(), requires_grad=True) for x in inputs]
    output = function(*points)
    direction = torch.from_numpy(np.random.default_rng(0).normal(size=output.shape))
    backward(output, Tensor(direction))

    def value() -> float:
        with no_grad():
            return float((function(*points).raw * direction).sum())

    for i, point in enumerate(points):
        flat = point.raw.reshape(-1)
        for j in range(flat.numel()):
            at = flat[j].item()
            flat[j] = at + eps
            high = value()
            flat[j] = at - eps
            numeric = (high - value()) / (2 * eps)
            flat[j] = at
            analytic = 0.0 if point.grad is None else float(point.grad.raw.reshape(-1)[j])
            if not abs(analytic - numeric) <= atol + rtol * abs(numeric):
                raise GraphError(
                    f"the gradient of input {i} at element {j} is {analytic:.6g}, and central differences give {numeric:.6g}"
                )
    return True
