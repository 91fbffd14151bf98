"""What the probes of this lesson share: finding a block's parameters, writing known numbers into them, reading them back."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer
from miniblocks import nd, nn

Layer = dict[str, np.ndarray]


@contextmanager
def quiet() -> Iterator[None]:
    """A second initialize() warns; here it is meant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def handles(net: nn.Block) -> list[nn.Parameter]:
    """All parameters of a block, also of blocks kept in plain lists, tuples and dictionaries: so that a forgotten
    registration costs its own points and no others."""
    return list(dict.fromkeys(p for block in _reachable(net) for p in block.params.values()))


def in_call_order(net: nn.Block, x: np.ndarray) -> list[nn.Parameter]:
    """The same, initialized and with known shapes, in the order in which a first call uses their blocks."""
    initialize(handles(net))
    blocks, used = _reachable(net), []
    removers = [block.register_forward_hook(lambda block, _, __: used.append(block)) for block in blocks]
    try:
        net(nd.array(x))
    finally:
        for remove in removers:
            remove()
    return list(dict.fromkeys(p for block in [*used, *blocks] for p in block.params.values()))


def _reachable(net: nn.Block) -> list[nn.Block]:
    found: dict[int, nn.Block] = {}
    waiting: list[Any] = [net]
    while waiting and len(found) < 1000:
        one = waiting.pop(0)
        if isinstance(one, nn.Block) and id(one) not in found:
            found[id(one)] = one
            hidden = [v for k, v in vars(one).items() if k not in ("_children", "params") and not k.startswith("__")]
            waiting[:0] = [*one.children(), *(v for v in hidden if isinstance(v, (list, tuple, dict, nn.Block)))]
        elif isinstance(one, (list, tuple)):
            waiting[:0] = [v for v in one if isinstance(v, (list, tuple, dict, nn.Block))]
        elif isinstance(one, dict):
            waiting[:0] = [v for v in one.values() if isinstance(v, (list, tuple, dict, nn.Block))]
    return list(found.values())


def initialize(parameters: Iterable[nn.Parameter]) -> None:
    """Each by itself, in case its network does not know of it."""
    with quiet():
        for parameter in parameters:
            parameter.initialize()


def plant(parameters: Iterable[nn.Parameter], layers: Sequence[Layer]) -> None:
    """Write weights and biases, in order, into the parameters that have their shapes."""
    waiting = [value for layer in layers for value in layer.values()]
    for parameter in parameters:
        fitting = next((i for i, value in enumerate(waiting) if value.shape == parameter.shape), None)
        if fitting is not None:
            parameter.set_data(nd.array(waiting.pop(fitting)))


def shapes(parameters: Iterable[nn.Parameter]) -> list[list[int]]:
    return [list(p.shape or ()) for p in parameters]


def gradients(parameters: Iterable[nn.Parameter]) -> list[np.ndarray]:
    return [p.grad().asnumpy() for p in parameters if p.grad_req != "null"]


def collect(see: Observer, net: nn.Block, parameters: Sequence[nn.Parameter], marker: float) -> None:
    """Parameter k gets the number `marker + k` through `collect_params()`, and is read through its own layer."""
    collected = set(net.collect_params().values())
    see["collected"] = len(collected)
    for k, parameter in enumerate(parameters):
        if parameter in collected and parameter.is_initialized:
            parameter.set_data(nd.full(parameter.shape, marker + k))
    see["read back"] = [float(p.data().asnumpy().ravel()[0]) if p.is_initialized else float("nan") for p in parameters]


def send_back(see: Observer, net: Any, case: Case, parameters: Sequence[nn.Parameter]) -> None:
    """The gradients of (net(x) * weigh).sum() at x and at the parameters."""
    x = nd.array(case["x"])
    x.attach_grad()
    for parameter in parameters:
        parameter.zero_grad()
    # x * 1: a block that writes into its input then writes beside the leaf whose gradient is asked for
    (net(x * 1) * nd.array(case["weigh"])).sum().backward()
    see["gradient of x"] = x.grad
    see["gradients"] = gradients(parameters)
