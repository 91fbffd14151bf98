"""Creating tensors, and operations as functions: `nd.zeros((2, 3))`, `nd.relu(x)`, `nd.concat(a, b, dim=1)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from miniblocks.device import Device, cpu
from miniblocks.errors import ShapeError
from miniblocks.ops import TABLE
from miniblocks.ops.elementwise import torch_dtype
from miniblocks.tensor import Tensor, apply, constant

NDArray = Tensor


def array(values: Any, dtype: Any = None, ctx: Device | None = None) -> Tensor:
    """A tensor of its own with these values. Floats become float32 unless `dtype` says otherwise."""
    if isinstance(values, Tensor):
        copy = values.detach().copy()
        return (copy if dtype is None else copy.astype(_name(dtype))).to(ctx or cpu())
    raw = torch.as_tensor(np.asarray(values) if not isinstance(values, torch.Tensor) else values.detach())
    if dtype is not None:
        raw = raw.to(torch_dtype(_name(dtype)))
    elif raw.dtype is torch.float64:
        raw = raw.float()
    return constant(raw.clone()).to(ctx or cpu())


def _name(dtype: Any) -> Any:
    return np.dtype(dtype).name if isinstance(dtype, type) else dtype


def _filled(value: float, shape: Any, dtype: Any, ctx: Device | None) -> Tensor:
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return constant(torch.full(shape, value, dtype=torch_dtype(_name(dtype)))).to(ctx or cpu())


def zeros(shape: Any, dtype: Any = "float32", ctx: Device | None = None) -> Tensor:
    return _filled(0, shape, dtype, ctx)


def ones(shape: Any, dtype: Any = "float32", ctx: Device | None = None) -> Tensor:
    return _filled(1, shape, dtype, ctx)


def full(shape: Any, value: float, dtype: Any = "float32", ctx: Device | None = None) -> Tensor:
    return _filled(value, shape, dtype, ctx)


def zeros_like(x: Tensor) -> Tensor:
    return zeros(x.shape, x.dtype, x.device)


def ones_like(x: Tensor) -> Tensor:
    return ones(x.shape, x.dtype, x.device)


def arange(
    start: float, stop: float | None = None, step: float = 1.0, dtype: Any = "float32", ctx: Device | None = None
) -> Tensor:
    """start, start + step, … below stop; one argument means from 0."""
    low, high = (0.0, start) if stop is None else (start, stop)
    return constant(torch.arange(low, high, step, dtype=torch_dtype(dtype))).to(ctx or cpu())


def eye(n: int, dtype: Any = "float32", ctx: Device | None = None) -> Tensor:
    """The identity matrix."""
    return constant(torch.eye(n, dtype=torch_dtype(dtype))).to(ctx or cpu())


def one_hot(indices: Tensor, depth: int) -> Tensor:
    """Rows with a 1 at each index."""
    places = arange(depth, dtype="int64", ctx=indices.device)
    return (indices.astype("int64").reshape(*indices.shape, 1) == places).astype("float32")


# -- functions of tensors ---------------------------------------------------------------------------------------


def relu(x: Tensor) -> Tensor:
    """max(x, 0), with gradient 0 at 0."""
    return apply(TABLE["relu"], x)


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(-x))."""
    return apply(TABLE["sigmoid"], x)


def tanh(x: Tensor) -> Tensor:
    return apply(TABLE["tanh"], x)


def exp(x: Tensor) -> Tensor:
    return apply(TABLE["exp"], x)


def log(x: Tensor) -> Tensor:
    return apply(TABLE["log"], x)


def sqrt(x: Tensor) -> Tensor:
    return apply(TABLE["sqrt"], x)


def abs(x: Tensor) -> Tensor:
    return apply(TABLE["abs"], x)


def sign(x: Tensor) -> Tensor:
    return apply(TABLE["sign"], x)


def sin(x: Tensor) -> Tensor:
    return apply(TABLE["sin"], x)


def cos(x: Tensor) -> Tensor:
    return apply(TABLE["cos"], x)


def maximum(a: Any, b: Any) -> Tensor:
    """The greater of two, element by element; equal ones share the gradient."""
    return apply(TABLE["maximum"], a, b)


def minimum(a: Any, b: Any) -> Tensor:
    """The lesser of two, element by element; equal ones share the gradient."""
    return apply(TABLE["minimum"], a, b)


def where(condition: Tensor, a: Any, b: Any) -> Tensor:
    """a where the condition holds, else b."""
    return apply(TABLE["where"], condition, a, b)


def softmax(x: Tensor, axis: int = -1) -> Tensor:
    return apply(TABLE["softmax"], x, axis=axis)


def log_softmax(x: Tensor, axis: int = -1) -> Tensor:
    return apply(TABLE["log_softmax"], x, axis=axis)


