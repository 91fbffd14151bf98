"""What the judges of this lesson share: reading observations that a hostile process may have sent."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Mistake, NoEvidence, Seen, describe


def strings(seen: Seen, name: str) -> list[str]:
    """An observation that is a list of strings; anything else is no evidence."""
    value = seen[name]
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return value
    raise NoEvidence(_unobserved(name, value))


def numbers(seen: Seen, name: str) -> dict[str, float]:
    """An observation that maps names to numbers; anything else is no evidence."""
    value = seen[name]
    if isinstance(value, dict) and all(isinstance(v, float) for v in value.values()):
        return value
    raise NoEvidence(_unobserved(name, value))


def _unobserved(name: str, value: Any) -> Mistake:
    return Mistake("not-observed", f"an observation of `{name}`", describe(value), "The check could not observe this.")


def listed(names: Any, most: int = 4) -> str:
    """Names for a message: the first few, and how many more."""
    names = list(names)
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) + rest) or "none"
