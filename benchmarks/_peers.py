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


def image_floor_step(x: torch.Tensor) -> Step:
    """The convolutions of a training step of W4 and its three large matrix products, on arrays that lie as they like them best, and nothing else."""
    images, first = _last(x, (len(x), 1, 28, 28)), _last(torch.randn(32, 9), (32, 1, 3, 3))
    hidden = _last(torch.randn(len(x), 32 * 784), (len(x), 32, 28, 28))  # stands for values and gradients alike
    second, bias = _last(torch.randn(32, 288), (32, 32, 3, 3)), torch.randn(32)
    rows, weight, gradient = torch.randn(len(x), 6272), torch.randn(64, 6272), torch.randn(len(x), 64)

    def backward(x: torch.Tensor, w: torch.Tensor, mask: list[bool]) -> None:
        window = [1, 1], [1, 1], [1, 1], False, [0, 0], 1
        torch.ops.aten.convolution_backward(hidden, x, w, None, *window, mask)

    def step() -> None:
        torch.conv2d(images, first, bias, 1, 1)
        backward(images, first, [False, True, False])
        torch.conv2d(hidden, second, bias, 1, 1)
        backward(hidden, second, [True, False, False])
        backward(hidden, second, [False, True, False])
        for a, b in ((rows, weight.t()), (gradient.t(), rows), (gradient, weight)):
            torch.mm(a, b)

    return step


def _last(x: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    """These numbers in this shape, with channels last in memory, also where there is one channel only."""
    return torch.empty(shape, memory_format=torch.channels_last).copy_(x.reshape(shape))


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
