"""A function to look into: refused with the mend where it cannot be called."""

from __future__ import annotations

from typing import Any


def check_function(what: Any, who: str, wanted: str) -> None:
    """Raise `TypeError` for a class, and for what cannot be called; `wanted` says what `who` takes."""
    if isinstance(what, type):
        raise TypeError(
            f"{who}() was given the class {what.__name__}; make one and give it inputs: {who}({what.__name__}(), x)"
        )
    if not callable(what):
        raise TypeError(f"{who}() was given a {type(what).__name__}; give it {wanted}")
