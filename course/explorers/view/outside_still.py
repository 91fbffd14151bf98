"""A saved graph's outputs as a table: what is seen where no JavaScript runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from explorers.state.outside import Question, Value
from explorers.view.pictures import templates
from explorers.view.still import asset

SHOWN = 4  # numbers of a value that are shown


def in_words(value: Value) -> str:
    """Its kind and its first numbers."""
    numbers = ", ".join(f"{number:.6g}" for number in value.data[:SHOWN])
    return f"{value.dtype}{list(value.shape)}: {numbers}{', …' if len(value.data) > SHOWN else ''}"


@dataclass(frozen=True)
class OutsideStill:
    """A rich display that needs no kernel."""

    question: Question

    def lines(self) -> list[tuple[str, str]]:
        """(what, its numbers) of the inputs, and of the outputs that Python gives."""
        inputs = [(f"input {value.name}", in_words(value)) for value in self.question.inputs]
        return [*inputs, *((f"{value.name}, by Python", in_words(value)) for value in self.question.outputs)]

    @property
    def title(self) -> str:
        return f"{self.question.name}, {len(self.question.content):,} bytes: {self.question.operations}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        page = templates().get_template("still.html")
        html = page.render(
            css=Markup(asset("common.css") + asset("still.css")),
            title=self.title,
            heads=("", "numbers"),
            lines=[{"path": what, "texts": (what, numbers)} for what, numbers in self.lines()],
            selected=None,
            picture=None,
        )
        return {"text/plain": repr(self), "text/html": html}

    def __repr__(self) -> str:
        lines = self.lines()
        width = max(len(what) for what, _ in lines)
        return "\n".join([self.title, *(f"{what:{width}}  {numbers}" for what, numbers in lines)])
