"""What the judges of this lesson share: numbers that a learner reports, and how to compare and show them.

No clock of a real machine is read anywhere: the probes hand out clocks and stopwatches whose times stand in the case.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograder.exercise import Mistake, NoEvidence, Seen, describe


def near(found: Any, wanted: float, tolerance: float = 1e-6) -> bool:
    """The same number up to rounding."""
    value = number(found)
    return value is not None and math.isclose(value, wanted, rel_tol=tolerance, abs_tol=1e-15)


def number(value: Any) -> float | None:
    """A finite number, or None: what is sent may be anything."""
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "fiu":
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -1e300 < value < 1e300:
        return None
    return float(value)


def numbers(value: Any) -> list[float] | None:
    """A list of finite numbers, or None."""
    if isinstance(value, np.ndarray):
        value = value.tolist() if value.ndim == 1 and value.dtype.kind in "fiu" else None
    found = [number(one) for one in value] if isinstance(value, list) else [None]
    return None if any(one is None for one in found) else [one for one in found if one is not None]


def all_near(found: Sequence[float], wanted: Sequence[float]) -> bool:
    return len(found) == len(wanted) and all(map(near, found, wanted))


def reported(seen: Seen, name: str, tried: str) -> dict[str, Any]:
    """What the answer returned, where it is a dictionary; else the finding that it is none."""
    value = seen[name]
    if isinstance(value, dict):
        return value
    cause = "The answer returns a dictionary with the keys that the text names. Is a `return` missing?"
    raise NoEvidence(Mistake("no-dictionary", "a dictionary", describe(value), cause, tried))


def seconds(value: Any) -> str:
    """A time for a message."""
    found = number(value)
    return describe(value) if found is None else f"{found:.6g} s"


def some(values: Iterable[Any], most: int = 4) -> str:
    """The first of some numbers, for a message."""
    shown = [f"{one:.4g}" if isinstance(one, (int, float)) else describe(one) for one in values]
    return f"[{', '.join(shown[:most])}{', …' if len(shown) > most else ''}]"


MIDDLES: dict[str, tuple[Callable[[list[float]], float], str]] = {
    "mean-for-median": (statistics.fmean, "This is the mean. One interrupted sample moves it as far as it likes; the median does not notice."),
    "best-for-median": (min, "This is the smallest. It says what happens on the luckiest run, and gets smaller with every further run; a typical run is the median."),
    "unsorted-middle": (lambda v: v[len(v) // 2], "This is the sample *measured* in the middle. The median stands in the middle of the *sorted* samples."),
    "upper-middle": (lambda v: sorted(v)[len(v) // 2], "Of an even number of samples there are two in the middle; the median lies halfway between them (`statistics.median` knows)."),
    "last-for-median": (lambda v: v[-1], "This is the last sample alone."),
    "first-for-median": (lambda v: v[0], "This is the first sample alone."),
}  # fmt: skip


def wrong_median(found: Any, samples: Sequence[float], tried: str, what: str = "median") -> Mistake | None:
    """Why a number is not the median of these samples; None where it is."""
    wanted = statistics.median(samples)
    if near(found, wanted):
        return None
    expected, observed = f"{what} {seconds(wanted)} of {some(samples, 7)}", seconds(found)
    for id, (middle, cause) in MIDDLES.items():
        if near(found, middle(list(samples))):
            return Mistake(id, expected, observed, cause, tried)
    cause = "The number is no median of the samples. Sort them and take the middle, or use `statistics.median`."
    return Mistake("other-median", expected, observed, cause, tried)
