"""Reductions: sums, means, extremes, norms, softmax. An axis is an int, a tuple of ints, or None for all."""

import math
from functools import lru_cache

import torch

from miniblocks.ops.table import ALL, OUTPUT, SHAPES, op


def _sum(x, axis, keepdims):
    return x.sum() if axis is None else x.sum(axis, keepdim=keepdims)


def _mean(x, axis, keepdims):
    x = x if x.is_floating_point() else x.float()
    return x.mean() if axis is None else x.mean(axis, keepdim=keepdims)


def _amax(x, axis, keepdims):
    return x.amax() if axis is None else x.amax(axis, keepdim=keepdims)


def _sum_to(x, shape):
    """Undo broadcasting: sum over the axes along which `shape` was stretched."""
    return x.sum_to_size(shape)


def _kept(shape, axis):
    """The shape that a reduction leaves with `keepdims=True`."""
    axes = range(len(shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
    reduced = {a % len(shape) for a in axes}
    return tuple(1 if i in reduced else n for i, n in enumerate(shape))


def _stretch(F, g, shape, axis):
    """The gradient of a reduction's output, seen from each element that went in."""
    return F.expand(F.reshape(g, shape=_kept(shape, axis)), shape=tuple(shape))


def _count(shape, axis):
    return math.prod(shape) // max(1, math.prod(_kept(shape, axis)))


def _amax_vjp(F, g, out, x, axis, keepdims):
    hit = F.cast(F.equal(x, _stretch(F, out, x.shape, axis)), dtype=x.dtype)  # ties share the gradient evenly
    ties = _stretch(F, F.sum(hit, axis=axis, keepdims=True), x.shape, axis)
    return _stretch(F, g, x.shape, axis) * hit / ties


def _norm_vjp(F, g, out, x):
    safe = F.where(F.equal(out, 0.0), 1.0, out)  # at 0 the gradient is 0, not nan
    return g * x / safe


sum = op(
    "sum", _sum, lambda F, g, out, shape, axis, keepdims: _stretch(F, g, shape, axis), keeps=SHAPES, passes_on=True
)
mean = op(
    "mean",
    _mean,
    lambda F, g, out, shape, axis, keepdims: _stretch(F, g, shape, axis) / _count(shape, axis),
    keeps=SHAPES,
)
sum_to = op(
    "sum_to", _sum_to, lambda F, g, out, x, shape: F.expand(g, shape=tuple(x)), keeps=SHAPES, passes_on=True, view=True
)
amax = op("amax", _amax, _amax_vjp, keeps=ALL)
argmax = op("argmax", lambda x, axis: torch.argmax(x, axis))
norm = op("norm", lambda x: torch.linalg.vector_norm(x), _norm_vjp, keeps=ALL)
softmax = op(
    "softmax",
    lambda x, axis: torch.softmax(x, axis),
    lambda F, g, out, x, axis: out * (g - F.sum(g * out, axis=axis, keepdims=True)),
    keeps=OUTPUT,
)
log_softmax = op(
    "log_softmax",
    lambda x, axis: torch.log_softmax(x, axis),
    lambda F, g, out, x, axis: F.log_softmax_input(g, out, axis=axis),
    keeps=OUTPUT,
)
log_softmax_input = op(
    "log_softmax_input",
    lambda g, y, axis: torch._log_softmax_backward_data(g, y, axis, y.dtype),
    lambda F, h, out, g, y, axis: h - F.sum(h * F.exp(y), axis=axis, keepdims=True),
    lambda F, h, out, g, y, axis: -h * F.exp(y) * F.sum(g, axis=axis, keepdims=True),
)
logsumexp = op(
    "logsumexp",
    lambda x, axis: torch.logsumexp(x, axis),
    lambda F, g, out, x, axis: _stretch(F, g, x.shape, axis) * F.softmax(x, axis=axis),
)


_nll_forward = torch.ops.aten.nll_loss_forward.default
_nll_backward = torch.ops.aten.nll_loss_backward.default


@lru_cache(maxsize=32)
def _scalar(value, dtype, device):
    return torch.tensor(value, dtype=dtype, device=device)


def _cross_entropy(x, labels):
    return _nll_forward(torch.log_softmax(x, 1), labels.long(), None, 1, -100)[0]


def _cross_entropy_input(g, x, labels):
    p = torch.log_softmax(x, 1)
    rows = _nll_backward(g, p, labels.long(), None, 1, -100, _scalar(float(len(x)), x.dtype, x.device))
    return torch._log_softmax_backward_data(rows, p, 1, x.dtype)


def _softmax_minus_one_hot(x, labels):
    return torch.softmax(x, 1).scatter_add_(1, labels.long().unsqueeze(1), x.new_full((len(x), 1), -1.0))


def _softmax_vjp(F, h, x):
    p = F.softmax(x, axis=1)
    return p * (h - F.sum(h * p, axis=1, keepdims=True))


# The second half of cross-entropy: the mean of -p[label] over the rows of p, log-probabilities; and zeros but for -g/rows at the labels.
nll = op(
    "nll",
    lambda p, labels: _nll_forward(p, labels.long(), None, 1, -100)[0],
    lambda F, g, out, p, labels: F.nll_input(g, labels, shape=tuple(p.shape)),
    None,
)
nll_input = op(
    "nll_input",
    lambda g, labels, shape: g.new_zeros(shape).scatter_(
        1, labels.long()[:, None], (-g / shape[0]).expand(shape[0], 1)
    ),
    lambda F, h, out, g, labels, shape: F.nll(h, labels),
    None,
)
# The mean of -log softmax(x)[label] over the rows of x (batch, classes), as one node. Its gradient is
# (softmax(x) - one-hot(labels)) / batch, which is linear in g, and in x what softmax is.
cross_entropy = op(
    "cross_entropy", _cross_entropy, lambda F, g, out, x, labels: F.cross_entropy_input(g, x, labels), None
)
cross_entropy_input = op(
    "cross_entropy_input",
    _cross_entropy_input,
    lambda F, h, out, g, x, labels: F.sum(h * F.softmax_minus_one_hot(x, labels), axis=None, keepdims=False) / len(x),
    lambda F, h, out, g, x, labels: (g / len(x)) * _softmax_vjp(F, h, x),
    None,
)
softmax_minus_one_hot = op(
    "softmax_minus_one_hot", _softmax_minus_one_hot, lambda F, h, out, x, labels: _softmax_vjp(F, h, x), None
)
