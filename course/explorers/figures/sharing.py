"""Who computes with which parameter."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from IPython.display import display

from explorers.figures.style import ORANGE
from miniblocks import nn

STEP, BOX, GAP, NAMES = 34, 24, 100, 260  # pixels: from row to row, a box, between the columns, the right column


def draw_sharing(net: nn.Block) -> None:
    """Show a line from each layer to each parameter it computes with, as a picture and in words.

    A parameter that several layers use, and all its lines, are orange and thick; one that nobody uses is dashed.
    """
    layers = list(_users(net))
    uses: dict[nn.Parameter, list[str]] = {}
    for path, _, mine in layers:
        for parameter in mine:
            uses.setdefault(parameter, []).append(path)
    for parameter in net.collect_params().values():
        uses.setdefault(parameter, [])
    words = _in_words(layers, uses)
    display({"text/html": _picture(layers, uses, words), "text/plain": words}, raw=True)


Layers = list[tuple[str, nn.Block, list[nn.Parameter]]]
Uses = dict[nn.Parameter, list[str]]


def _places(block: nn.Block, path: str = "") -> Iterator[tuple[str, nn.Block]]:
    """(path, block) for every place of the tree; a block that stands twice comes twice."""
    yield path or "net", block
    for name, child in block._children.items():
        yield from _places(child, f"{path}.{name}" if path else name)


def _users(net: nn.Block) -> Iterator[tuple[str, nn.Block, list[nn.Parameter]]]:
    """(path, block, the parameters it computes with) for every place that has some."""
    for path, block in _places(net):
        mine = [value for value in vars(block).values() if isinstance(value, nn.Parameter)]
        if mine:
            yield path, block, mine


def _in_words(layers: Layers, uses: Uses) -> str:
    computing = [f"{path} computes with {', '.join(p.name for p in mine)}" for path, _, mine in layers]
    used = [f"{p.name} is used by {' and '.join(paths) or 'nobody'}" for p, paths in uses.items() if len(paths) != 1]
    return "\n".join(computing + used)


def _picture(layers: Layers, uses: Uses, words: str) -> str:
    labels = [f"{path}: {repr(block).splitlines()[0].rstrip('(')}" for path, block, _ in layers]
    wide = 8 * max(map(len, labels)) + 18
    right, top = wide + GAP, {id(p): 6 + STEP * i for i, p in enumerate(uses)}
    parts = []
    for i, (_, _, mine) in enumerate(layers):
        y = 6 + STEP * (2 * i + 0.5) * (len(uses) / max(2 * len(layers), 1))
        parts.append(_box(4, y, wide, labels[i]))
        parts += [_link(4 + wide, y + 12, right, top[id(p)] + 12, len(uses[p]) > 1) for p in mine]
    parts += [_box(right, top[id(p)], NAMES, f"{p.name} {p.shape}", len(paths)) for p, paths in uses.items()]
    height = 6 + STEP * max(len(uses), len(layers))
    return (
        f'<svg role="img" aria-label="{escape(words)}" width="{right + NAMES + 4}" height="{height}" '
        f'font-family="monospace" font-size="13">{"".join(parts)}</svg>'
    )


def _box(x: float, y: float, width: float, label: str, uses: int = 1) -> str:
    stroke = {0: 'stroke="currentColor" stroke-dasharray="4 3"', 1: 'stroke="currentColor"'}
    look = stroke.get(uses, f'stroke="{ORANGE}" stroke-width="3"')
    return (
        f'<rect x="{x}" y="{y:.1f}" width="{width}" height="{BOX}" rx="5" '
        f'fill="currentColor" fill-opacity=".06" {look}/>'
        f'<text x="{x + 9}" y="{y + 16:.1f}" fill="currentColor">{escape(label)}</text>'
    )


def _link(x1: float, y1: float, x2: float, y2: float, shared: bool) -> str:
    look = f'stroke="{ORANGE}" stroke-width="3"' if shared else 'stroke="currentColor"'
    middle = (x1 + x2) / 2
    curve = f"M{x1} {y1:.1f} C{middle} {y1:.1f} {middle} {y2:.1f} {x2} {y2:.1f}"
    return f'<path d="{curve}" fill="none" {look}/>'
