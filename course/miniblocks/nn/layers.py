"""The dense layer, and blocks that compute without parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miniblocks.block import Block
from miniblocks.errors import ShapeError
from miniblocks.nn.activations import Activation
from miniblocks.ops import TABLE
from miniblocks.tensor import Tensor, apply

_DENSE, _DENSE_RELU = TABLE["dense"], TABLE["dense_relu"]


class Dense(Block):
    """y = activation(x Wᵀ + b): x (batch, in_units), W (units, in_units), b (units,), y (batch, units).

    `in_units=0` is told by the first call. With `flatten` all axes of x but the first count as one; without, the
    last axis alone is transformed. `params=other.params` ties the layer to another one.

    >>> from miniblocks import nd
    >>> layer = Dense(3, activation="relu")
    >>> layer.initialize()
    >>> layer
    Dense(None -> 3, Activation(relu))
    >>> layer(nd.ones((2, 5))).shape, layer.weight.shape
    ((2, 3), (3, 5))
    """

    def __init__(
        self,
        units: int,
        activation: str | None = None,
        use_bias: bool = True,
        flatten: bool = True,
        dtype: str = "float32",
        weight_initializer: Any = None,
        bias_initializer: Any = "zeros",
        in_units: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if units < 1:
            raise ShapeError(f"a dense layer has at least one unit, not {units}")
        self.units, self.flatten = units, flatten
        self.weight = self.params.get("weight", shape=(units, in_units), init=weight_initializer, dtype=dtype)
        self.bias = self.params.get("bias", shape=(units,), init=bias_initializer, dtype=dtype) if use_bias else None
        with self.name_scope():
            self.act = Activation(activation, prefix=f"{activation}_") if activation else None

    def infer_shape(self, x: Tensor) -> None:
        self.weight.shape = (self.units, self._rows(x).shape[-1])

    def forward(self, x: Tensor) -> Tensor:
        weight, rows = self.weight.data(), x if x.raw.ndim == 2 else self._rows(x)
        act = self.act
        try:
            if self.bias is None:
                y = rows @ weight.T
            elif act is not None and act.activation == "relu":
                y, act = apply(_DENSE_RELU, rows, weight, self.bias.data()), None
            else:
                y = apply(_DENSE, rows, weight, self.bias.data())
        except ShapeError:
            raise ShapeError(
                f"{self.name} takes {weight.shape[1]} inputs, and got a tensor of shape {x.shape}, which has {rows.shape[-1]} in each row. "
                "The size was fixed by `in_units` or by the first call"
            ) from None
        if act is not None:
            y = act(y)
        return y if rows is x or self.flatten else y.reshape((*x.shape[:-1], self.units))

    def _rows(self, x: Tensor) -> Tensor:
        if x.ndim == 2:
            return x
        if x.ndim < 2:
            raise ShapeError(
                f"{self.name} takes a batch of rows, and got a tensor of shape {x.shape}; x.reshape(1, -1) makes one row of it"
            )
        return x.flatten() if self.flatten else x.reshape(-1, x.shape[-1])

    def __repr__(self) -> str:
        in_units = self.weight.shape[1] or None
        return (
            f"Dense({in_units} -> {self.units}, {self.act!r})"
            if self.act
            else f"Dense({in_units} -> {self.units}, linear)"
        )


class Flatten(Block):
    """(batch, …) → (batch, everything else as one axis)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten()


class Identity(Block):
    """Gives back what it gets: a shortcut, or a placeholder."""

    def forward(self, x: Tensor) -> Tensor:
        return x


class Lambda(Block):
    """A function without parameters as a block."""

    def __init__(self, function: Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.function = function

    def forward(self, *args: Tensor) -> Any:
        return self.function(*args)

    def __repr__(self) -> str:
        return f"Lambda({getattr(self.function, '__name__', self.function)})"


class LazyLinear(Dense):
    """`Dense` by PyTorch's name: the input size is told by the first call."""


class Dropout(Block):
    """In training, each element is 0 with probability `rate` and otherwise divided by 1 - rate (Srivastava et al., 2014)."""

    def __init__(self, rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(f"a dropout rate lies in [0, 1), and {rate} does not")
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.rate:
            return x
        return x * apply(TABLE["dropout_mask"], x, keep=1 - self.rate)

    def __repr__(self) -> str:
        return f"Dropout({self.rate})"


class Embedding(Block):
    """Row i of a table for each index i: indices of any shape (…) → (…, output_dim); W (input_dim, output_dim)."""

    def __init__(
        self, input_dim: int, output_dim: int, dtype: str = "float32", weight_initializer: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.input_dim, self.output_dim = input_dim, output_dim
        self.weight = self.params.get("weight", shape=(input_dim, output_dim), init=weight_initializer, dtype=dtype)

    def forward(self, x: Tensor) -> Tensor:
        return self.weight.data()[x.astype("int64")]

    def __repr__(self) -> str:
        return f"Embedding({self.input_dim} -> {self.output_dim})"
