"""What the judges of this lesson share: weights to plant, what torch makes of them, and how to compare.

A probe plants the weights that a case holds into layers and lets the learner's block run. So a judge needs
nothing from the learner's process but the result: it works the same numbers out with torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from autograder.exercise import Error, Mistake, NoEvidence, Seen, describe

Layer = dict[str, np.ndarray]


def single(values: np.ndarray) -> np.ndarray:
    """In single precision, as miniblocks computes."""
    return values.astype(np.float32)


def dense(rng: np.random.Generator, inputs: int, units: int) -> Layer:
    """Weights of a dense layer that neither shrink nor blow up what passes: orthonormal, scaled a little."""
    square = np.linalg.qr(rng.normal(size=(max(inputs, units),) * 2))[0]
    bias = rng.uniform(0.3, 0.9, units) * rng.choice([-1, 1], units)
    return {"weight": single(1.2 * square[:units, :inputs]), "bias": single(bias)}


def scale(rng: np.random.Generator) -> Layer:
    """The one weight of a layer that multiplies an array of any shape."""
    return {"weight": single(rng.uniform(1.3, 2.5, 1) * rng.choice([-1, 1]))}


def inputs(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Numbers well away from 0, of both signs."""
    return single(rng.uniform(0.4, 1.6, shape) * rng.choice([-1, 1], shape))


def scaled(x: np.ndarray, norm: float) -> np.ndarray:
    """x made as long as asked."""
    return single(x / np.linalg.norm(x) * norm)


def run_chain(x: torch.Tensor, layers: Sequence[dict[str, torch.Tensor]], relu: bool = False) -> torch.Tensor:
    """What layers in a row make of x, as torch sees it; `relu` follows each but the last."""
    for i, layer in enumerate(layers):
        x = x @ layer["weight"].T + layer["bias"] if "bias" in layer else x * layer["weight"]
        x = torch.relu(x) if relu and i < len(layers) - 1 else x
    return x


def tensors(layers: Sequence[Layer]) -> list[dict[str, torch.Tensor]]:
    """The layers as double-precision leaves of torch's graph."""
    return [{k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in layer.items()} for layer in layers]


def chain(x: np.ndarray, layers: Sequence[Layer], relu: bool = False) -> np.ndarray:
    return run_chain(torch.tensor(x, dtype=torch.float64), tensors(layers), relu).detach().numpy()


def torch_gradients(
    x: np.ndarray,
    branches: Sequence[Sequence[Layer]],
    combine: Callable[[list[torch.Tensor]], torch.Tensor],
    weigh: np.ndarray,
    relu: bool = False,
) -> list[list[np.ndarray]]:
    """Gradients of (combine(branches(x)) * weigh).sum(): for each branch those of its parameters, in order."""
    nets = [tensors(branch) for branch in branches]
    start = torch.tensor(x, dtype=torch.float64)
    output = combine([run_chain(start, net, relu) for net in nets])
    (output * torch.tensor(weigh, dtype=torch.float64)).sum().backward()
    return [[p.grad.numpy() for layer in net for p in layer.values() if p.grad is not None] for net in nets]


def same(a: Any, b: Any) -> bool:
    """Equal up to float32 rounding, shapes included."""
    return (
        isinstance(a, np.ndarray)
        and isinstance(b, np.ndarray)
        and a.shape == b.shape
        and np.allclose(a, b, rtol=2e-4, atol=2e-4 * (1 + float(np.abs(b).max(initial=0))))
    )


def all_same(found: Any, wanted: Sequence[np.ndarray]) -> bool:
    return isinstance(found, list) and len(found) == len(wanted) and all(map(same, found, wanted))


def same_numbers(found: Any, wanted: Sequence[float], ordered: bool = True) -> bool:
    """Whether a list read back holds these numbers (in any order, unless ordered)."""
    if not isinstance(found, list) or len(found) != len(wanted) or not all(isinstance(v, float) for v in found):
        return False
    return np.allclose(found, wanted) if ordered else np.allclose(sorted(found), sorted(wanted))


def near(found: Any, number: float) -> bool:
    return isinstance(found, float) and bool(np.isclose(found, number))


def numbers(array: Any, most: int = 4) -> str:
    """The first numbers of an array, for a message."""
    if not isinstance(array, np.ndarray):
        return "nothing"
    shown = ", ".join(f"{v:.3g}" for v in array.ravel()[:most])
    return f"shape {array.shape}: {shown}{', …' if array.size > most else ''}"


def marks(values: Any, most: int = 4) -> str:
    """Numbers read back, for a message."""
    if not isinstance(values, list) or not all(isinstance(v, (int, float)) for v in values):
        return "nothing"
    return "[" + ", ".join(f"{v:.3g}" for v in values[:most]) + (", …]" if len(values) > most else "]")


def listed(seen: Seen, name: str, kind: type) -> list[Any]:
    """An observation that is a list of values of one kind; anything else is no evidence."""
    value = seen[name]
    if isinstance(value, list) and all(isinstance(v, kind) for v in value):
        return value
    raise NoEvidence(
        Mistake("not-observed", f"a list for `{name}`", describe(value), "The check could not observe this.")
    )


def count(seen: Seen, name: str) -> int:
    """An observation that is a whole number; anything else is no evidence."""
    value = seen[name]
    if type(value) is int:
        return value
    raise NoEvidence(Mistake("not-a-number", "a whole number", describe(value), f"`{name}` should be a whole number."))


def stopped(seen: Seen, step: str, mistake: str, tried: str, cause: str, expected: str = "no error") -> Mistake | None:
    """The named mistake that explains why a step of the probe ended in an error, or None if it did not."""
    error: Error | None = seen.error(step)
    return None if error is None else Mistake(mistake, expected, str(error), cause, tried=tried)


def first(*mistakes: Mistake | None) -> Mistake | None:
    return next((m for m in mistakes if m is not None), None)
