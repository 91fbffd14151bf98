"""What the judges of this lesson share: weights to plant, what torch makes of them, and how to compare and to tell."""

from __future__ import annotations

import numpy as np
import torch

from autograder.judges.evidence import Layer, Leaves, single


def layer(rng: np.random.Generator, *shape: int) -> Layer:
    """A weight of this shape (dense or a kernel) that about keeps the size of what passes, and a bias that shows."""
    fan_in = int(np.prod(shape[1:]))
    bias = rng.uniform(0.2, 0.6, shape[0]) * rng.choice([-1, 1], shape[0])
    return {"weight": single(rng.normal(0, (1.5 / fan_in) ** 0.5, shape)), "bias": single(bias)}


def run(given: Leaves, x: torch.Tensor) -> torch.Tensor:
    """What a layer makes of x: dense for rows, a convolution that keeps height and width for images."""
    if given["weight"].ndim == 2:
        return torch.nn.functional.linear(x, given["weight"], given["bias"])
    padding = given["weight"].shape[-1] // 2
    return torch.nn.functional.conv2d(x, given["weight"], given["bias"], padding=padding)