def logsumexp(x: Tensor, axis: int = -1) -> Tensor:
    return apply(TABLE["logsumexp"], x, axis=axis)


def max(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The greatest element, or those along an axis. `max(x, y)` of two tensors is `maximum`, as PyTorch has it."""
    return maximum(x, axis) if isinstance(axis, Tensor) else x.max(axis, keepdims)


def sum(x: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
    return x.sum(axis, keepdims)


def mean(x: Tensor, axis: Any = None, keepdims: bool = False) -> Tensor:
    return x.mean(axis, keepdims)


def norm(x: Tensor) -> Tensor:
    """The Euclidean norm of all elements together."""
    return apply(TABLE["norm"], x)


def matmul(a: Any, b: Any) -> Tensor:
    """The product of two matrices, or of stacks of them."""
    return apply(TABLE["matmul"], a, b)


def dot(a: Tensor, b: Tensor) -> Tensor:
    """The last axis of `a` against the first of `b` (Gluon's dot): inner product, matrix product, tensor product.

    >>> dot(array([1.0, 2.0]), array([3.0, 4.0])).item()
    11.0
    """
    if not a.ndim or not b.ndim or a.shape[-1] != b.shape[0]:
        raise ShapeError(f"dot needs the last axis of {a.shape} to be as long as the first of {b.shape}")
    if a.ndim == b.ndim == 2:
        return a @ b
    product = a.reshape(-1, a.shape[-1]) @ b.reshape(b.shape[0], -1)
    return product.reshape(a.shape[:-1] + b.shape[1:])


def concat(*tensors: Any, dim: int = 1, axis: int | None = None) -> Tensor:
    """Tensors joined along an axis (Gluon's `dim`, 1 unless told); a list of them is taken as well.

    >>> concat(ones((2, 3)), zeros((2, 4))).shape
    (2, 7)
    """
    parts = _parts("concat", tensors)
    return apply(TABLE["concat"], *parts, axis=dim if axis is None else axis)


def stack(*tensors: Any, axis: int = 0) -> Tensor:
    """Tensors of one shape joined along a new axis."""
    return apply(TABLE["stack"], *_parts("stack", tensors), axis=axis)


def split(x: Tensor, sections: int, axis: int = 0) -> list[Tensor]:
    """Equal parts along an axis.

    >>> [part.tolist() for part in split(arange(4), 2)]
    [[0.0, 1.0], [2.0, 3.0]]
    """
    length = x.shape[axis]
    if length % sections:
        raise ShapeError(f"an axis of length {length} cannot be split into {sections} equal parts")
    width, before = length // sections, (slice(None),) * (axis % x.ndim)
    return [x[(*before, slice(i * width, (i + 1) * width))] for i in range(sections)]


def _parts(name: str, tensors: Sequence[Any]) -> list[Tensor]:
    parts = list(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else list(tensors)
    if not parts or not all(isinstance(p, Tensor) for p in parts):
        raise TypeError(f"{name} takes tensors, and got {', '.join(type(p).__name__ for p in parts) or 'none'}")
    return parts


# -- images: (batch, channels, height, width) ---------------------------------------------------------------------


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    activation: str | None = None,
) -> Tensor:
    """Cross-correlation with kernels (out, in, height, width); a stride or padding is one number or two.

    `activation="relu"` applies it within the same operation.
    """
    return apply(
        TABLE["conv2d" if activation is None else f"conv2d_{activation}"],
        x,
        weight,
        bias,
        stride=_pair(stride),
        padding=_pair(padding),
    )


def max_pool2d(x: Tensor, size: Any, stride: Any = None, padding: Any = 0) -> Tensor:
    """The maximum of each window."""
    return apply(
        TABLE["max_pool2d"],
        x,
        size=_pair(size),
        stride=_pair(size if stride is None else stride),
        padding=_pair(padding),
    )


def avg_pool2d(x: Tensor, size: Any, stride: Any = None, padding: Any = 0) -> Tensor:
    """The mean of each window; padding counts as zeros."""
    return apply(
        TABLE["avg_pool2d"],
        x,
        size=_pair(size),
        stride=_pair(size if stride is None else stride),
        padding=_pair(padding),
    )


def take_along(x: Tensor, positions: Tensor, axis: int = -1) -> Tensor:
    """The elements of `x` at `positions` along an axis; the other axes go side by side."""
    return apply(TABLE["take_along"], x, positions, axis=axis)


def pick(x: Tensor, labels: Tensor) -> Tensor:
    """From each row of (batch, classes) the element that its label names.

    >>> pick(array([[1.0, 2.0], [3.0, 4.0]]), array([1, 0])).tolist()
    [2.0, 3.0]
    """
    positions = labels.astype("int64").reshape(-1, 1)
    return take_along(x, positions, axis=1).reshape(-1)


def _pair(value: Any) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)
