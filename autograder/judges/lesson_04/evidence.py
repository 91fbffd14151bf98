"""What the judges of this lesson share: rows of dense layers with ties, as torch computes them, and how to compare.

A network is a list of layers by place. Places that are tied hold the same arrays, and become the same leaves in
torch, so that torch works out by itself what a tie does to a gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from autograder.exercise import Seen
from autograder.judges.evidence import Layer, Leaves, leaves, no_evidence, same, single

Groups = Sequence[Sequence[int]]


def dense(rng: np.random.Generator, n: int, units: int) -> Layer:
    """A layer that neither shrinks nor blows up what passes: orthonormal, scaled a little, with a bias."""
    square = np.linalg.qr(rng.normal(size=(max(n, units),) * 2))[0]
    bias = rng.uniform(0.2, 0.5, units) * rng.choice([-1, 1], units)
    return {"weight": single(1.2 * square[:units, :n]), "bias": single(bias)}


def row(rng: np.random.Generator, sizes: Sequence[int], groups: Groups = ()) -> list[Layer]:
    """Layers from each size to the next; the places of a group hold the same values."""
    layers = [dense(rng, a, b) for a, b in zip(sizes, sizes[1:])]
    first = {place: group[0] for group in groups for place in group}
    return [layers[first.get(place, place)] for place in range(len(layers))]


def all_leaves(layers: Sequence[Layer], groups: Groups = ()) -> list[Leaves]:
    """The layers as double-precision leaves of torch's graph; the places of a group are the same leaves."""
    made = [leaves(layer) for layer in layers]
    first = {place: group[0] for group in groups for place in group}
    return [made[first.get(place, place)] for place in range(len(made))]


def run(
    x: torch.Tensor, layers: Sequence[Leaves], activation: Callable[[torch.Tensor], torch.Tensor], last: bool = False
) -> torch.Tensor:
    """What the layers in a row make of x; the activation follows each but the last, and the last too if so asked."""
    for place, layer in enumerate(layers):
        x = x @ layer["weight"].T + layer["bias"]
        x = activation(x) if last or place < len(layers) - 1 else x
    return x


def gradients(layers: Sequence[Leaves]) -> list[Layer]:
    """What backward left in the leaves, place by place."""
    return [{k: v.grad.numpy() if v.grad is not None else np.zeros(v.shape) for k, v in one.items()} for one in layers]


def values(layers: Sequence[Leaves]) -> list[Layer]:
    return [{k: v.detach().numpy().copy() for k, v in one.items()} for one in layers]


# -- comparing ------------------------------------------------------------------------------------------------------


def all_same(found: Any, wanted: Sequence[Layer]) -> bool:
    """Whether a list of layers read back holds these values, place by place."""
    return (
        isinstance(found, list)
        and len(found) == len(wanted)
        and all(isinstance(f, dict) and all(same(f.get(k), w[k]) for k in w) for f, w in zip(found, wanted))
    )


def layers_of(seen: Seen, name: str) -> list[Layer]:
    """An observation that is a list of layers, each a dict of arrays; anything else is no evidence."""
    value = seen[name]
    if isinstance(value, list) and all(
        isinstance(one, dict) and all(isinstance(v, np.ndarray) for v in one.values()) for one in value
    ):
        return value
    raise no_evidence(f"layers for `{name}`", value)
