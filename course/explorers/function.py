"""A function to look into: refused with the mend where it cannot be called, and a network that waits for its shapes told them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from miniblocks import autograd
from miniblocks.nn import Block


def check_function(what: Any, who: str, wanted: str) -> None:
    """Raise `TypeError` for a class, and for what cannot be called; `wanted` says what `who` takes."""
    if isinstance(what, type):
        raise TypeError(
            f"{who}() was given the class {what.__name__}; make one and give it inputs: {who}({what.__name__}(), x)"
        )
    if not callable(what):
        raise TypeError(f"{who}() was given a {type(what).__name__}; give it {wanted}")


def settle(what: Any, inputs: Sequence[Any]) -> None:
    """Call a network that does not know its shapes yet once, unrecorded."""
    if isinstance(what, Block) and any(p.is_deferred for p in what.collect_params().values()):
        with autograd.no_grad():
            what(*inputs)
