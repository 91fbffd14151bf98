"""Elementwise operations: arithmetic, comparison, functions of one number."""

import math
from functools import partial

import torch

from miniblocks.ops import table
from miniblocks.ops.table import ALL, OUTPUT, SHAPES

op = partial(table.op, elementwise=True)
_threshold_backward = torch.ops.aten.threshold_backward.default


def torch_dtype(dtype):
    """A torch dtype from one, or from its name ("float32")."""
    return dtype if isinstance(dtype, torch.dtype) else getattr(torch, str(dtype))


def _maximum(a, b):
    return torch.maximum(*_tensors(a, b))


def _minimum(a, b):
    return torch.minimum(*_tensors(a, b))


def _tensors(a, b):
    like = a if isinstance(a, torch.Tensor) else b
    return tuple(
        x if isinstance(x, torch.Tensor) else torch.as_tensor(x, dtype=like.dtype, device=like.device) for x in (a, b)
    )


# Arithmetic. Gradients of a broadcast argument are summed to its shape by the walk.
add = op(
    "add",
    torch.add,
    lambda F, g, out, a, b: g,
    lambda F, g, out, a, b: g,
    keeps=SHAPES,
    broadcasts=True,
    passes_on=True,
)
sub = op(
    "sub",
    torch.sub,
    lambda F, g, out, a, b: g,
    lambda F, g, out, a, b: -g,
    keeps=SHAPES,
    broadcasts=True,
    passes_on=True,
)
mul = op("mul", torch.mul, lambda F, g, out, a, b: g * b, lambda F, g, out, a, b: g * a, broadcasts=True)
div = op("div", torch.div, lambda F, g, out, a, b: g / b, lambda F, g, out, a, b: -g * a / (b * b), broadcasts=True)
pow = op(
    "pow",
    torch.pow,
    lambda F, g, out, a, b: g * b * F.pow(a, b - 1),
    lambda F, g, out, a, b: g * out * (math.log(a) if isinstance(a, (int, float)) else F.log(a)),
    keeps=ALL,
    broadcasts=True,
)
neg = op("neg", torch.neg, lambda F, g, out, x: -g, keeps=SHAPES)
# Where both are equal, each gets half of the gradient, as torch has it.
maximum = op(
    "maximum",
    _maximum,
    lambda F, g, out, a, b: g * F.share(a, b),
    lambda F, g, out, a, b: g * F.share(b, a),
    broadcasts=True,
)
minimum = op(
    "minimum",
    _minimum,
    lambda F, g, out, a, b: g * F.share(b, a),
    lambda F, g, out, a, b: g * F.share(a, b),
    broadcasts=True,
)


def _share(a, b):
    difference = torch.sub(*_tensors(a, b))
    return torch.heaviside(difference, difference.new_tensor(0.5))


share = op("share", _share)

# Functions of one number.
exp = op("exp", torch.exp, lambda F, g, out, x: g * out, keeps=OUTPUT)
log = op("log", torch.log, lambda F, g, out, x: g / x)
sqrt = op("sqrt", torch.sqrt, lambda F, g, out, x: g / (2 * out), keeps=OUTPUT)
abs = op("abs", torch.abs, lambda F, g, out, x: g * F.sign(x))
sign = op("sign", torch.sign, lambda F, g, out, x: g * 0, keeps=SHAPES)
sin = op("sin", torch.sin, lambda F, g, out, x: g * F.cos(x))
cos = op("cos", torch.cos, lambda F, g, out, x: -g * F.sin(x))
tanh = op("tanh", torch.tanh, lambda F, g, out, x: g * (1 - out * out), keeps=OUTPUT)
sigmoid = op("sigmoid", torch.sigmoid, lambda F, g, out, x: g * out * (1 - out), keeps=OUTPUT)
# One kernel instead of a mask and a product; its gradient at 0 is 0.
relu = op("relu", torch.relu, lambda F, g, out, x: F.relu_backward(g, out), keeps=OUTPUT)
relu_backward = op(
    "relu_backward",
    lambda g, out: _threshold_backward(g, out, 0),
    lambda F, h, out, g, y: F.relu_backward(h, y),
    lambda F, h, out, g, y: h * 0,
)
# `low` and `high` may be None; outside of them the gradient is 0, on them it passes.
clip = op(
    "clip",
    lambda x, low, high: torch.clamp(x, low, high),
    lambda F, g, out, x, low, high: g * F.inside(x, low=low, high=high),
)
inside = op("inside", lambda x, low, high: torch.eq(x, torch.clamp(x, low, high)))
where = op(
    "where",
    torch.where,
    None,
    lambda F, g, out, c, a, b: F.where(c, g, 0.0),
    lambda F, g, out, c, a, b: F.where(c, 0.0, g),
    broadcasts=True,
)

# Comparisons give bool tensors and have no gradient.
equal = op("equal", torch.eq)
not_equal = op("not_equal", torch.ne)
less = op("less", torch.lt)
less_equal = op("less_equal", torch.le)
greater = op("greater", torch.gt)
greater_equal = op("greater_equal", torch.ge)
logical_not = op("logical_not", torch.logical_not)
cast = op(
    "cast",
    lambda x, dtype: x.to(torch_dtype(dtype)),
    lambda F, g, out, x, dtype: F.cast(g, dtype=x.dtype),
    passes_on=True,
    view=True,
)
