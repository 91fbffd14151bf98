"""Networks whose units are alike in one way or another, for the exercise on symmetry."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case

UNITS = 6


def watching(situation: str, rng: np.random.Generator) -> Case:
    inputs, steps = int(rng.integers(3, 6)), int(rng.integers(5, 9))
    start = {name: value.astype(np.float32) for name, value in _start(situation, inputs, rng).items()}
    return {"part": "watch", "situation": situation, "units": UNITS, "steps": steps, **start, **_data(inputs, rng)}


def _start(situation: str, inputs: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A hidden layer's weights and biases and the weights that go out from it, alike as the situation says."""
    unit, each = rng.uniform(-0.5, 0.5, (1, inputs)), np.arange(UNITS)
    if situation == "alike":
        unit, out = np.full((1, inputs), rng.uniform(0.1, 0.4)), np.full((1, UNITS), rng.uniform(0.3, 0.6))
        return {"weight": np.repeat(unit, UNITS, axis=0), "bias": np.zeros(UNITS), "out": out}
    if situation == "groups":
        kind = each % 2  # two kinds, fewer than inputs: rows and columns cannot be taken for each other
        weight = rng.uniform(-0.5, 0.5, (UNITS, inputs))[kind] + 0.2 * kind[:, None]
        return {"weight": weight, "bias": np.zeros(UNITS), "out": rng.uniform(0.3, 0.9, (1, UNITS))[:, kind]}
    weight = np.repeat(unit, UNITS, axis=0)
    if situation == "outgoing":
        return {"weight": weight, "bias": np.zeros(UNITS), "out": 0.3 * (1 + each[None]) * rng.uniform(0.9, 1.1)}
    return {"weight": weight, "bias": 0.15 * each - rng.uniform(0.2, 0.4), "out": rng.uniform(0.3, 0.9, (1, UNITS))}


def _data(inputs: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    x = rng.uniform(0.5, 1.5, (12, inputs)) * rng.choice([-1, 1], (12, inputs))
    y = np.sin(x.sum(1, keepdims=True)) + 2 * x[:, :1]
    return {"x": x.astype(np.float32), "y": y.astype(np.float32)}


def repairing(rng: np.random.Generator) -> Case:
    inputs, hidden = int(rng.integers(4, 9)), [int(n) for n in rng.integers(6, 12, 2)]
    return {"part": "repair", "hidden": hidden, "value": float(rng.uniform(0.2, 0.6)), **_data(inputs, rng)}
