"""The one table of operations.

An operation is its forward side, a function of raw torch tensors, and its backward side: for each tensor
argument a vector-Jacobian product that turns the gradient `g` of the output into that of the argument.

    exp = op("exp", torch.exp, lambda F, g, out, x: g * out, keeps=OUTPUT)

A rule is written with operators and with operations of this same table, taken from `F`. The tape calls it with
raw tensors and `F = RAW` (fast), or with recorded tensors and their operations (`create_graph=True`): the same
text then gives derivatives of derivatives. A rule sees what `keeps` says: the arguments' values, or only
their shapes; `out` is None unless kept. Static arguments (an axis, a shape) follow by keyword.

Interpreters of the table: evaluation and recording (`tensor.apply`), the backward walk (`tape`), capture and
execution of static graphs (`graph`). A new capability is a new interpreter, not a change to each operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

VALUES, SHAPES, OUTPUT, ALL = "values", "shapes", "output", "all"

TABLE: dict[str, Op] = {}


class Op:
    """One row: `name`, `forward`, `vjps` (one an argument, None where there is no gradient), what it `keeps`."""

    __slots__ = ("broadcasts", "forward", "keeps_output", "keeps_values", "name", "vjps")

    def __init__(self, name: str, forward: Callable[..., Any], vjps: Any, keeps: str, broadcasts: bool) -> None:
        self.name, self.forward, self.vjps, self.broadcasts = name, forward, vjps, broadcasts
        self.keeps_values, self.keeps_output = keeps in (VALUES, ALL), keeps in (OUTPUT, ALL)

    def __repr__(self) -> str:
        return f"<operation {self.name}>"


def op(name: str, forward: Callable[..., Any], *vjps: Any, keeps: str = VALUES, broadcasts: bool = False) -> Op:
    """Add a row to the table. Without `vjps` the operation has no gradient (a comparison, say)."""
    assert name not in TABLE, f"the operation {name} stands in the table already"
    TABLE[name] = Op(name, forward, vjps, keeps, broadcasts)
    return TABLE[name]


class Namespace:
    """Operations as attributes: `F.exp(x)`. `RAW` evaluates on raw tensors; the tape has one that records."""

    def __init__(self, call: Callable[[Op], Callable[..., Any]]) -> None:
        self._call = call

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = self._call(TABLE[name])
        setattr(self, name, function)
        return function


RAW = Namespace(lambda operation: operation.forward)
