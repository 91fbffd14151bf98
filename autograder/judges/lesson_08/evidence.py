"""What the judges of this lesson share: weights to plant, what torch makes of them, and how to compare and to tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.exercise import Mistake, NoEvidence, Seen, describe

Layer = dict[str, np.ndarray]


def single(values: np.ndarray) -> np.ndarray:
    """In single precision, as miniblocks computes."""
    return np.asarray(values, dtype=np.float32)


def inputs(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Numbers well away from 0, of both signs."""
    return single(rng.uniform(0.4, 1.6, shape) * rng.choice([-1, 1], shape))


def layer(rng: np.random.Generator, *shape: int) -> Layer:
    """A weight of this shape (dense or a kernel) that about keeps the size of what passes, and a bias that shows."""
    fan_in = int(np.prod(shape[1:]))
    bias = rng.uniform(0.2, 0.6, shape[0]) * rng.choice([-1, 1], shape[0])
    return {"weight": single(rng.normal(0, (1.5 / fan_in) ** 0.5, shape)), "bias": single(bias)}


Leaves = dict[str, torch.Tensor]


def leaves(given: Layer) -> Leaves:
    """A layer as double-precision leaves of torch's graph."""
    return {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in given.items()}


def run(given: Leaves, x: torch.Tensor) -> torch.Tensor:
    """What a layer makes of x: dense for rows, a convolution that keeps height and width for images."""
    if given["weight"].ndim == 2:
        return torch.nn.functional.linear(x, given["weight"], given["bias"])
    padding = given["weight"].shape[-1] // 2
    return torch.nn.functional.conv2d(x, given["weight"], given["bias"], padding=padding)


def double(values: np.ndarray) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def same(a: Any, b: Any) -> bool:
    """Equal up to float32 rounding, shapes included."""
    return (
        isinstance(a, np.ndarray)
        and isinstance(b, np.ndarray)
        and a.shape == b.shape
        and np.allclose(a, b, rtol=5e-4, atol=5e-4 * (1 + float(np.abs(b).max(initial=0))))
    )


def all_same(found: Any, wanted: list[np.ndarray]) -> bool:
    return isinstance(found, list) and len(found) == len(wanted) and all(map(same, found, wanted))


def numbers(array: Any, most: int = 4) -> str:
    """The first numbers of an array, for a message."""
    if not isinstance(array, np.ndarray):
        return describe(array)
    shown = ", ".join(f"{v:.3g}" for v in array.ravel()[:most])
    return f"shape {array.shape}: {shown}{', …' if array.size > most else ''}"


def listed(seen: Seen, name: str, *kinds: type) -> list[Any]:
    """An observation that is a list of values of these kinds; anything else is no evidence."""
    value = seen[name]
    if isinstance(value, list) and all(type(v) in kinds for v in value):
        return value
    raise NoEvidence(
        Mistake("not-observed", f"a list for `{name}`", describe(value), "The check could not observe this.")
    )


def shapes(seen: Seen, name: str) -> list[tuple[int, ...]]:
    """An observation that is a list of shapes, each a list of whole numbers."""
    found = listed(seen, name, list)
    if all(type(n) is int for shape in found for n in shape):
        return [tuple(shape) for shape in found]
    raise NoEvidence(
        Mistake("not-observed", f"shapes for `{name}`", describe(found), "The check could not observe this.")
    )


def count(seen: Seen, name: str) -> int:
    """An observation that is a whole number; anything else is no evidence."""
    value = seen[name]
    if type(value) is int:
        return value
    raise NoEvidence(Mistake("not-a-number", "a whole number", describe(value), f"`{name}` should be a whole number."))


def stopped(
    seen: Seen, step: str, mistake: str, tried: str, cause: str, expected: str = "no error", look: str = ""
) -> Mistake | None:
    """The named mistake that explains why a step of the probe ended in an error, or None if it did not."""
    error = seen.error(step)
    return None if error is None else Mistake(mistake, expected, str(error), cause, tried, look)


def first(*mistakes: Mistake | None) -> Mistake | None:
    return next((m for m in mistakes if m is not None), None)
