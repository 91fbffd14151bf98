"""What the judges of this lesson share: weights to plant, what torch makes of them, and how to compare.

A probe plants the weights that a case holds into layers and lets the learner's block run. So a judge needs
nothing from the learner's process but the result: it works the same numbers out with torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from autograder.judges.evidence import Layer, Leaves, double, leaves, single


def dense(rng: np.random.Generator, inputs: int, units: int) -> Layer:
    """Weights of a dense layer that neither shrink nor blow up what passes: orthonormal, scaled a little."""
    square = np.linalg.qr(rng.normal(size=(max(inputs, units),) * 2))[0]
    bias = rng.uniform(0.3, 0.9, units) * rng.choice([-1, 1], units)
    return {"weight": single(1.2 * square[:units, :inputs]), "bias": single(bias)}


def scale(rng: np.random.Generator) -> Layer:
    """The one weight of a layer that multiplies an array of any shape."""
    return {"weight": single(rng.uniform(1.3, 2.5, 1) * rng.choice([-1, 1]))}


def scaled(x: np.ndarray, norm: float) -> np.ndarray:
    """x made as long as asked."""
    return single(x / np.linalg.norm(x) * norm)


def run_chain(x: torch.Tensor, layers: Sequence[Leaves], relu: bool = False) -> torch.Tensor:
    """What layers in a row make of x, as torch sees it; `relu` follows each but the last."""
    for i, layer in enumerate(layers):
        x = x @ layer["weight"].T + layer["bias"] if "bias" in layer else x * layer["weight"]
        x = torch.relu(x) if relu and i < len(layers) - 1 else x
    return x


def chain(x: np.ndarray, layers: Sequence[Layer], relu: bool = False) -> np.ndarray:
    return run_chain(double(x), list(map(leaves, layers)), relu).detach().numpy()


def torch_gradients(
    x: np.ndarray,
    branches: Sequence[Sequence[Layer]],
    combine: Callable[[list[torch.Tensor]], torch.Tensor],
    weigh: np.ndarray,
    relu: bool = False,
) -> list[list[np.ndarray]]:
    """Gradients of (combine(branches(x)) * weigh).sum(): for each branch those of its parameters, in order."""
    nets = [list(map(leaves, branch)) for branch in branches]
    start = double(x)
    output = combine([run_chain(start, net, relu) for net in nets])
    (output * double(weigh)).sum().backward()
    return [[p.grad.numpy() for layer in net for p in layer.values() if p.grad is not None] for net in nets]


def same_numbers(found: Any, wanted: Sequence[float], ordered: bool = True) -> bool:
    """Whether a list read back holds these numbers (in any order, unless ordered)."""
    if not isinstance(found, list) or len(found) != len(wanted) or not all(isinstance(v, float) for v in found):
        return False
    return np.allclose(found, wanted) if ordered else np.allclose(sorted(found), sorted(wanted))


def near(found: Any, number: float) -> bool:
    return isinstance(found, float) and bool(np.isclose(found, number))


def marks(values: Any, most: int = 4) -> str:
    """Numbers read back, for a message."""
    if not isinstance(values, list) or not all(isinstance(v, (int, float)) for v in values):
        return "nothing"
    return "[" + ", ".join(f"{v:.3g}" for v in values[:most]) + (", …]" if len(values) > most else "]")
