"""What torch makes of a multilayer perceptron: outputs, gradients, and one step of training.

A layer is {"weight": (inputs, units), "bias": (units,)}, a network a list of layers with relu between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from autograder.exercise import Mistake
from autograder.judges.evidence import Layer, Leaves, double, leaves, numbers, same, single


def layer(rng: np.random.Generator, inputs: int, units: int) -> Layer:
    """Weights that neither shrink nor blow up what passes, and biases that show.

    Odd units get positive biases and even ones negative, so that relu lets some through and stops some.
    """
    square = np.linalg.qr(rng.normal(size=(max(inputs, units),) * 2))[0]
    bias = rng.uniform(0.3, 0.9, units) * np.resize([1, -1], units)
    return {"weight": single(1.3 * square[:inputs, :units]), "bias": single(bias)}


def layers(rng: np.random.Generator, *sizes: int) -> list[Layer]:
    return [layer(rng, a, b) for a, b in zip(sizes, sizes[1:])]


def images(rng: np.random.Generator, count: int, *shape: int) -> np.ndarray:
    return single(rng.normal(size=(count, *shape)))


def labels(rng: np.random.Generator, count: int, classes: int) -> np.ndarray:
    return rng.permutation(np.resize(np.arange(classes), count)).astype(np.int64)


Between = Callable[[torch.Tensor], torch.Tensor]


def forward(x: torch.Tensor, net: Sequence[Leaves], between: Between = torch.relu) -> torch.Tensor:
    x = x.flatten(1)
    for i, one in enumerate(net):
        x = x @ one["weight"] + one.get("bias", torch.zeros(()))
        x = between(x) if i < len(net) - 1 else x
    return x


def output(x: np.ndarray, net: Sequence[Layer], between: Between = torch.relu) -> np.ndarray:
    """The scores for a batch, in double precision."""
    with torch.no_grad():
        return forward(double(x), list(map(leaves, net)), between).numpy()


Slip = tuple[str, np.ndarray, str]


def slips(x: np.ndarray, net: Sequence[Layer]) -> list[Slip]:
    """Outputs of networks that were meant to be this one: (finding, output, cause)."""
    right = output(x, net)
    exponentials = np.exp(right - right.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    every = range(len(net))
    biasless = [
        [{"weight": n["weight"]} if i in out else n for i, n in enumerate(net)]
        for out in (*((i,) for i in every), every)
    ]
    linear = "There is no activation between the layers. Matrix products in a row are one matrix product: the network is linear."
    rectified = "The scores went through relu as well. Scores may be negative; the last layer has no activation."
    softmax = "Probabilities came out. The loss takes the scores themselves: it contains the softmax."
    return [
        ("relu-missing", output(x, net, lambda h: h), linear),
        ("relu-on-output", np.maximum(right, 0), rectified),
        ("softmax-in-forward", probabilities, softmax),
        *(("bias-left-out", output(x, one), "A bias is not added. Every layer has one.") for one in biasless),
    ]


def output_mistake(
    got: np.ndarray, x: np.ndarray, net: Sequence[Layer], tried: str, more: Sequence[Slip] = ()
) -> Mistake | None:
    """None if these are the network's scores; else the slip that gives them, `more` tried first."""
    wanted = output(x, net)
    if same(got, wanted):
        return None
    for id, value, cause in (*more, *slips(x, net)):
        if same(got, value):
            return Mistake(id, numbers(wanted), numbers(got), cause, tried)
    cause = "Each layer computes X W + b, with relu between the layers and nothing after the last."
    return Mistake("wrong-output", numbers(wanted), numbers(got), cause, tried)


def moved_to(found: object, wanted: np.ndarray) -> bool:
    """Equal closely enough to tell a step of training from none, or from one of another size."""
    if not isinstance(found, np.ndarray) or found.shape != wanted.shape or found.dtype.kind != "f":
        return False
    return bool(np.all(np.abs(found - wanted) < 2e-5))


def after_step(x: np.ndarray, y: np.ndarray, net: Sequence[Layer], lr: float) -> list[np.ndarray]:
    """Weight and bias of each layer after one step of gradient descent on the mean cross-entropy."""
    made = list(map(leaves, net))
    scores = forward(double(x), made)
    torch.nn.functional.cross_entropy(scores, torch.tensor(y)).backward()
    return [(p - lr * _gradient(p)).detach().numpy() for one in made for p in (one["weight"], one["bias"])]


def _gradient(leaf: torch.Tensor) -> Any:
    assert leaf.grad is not None
    return leaf.grad
