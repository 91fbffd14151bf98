"""Normalization layers."""

from __future__ import annotations

from typing import Any

from miniblocks import nd
from miniblocks.block import Block
from miniblocks.tape import no_grad
from miniblocks.tensor import Tensor


class _Norm(Block):
    """γ (x - mean) / √(variance + ε) + β, with γ and β along one axis."""

    def __init__(self, axis: int, epsilon: float, in_channels: int, dtype: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis, self.epsilon = axis, epsilon
        self.gamma = self.params.get("gamma", shape=(in_channels,), init="ones", dtype=dtype)
        self.beta = self.params.get("beta", shape=(in_channels,), init="zeros", dtype=dtype)

    def infer_shape(self, x: Tensor) -> None:
        for parameter in self.params.values():
            parameter.shape = (x.shape[self.axis],)

    def _normalized(self, x: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
        along = [1] * x.ndim
        along[self.axis] = x.shape[self.axis]
        scaled = (x - mean) / nd.sqrt(variance + self.epsilon)
        return scaled * self.gamma.data().reshape(along) + self.beta.data().reshape(along)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(axis={self.axis}, in_channels={self.gamma.shape[0] or None})"


class LayerNorm(_Norm):
    """Each row is normalized by its own mean and variance along `axis` (Ba et al., 2016)."""

    def __init__(
        self, axis: int = -1, epsilon: float = 1e-5, in_channels: int = 0, dtype: str = "float32", **kwargs: Any
    ) -> None:
        super().__init__(axis, epsilon, in_channels, dtype, **kwargs)

    def forward(self, x: Tensor) -> Tensor:
        self.gamma.data()
        mean = x.mean(self.axis, keepdims=True)
        variance = ((x - mean) ** 2).mean(self.axis, keepdims=True)
        return self._normalized(x, mean, variance)


class BatchNorm(_Norm):
    """Each channel is normalized over the batch; in use, by the running statistics (Ioffe and Szegedy, 2015).

    running ← momentum · running + (1 - momentum) · batch; the running variance takes the unbiased one. (PyTorch calls
    1 - momentum its momentum.)
    """

    def __init__(
        self,
        axis: int = 1,
        momentum: float = 0.9,
        epsilon: float = 1e-5,
        in_channels: int = 0,
        dtype: str = "float32",
        **kwargs: Any,
    ) -> None:
        super().__init__(axis, epsilon, in_channels, dtype, **kwargs)
        self.momentum = momentum
        self.running_mean = self.params.get(
            "running_mean", shape=(in_channels,), init="zeros", dtype=dtype, grad_req="null"
        )
        self.running_var = self.params.get(
            "running_var", shape=(in_channels,), init="ones", dtype=dtype, grad_req="null"
        )

    def forward(self, x: Tensor) -> Tensor:
        self.gamma.data()
        along = [1] * x.ndim
        along[self.axis] = x.shape[self.axis]
        if not self.training:
            return self._normalized(x, self.running_mean.data().reshape(along), self.running_var.data().reshape(along))
        others = tuple(i for i in range(x.ndim) if i != self.axis % x.ndim)
        mean = x.mean(others, keepdims=True)
        variance = ((x - mean) ** 2).mean(others, keepdims=True)
        count = x.size // x.shape[self.axis]
        self._follow(self.running_mean.data(), mean)
        self._follow(self.running_var.data(), variance * (count / max(1, count - 1)))
        return self._normalized(x, mean, variance)

    def _follow(self, running: Tensor, batch: Tensor) -> None:
        with no_grad():
            running *= self.momentum
            running += (1 - self.momentum) * batch.detach().reshape(running.shape)
