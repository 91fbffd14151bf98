"""Peers beside torch's own ways: the floor that no framework can go below, and tinygrad where it is installed."""

import os
from itertools import pairwise
from typing import Any

import torch

from benchmarks._workloads import RATE, Step


def floor_step(sizes: list[int], x: torch.Tensor) -> Step:
    """The matrix products of a training step, into buffers that are there, and nothing else."""
    weights = [torch.randn(b, a) for a, b in pairwise(sizes)]
    values = [x, *(torch.empty(len(x), b) for b in sizes[1:])]
    grads = [torch.randn_like(v) for v in values]
    updates = [torch.empty_like(w) for w in weights]

    def step() -> None:
        for i, weight in enumerate(weights):
            torch.mm(values[i], weight.t(), out=values[i + 1])
        for i in reversed(range(len(weights))):
            torch.mm(grads[i + 1].t(), values[i], out=updates[i])
            if i:
                torch.mm(grads[i + 1], weights[i], out=grads[i])

    return step


def tinygrad_step(sizes: list[int], x: torch.Tensor, y: torch.Tensor) -> Step | None:
    """The same training step, compiled by tinygrad's own JIT; None where it is not installed, or has no compiler."""
    os.environ |= {"TRAINING": "1", "DEV": "CPU"}
    try:
        from tinygrad import Tensor, TinyJit, nn
    except ImportError:
        return None
    layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    parameters: list[Any] = [p for layer in layers for p in (layer.weight, layer.bias)]
    trainer = nn.optim.SGD(parameters, lr=RATE)
    inputs, labels = Tensor(x.numpy()), Tensor(y.numpy())

    @TinyJit
    def step() -> Tensor:
        trainer.zero_grad()
        h = inputs
        for layer in layers[:-1]:
            h = layer(h).relu()
        loss = layers[-1](h).sparse_categorical_crossentropy(labels).backward()
        trainer.step()
        return loss.realize()

    try:
        for _ in range(3):  # the JIT captures at the second call
            step().numpy()
    except RuntimeError:  # no compiler that it could use
        return None
    return lambda: step().numpy()
