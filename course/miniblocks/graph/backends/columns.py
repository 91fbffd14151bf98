"""How the `python` backend writes large convolutions of images with one channel: as products of matrices.

Such a convolution multiplies little and moves much. Its windows are written as the columns of a matrix, below them a row of ones, which
the bias meets:

    images (n·h·w, filters) = columns (window + 1, n·h·w)ᵀ · [kernel | bias]ᵀ
    gradients by [kernel | bias] (window + 1, filters) = columns · gradient by the images (n·h·w, filters)

So columns that the forward pass has written serve the backward pass, whose one product gives the gradient by the bias as well. Zeros
around the images are multiplied like other numbers: where a gradient at the border is infinite, that by the kernel is nan.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch

from miniblocks.graph.ir import Ref, Step
from miniblocks.graph.statistics import size
from miniblocks.ops.elementwise import torch_dtype

if TYPE_CHECKING:
    from miniblocks.graph.backends.writer import Writer

LARGE = 1 << 18  # bytes of the images
LARGEST_WINDOW = 32  # numbers: with 49 of them both ways take equally long


def convolution(writer: Writer, step: Step) -> bool:
    """A convolution, alone or with relu after it; a bias may be None."""
    x, w, b = step.args
    if not _fits(writer, step, x, step.result, w.shape):
        return False
    filters, window = w.shape[0], math.prod(w.shape[1:])
    columns, rows = _columns(writer, step, x, w.shape), window + (b is not None)
    kernel = _held(writer, torch.empty(filters, rows, dtype=torch_dtype(w.dtype)))
    target = writer.place(step)
    assert target is not None and target.array is not None
    images = target.array.permute(0, 2, 3, 1).view(-1, filters)
    writer.line(f"{writer.free('kernel', _as_kernel(kernel, w.shape))}.copy_({writer.word(w)})")
    if b is not None:
        writer.line(f"{writer.free('bias', kernel[:, window])}.copy_({writer.word(b)})")
    words = [writer.free(f"{name}_T", array.t()) for name, array in (("columns", columns[:rows]), ("kernel", kernel))]
    writer.line(writer.call(torch.mm, f"{', '.join(words)}, out={writer.free(f'{target.word}_rows', images)}"))
    if step.operation == "conv2d_relu":
        writer.line(writer.call(torch.relu_, target.word))
    writer.values[step.result] = target
    return True


def kernel_gradient(writer: Writer, step: Step) -> bool:
    """The gradient by the kernel, and that by the bias if a later step asks for it."""
    g, x = step.args
    if not _fits(writer, step, x, g, step.shape):
        return False
    filters, window = step.shape[0], math.prod(step.shape[1:])
    columns = writer.object("columns", _columns(writer, step, x, step.shape))
    both = _held(writer, torch.empty(window + 1, filters, dtype=torch_dtype(step.dtype)))
    images = f"{writer.word(g)}.permute(0, 2, 3, 1).reshape(-1, {filters})"
    writer.line(writer.call(torch.mm, f"{columns}, {images}, out={writer.free(f'{step.result.name}_both', both)}"))
    _give(writer, step.result, _as_kernel(both[:window].t(), step.shape))
    for later in writer.graph.steps[writer.index + 1 :]:
        if _sums(later, g):
            _give(writer, later.results[0], both[window])
    return True


def total(writer: Writer, step: Step) -> bool:
    """Nothing is to be done for a sum that `kernel_gradient` has found on its way."""
    return step.result in writer.values


def _fits(writer: Writer, step: Step, x: Ref, images: Ref, kernel: tuple[int, ...]) -> bool:
    """Whether images of one channel are large, on the CPU and the program's own, and the window is small."""
    single = x.dtype == step.dtype == images.dtype == "float32"
    small = x.shape[1] == 1 and math.prod(kernel[1:]) <= min(LARGEST_WINDOW, kernel[0] - 1)
    return single and small and size(images) >= LARGE and writer.device.type == "cpu" and writer.stays(step)


def _columns(writer: Writer, step: Step, x: Ref, kernel: tuple[int, ...]) -> torch.Tensor:
    """The windows of x in columns above a row of ones; written where they are asked for first."""
    (n, c, h, w), (kh, kw) = x.shape, kernel[2:]
    (sh, sw), (ph, pw) = step.static["stride"], step.static["padding"]
    key = (x, kernel[2:], (sh, sw), (ph, pw))
    if key not in writer.shared:
        bordered = _held(writer, torch.zeros(n, c, h + 2 * ph, w + 2 * pw, dtype=torch_dtype(x.dtype)))
        down, across = (h + 2 * ph - kh) // sh + 1, (w + 2 * pw - kw) // sw + 1
        columns = _held(writer, torch.ones(c * kh * kw + 1, n * down * across, dtype=torch_dtype(x.dtype)))
        one, channel, row, column = bordered.stride()
        shape = (c, kh, kw, n, down, across)
        windows = bordered.as_strided(shape, (channel, row, column, one, row * sh, column * sw))
        inside = writer.free("inside", bordered[:, :, ph : ph + h, pw : pw + w])
        writer.line(f"{inside}.copy_({writer.word(x)})")
        into = writer.free("columns_windows", columns[:-1].view(shape))
        writer.line(f"{into}.copy_({writer.free('windows', windows)})")
        writer.shared[key] = columns
    return writer.shared[key]


def _as_kernel(matrix: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    """The first columns of a matrix (filters, window …) as a kernel of this shape, in the same memory."""
    _, c, kh, kw = shape
    filter_, number = matrix.stride()
    return matrix.as_strided(shape, (filter_, kh * kw * number, kw * number, number))


def _held(writer: Writer, array: torch.Tensor) -> torch.Tensor:
    """Memory that this program alone uses, and for nothing else."""
    writer.buffers.hold(array)
    return array


def _give(writer: Writer, ref: Ref, array: torch.Tensor) -> None:
    writer.values[ref] = writer.new_value(writer.free(ref.name, array), array, own=False)


def _sums(step: Any, g: Ref) -> bool:
    """Whether a step sums a gradient over everything but the channels."""
    wanted = {"axis": (0, 2, 3), "keepdims": False}
    return step.operation == "sum" and step.args == (g,) and step.static == wanted and step.result.dtype == g.dtype
