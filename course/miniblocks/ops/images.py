"""Operations on images, (batch, channels, height, width).

The three convolutions are each other's derivatives: a convolution is linear in its input and in its kernel, and so are
its two gradients, so that every rule below is again one of the three.
"""

import torch

from miniblocks.ops.table import ALL, SHAPES, op


def channels_last(x):
    """Channels last in memory, though not in the shape: on the CPU convolutions and pools are twice as fast so.

    One channel lies the same either way, and only the strides can say which is meant; torch looks at them to decide how results lie.
    """
    x = x.contiguous(memory_format=torch.channels_last)
    n, c, h, w = x.shape
    return x.as_strided(x.shape, (h * w, 1, w, 1)) if c == 1 else x


def _conv2d(x, w, b, stride, padding):
    return torch.conv2d(channels_last(x), channels_last(w), b, stride, padding)


def _backward(g, x, w, stride, padding, which):
    mask = [which == 0, which == 1, False]
    grads = torch.ops.aten.convolution_backward(
        channels_last(g), x, w, None, stride, padding, (1, 1), False, (0, 0), 1, mask
    )
    return grads[which]


def _conv2d_input(g, w, shape, stride, padding):
    # Only the shape and the layout of the input matter; nothing is read from it.
    x = torch.empty(shape, dtype=g.dtype, device=g.device, memory_format=torch.channels_last)
    return _backward(g, x, channels_last(w), stride, padding, 0)


def _conv2d_kernel(g, x, shape, stride, padding):
    return _backward(g, channels_last(x), g.new_empty(()).expand(shape), stride, padding, 1)


conv2d = op(
    "conv2d",
    _conv2d,
    lambda F, g, out, x, w, b, **s: F.conv2d_input(g, w, shape=tuple(x.shape), **s),
    lambda F, g, out, x, w, b, **s: F.conv2d_kernel(g, x, shape=tuple(w.shape), **s),
    lambda F, g, out, x, w, b, **s: F.sum(g, axis=(0, 2, 3), keepdims=False),
)
# The same with relu after it, as one node: the output tells where the gradient passes.
conv2d_relu = op(
    "conv2d_relu",
    lambda x, w, b, stride, padding: _conv2d(x, w, b, stride, padding).relu_(),
    *conv2d.vjps,
    keeps=ALL,
    first=lambda F, g, out: F.relu_backward(g, out),
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


def _windows(size, stride, padding):
    return list(size), list(stride), list(padding)


def pooled(x, **window):
    """The maxima of the windows, and where in the plane of each channel they stand."""
    return torch.ops.aten.max_pool2d_with_indices(channels_last(x), *_windows(**window))


def _max_pool2d(x, **window):
    values, positions = pooled(x, **window)
    values.positions = positions  # travels with the output that the rules keep
    return values


def _pool_positions(x, out, **window):
    found = getattr(out, "positions", None)
    return found if found is not None else pooled(x, **window)[1]


def _max_pool2d_input(g, x, positions, **window):
    pool_backward = torch.ops.aten.max_pool2d_with_indices_backward
    return pool_backward(channels_last(g), channels_last(x), *_windows(**window), [1, 1], False, positions)


def _max_pool2d_at(h, x, positions, **window):
    return h.flatten(2).gather(2, positions.flatten(2)).reshape(positions.shape)


def _avg_pool2d(x, size, stride, padding):
    return torch.ops.aten.avg_pool2d(x, size, stride, padding)


def _avg_pool2d_input(g, shape, size, stride, padding):
    return torch.ops.aten.avg_pool2d_backward(
        g, g.new_empty(()).expand(shape), size, stride, padding, False, True, None
    )


# The maximum of each window. Its gradient goes to where the maximum was, and the gradient of that is read off there.
max_pool2d = op(
    "max_pool2d",
    _max_pool2d,
    lambda F, g, out, x, **w: F.max_pool2d_input(g, x, F.pool_positions(x, out, **w), **w),
    keeps=ALL,
)
# Where in the plane of each channel the maxima were found.
pool_positions = op("pool_positions", _pool_positions)
max_pool2d_input = op(
    "max_pool2d_input",
    _max_pool2d_input,
    lambda F, h, out, g, x, positions, **w: F.max_pool2d_at(h, x, positions, **w),
    None,
    None,
)
max_pool2d_at = op(
    "max_pool2d_at",
    _max_pool2d_at,
    lambda F, k, out, h, x, positions, **w: F.max_pool2d_input(k, x, positions, **w),
    None,
    None,
)
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
