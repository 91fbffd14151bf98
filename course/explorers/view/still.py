"""A network as a table and as plain text: what is seen where no kernel runs, and what a screen reader can read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup

from explorers.state.arrays import histogram, sample, sparkline, statistics
from explorers.state.depth import Depth, depth_chart
from explorers.state.tree import Row, filtered, rows
from explorers.view.charts import chart_figure
from explorers.view.pictures import parameter_picture, templates
from miniblocks.nn import Block

HEADS = ("path", "shape or class", "name", "values", "mean", "std", "min", "max", "zeros", "notes")


@cache
def asset(name: str) -> str:
    """The text of a style sheet or script that comes with the package."""
    return (resources.files("explorers.view") / "assets" / name).read_text("utf-8")


def table(tree: list[Row]) -> list[list[str]]:
    """A line for each row: the cells under `HEADS`. Whole paths: a page that drops our styles drops indents too."""
    return [[row.path or "net", row.detail, row.name, *_numbers(row), "; ".join(row.notes)] for row in tree]


def _numbers(row: Row) -> list[str]:
    if row.parameter is None or not row.parameter.is_initialized:
        return [""] * 6
    values, _ = sample(row.parameter.data())
    known = statistics(values)
    told = ["" if value is None else f"{value:.3g}" for value in (known.mean, known.std, known.min, known.max)]
    return [sparkline(histogram(values).counts), *told, f"{100 * known.zeros:.3g} %"]


def as_text(net: Block) -> str:
    """The tree as plain text, in columns."""
    lines = [list(HEADS), *table(rows(net))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines)


def as_html(net: Block, selected: str | None = None, pattern: str = "", depth: Depth | str = "") -> str:
    """The tree as a table, and the picture of the parameter at the path `selected`."""
    tree = rows(net)
    shown = [tree[index] for index in filtered(net, tree, pattern).visible]
    chosen = next((row for row in tree if row.path == selected and row.parameter is not None), None)
    title = f"The parameters of {type(net).__name__}" + (f", filtered by {pattern}" if pattern else "")
    return (
        templates()
        .get_template("still.html")
        .render(
            css=Markup(asset("common.css") + asset("charts.css") + asset("still.css")),
            title=title,
            heads=HEADS,
            lines=[{"path": row.path, "texts": texts} for row, texts in zip(shown, table(shown), strict=True)],
            selected=selected,
            picture=chosen and parameter_picture(chosen),
            depth=chart_figure(depth_chart(depth)) if isinstance(depth, Depth) else "",
        )
    )


@dataclass(frozen=True)
class Still:
    """A network as a rich display that needs no kernel: `display(Still(net))`."""

    net: Block
    selected: str | None = None
    pattern: str = ""
    depth: Depth | str = ""  # signals and gradients through the layers, if known

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": as_html(self.net, self.selected, self.pattern, self.depth)}

    def __repr__(self) -> str:
        words = f"\n{depth_chart(self.depth).words}" if isinstance(self.depth, Depth) else ""
        return as_text(self.net) + words
