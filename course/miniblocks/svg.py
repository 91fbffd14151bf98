"""Drawings: SVG with the same in words. Colours are the page's own, so that a drawing reads in light and in dark."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

LINE, PAD, CHARACTER = 20, 8, 7.3  # height of a line, margins, and width of a character of 12 px monospace


@dataclass(frozen=True)
class Drawing:
    """A picture for notebooks, and the same in words."""

    svg: str
    text: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": self.text}

    def __str__(self) -> str:
        return self.text

    def save(self, file: Any) -> None:
        """Write the SVG to a file."""
        with open(file, "w", encoding="utf-8") as opened:
            opened.write(self.svg)


def drawing(body: str, width: float, height: float, text: str) -> Drawing:
    """The whole picture; `text` says what is to be seen."""
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    look = 'font-family="monospace" font-size="12" color="#767676"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(text)}" {size} {look}>'
    return Drawing(f"{head}{body}</svg>", text)


def box(x: float, y: float, width: float, height: float, label: str, dashed: bool = False, filled: bool = True) -> str:
    """A rectangle with a label at its upper left."""
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    opacity = ".08" if filled else "0"
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return (
        f'<rect {place} rx="5" fill="currentColor" fill-opacity="{opacity}" stroke="currentColor"{dash}/>'
        f'<text x="{x + PAD:.1f}" y="{y + 14:.1f}" fill="currentColor">{escape(label)}</text>'
    )


def label_width(label: str) -> float:
    """How wide a box must be for its label."""
    return CHARACTER * len(label) + 2 * PAD


def curve(points: list[tuple[float, float]]) -> str:
    """A smooth line downwards through points."""
    x, y = points[0]
    path = f"M{x:.1f} {y:.1f}"
    for nx, ny in points[1:]:
        middle = (y + ny) / 2
        path += f" C{x:.1f} {middle:.1f} {nx:.1f} {middle:.1f} {nx:.1f} {ny:.1f}"
        x, y = nx, ny
    return f'<path d="{path}" fill="none" stroke="currentColor"/>'
