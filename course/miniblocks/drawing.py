"""Drawings of networks, as SVG with a text equivalent: the tree of blocks, and the computation they carry out.

    net.plot()        # boxes inside boxes
    net.plot(x)       # one box an operation, from the inputs at the top to the output at the bottom

No program but this one is needed. Colours are the page's own, so that a drawing reads in light and in dark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from miniblocks.graph import Graph, trace
from miniblocks.graph.ir import reads
from miniblocks.tensor import Tensor

LINE, PAD, CHARACTER = 20, 8, 7.3  # height of a line, margins, and width of a character of 12 px monospace
GAP_X, GAP_Y, BOW = 18, 34, 60


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


def _svg(body: str, width: float, height: float, text: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(text)}" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="monospace" font-size="12" color="#767676">{body}</svg>'
    )


def _box(x: float, y: float, width: float, height: float, label: str, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="5" fill="currentColor" fill-opacity=".08" stroke="currentColor"{dash}/>'
        f'<text x="{x + PAD:.1f}" y="{y + 14:.1f}" fill="currentColor">{escape(label)}</text>'
    )


# -- the tree of blocks --------------------------------------------------------------------------------------------


def draw_blocks(block: Any) -> Drawing:
    """The blocks as boxes inside boxes; a block that stands at several places is drawn at each, dashed from the second on."""
    body, width, height = _nested(block, "net", 1, 1, set())
    text = repr(block)
    return Drawing(_svg(body, width + 2, height + 2, text), text)


def _nested(block: Any, name: str, x: float, y: float, seen: set[int]) -> tuple[str, float, float]:
    again = id(block) in seen
    seen.add(id(block))
    one_line = "\n" not in repr(block)  # a dense layer shows its activation in its own line
    children = {} if again or one_line else block._children
    label = f"{name}: {type(block).__name__ if children else repr(block).splitlines()[0]}"
    inside, top, widest = [], y + LINE + 4, CHARACTER * len(label)
    for child_name, child in children.items():
        svg, width, height = _nested(child, child_name, x + PAD, top, seen)
        inside.append(svg)
        top, widest = top + height + 5, max(widest, width)
    width, height = widest + 2 * PAD, top - y + (3 if inside else 0)
    return _box(x, y, width, height, label, dashed=again) + "".join(inside), width, height


# -- the computation -----------------------------------------------------------------------------------------------


@dataclass
class _Place:
    label: str
    layer: int
    sources: Sequence[str]
    x: float = field(default=0.0)

    @property
    def width(self) -> float:
        return CHARACTER * len(self.label) + 2 * PAD


def draw_computation(function: Any, *inputs: Tensor) -> Drawing:
    """One box an operation of a captured run, with the parameters and constants (p0, p1, …) that it takes."""
    graph = function if isinstance(function, Graph) else trace(function, *inputs)
    places = _places(graph)
    layers: dict[int, list[str]] = {}
    for name, place in places.items():
        layers.setdefault(place.layer, []).append(name)
    width = _arrange(places, layers)
    height = (max(layers, default=0) + 1) * (LINE + GAP_Y)
    text = str(graph)
    return Drawing(_svg(_edges(places) + _boxes(places), width, height, text), text)


def _places(graph: Graph) -> dict[str, _Place]:
    """Every value that is computed, one layer below the lowest of those it is made from."""
    places = {ref.name: _Place(f"input {ref}", 0, ()) for ref in graph.inputs}
    for step in graph.steps:
        sources = [ref.name for ref in reads(step) if ref.name in places]
        others = ", ".join(str(a) for a in step.args if a is not None and str(a) not in sources)
        layer = max((places[s].layer for s in sources), default=0) + 1
        for result in step.results:
            label = f"{step.operation}{f'({others})' if others else ''} → {list(result.shape)}"
            places[result.name] = _Place(label, layer, sources)
    return places


def _arrange(places: Mapping[str, _Place], layers: Mapping[int, list[str]]) -> float:
    """Side by side in each layer, ordered by where their sources stand; the width of all."""
    widest = 0.0
    for number in sorted(layers):
        layers[number].sort(key=lambda n: _mean([places[s].x for s in places[n].sources]))
        x: float = GAP_X
        for name in layers[number]:
            places[name].x = x
            x += places[name].width + GAP_X
        widest = max(widest, x)
    for number in layers:
        last = places[layers[number][-1]]
        shift = (widest - last.x - last.width - GAP_X) / 2
        for name in layers[number]:
            places[name].x += shift
    return widest + BOW


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _top(place: _Place) -> float:
    return 4 + place.layer * (LINE + GAP_Y)


def _edges(places: Mapping[str, _Place]) -> str:
    return "".join(_edge(places[name], place, places) for place in places.values() for name in place.sources)


def _edge(source: _Place, target: _Place, places: Mapping[str, _Place]) -> str:
    """A curve down to the next layer; past other layers it bows out to their right."""
    between = [p.x + p.width for p in places.values() if source.layer < p.layer < target.layer]
    if between:
        y1, y2 = _top(source) + LINE / 2, _top(target) + LINE / 2
        x1, x2, side = source.x + source.width, target.x + target.width, max(between) + BOW
        curve = f"M{x1:.1f} {y1:.1f} C{side:.1f} {y1:.1f} {side:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    else:
        x1, x2, y1, y2 = source.x + source.width / 2, target.x + target.width / 2, _top(source) + LINE, _top(target)
        middle = (y1 + y2) / 2
        curve = f"M{x1:.1f} {y1:.1f} C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}"
    return f'<path d="{curve}" fill="none" stroke="currentColor"/>'


def _boxes(places: Mapping[str, _Place]) -> str:
    return "".join(_box(p.x, _top(p), p.width, LINE, p.label) for p in places.values())
