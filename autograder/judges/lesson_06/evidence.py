"""What the judges of this lesson share: how numbers are compared and told, and what an error of a step means.

What is right is worked out with torch, in double precision, from the numbers of the case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from autograder.exercise import Error, Mistake, NoEvidence, Seen, describe

Slip = tuple[Any, str, str]  # what a well-known slip would give, its id, and its likely cause


def double(values: np.ndarray, leaf: bool = False) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64, requires_grad=leaf)


def same(got: Any, wanted: Any, rounding: float = 2e-4) -> bool:
    """Equal up to rounding, shapes included; nan is equal to nothing. Two observations are compared like this as well."""
    if not isinstance(got, np.ndarray) or got.dtype.kind not in "fiub":
        return False
    if not isinstance(wanted, (np.ndarray, np.generic, int, float)):
        return False
    wanted = np.asarray(wanted)
    if got.shape != wanted.shape or wanted.dtype.kind not in "fiub":
        return False
    size = float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0))
    return bool(np.allclose(got, wanted, rtol=rounding, atol=rounding * max(size, 1e-3)))


def close(a: float, b: float) -> bool:
    return bool(np.isclose(a, b, rtol=2e-4, atol=1e-6))


def as_array(value: Any) -> np.ndarray | None:
    """A number or an array as an array; None for anything else."""
    if isinstance(value, np.ndarray):
        return value
    return np.asarray(value) if type(value) in (int, float) else None


def numbers(value: Any, most: int = 4) -> str:
    """The first numbers of an array, for a message."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiub":
        return describe(value)
    shown = ", ".join(f"{v:.4g}" for v in value.ravel()[:most])
    return f"shape {value.shape}: {shown}{', …' if value.size > most else ''}"


def explained(got: Any, slips: Iterable[Slip], rounding: float = 2e-4) -> tuple[str, str] | None:
    """The id and cause of the first slip that would give just this."""
    return next((slip[1:] for slip in slips if slip[0] is not None and same(got, slip[0], rounding)), None)


def listed(seen: Seen, name: str, kind: type, id: str, expected: str, tried: str, cause: str) -> list[Any]:
    """An observation that is a list of values of one kind; anything else is the named mistake."""
    value = seen[name]
    if isinstance(value, list) and all(type(v) is kind for v in value):
        return value
    raise NoEvidence(Mistake(id, expected, describe(value), cause, tried))


Meaning = Callable[[Error], "tuple[str, str] | None"]


def stopped(seen: Seen, step: str, tried: str, meaning: Meaning, expected: str = "no error") -> None:
    """If this step of the probe ended in an error there is nothing further to see: raise what it means."""
    error = seen.error(step)
    if error is None:
        return
    id, cause = meaning(error) or ("raised", f"The code stopped with an error while the check tried to {step}.")
    raise NoEvidence(Mistake(id, expected, str(error), cause, tried))
