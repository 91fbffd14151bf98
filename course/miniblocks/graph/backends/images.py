"""How the `python` backend writes large convolutions and pools: into buffers, where calls of torch would take new memory each time.

Memory of megabytes that is given back after every use is taken from the system anew, page by page: of a small convolutional network's
training step that was up to a sixth. torch has no convolution with a place for its result, but oneDNN's adds to one (what torch's own
compiler calls as well): into zeros, or to what the result is added to. (Its own relu is not used, which makes 0 of nan.) The gradient by
the input is a convolution with the kernel turned round.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import torch

from miniblocks.graph.backends import columns
from miniblocks.graph.ir import Ref, Step
from miniblocks.graph.statistics import size
from miniblocks.ops.images import channels_last

if TYPE_CHECKING:
    from miniblocks.graph.backends.writer import Value, Writer

ADDING = ("add_conv2d", "add_conv2d_input")  # their first argument is what is added to
GIVING = ("conv2d", "conv2d_relu", "conv2d_input", "max_pool2d", "max_pool2d_input", *ADDING)  # images, channels last
LARGE = 1 << 18  # bytes of a result: where memory costs more than writing zeros
aten = torch.ops.aten


@cache
def adding() -> Any:
    """oneDNN's convolution that adds to a place; None where this torch has none, or it does something else."""
    try:
        convolution = torch.ops.mkldnn._convolution_pointwise_.binary
        x, w = torch.ones(1, 1, 3, 3), torch.ones(1, 1, 3, 3)
        convolution(out := torch.zeros(1, 1, 3, 3), x, w, None, [1, 1], [1, 1], [1, 1], 1, "add", 1.0, None, [], "")
        return convolution if torch.equal(out, torch.conv2d(x, w, padding=1)) else None
    except (AttributeError, RuntimeError):
        return None


def convolution(writer: Writer, step: Step) -> bool:
    """A convolution, alone, with relu after it, or added to something; a bias may be None."""
    if step.operation not in ADDING and columns.convolution(writer, step):
        return True
    *_, x, w, b = step.args
    words = [_last(writer, x), _last(writer, w), writer.word(b)]
    if not _convolved(writer, step, words, step.static["stride"], step.static["padding"]):
        return False
    if step.operation == "conv2d_relu":
        writer.line(writer.call(torch.relu_, writer.word(step.result)))
    return True


def input_gradient(writer: Writer, step: Step) -> bool:
    """The gradient by the input, where the window moves by 1: the gradient convolved with the kernel turned round."""
    *_, g, w = step.args
    padding = tuple(k - 1 - p for k, p in zip(w.shape[2:], step.static["padding"]))
    if tuple(step.static["stride"]) != (1, 1) or min(padding) < 0:
        return False
    turned = f"{writer.object('turned', turned_round)}({writer.word(w)})"
    return _convolved(writer, step, [_last(writer, g), turned, "None"], (1, 1), padding)


def turned_round(w: torch.Tensor) -> torch.Tensor:
    """A kernel as its convolution's transpose has it: inputs and outputs exchanged, and the window turned by half a turn."""
    return channels_last(w.flip((2, 3)).transpose(0, 1))


def _convolved(writer: Writer, step: Step, words: list[str], stride: Any, padding: Any) -> bool:
    """Input, kernel and bias convolved into zeros, or to what the operation adds to: in its place where nobody reads it any more, or in a copy."""
    onto = step.args[0] if step.operation in ADDING else None
    lasting = [a for a in step.args if isinstance(a, Ref) and not (a == onto and writer.values[a].channels_last)]
    if onto is not None and onto in step.args[1:]:
        lasting.append(onto)
    target = _place(writer, step, lasting)
    if target is None:
        return False
    if onto is None:
        writer.line(f"{target.word}.zero_()")
    elif target.word != writer.word(onto):
        writer.line(f"{target.word}.copy_({writer.word(onto)})")
    window = f"{list(padding)}, {list(stride)}, [1, 1], 1"
    arguments = [target.word, *words, window, "'add', 1.0, None, [], ''"]
    writer.line(writer.call(adding(), ", ".join(arguments)))
    writer.values[step.result] = target
    return True


def pool(writer: Writer, step: Step) -> bool:
    """The maxima, and where they were found if a later step asks for that: both into buffers."""
    target = _place(writer, step)
    if target is None:
        return False
    asking = next((s for s in writer.graph.steps if _asks(s, step)), None)
    shape = step.shape
    flat, array = writer.buffers.take(shape, "int64", channels_last=True)
    places = writer.new_value(writer.free(f"{step.result.name}_places", array), array)
    if asking is None:
        writer.buffers.give_back(flat)
    else:
        places.flat, places.channels_last = flat, True
        writer.values[asking.results[0]] = places
    function = writer.object("max_pool2d_with_indices_out", aten.max_pool2d_with_indices.out)
    window = [_last(writer, step.args[0]), *(str(list(step.static[k])) for k in ("size", "stride", "padding"))]
    writer.line(f"{function}({', '.join(window)}, out={target.word}, indices={places.word})")
    writer.values[step.result] = target
    return True


def _asks(step: Any, pool: Step) -> bool:
    """Whether a step asks where the maxima of a pool were found."""
    return (
        step.operation == "pool_positions" and step.args == (pool.args[0], pool.result) and step.static == pool.static
    )


def pool_places(writer: Writer, step: Step) -> bool:
    """Nothing is to be done where the pool has written them down."""
    return step.result in writer.values


def pool_gradient(writer: Writer, step: Step) -> bool:
    target = _place(writer, step)
    if target is None:
        return False
    g, x, places = step.args
    function = writer.object("max_pool2d_backward_out", aten.max_pool2d_with_indices_backward.grad_input)
    window = ", ".join(str(list(step.static[k])) for k in ("size", "stride", "padding"))
    words = f"{_last(writer, g)}, {_last(writer, x)}, {window}, [1, 1], False, {writer.word(places)}"
    writer.line(f"{function}({words}, grad_input={target.word})")
    writer.values[step.result] = target
    return True


def _place(writer: Writer, step: Step, besides: Iterable[Ref] = ()) -> Value | None:
    """A place for a large result on the CPU, none of `besides`."""
    fits = size(step.result) >= LARGE and step.dtype == "float32" and writer.device.type == "cpu"
    if not fits or adding() is None or any(a.dtype != "float32" for a in step.args[:2] if isinstance(a, Ref)):
        return None
    return writer.place(step, besides=tuple(besides))


def _last(writer: Writer, ref: Ref) -> str:
    """A value with channels last in memory."""
    if writer.values[ref].channels_last and ref.shape[1] > 1:
        return writer.word(ref)
    return f"{writer.object('channels_last', channels_last)}({writer.word(ref)})"


LOWERINGS = {
    "conv2d": convolution,
    "conv2d_relu": convolution,
    "conv2d_input": input_gradient,
    "conv2d_kernel": columns.kernel_gradient,
    "sum": columns.total,
    "add_conv2d": convolution,
    "add_conv2d_input": input_gradient,
    "max_pool2d": pool,
    "pool_positions": pool_places,
    "max_pool2d_input": pool_gradient,
}
