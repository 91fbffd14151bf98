"""The graph viewer where no kernel runs: one run beside the static graph, what each pass did, and the graphs as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from explorers.state.boxes import folded_at_first
from explorers.state.graphs import Stage, Views
from explorers.view.graphs_svg import drawing
from explorers.view.pictures import templates
from explorers.view.still import asset

LINES = 80  # of a text that is shown


@dataclass(frozen=True)
class GraphsStill:
    """A rich display that needs no kernel."""

    views: Views

    def passes(self) -> list[tuple[str, str]]:
        """(pass, what it did)"""
        return [(one.title, "; ".join(one.says) or "nothing") for one in self.views.comparisons[1:]]

    def ends(self) -> list[Stage]:
        """One run, the graph as captured, and the graph after all passes, where that is another one."""
        return list(dict.fromkeys((*self.views.stages[:2], self.views.stages[-1])))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        pictures = [
            (stage.title, Markup(drawing(stage.boxes, folded_at_first(stage.boxes))), _cut(stage.text))
            for stage in self.ends()
        ]
        html = templates().get_template("graphs.html").render(
            css=Markup(asset("common.css") + asset("still.css") + asset("drawing.css")),
            name=self.views.name, notes=self.views.notes, pictures=pictures, passes=self.passes(),
        )  # fmt: skip
        return {"text/plain": repr(self), "text/html": html}

    def __repr__(self) -> str:
        told = [f"{self.views.name}: one run and its static graph", *self.views.notes]
        for stage in self.ends():
            told += ["", f"{stage.title}:", _cut(stage.text)]
        return "\n".join([*told, "", *(f"{title}: {says}" for title, says in self.passes())])


def _cut(text: str) -> str:
    lines = text.splitlines()
    return text if len(lines) <= LINES else "\n".join([*lines[:LINES], f"… and {len(lines) - LINES:,} more lines"])
