"""Layers for images, (batch, channels, height, width)."""

from __future__ import annotations

from typing import Any

from miniblocks import nd
from miniblocks.block import Block
from miniblocks.errors import ShapeError
from miniblocks.nn.activations import Activation
from miniblocks.tensor import Tensor


class Conv2D(Block):
    """Cross-correlation with `channels` kernels, plus bias: W (channels, in_channels, height, width), b (channels,).

    (batch, in_channels, H, W) → (batch, channels, (H + 2p - k) / s + 1, …); `in_channels=0` is told by the first call.
    """

    def __init__(
        self,
        channels: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: Any = 0,
        activation: str | None = None,
        use_bias: bool = True,
        weight_initializer: Any = None,
        bias_initializer: Any = "zeros",
        in_channels: int = 0,
        dtype: str = "float32",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.channels, self.strides, self.padding = channels, strides, padding
        kernel = (kernel_size, kernel_size) if isinstance(kernel_size, int) else tuple(kernel_size)
        shape = (channels, in_channels, *kernel)
        self.weight = self.params.get("weight", shape=shape, init=weight_initializer, dtype=dtype)
        self.bias = self.params.get("bias", shape=(channels,), init=bias_initializer, dtype=dtype) if use_bias else None
        with self.name_scope():
            self.act = Activation(activation, prefix=f"{activation}_") if activation else None

    def infer_shape(self, x: Tensor) -> None:
        self.weight.shape = (self.channels, self._checked(x).shape[1], *self.weight.shape[2:])

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight.data()
        if self._checked(x).shape[1] != weight.shape[1]:
            raise ShapeError(
                f"{self.name} takes {weight.shape[1]} channels, and got a tensor of shape {x.shape}, which has {x.shape[1]}"
            )
        bias = None if self.bias is None else self.bias.data()
        if self.act is not None and self.act.activation == "relu":
            return nd.conv2d(x, weight, bias, self.strides, self.padding, "relu")
        y = nd.conv2d(x, weight, bias, self.strides, self.padding)
        return y if self.act is None else self.act(y)

    def _checked(self, x: Tensor) -> Tensor:
        if x.ndim != 4:
            raise ShapeError(
                f"{self.name} takes images (batch, channels, height, width), and got a tensor of shape {x.shape}"
            )
        return x

    def __repr__(self) -> str:
        shape = self.weight.shape
        act = repr(self.act) if self.act else "linear"
        return f"Conv2D({shape[1] or None} -> {self.channels}, kernel_size={shape[2:]}, strides={self.strides}, padding={self.padding}, {act})"


class _Pool(Block):
    def __init__(self, pool_size: Any = 2, strides: Any = None, padding: Any = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool_size, self.strides, self.padding = pool_size, strides, padding

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.pool_size}, strides={self.strides or self.pool_size}, padding={self.padding})"


class MaxPool2D(_Pool):
    """The maximum of each window."""

    def forward(self, x: Tensor) -> Tensor:
        return nd.max_pool2d(x, self.pool_size, self.strides, self.padding)


class AvgPool2D(_Pool):
    """The mean of each window; padding counts as zeros."""

    def forward(self, x: Tensor) -> Tensor:
        return nd.avg_pool2d(x, self.pool_size, self.strides, self.padding)


class GlobalAvgPool2D(Block):
    """The mean of each channel: (batch, channels, height, width) → (batch, channels, 1, 1)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean((2, 3), keepdims=True)
