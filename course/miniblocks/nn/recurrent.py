"""Recurrent cells: one step of a recurrence; the loop over time is Python's."""

from __future__ import annotations

from typing import Any

from miniblocks import nd
from miniblocks.block import Block
from miniblocks.tensor import Tensor


class _Cell(Block):
    """Keeps input and state weights of `gates` stacked gates: Wx (gates·hidden, input), Wh (gates·hidden, hidden)."""

    gates = 1

    def __init__(self, hidden_size: int, input_size: int = 0, dtype: str = "float32", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hidden_size = hidden_size
        rows = self.gates * hidden_size
        self.i2h_weight = self.params.get("i2h_weight", shape=(rows, input_size), dtype=dtype)
        self.h2h_weight = self.params.get("h2h_weight", shape=(rows, hidden_size), dtype=dtype)
        self.i2h_bias = self.params.get("i2h_bias", shape=(rows,), init="zeros", dtype=dtype)
        self.h2h_bias = self.params.get("h2h_bias", shape=(rows,), init="zeros", dtype=dtype)

    def infer_shape(self, x: Tensor, h: Tensor | None = None) -> None:
        self.i2h_weight.shape = (self.gates * self.hidden_size, x.shape[1])

    def begin_state(self, x: Tensor) -> Tensor:
        """Zeros (batch, hidden_size): the state before the first step."""
        return nd.zeros((x.shape[0], self.hidden_size), dtype=x.dtype, ctx=x.device)

    def _parts(self, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        from_input = x @ self.i2h_weight.data().T + self.i2h_bias.data()
        return from_input, h @ self.h2h_weight.data().T + self.h2h_bias.data()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.i2h_weight.shape[1] or None} -> {self.hidden_size})"


class RNNCell(_Cell):
    """h' = tanh(Wx x + bx + Wh h + bh): x (batch, input), h (batch, hidden) → (batch, hidden) (Elman, 1990)."""

    def forward(self, x: Tensor, h: Tensor | None = None) -> Tensor:
        from_input, from_state = self._parts(x, self.begin_state(x) if h is None else h)
        return nd.tanh(from_input + from_state)


class GRUCell(_Cell):
    """Gated recurrent unit (Cho et al., 2014), gates stacked as reset r, update z, new n:

    r, z = σ(…); n = tanh(x-part + r ∘ h-part); h' = (1 - z) ∘ n + z ∘ h.
    """

    gates = 3

    def forward(self, x: Tensor, h: Tensor | None = None) -> Tensor:
        h = self.begin_state(x) if h is None else h
        xs, hs = (nd.split(part, 3, axis=1) for part in self._parts(x, h))
        r, z = nd.sigmoid(xs[0] + hs[0]), nd.sigmoid(xs[1] + hs[1])
        n = nd.tanh(xs[2] + r * hs[2])
        return (1 - z) * n + z * h
