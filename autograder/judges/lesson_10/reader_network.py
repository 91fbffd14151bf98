"""A specification of lesson 10's library as a torch network: read with suspicion, counted, trained.

A specification is plain data from a stranger. Everything is bounded before anything is made of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from miniblocks import data

INPUTS, CLASSES = 64, 10
MOST_BYTES, MOST_ENTRIES, MOST_UNITS, MOST_WIDTH, MOST_PARAMETERS, DEEPEST = 20_000, 500, 512, 4096, 200_000, 16
EPOCHS, BATCH, RATE = 8, 32, 0.005
SEED = 0  # of first values and batches: always the same, so that grading sees what the learner's check saw

OPTIONS = {
    "dense": {"units", "activation", "gain", "fan", "name"},
    "transposed": {"of"},
    "parallel": {"branches", "merge"},
    "repeat": {"times", "body"},
}
ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}

Pass = Callable[[torch.Tensor], torch.Tensor]


class Fault(Exception):
    """What is wrong with a specification: an id for the finding, the place, and words."""

    def __init__(self, id: str, place: tuple[Any, ...], words: str) -> None:
        super().__init__(words)
        self.id, self.place, self.words = id, "/".join(map(str, place)) or "the whole", words


@dataclass
class Network:
    """What a specification describes."""

    forward: Pass = lambda x: x
    width: int = INPUTS
    parameters: list[torch.Tensor] = field(default_factory=list)
    named: dict[str, torch.Tensor] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)  # of all entries, in the order of the building
    last_activation: str | None = None
    same_branches: bool = False
    entries: int = 0

    @property
    def count(self) -> int:
        return sum(p.numel() for p in self.parameters)


def read(text: str) -> Network:
    """The network that a specification in JSON describes, with first values; raises `Fault`."""
    if len(text) > MOST_BYTES:
        raise Fault("too-large", (), f"{len(text)} characters")
    try:
        spec = json.loads(text)
    except (ValueError, RecursionError):
        raise Fault("not-plain-data", (), "no JSON") from None
    network = Network()
    generator = torch.Generator().manual_seed(SEED)
    network.forward, network.width = _part(spec, INPUTS, (), network, generator)
    return network


def _part(spec: Any, width: int, place: tuple[Any, ...], net: Network, g: torch.Generator) -> tuple[Pass, int]:
    net.entries += 1
    if len(place) > DEEPEST or net.entries > MOST_ENTRIES or width > MOST_WIDTH:
        raise Fault("too-large", place[:8], "too many entries, too deep, or too wide")
    if isinstance(spec, list):
        passes = []
        for i, one in enumerate(spec):
            made, width = _part(one, width, (*place, i), net, g)
            passes.append(made)
        return _chain(passes), width
    if not isinstance(spec, dict) or not isinstance(spec.get("kind"), str):
        raise Fault("no-kind", place, f"an entry is a dictionary with a kind, and here is {str(spec)[:60]}")
    kind = spec["kind"]
    if kind not in OPTIONS:
        raise Fault("unknown-kind", place, f"there is no kind {kind[:30]!r}")
    unknown = sorted(set(spec) - OPTIONS[kind] - {"kind"})
    if unknown:
        raise Fault("unknown-option", place, f"{kind} takes no {unknown[0][:30]!r}")
    net.kinds.append(kind)
    return PARTS[kind](spec, width, place, net, g)


def _chain(passes: list[Pass]) -> Pass:
    def forward(x: torch.Tensor) -> torch.Tensor:
        for one in passes:
            x = one(x)
        return x

    return forward


def _whole(spec: dict[str, Any], name: str, most: int, place: tuple[Any, ...]) -> int:
    value = spec.get(name)
    if type(value) is not int or not 1 <= value <= most:
        raise Fault("bad-option", place, f"{name} is a whole number from 1 to {most}, not {repr(value)[:30]}")
    return value


def _one_of(spec: dict[str, Any], name: str, choices: tuple[Any, ...], place: tuple[Any, ...]) -> Any:
    value = spec.get(name, choices[0])
    if value not in [c for c in choices if type(c) is type(value)]:
        raise Fault("bad-option", place, f"{name} is one of {', '.join(map(str, choices))}, not {repr(value)[:30]}")
    return value


def _dense(spec: dict[str, Any], width: int, place: tuple[Any, ...], net: Network, g: torch.Generator) -> Any:
    units = _whole(spec, "units", MOST_UNITS, place)
    activation = _one_of(spec, "activation", (None, *ACTIVATIONS), place)
    fan = _one_of(spec, "fan", ("in", "out", "avg"), place)
    gain = spec.get("gain", 1.0)
    if isinstance(gain, bool) or not isinstance(gain, (int, float)) or not 0 <= gain <= 1e6:
        raise Fault("bad-option", place, f"gain is a number, not {repr(gain)[:30]}")
    if net.count + units * width > MOST_PARAMETERS:
        raise Fault("too-large", place, f"more than {MOST_PARAMETERS:,} parameters")
    n = {"in": width, "out": units, "avg": (width + units) / 2}[fan]
    weight = (torch.randn(units, width, generator=g) * (gain / math.sqrt(n))).requires_grad_()
    bias = torch.zeros(units, requires_grad=True)
    net.parameters += [weight, bias]
    net.last_activation = activation
    if "name" in spec:
        net.named[str(spec["name"])] = weight
    bent = ACTIVATIONS.get(activation, lambda x: x)
    return (lambda x: bent(torch.nn.functional.linear(x, weight, bias))), units


def _transposed(spec: dict[str, Any], width: int, place: tuple[Any, ...], net: Network, g: torch.Generator) -> Any:
    weight = net.named.get(str(spec.get("of")))
    if weight is None:
        raise Fault("unknown-name", place, f"no dense layer before it is named {str(spec.get('of'))[:30]!r}")
    if weight.shape[0] != width:
        raise Fault("sizes-do-not-fit", place, f"{width} numbers come in, and that layer has {weight.shape[0]} units")
    bias = torch.zeros(weight.shape[1], requires_grad=True)
    net.parameters.append(bias)
    net.last_activation = None
    return (lambda x: x @ weight + bias), int(weight.shape[1])


def _parallel(spec: dict[str, Any], width: int, place: tuple[Any, ...], net: Network, g: torch.Generator) -> Any:
    branches = spec.get("branches")
    if not isinstance(branches, dict) or not branches:
        raise Fault("bad-option", place, "branches is a dictionary from names to specifications")
    merge = _one_of(spec, "merge", ("concat", "sum", "mean"), place)
    made = [_part(one, width, (*place, "branches", name[:30]), net, g) for name, one in branches.items()]
    passes, widths = [one[0] for one in made], [one[1] for one in made]
    texts = [json.dumps(one, sort_keys=True) for one in branches.values()]
    net.same_branches |= len(set(texts)) < 2
    if merge == "concat":
        return (lambda x: torch.cat([one(x) for one in passes], 1)), sum(widths)
    if len(set(widths)) > 1:
        raise Fault("sizes-do-not-fit", place, f'branches of {widths} numbers have no "{merge}"')
    divisor = len(passes) if merge == "mean" else 1
    return (lambda x: torch.stack([one(x) for one in passes]).sum(0) / divisor), widths[0]


def _repeat(spec: dict[str, Any], width: int, place: tuple[Any, ...], net: Network, g: torch.Generator) -> Any:
    passes = []
    for _ in range(_whole(spec, "times", 20, place)):
        made, width = _part(spec.get("body"), width, (*place, "body"), net, g)
        passes.append(made)
    return _chain(passes), width


PARTS: dict[str, Callable[..., tuple[Pass, int]]] = {
    "dense": _dense,
    "transposed": _transposed,
    "parallel": _parallel,
    "repeat": _repeat,
}


@lru_cache(maxsize=32)
def accuracy(text: str) -> float:
    """The share of test digits read rightly after the training that the lesson states; nan where the numbers overflow."""
    network = read(text)
    (x, y), (x_test, y_test) = _digits(True), _digits(False)
    optimizer = torch.optim.Adam(network.parameters, lr=RATE)
    rng = np.random.default_rng(SEED)
    for _ in range(EPOCHS):
        order = torch.as_tensor(rng.permutation(len(x)))
        for batch in order.split(BATCH):
            loss = torch.nn.functional.cross_entropy(network.forward(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        scores = network.forward(x_test)
    if not torch.isfinite(scores).all():
        return math.nan
    return float((scores.argmax(1) == y_test).double().mean())


@lru_cache
def _digits(train: bool) -> tuple[torch.Tensor, torch.Tensor]:
    images, labels = (array.asnumpy() for array in data.digits(train=train).arrays)
    return torch.as_tensor(images.reshape(len(images), -1)), torch.as_tensor(labels)
