"""Operations that move elements and compute nothing: reshaping, indexing, joining, copying."""

import torch

from miniblocks.ops.table import INDICES, SHAPES, op

TENSOR = "tensor"  # stands in a static index where an index tensor belongs; the tensors themselves are arguments


def _zeros_with(g, shape, index):
    """Zeros of `shape` with `g` added at `index`; an element taken twice gets both gradients."""
    zeros = g.new_zeros(shape)
    if any(isinstance(i, list) for i in index):
        return _add_at(zeros, index, g)
    zeros[index] = g
    return zeros


def _add_at(zeros, index, g):
    positions = torch.arange(zeros.numel(), device=g.device).reshape(zeros.shape)[index]
    return zeros.reshape(-1).index_add(0, positions.reshape(-1), g.reshape(-1)).reshape(zeros.shape)


def _put(x, value, index):
    out = x.clone()
    out[index] = value
    return out


def whole_index(index, at):
    """The index with its tensors in their places."""
    tensors = iter(at)
    return tuple(next(tensors) if isinstance(i, str) else i for i in index)


def _concat_piece(i):
    def vjp(F, g, out, *shapes, axis):
        start = 0
        for shape in shapes[:i]:
            start += shape[axis]
        axis_ = axis % len(shapes[i])
        piece = (slice(None),) * axis_ + (slice(start, start + shapes[i][axis_]),)
        return F.getitem(g, index=piece)

    return vjp


class _EachArgument:
    """The rules of an operation with any number of arguments: one made for each position."""

    def __init__(self, make):
        self.make = make

    def __getitem__(self, i):
        return self.make(i)


reshape = op(
    "reshape",
    lambda x, shape: x.reshape(shape),
    lambda F, g, out, old, shape: F.reshape(g, shape=tuple(old)),
    keeps=SHAPES,
    passes_on=True,
    view=True,
)
transpose = op(
    "transpose",
    lambda x, a, b: x.transpose(a, b),
    lambda F, g, out, x, a, b: F.transpose(g, a=a, b=b),
    keeps=SHAPES,
    passes_on=True,
    view=True,
)
permute = op(
    "permute",
    lambda x, axes: x.permute(axes),
    lambda F, g, out, x, axes: F.permute(g, axes=tuple(sorted(range(len(axes)), key=lambda i: axes[i] % len(axes)))),
    keeps=SHAPES,
    passes_on=True,
    view=True,
)
expand = op(
    "expand",
    lambda x, shape: x.expand(shape),
    lambda F, g, out, old, shape: F.sum_to(g, shape=tuple(old)),
    keeps=SHAPES,
    passes_on=True,
    view=True,
)
getitem = op(
    "getitem",
    lambda x, index: x[index],
    lambda F, g, out, shape, index: F.zeros_with(g, shape=tuple(shape), index=index),
    keeps=SHAPES,
    view=True,
)
zeros_with = op("zeros_with", _zeros_with, lambda F, h, out, g, shape, index: F.getitem(h, index=index), keeps=SHAPES)
# `put` is the functional form of `x[index] = value`.
put = op(
    "put",
    _put,
    lambda F, g, out, x, value, index: F.put(g, 0.0, index=index),
    lambda F, g, out, x, value, index: F.sum_to(F.getitem(g, index=index), shape=tuple(value)),
    keeps=SHAPES,
    passes_on=True,
)


def _numberless(at):
    """For meta tensors, which have no numbers: an index of one number is any number, the first element's say."""
    return [0 if getattr(t, "ndim", None) == 0 else t for t in at]


# The same three where tensors are part of the index, as arguments.
take = op(
    "take",
    lambda x, *at, index: x[whole_index(index, at)],
    keeps=INDICES,
    view=True,  # where all of the index tensors are single numbers
    infer=lambda x, *at, index: x[whole_index(index, _numberless(at))],
)
take.vjps = _EachArgument(
    lambda i: (
        (lambda F, g, out, shape, *at, index: F.add_at(g, *at, shape=tuple(shape), index=index)) if i == 0 else None
    )
)
add_at = op(
    "add_at",
    lambda g, *at, shape, index: _add_at(g.new_zeros(shape), whole_index(index, at), g),
    keeps=INDICES,
    infer=lambda g, *at, shape, index: g.new_zeros(shape),
)
add_at.vjps = _EachArgument(
    lambda i: (lambda F, h, out, g, *at, shape, index: F.take(h, *at, index=index)) if i == 0 else None
)
put_at = op(
    "put_at",
    lambda x, value, *at, index: _put(x, value, whole_index(index, at)),
    keeps=INDICES,
    passes_on=True,
    infer=lambda x, value, *at, index: _put(x, value, whole_index(index, _numberless(at))),
)
put_at.vjps = _EachArgument(
    lambda i: (
        (lambda F, g, out, x, value, *at, index: F.put_at(g, 0.0, *at, index=index))
        if i == 0
        else (lambda F, g, out, x, value, *at, index: F.sum_to(F.take(g, *at, index=index), shape=tuple(value)))
        if i == 1
        else None
    )
)
concat = op("concat", lambda *parts, axis: torch.cat(parts, axis), keeps=SHAPES, passes_on=True)
concat.vjps = _EachArgument(_concat_piece)
stack = op("stack", lambda *parts, axis: torch.stack(parts, axis), keeps=SHAPES, passes_on=True)
stack.vjps = _EachArgument(
    lambda i: lambda F, g, out, *shapes, axis: F.getitem(g, index=(slice(None),) * (axis % (len(shapes[0]) + 1)) + (i,))
)
# The same values, and no gradient.
detach = op("detach", lambda x: x.detach(), elementwise=True, view=True)
copy = op("copy", lambda x: x.clone(), lambda F, g, out, x: g, keeps=SHAPES, passes_on=True)
transfer = op(
    "transfer",
    lambda x, device: x.to(device, copy=True),
    lambda F, g, out, x, device: F.transfer(g, device=str(getattr(x.device, "torch", x.device))),
)
# One element along an axis at each of `positions`, and its reverse: zeros with elements added there.
take_along = op(
    "take_along",
    lambda x, positions, axis: torch.gather(x, axis, positions),
    lambda F, g, out, x, positions, axis: F.put_along(g, positions, axis=axis, shape=tuple(x.shape)),
)
put_along = op(
    "put_along",
    lambda g, positions, axis, shape: g.new_zeros(shape).scatter_add(axis, positions, g),
    lambda F, h, out, g, positions, axis, shape: F.take_along(h, positions, axis=axis),
)
