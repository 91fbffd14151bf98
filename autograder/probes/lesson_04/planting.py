"""What the probes of this lesson share: dense layers with planted values, and values and gradients read back."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from miniblocks import nd, nn

Layer = dict[str, np.ndarray]


@contextmanager
def quiet() -> Iterator[None]:
    """A second initialize() warns; here it is meant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def dense_row(
    layers: Sequence[Layer], groups: Sequence[Sequence[int]], activation: str, same_block: bool = False
) -> nn.Sequential:
    """A row of dense layers with these values, all but the last with an activation.

    The places of a group are tied: layers that share parameters, or the same layer again.
    """
    net = nn.Sequential()
    first = {place: group[0] for group in groups for place in group}
    for place, layer in enumerate(layers):
        units, n = layer["weight"].shape
        again = first.get(place, place) < place
        if again and same_block:
            net.add(net[first[place]])
            continue
        tied = {"params": net[first[place]].params} if again else {}
        last = place == len(layers) - 1
        net.add(nn.Dense(units, activation=None if last else activation, in_units=n, **tied))
    with quiet():
        net.initialize()
    plant(net, layers)
    return net


def plant(layers: Any, values: Sequence[Layer]) -> None:
    """Write the values of a case into dense layers, place by place."""
    for layer, value in zip(layers, values):
        layer.weight.set_data(nd.array(value["weight"]))
        layer.bias.set_data(nd.array(value["bias"]))


def values(layers: Any) -> list[Layer]:
    """Weight and bias of each layer, as each layer shows them."""
    return [{"weight": layer.weight.data().asnumpy(), "bias": layer.bias.data().asnumpy()} for layer in layers]


def gradients(layers: Any) -> list[Layer]:
    return [{"weight": layer.weight.grad().asnumpy(), "bias": layer.bias.grad().asnumpy()} for layer in layers]


def descend(net: nn.Block, rate: float) -> None:
    """One step downhill for each parameter that the network collects."""
    for parameter in net.collect_params().values():
        parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
