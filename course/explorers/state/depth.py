"""Signal and gradient through depth: how the outputs of the layers spread, and the gradients that arrive at them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from explorers.state.calls import in_use, watching
from explorers.state.changes import own_draws
from explorers.state.charts import Chart, Series
from miniblocks import autograd
from miniblocks.errors import GraphError
from miniblocks.nd import random
from miniblocks.nn import Block, Dense, Embedding
from miniblocks.tensor import Tensor

ROWS = 64  # of a batch at most: enough for a variance, and quick


@dataclass(frozen=True)
class Layer:
    """One call of a layer: variances of its output's elements, and of the gradients that arrive at them."""

    label: str  # its path, with #2 at its second call
    shape: tuple[int, ...]
    signal: float
    zeros: float  # the share of its outputs that are exactly 0
    gradient: float | None  # None: no gradient comes here


@dataclass(frozen=True)
class Depth:
    """All calls in order, the output, and what has to be said about them."""

    layers: tuple[Layer, ...]
    output: np.ndarray
    note: str = ""


def sampled(inputs: Sequence[Any], rows: int = ROWS) -> tuple[tuple[Any, ...], str]:
    """The first rows of each input, and a note where some were left out."""
    sizes = {len(x) for x in inputs if isinstance(x, Tensor) and x.ndim}
    if len(sizes) != 1 or max(sizes) <= rows:
        return tuple(inputs), ""
    few = tuple(x[:rows] if isinstance(x, Tensor) and x.ndim else x for x in inputs)
    return few, f"Sampled: the first {rows} of {sizes.pop()} rows."


def through_depth(net: Block, inputs: Sequence[Any], rows: int = ROWS) -> Depth:
    """Send a sample forward, and back from random numbers at the output; parameters and their gradients stay as they are.

    A layer is a block with parameters of its own, or one without blocks inside; what only gives on the numbers that it was given
    (Flatten, Dropout in evaluation mode) is none. Raises whatever the network raises.
    """
    inputs, note = sampled(inputs, rows)
    there = {_numbers(x) for x in inputs if isinstance(x, Tensor)}
    inside: list[bool] = []  # for each block at work: does it own parameters?
    calls: Counter[str] = Counter()
    outputs: list[tuple[str, Tensor]] = []
    gradients: dict[int, float] = {}

    def enter(path: str, block: Block) -> None:
        inside.append(bool(block.params))

    def leave(path: str, block: Block, output: Any) -> None:
        own = inside.pop()
        if (
            isinstance(output, Tensor)
            and not any(inside)
            and (own or not block._children)
            and _numbers(output) not in there
        ):
            there.add(_numbers(output))
            calls[path] += 1
            number = len(outputs)
            outputs.append((path + (f" #{calls[path]}" if calls[path] > 1 else ""), output))
            if output.requires_grad:
                output.register_hook(lambda g: gradients.update({number: variance(g)}))

    with own_draws(0), in_use(net), autograd.record(), watching(net, enter, leave):
        output = first_tensor(net(*inputs))
        try:
            autograd.grad(output, [], random.normal(shape=output.shape, dtype=output.dtype).to(output.device))
        except GraphError:
            note += " No gradient: nothing here is trained."
    layers = [
        Layer(label or type(net).__name__, y.shape, variance(y), zeros(y), gradients.get(i))
        for i, (label, y) in enumerate(outputs)
    ]
    return Depth(tuple(layers), output.asnumpy(), note.strip())


def _numbers(x: Tensor) -> tuple[int, int]:
    """Where an array's numbers lie, and how many they are: the same for an array in another shape."""
    return x.raw.data_ptr(), x.raw.numel()


def variance(x: Tensor) -> float:
    """The variance of all elements together; nan where there is none, as among elements that are not finite."""
    return float(x.raw.detach().double().var(correction=0)) if x.raw.numel() else math.nan


def zeros(x: Tensor) -> float:
    """The share of elements that are exactly 0; nan where there is none."""
    return 1 - int(torch.count_nonzero(x.raw.detach())) / x.size if x.size else math.nan


def first_tensor(output: Any) -> Tensor:
    """The output, or the first of several."""
    while isinstance(output, tuple | list) and output:
        output = output[0]
    if not isinstance(output, Tensor):
        raise TypeError(
            f"the network gave a {type(output).__name__}, and a tensor is needed to send gradients back from"
        )
    return output


def depth_chart(depth: Depth, before: Depth | None = None, title: str = "Variance through depth") -> Chart:
    """Signal and gradient over the layers, on a logarithmic scale; `before` gives the same curves before a change."""
    runs = [("", depth)] + ([(", before", before)] if before is not None else [])
    series = []
    for suffix, run in runs:
        places = range(len(run.layers))
        series.append(Series(f"signal{suffix}", places, [layer.signal for layer in run.layers]))
        back = [math.nan if layer.gradient is None else layer.gradient for layer in run.layers]
        series.append(Series(f"gradient{suffix}", places, back))
    names = tuple(layer.label for layer in depth.layers)
    hidden = any(0 in s.y for s in series)
    note = " ".join(filter(None, [depth.note, "A variance of 0 has no place on this scale." if hidden else ""]))
    return Chart(title, tuple(series), "layer", True, names, note)


WORK = 1 << 21  # multiplications of a row with all parameters, about: more rows only where the network is small


def rows_for(net: Block) -> int:
    """How many rows are sent through: fewer where the network is large."""
    size = sum(p.data().size for p in net.collect_params().values() if p.is_initialized)
    return max(2, min(ROWS, WORK // max(1, size)))


def made_up(net: Block) -> tuple[Tensor, ...] | None:
    """Inputs for a network whose first layer says what it takes: standard normal rows, or indices. None where none does."""
    for _, block in net.named_blocks():
        if block.params:
            with own_draws(0):
                if isinstance(block, Embedding):
                    return (random.randint(0, block.input_dim, shape=(ROWS, 1)),)
                if isinstance(block, Dense) and block.weight.is_shape_known:
                    return (random.normal(shape=(ROWS, block.weight.shape[1])),)
            return None
    return None


def moved(before: Depth, after: Depth) -> str:
    """What a change did to the layers and to the output, in words."""
    if len(before.layers) != len(after.layers) or before.output.shape != after.output.shape:
        return "The network computes along another way now."
    labels = [b.label for a, b in zip(before.layers, after.layers) if (a.signal, a.zeros) != (b.signal, b.zeros)]
    apart = float(np.abs(after.output.astype(np.float64) - before.output).max(initial=0.0))
    if not labels and apart == 0:
        return "No layer gives anything else for these inputs."
    first = f"From {labels[0]} on, " if labels else ""
    return f"{first}{len(labels)} of {len(after.layers)} layers give something else; the output moved by up to {apart:.3g}."
