"""The one table of operations.

An operation is its forward side, a function of raw torch tensors, and its backward side: for each tensor
argument a vector-Jacobian product that turns the gradient `g` of the output into that of the argument.

    exp = op("exp", torch.exp, lambda F, g, out, x: g * out, keeps=OUTPUT)

A rule is written with operators and with operations of this same table, taken from `F`. The tape calls it with
raw tensors and `F = RAW` (fast), or with recorded tensors and their operations (`create_graph=True`): the same
text then gives derivatives of derivatives. A rule sees what `keeps` says: the arguments' values, or only
their shapes; `out` is None unless kept. Static arguments (an axis, a shape) follow by keyword. What all rules of
an operation have in common is `first`: it is applied to `g` once. `passes_on` says that a rule may return `g`
itself or a view of it, which must not become a leaf's own gradient uncopied.

What a pass over a static graph must know stands in the row as well. `pure`: the same arguments give the same
result, and nothing else happens (drawing random numbers is not pure). `elementwise`: each element of the result comes from those
at the same place of the (broadcast) arguments. `view`: the result may share the argument's storage. `infer`: the result's
shape and dtype, as a meta tensor from meta tensors, where running `forward` on meta tensors does not tell them.

Interpreters of the table: evaluation and recording (`tensor.apply`), the backward walk (`tape`), capture and
execution of static graphs (`graph`). A new capability is a new interpreter, not a change to each operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

VALUES, SHAPES, OUTPUT, ALL = "values", "shapes", "output", "all"
INDICES = "indices"  # values of integer and bool arguments, shapes of the others

TABLE: dict[str, Op] = {}


class Op:
    """One row: `name`, `forward`, `vjps` (one an argument, None where there is no gradient), what it `keeps`."""

    __slots__ = (
        "broadcasts",
        "elementwise",
        "first",
        "forward",
        "infer",
        "keeps_indices",
        "keeps_output",
        "keeps_values",
        "name",
        "passes_on",
        "pure",
        "view",
        "vjps",
    )

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        vjps: Any,
        keeps: str = VALUES,
        broadcasts: bool = False,
        first: Callable[..., Any] | None = None,
        passes_on: bool = False,
        pure: bool = True,
        elementwise: bool = False,
        view: bool = False,
        infer: Callable[..., Any] | None = None,
    ) -> None:
        self.name, self.forward, self.vjps = name, forward, vjps
        self.broadcasts, self.first, self.passes_on = broadcasts, first, passes_on
        self.keeps_values, self.keeps_output = keeps in (VALUES, ALL), keeps in (OUTPUT, ALL)
        self.keeps_indices = keeps == INDICES
        self.pure, self.elementwise, self.view, self.infer = pure, elementwise, view, infer or forward

    def __repr__(self) -> str:
        return f"<operation {self.name}>"


def op(name: str, forward: Callable[..., Any], *vjps: Any, **options: Any) -> Op:
    """Add a row to the table. Without `vjps` the operation has no gradient (a comparison, say)."""
    assert name not in TABLE, f"the operation {name} stands in the table already"
    TABLE[name] = Op(name, forward, vjps, **options)
    return TABLE[name]


class Namespace:
    """Operations as attributes: `F.exp(x)`. `RAW` evaluates on raw tensors; the tape has one that records."""

    def __init__(self, call: Callable[[Op], Callable[..., Any]]) -> None:
        self._call = call

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in TABLE:
            raise AttributeError(f"there is no operation {name!r} in the table")
        function = self._call(TABLE[name])
        setattr(self, name, function)
        return function


RAW = Namespace(lambda operation: operation.forward)
