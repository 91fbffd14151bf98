"""A story where no kernel runs: the graph with all values and gradients, a table of its entries, and the steps in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from explorers.state.tape import Story
from explorers.view.pictures import templates
from explorers.view.stepper_svg import drawing
from explorers.view.still import asset

DRAWN = 120  # entries; a picture of more cannot be read, and makes the notebook large
HEADS = ("", "kind", "value", "local derivatives", "gradient")


@dataclass(frozen=True)
class StepperStill:
    """A rich display that needs no kernel."""

    story: Story

    def lines(self) -> Sequence[tuple[str, ...]]:
        """A row for each entry, the first ones of a long record."""
        found = []
        for node in self.story.nodes[:DRAWN]:
            slopes = "; ".join(f"by {self.story.nodes[s.source].label}: {_one_line(s.text)}" for s in node.slopes)
            name = node.call if node.label == node.call.split("(")[0] else f"{node.label} = {node.call}"
            found.append((name, node.kind, node.value, slopes, node.arrivals[-1].sum if node.arrivals else ""))
        return found

    def steps(self) -> list[str]:
        """What is said at each step, the first ones of many."""
        told = [f"{number}. {step.says}" for number, step in enumerate(self.story.steps)]
        return told if len(told) <= 2 * DRAWN else [*told[: 2 * DRAWN], f"… and {len(told) - 2 * DRAWN:,} more steps"]

    @property
    def notes(self) -> list[str]:
        """What is not shown, and why there is no way back."""
        many = len(self.story.nodes) - DRAWN
        cut = f"Without a kernel only the first {DRAWN} entries are listed; {many:,} more are not." if many > 0 else ""
        return [note for note in (self.story.problem, self.story.hidden, cut) if note]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        picture = Markup(drawing(self.story)) if len(self.story.nodes) <= DRAWN else None
        html = templates().get_template("stepper.html").render(
            css=Markup(asset("common.css") + asset("still.css") + asset("drawing.css")),
            heads=HEADS, lines=self.lines(), steps=self.steps(), notes=self.notes, picture=picture,
        )  # fmt: skip
        return {"text/plain": repr(self), "text/html": html}

    def __repr__(self) -> str:
        lines = [HEADS, *self.lines()]
        widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
        table = ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines]
        return "\n".join([*table, "", *self.steps(), *self.notes])


def _one_line(text: str) -> str:
    return " ".join(text.split())
