"""Elementwise nonlinearities as blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miniblocks import nd
from miniblocks.block import Block
from miniblocks.tensor import Tensor


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp(x)), without overflow."""
    return nd.relu(x) + nd.log(1 + nd.exp(-nd.abs(x)))


def leaky_relu(x: Tensor, slope: float = 0.01) -> Tensor:
    """x where it is positive, else slope · x."""
    return nd.relu(x) - slope * nd.relu(-x)


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """x where it is positive, else α (exp(x) - 1) (Clevert et al., 2015)."""
    return nd.relu(x) + alpha * (nd.exp(-nd.relu(-x)) - 1)


def gelu(x: Tensor) -> Tensor:
    """x Φ(x) in its tanh approximation (Hendrycks and Gimpel, 2016)."""
    return 0.5 * x * (1 + nd.tanh(0.7978845608028654 * (x + 0.044715 * x**3)))


def silu(x: Tensor) -> Tensor:
    """x · sigmoid(x), also called swish (Ramachandran et al., 2017)."""
    return x * nd.sigmoid(x)


FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": nd.relu,
    "sigmoid": nd.sigmoid,
    "tanh": nd.tanh,
    "softrelu": softplus,
    "leaky": leaky_relu,
    "elu": elu,
    "gelu": gelu,
    "silu": silu,
}


class Activation(Block):
    """A function of each element, by name: "relu", "sigmoid", "tanh", "softrelu", "leaky", "elu", "gelu", "silu"."""

    def __init__(self, activation: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if activation not in FUNCTIONS:
            raise ValueError(f"{activation!r} is no activation; there are {', '.join(FUNCTIONS)}")
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        return FUNCTIONS[self.activation](x)

    def __repr__(self) -> str:
        return f"Activation({self.activation})"


class ReLU(Activation):
    """max(x, 0)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("relu", **kwargs)


class Sigmoid(Activation):
    """1 / (1 + exp(-x))."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("sigmoid", **kwargs)


class Tanh(Activation):
    """tanh(x)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("tanh", **kwargs)
