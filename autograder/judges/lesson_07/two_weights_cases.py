"""Data and starting weights for the model with two weights, and what a step of it should give: by torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.exercise import Case

THRESHOLD = 5.0
# The loss of the step before, as a stratum: below, above, and on the threshold itself, which is not below it.
ASKED = (1.0, 9.0, 4.99, 5.0)


def draw(rng: np.random.Generator) -> list[Case]:
    """Two networks of different sizes: one asked step by step, one trained for some rounds."""
    cases = []
    for situation in ("asked", "trained"):
        batch, width, hidden, out = (int(n) for n in rng.integers((3, 2, 4, 2), (6, 5, 8, 4)))
        shapes = {"w1": (width, hidden), "w2a": (hidden, out), "w2b": (hidden, out)}
        weights = {name: _normal(rng, shape, 0.6) for name, shape in shapes.items()}
        weights["w2b"] += 1.0  # the two are never alike
        cases.append(
            {
                "situation": situation,
                "weights": weights,
                "x": _normal(rng, (batch, width), 1.0),
                "y": _normal(rng, (batch, out), 1.0),
                "example": [_normal(rng, (batch, width), 1.0), _normal(rng, (batch, out), 1.0)],
                "before": list(ASKED),
                "rate": 0.002,
                "rounds": 6,
            }
        )
    return cases


def _normal(rng: np.random.Generator, shape: tuple[int, ...], scale: float) -> np.ndarray:
    values = rng.normal(0.3, scale, shape)
    return np.asarray(values, np.float32)


def step(weights: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray, second: str) -> dict[str, Any]:
    """The loss with this second weight, and the gradient of each weight that takes part."""
    leaves = {name: torch.tensor(weights[name], requires_grad=True) for name in ("w1", second)}
    hidden = torch.relu(torch.tensor(x) @ leaves["w1"])
    loss = torch.square(hidden @ leaves[second] - torch.tensor(y)).sum()
    grads = torch.autograd.grad(loss, list(leaves.values()))
    return {"loss": loss.item(), **{name: g.numpy() for name, g in zip(leaves, grads)}}


def trained(case: Case, alternating: list[float]) -> list[float]:
    """The losses of a training in which the weight is chosen by these numbers."""
    weights = {name: w.copy() for name, w in case["weights"].items()}
    losses = []
    for before in alternating:
        one = step(weights, case["x"], case["y"], "w2a" if before < THRESHOLD else "w2b")
        losses.append(one.pop("loss"))
        for name, g in one.items():
            weights[name] -= case["rate"] * g
    return losses
