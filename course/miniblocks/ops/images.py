"""Operations on images, (batch, channels, height, width).

The three convolutions are each other's derivatives: a convolution is linear in its input and in its kernel, and so are
its two gradients, so that every rule below is again one of the three.
"""

import torch

from miniblocks.ops.table import SHAPES, op


def _conv2d(x, w, b, stride, padding):
    return torch.conv2d(x, w, b, stride, padding)


def _backward(g, x, w, stride, padding, which):
    mask = [which == 0, which == 1, False]
    grads = torch.ops.aten.convolution_backward(g, x, w, None, stride, padding, (1, 1), False, (0, 0), 1, mask)
    return grads[which]


def _conv2d_input(g, w, shape, stride, padding):
    return _backward(g, g.new_empty(()).expand(shape), w, stride, padding, 0)


def _conv2d_kernel(g, x, shape, stride, padding):
    return _backward(g, x, g.new_empty(()).expand(shape), stride, padding, 1)


conv2d = op(
    "conv2d",
    _conv2d,
    lambda F, g, out, x, w, b, **s: F.conv2d_input(g, w, shape=tuple(x.shape), **s),
    lambda F, g, out, x, w, b, **s: F.conv2d_kernel(g, x, shape=tuple(w.shape), **s),
    lambda F, g, out, x, w, b, **s: F.sum(g, axis=(0, 2, 3), keepdims=False),
)
conv2d_input = op(
    "conv2d_input",
    _conv2d_input,
    lambda F, h, out, g, w, shape, **s: F.conv2d(h, w, None, **s),
    lambda F, h, out, g, w, shape, **s: F.conv2d_kernel(g, h, shape=tuple(w.shape), **s),
)
conv2d_kernel = op(
    "conv2d_kernel",
    _conv2d_kernel,
    lambda F, h, out, g, x, shape, **s: F.conv2d(x, h, None, **s),
    lambda F, h, out, g, x, shape, **s: F.conv2d_input(g, h, shape=tuple(x.shape), **s),
)


def _positions(x, size, stride, padding):
    """Where each window has its maximum, as positions in the flattened image."""
    return torch.ops.aten.max_pool2d_with_indices(x, size, stride, padding)[1].flatten(2)


def _avg_pool2d(x, size, stride, padding):
    return torch.ops.aten.avg_pool2d(x, size, stride, padding)


def _avg_pool2d_input(g, shape, size, stride, padding):
    return torch.ops.aten.avg_pool2d_backward(
        g, g.new_empty(()).expand(shape), size, stride, padding, False, True, None
    )


# A maximum pool takes elements at these positions (`take_along`), and so has that operation's gradient.
max_pool2d_positions = op("max_pool2d_positions", _positions)
avg_pool2d = op(
    "avg_pool2d",
    _avg_pool2d,
    lambda F, g, out, x, **s: F.avg_pool2d_input(g, shape=tuple(x), **s),
    keeps=SHAPES,
)
avg_pool2d_input = op(
    "avg_pool2d_input",
    _avg_pool2d_input,
    lambda F, h, out, g, shape, **s: F.avg_pool2d(h, **s),
    keeps=SHAPES,
)
