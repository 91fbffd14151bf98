"""Arrays and parameters as HTML and text: the same picture in the live widget and in a saved notebook."""

from __future__ import annotations

import base64
import io
from functools import cache

import jinja2
import numpy as np
from markupsafe import Markup
from PIL import Image

from explorers.state.arrays import Heatmap, Histogram
from explorers.state.colours import palette
from explorers.state.parameters import Portrait, facts, gradient_of, in_words, values_of
from explorers.state.tree import Row

WIDTH, HEIGHT = 210, 160  # a figure's inside at most, in CSS pixels
BASE, TALLEST = 88, 72  # of a histogram: the axis, and the height of the fullest bin
LARGEST_CELL, LEAST_SIDE = 24, 14


@cache
def templates() -> jinja2.Environment:
    """The environment of the HTML templates; every string from a learner is escaped."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("explorers.view"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def png(levels: np.ndarray) -> str:
    """Levels of the colour scale as an image, one pixel a cell, in a data URI."""
    image = Image.fromarray(np.ascontiguousarray(levels)).convert("P")
    image.putpalette(palette().tobytes())
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


@cache
def scale() -> str:
    """The colour scale from -limit to limit as an image."""
    return png(np.arange(255, dtype=np.uint8)[None])


def extent(heatmap: Heatmap) -> tuple[int, int]:
    """Width and height on the page: square cells as large as fit, and never a sliver."""
    rows, columns = heatmap.cells.shape
    cell = max(1, min(LARGEST_CELL, WIDTH // columns, HEIGHT // rows))
    return max(LEAST_SIDE, cell * columns), max(LEAST_SIDE, cell * rows)


def histogram_svg(histogram: Histogram, words: str, expected: np.ndarray | None = None) -> Markup:
    """Bars over an axis that names its ends, and zero where it lies between them; `expected` counts as a line over them."""
    counts, edges = histogram.counts, histogram.edges
    low, high, top = edges[0], edges[-1], max(1, counts.max(), *([] if expected is None else [expected.max()]))
    width, heights = WIDTH / len(counts), TALLEST * counts / top
    # a bar for every bin that is not empty, at least one pixel high: few values are not none
    bars = "".join(
        f"M{i * width + 0.5:.1f},{BASE}v{-max(1.0, height):.1f}h{width - 1:.1f}V{BASE}z"
        for i, height in enumerate(heights)
        if height > 0
    )
    steps = [] if expected is None else [BASE - TALLEST * share for share in expected / top]
    line = "".join(f"{'L' if i else 'M'}{i * width:.1f},{y:.1f}h{width:.1f}" for i, y in enumerate(steps))
    zero = WIDTH * (0 - low) / (high - low) if low <= 0 <= high else None
    markup = templates().get_template("histogram.svg").render(
        bars=bars, line=line, zero=zero, low=f"{low:.3g}", high=f"{high:.3g}", top=int(counts.max()), width=WIDTH, base=BASE,
        words=words,
    )  # fmt: skip
    return Markup(markup)


def figure(title: str, shown: Portrait | str) -> Markup:
    """An array's heatmap, colour scale, histogram and numbers; or the reason why there is none."""
    if isinstance(shown, str):
        return Markup(templates().get_template("figure.html").render(title=title, reason=shown))
    numbers = in_words(shown.statistics)
    words = f"{title}: " + ", ".join(f"{term} {text}" for term, text in numbers)
    width, height = extent(shown.heatmap)
    return Markup(
        templates().get_template("figure.html").render(
            title=title, numbers=numbers, words=words, heatmap=shown.heatmap, image=png(shown.heatmap.levels),
            width=width, height=height, scale=scale(), limit=f"{shown.heatmap.limit:.3g}",
            histogram=histogram_svg(shown.histogram, words), note=shown.note,
        )
    )  # fmt: skip


def parameter_picture(row: Row) -> Markup:
    """All that is shown of one parameter."""
    assert row.parameter is not None, f"{row.path} is a block"
    figures = [figure("Values", values_of(row.parameter)), figure("Gradient", gradient_of(row.parameter))]
    return Markup(templates().get_template("parameter.html").render(row=row, facts=facts(row), figures=figures))
