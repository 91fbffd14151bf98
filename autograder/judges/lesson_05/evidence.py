"""What the judges of this lesson share: comparing, numbers in words, and evidence of the expected form."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.exercise import Seen, describe
from autograder.judges.evidence import no_evidence, plain, single


def away_from_zero(rng: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    """Numbers of both signs, in equal number, none near 0."""
    signs = np.resize([1, -1], math.prod(shape))
    return single((rng.uniform(0.4, 1.6, signs.size) * rng.permutation(signs)).reshape(shape))


def close(found: Any, wanted: Any) -> bool:
    """Whether a value is this number (or None), up to rounding; a nan is itself alone."""
    if wanted is None or found is None:
        return found is wanted
    if any(isinstance(value, bool) or not isinstance(value, (int, float)) for value in (found, wanted)):
        return False
    return bool(np.isclose(found, wanted, rtol=1e-5, atol=1e-7, equal_nan=True))


def number(value: Any) -> Any:
    """A number out of an array of one, or a whole number, as a float; anything else as it is."""
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "fiu":
        value = value.item()
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def all_close(found: Any, wanted: Sequence[Any]) -> bool:
    return isinstance(found, list) and len(found) == len(wanted) and all(map(close, found, wanted))


def words(value: Any) -> str:
    """A result in words: numbers short, pairs and lists through."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(words, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {words(v)}" for k, v in value.items()) + "}"
    return str(value) if value is None or isinstance(value, (int, str)) else describe(value)


def log_of(seen: Seen, name: str) -> list[dict[str, Any]]:
    """What a probe wrote down of each call, a dictionary a call; anything else is no evidence."""
    value = plain(seen[name])
    if isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
        return value
    raise no_evidence(f"a record of {name}", value)
