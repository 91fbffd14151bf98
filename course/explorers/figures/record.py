"""What autograd has recorded, from leaves to output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from IPython.display import display

from explorers.figures.style import GREEN
from miniblocks import nd
from miniblocks.recorded import RecordedNode

BOX, LINE, GAP = 190, 17, 30  # pixels: width of a box, height of a line of text, height of a gap
MARGIN, PAD = 24, 7  # pixels: between boxes of a row, below the last line in a box

Edges = Mapping[tuple[str, str], str]
Place = dict[int, tuple[float, float]]


def draw_record(
    nodes: Sequence[RecordedNode], edges: Edges | None = None, gradients: bool = True, **named: nd.Tensor
) -> None:
    """Show a record (from `autograd.recorded`) as a picture and in words.

    `named` gives names, values and gradients to nodes; `edges` a text to (from, to) pairs of names.
    """
    names, texts, words = {}, {}, []
    for i, node in enumerate(nodes):
        name = next((key for key, tensor in named.items() if node.made(tensor)), None)
        names[i], texts[i] = name or node.op, [f"{name}: {node.op}" if name else node.op]
        if name:
            value, gradient = _shown(named[name])
            texts[i] += [f"value {value}"] + [f"gradient {gradient}"] * bool(gradients and gradient)
        sources = ", ".join("constant" if q is None else names[q] for q in node.parents)
        words.append("  ".join(texts[i]) + (f"  from {sources}" if sources else ""))
    svg = _picture(nodes, names, texts, edges or {}, escape("; ".join(words)))
    display({"text/html": svg, "text/plain": "\n".join(words)}, raw=True)


def _picture(
    nodes: Sequence[RecordedNode], names: dict[int, str], texts: dict[int, list[str]], edges: Edges, label: str
) -> str:
    place, width, height = _arranged(nodes, texts)
    shapes = []
    for i, node in enumerate(nodes):
        shapes.append(_box(*place[i], texts[i], leaf=not node.parents))
        for q in {q for q in node.parents if q is not None}:
            shapes.append(_edge(place[q], len(texts[q]), place[i], edges.get((names[q], names[i]), "")))
    return (
        f'<svg role="img" aria-label="{label}" width="{width}" height="{height}" '
        f'font-family="monospace" font-size="12.5">{"".join(shapes)}</svg>'
    )


def _arranged(nodes: Sequence[RecordedNode], texts: dict[int, list[str]]) -> tuple[Place, float, float]:
    """Middle and top of each box, and the size of it all: a row below the lowest of its sources."""
    layer: list[int] = []
    for node in nodes:
        layer.append(1 + max((layer[q] for q in node.parents if q is not None), default=-1))
    for i, node in enumerate(nodes):  # a leaf stands just above where it is needed
        users = [layer[k] for k, other in enumerate(nodes) if i in other.parents]
        layer[i] = min(users) - 1 if users and not node.parents else layer[i]
    rows = [[i for i, at in enumerate(layer) if at == n] for n in sorted(set(layer))]
    width, top, place = max(map(len, rows)) * (BOX + MARGIN), 2, {}
    for row in rows:
        for k, i in enumerate(row):
            place[i] = width / 2 + (k - (len(row) - 1) / 2) * (BOX + MARGIN), float(top)
        top += LINE * max(len(texts[i]) for i in row) + PAD + GAP
    return place, width, top - GAP + 2


def _shown(tensor: nd.Tensor) -> tuple[str, str]:
    """Value and gradient of a tensor as short texts."""

    def short(t: nd.Tensor) -> str:
        numbers = np.atleast_1d(t.asnumpy())
        text = ", ".join(f"{v:.3g}" for v in numbers.ravel()[:4])
        return text if numbers.size == 1 else f"[{text}{', …' if numbers.size > 4 else ''}]"

    return short(tensor), "" if tensor.grad is None else short(tensor.grad)


def _box(x: float, y: float, texts: Sequence[str], leaf: bool) -> str:
    look = f'fill="{GREEN}" fill-opacity=".22"' if leaf else 'fill="none" stroke-dasharray="5 3"'
    weights = ("bold", "normal", "bold")
    return (
        f'<rect x="{x - BOX / 2}" y="{y}" width="{BOX}" height="{LINE * len(texts) + PAD}" rx="7" '
        f'stroke="currentColor" {look}/>'
    ) + "".join(
        f'<text x="{x}" y="{y + LINE * (k + 1) - 2}" text-anchor="middle" fill="currentColor" '
        f'font-weight="{weights[k]}">{escape(text)}</text>'
        for k, text in enumerate(texts)
    )


def _edge(start: tuple[float, float], height: int, end: tuple[float, float], label: str) -> str:
    (x1, y1), (x2, y2) = start, end
    y1 += LINE * height + PAD
    side, anchor = (14, "start") if x2 >= x1 else (-14, "end")
    return (
        f'<path d="M{x1} {y1} L{x2} {y2}" stroke="currentColor" fill="none"/>'
        f'<path d="M{x2} {y2} l-4 -8 h8 z" fill="currentColor"/>'
        f'<text x="{(x1 + x2) / 2 + side}" y="{(y1 + y2) / 2 + 3}" text-anchor="{anchor}" '
        f'fill="currentColor">{escape(label)}</text>'
    )
