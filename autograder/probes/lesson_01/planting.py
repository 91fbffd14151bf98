"""What the probes of this lesson share: layers with planted weights, and marks written and read back."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.probe import Observer
from miniblocks import nd, nn

Layer = dict[str, np.ndarray]


class Scale(nn.Block):
    """x times one weight, for x of any shape."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weight = self.params.get("weight", shape=(1,))

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        return x * self.weight.data()


class Row(nn.Block):
    """Blocks in a row; none at all gives back x itself. (Exercises may disable nn.Sequential.)"""

    def __init__(self, *blocks: nn.Block) -> None:
        super().__init__()
        for block in blocks:
            self.register_child(block)

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        for block in self.children():
            x = block(x)
        return x


def empty(layer: Layer) -> nn.Block:
    """A layer of the right kind and size, without values; its input size is left open."""
    return nn.Dense(len(layer["weight"])) if "bias" in layer else Scale()


def row(layers: Sequence[Layer]) -> nn.Block:
    """Layers in a row without values; a single one stands alone."""
    return empty(layers[0]) if len(layers) == 1 else Row(*map(empty, layers))


def own_parameters(block: nn.Block) -> list[nn.Parameter]:
    """A planted block's parameters, weight before bias, in the order of its layers."""
    layers = list(block.children()) if isinstance(block, Row) else [block]
    return [p for layer in layers for p in (layer.weight, getattr(layer, "bias", None)) if p is not None]


def plant(parameters: Iterable[nn.Parameter], layers: Sequence[Layer]) -> None:
    """Write the weights of a case into parameters."""
    for parameter, value in zip(parameters, (v for layer in layers for v in layer.values())):
        parameter.set_data(nd.array(value))


def ready(block: nn.Block, x: np.ndarray, layers: Sequence[Layer]) -> None:
    """Initialize a block by itself, let it see x so that all shapes are known, and plant its weights."""
    with quiet():
        block.initialize()
        block(nd.array(x))
        plant(own_parameters(block), layers)


@contextmanager
def quiet() -> Iterator[None]:
    """A second initialize() warns, and so does a capture that meets a branch; here both are meant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def mark(parameters: Iterable[nn.Parameter], marks: Sequence[float]) -> None:
    """Fill each parameter with a number of its own (a shape that is not known yet is skipped)."""
    for parameter, value in zip(parameters, marks):
        if parameter.is_initialized:
            parameter.set_data(nd.full(parameter.shape, value))


def read(parameters: Iterable[nn.Parameter]) -> list[float]:
    """The first number in each parameter, nan where there is none."""
    return [float(p.data().asnumpy().ravel()[0]) if p.is_initialized else float("nan") for p in parameters]


def gradients(parameters: Iterable[nn.Parameter]) -> list[np.ndarray]:
    return [p.grad().asnumpy() for p in parameters]


def collect(
    see: Observer, net: nn.Block, x: np.ndarray, marks: Sequence[float], handles: Iterable[nn.Parameter]
) -> None:
    """What a network collects, and whether it is what `handles` hold: write through the one, read through the other."""
    with see.attempt("collect its parameters"):
        collected = list(net.collect_params().values())
        see["collected"] = len(collected)
        with see.attempt("initialize it and call it"), quiet():
            net.initialize()
            net(nd.array(x))
        mark(collected, marks)
        see["read_back"] = read(handles)
