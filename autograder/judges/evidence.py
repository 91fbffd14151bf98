"""What the judges of several lessons share: numbers to plant, comparing, telling, and reading hostile observations.

An observation comes from a process that belongs to the learner, so it may be anything. What does not have the form
that a judge needs is `NoEvidence`, which ends the judging of that case with the finding it carries.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from autograder.exercise import Mistake, NoEvidence, Seen, describe

Layer = dict[str, np.ndarray]
Leaves = dict[str, torch.Tensor]
TOLERANCE = 5e-4  # what single precision and another order of adding may cost


def single(values: Any) -> np.ndarray:
    """In single precision, as miniblocks computes."""
    return np.asarray(values, dtype=np.float32)


def double(values: np.ndarray) -> torch.Tensor:
    """In double precision, as judges compute."""
    return torch.tensor(values, dtype=torch.float64)


def leaves(layer: Layer) -> Leaves:
    """A layer as double-precision leaves of torch's graph."""
    return {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in layer.items()}


def inputs(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Numbers well away from 0, of both signs."""
    return single(rng.uniform(0.4, 1.6, shape) * rng.choice([-1, 1], shape))


def same(found: Any, wanted: Any, tolerance: float = TOLERANCE) -> bool:
    """Equal up to single-precision rounding, shapes included; two observations are compared like this as well."""
    if not isinstance(found, np.ndarray) or not isinstance(wanted, (np.ndarray, np.generic)):
        return False
    return (
        found.shape == wanted.shape
        and found.dtype.kind in "fiub"
        and wanted.dtype.kind in "fiub"
        and np.allclose(found, wanted, rtol=tolerance, atol=tolerance * (1 + float(np.abs(wanted).max(initial=0))))
    )


def all_same(found: Any, wanted: Sequence[np.ndarray], tolerance: float = TOLERANCE) -> bool:
    """Whether a list read back holds these arrays, in this order."""
    return (
        isinstance(found, list)
        and len(found) == len(wanted)
        and all(same(f, w, tolerance) for f, w in zip(found, wanted))
    )


def numbers(array: Any, most: int = 4) -> str:
    """The first numbers of an array, for a message."""
    if not isinstance(array, np.ndarray):
        return describe(array)
    shown = ", ".join(f"{v:.3g}" for v in array.ravel()[:most])
    return f"shape {array.shape}: {shown}{', …' if array.size > most else ''}"


def is_text(value: Any, wanted: str) -> bool:
    """Whether this text was seen. What was sent may be anything; `==` with an array is no answer to `if`."""
    return isinstance(value, str) and value == wanted


def plain(value: Any) -> Any:
    """Evidence without arrays, each of which becomes words: what is left can be compared by ==, whatever was sent."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return describe(value) if isinstance(value, np.ndarray) else value


def no_evidence(expected: str, value: Any) -> NoEvidence:
    """For `raise no_evidence(…)`: something else than expected was sent."""
    return NoEvidence(Mistake("not-observed", expected, describe(value), "The check could not observe this."))


def listed(seen: Seen, name: str, *kinds: type) -> list[Any]:
    """An observation that is a list of values of these kinds, or of any kind if none is named."""
    value = seen[name]
    if isinstance(value, list) and (not kinds or all(type(one) in kinds for one in value)):
        return value
    raise no_evidence(f"a list for `{name}`", value)


def shapes(seen: Seen, name: str) -> list[tuple[int, ...]]:
    """An observation that is a list of shapes, each a list of whole numbers."""
    found = listed(seen, name, list)
    if all(type(n) is int for shape in found for n in shape):
        return [tuple(shape) for shape in found]
    raise no_evidence(f"shapes for `{name}`", found)


def count(seen: Seen, name: str) -> int:
    """An observation that is a whole number."""
    value = seen[name]
    if type(value) is int:
        return value
    raise NoEvidence(Mistake("not-a-number", "a whole number", describe(value), f"`{name}` should be a whole number."))


def stopped(
    seen: Seen, step: str, mistake: str, tried: str, cause: str, expected: str = "no error", look: str = ""
) -> Mistake | None:
    """The named mistake that explains why a step of the probe ended in an error; None if it did not."""
    error = seen.error(step)
    return None if error is None else Mistake(mistake, expected, str(error), cause, tried, look)


def first(*mistakes: Mistake | None) -> Mistake | None:
    """The first mistake there is."""
    return next((m for m in mistakes if m is not None), None)
