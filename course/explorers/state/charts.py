"""Curves as numbers to draw: series over a common axis, thinned where there are more points than a picture can show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_POINTS = 300  # of one series in a picture
MOST_SERIES = 6  # so many can be told apart


@dataclass(frozen=True)
class Series:
    """A curve: its name, and its points. A y that is not finite leaves a gap."""

    label: str
    x: Sequence[float]
    y: Sequence[float]

    def __str__(self) -> str:
        if not len(self.y):
            return f"{self.label} has no points"
        values = np.asarray(self.y, dtype=np.float64)
        known = values[~np.isnan(values)]
        if not len(known):
            return f"{self.label} has no numbers"
        told = f"{self.label} from {known[0]:.3g} to {known[-1]:.3g}"
        finite = known[np.isfinite(known)]
        told += f" (least {finite.min():.3g}, greatest {finite.max():.3g})" if len(finite) > 2 else ""
        missing = len(values) - len(known)
        return told + (f", none at {missing} of {len(values)} places" if missing else "")


@dataclass(frozen=True)
class Chart:
    """Curves with their axes. `names` are texts for x = 0, 1, 2, … in place of numbers."""

    title: str
    series: tuple[Series, ...]
    xlabel: str = ""
    log: bool = False
    names: tuple[str, ...] = ()
    note: str = ""

    @property
    def words(self) -> str:
        """What the picture shows, for those who do not see it."""
        return f"{self.title}, over {self.xlabel or 'x'}: " + ("; ".join(map(str, self.series)) or "no points yet")


def thinned(x: Sequence[float], y: Sequence[float], most: int = MOST_POINTS) -> tuple[list[float], list[float], int]:
    """At most `most` points, and how many stand behind two of them: the least and the greatest of each stretch stay.

    So no peak is lost. What is not finite counts as the greatest.
    """
    if len(y) <= most:
        return list(x), list(y), 1
    step = -(-2 * len(y) // most)
    values = np.asarray(y, dtype=np.float64)
    safe = np.where(np.isfinite(values), values, np.inf)
    whole = len(y) // step * step
    kept = {len(y) - 1}  # the newest point is always there
    for start, parts in ((0, safe[:whole].reshape(-1, step)), (whole, safe[whole:].reshape(1, -1))):
        if parts.size:
            starts = start + step * np.arange(len(parts))
            kept |= {*(starts + parts.argmin(1)).tolist(), *(starts + parts.argmax(1)).tolist()}
    order = sorted(kept)
    return [x[i] for i in order], [y[i] for i in order], step


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers between low and high: steps of 1, 2 or 5 times a power of ten."""
    if not high > low:
        return [low]
    rough = (high - low) / max(1, most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def powers(low: float, high: float, most: int = 5) -> list[float]:
    """Powers of ten between low and high, both above 0; round numbers where there are fewer than two."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    step = max(1, -(-(last - first + 1) // most))
    found = [10.0**k for k in range(first, last + 1, step)]
    return found if len(found) > 1 else [t for t in ticks(low, high) if t > 0]
