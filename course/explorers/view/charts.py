"""Curves as SVG with a legend in HTML: the same in the live widget and in a saved notebook.

Series differ in dashes as well as in colour. The legend holds each one's newest number, so that it can be read without
measuring; the picture's label says the same as words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from explorers.state.charts import MOST_SERIES, Chart, powers, thinned, ticks
from explorers.view.pictures import templates

WIDTH, HEIGHT = 300, 170  # of the whole picture, in CSS pixels
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 8, 30  # margins around the plane
DASHES = ("", "7 3", "2 3", "9 3 2 3", "1 4", "5 2 1 2")


@dataclass(frozen=True)
class Scale:
    """From values to pixels."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, values: Any) -> Any:
        """Of a number, or of an array of them."""
        told = np.log10 if self.log else np.asarray
        return self.start + (self.end - self.start) * (told(values) - told(self.low)) / (
            told(self.high) - told(self.low)
        )


def chart_figure(chart: Chart, wide: bool = False) -> Markup:
    """The chart with its title, legend and notes."""
    shown = chart.series[:MOST_SERIES]
    parts = [thinned(s.x, s.y) for s in shown]
    most = max((step for _, _, step in parts), default=1)
    notes = [chart.note] if chart.note else []
    if most > 1:
        notes.append(f"Sampled: of each {most} steps, the least and the greatest are drawn.")
    if len(chart.series) > MOST_SERIES:
        notes.append(f"{MOST_SERIES} of {len(chart.series)} curves are drawn.")
    points = [(np.asarray(x, dtype=np.float64), _drawable(y, chart.log)) for x, y, _ in parts]
    svg = _svg(chart, points, WIDTH * 2 if wide else WIDTH)
    legend = [
        {"label": s.label, "value": f"{s.y[-1]:.4g}" if len(s.y) else "–", "dash": DASHES[i]}
        for i, s in enumerate(shown)
    ]
    page = templates().get_template("chart.html")
    return Markup(page.render(chart=chart, svg=svg, legend=legend, notes=notes, wide=wide))


def _drawable(y: Sequence[float], log: bool) -> np.ndarray:
    """NaN for what has no place on the scale."""
    values = np.asarray(y, dtype=np.float64)
    return np.where(np.isfinite(values) & ((values > 0) | (not log)), values, np.nan)


def _svg(chart: Chart, points: list[tuple[np.ndarray, np.ndarray]], width: int) -> Markup:
    xs = np.concatenate([x for x, _ in points]) if points else np.empty(0)
    ys = np.concatenate([y[~np.isnan(y)] for _, y in points]) if points else np.empty(0)
    across = Scale(*_range(xs, False), LEFT, width - RIGHT)
    up = Scale(*_range(ys, chart.log), HEIGHT - BOTTOM, TOP, chart.log)
    lines = [_path(across(x), up(y)) for x, y in points]
    rows = [(up(v), _number(v)) for v in (powers if chart.log else ticks)(up.low, up.high)]
    columns = [(across(v), text) for v, text in _columns(chart, across, width)]
    return Markup(
        templates().get_template("chart.svg").render(
            chart=chart, lines=lines, rows=rows, columns=columns, dashes=DASHES, width=width, height=HEIGHT,
            left=LEFT, right=width - RIGHT, top=TOP, base=HEIGHT - BOTTOM,
        )
    )  # fmt: skip


def _range(values: np.ndarray, log: bool) -> tuple[float, float]:
    """The ends of an axis: never a point, and with room for flat curves."""
    low, high = (float(values.min()), float(values.max())) if values.size else (1.0, 1.0)
    if log:
        return (low / 1.5, high * 1.5) if high / low < 10 else (low, high)
    if high - low < 1e-9 * max(1.0, abs(high)):
        return low - 0.5, high + 0.5
    return low, high


def _columns(chart: Chart, across: Scale, width: int) -> list[tuple[float, str]]:
    if not chart.names:
        return [(v, _number(v)) for v in ticks(across.low, across.high, 5)]
    letters = max(map(len, chart.names), default=1)
    every = max(1, -(-len(chart.names) * (7 * letters + 8) // (width - LEFT - RIGHT)))
    return [(i, name) for i, name in enumerate(chart.names) if i % every == 0]


def _path(across: np.ndarray, down: np.ndarray) -> str:
    """A line through the points, in pixels; a gap where there is nothing to draw, a dot where a point stands alone."""
    told: list[str] = []
    pen = "M"
    gaps = [*np.isnan(down).tolist(), True]
    for i, (x, y) in enumerate(zip(across.tolist(), down.tolist())):
        if gaps[i]:
            pen = "M"
            continue
        told.append(f"{pen}{x:.1f},{y:.1f}")
        if pen == "M" and gaps[i + 1]:
            told.append("h0.1")
        pen = "L"
    return "".join(told)


def _number(value: float) -> str:
    return (
        f"{value:.6g}"
        if value == 0 or 1e-3 <= abs(value) < 1e5
        else f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")
    )
