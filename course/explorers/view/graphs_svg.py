"""The drawing of a stage: boxes in layers, and in those that are open further boxes, each with a layout of its own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from explorers.state.boxes import Box, folded
from miniblocks import layered
from miniblocks.svg import curve, label_width

LINE, PAD = 16, 8
WIDE = 620  # sides that are wider together stand one beneath the other
MARGIN = 12
LONGEST = 44  # characters of a title


def drawing(boxes: Sequence[Box], closed: frozenset[str]) -> str:
    """The picture as SVG, with the boxes named in `closed` folded. Every box has `data-node`, its name."""
    body, width, height = _frame(folded(boxes, closed), closed)
    size = f"{-MARGIN} {-MARGIN} {width + 2 * MARGIN:.0f} {height + 2 * MARGIN:.0f}"
    extent = f'width="{width + 2 * MARGIN:.0f}" height="{height + 2 * MARGIN:.0f}"'
    return f'<svg class="xp-graph" role="presentation" viewBox="{size}" {extent}>{body}</svg>'


def _frame(boxes: Sequence[Box], closed: frozenset[str]) -> tuple[str, float, float]:
    """Boxes beside and beneath each other, with the lines between them."""
    made = {value: number for number, box in enumerate(boxes) for value in box.makes}
    nodes: list[layered.Node] = []
    for box in boxes:
        node = _node(box, closed)
        node.after = list(dict.fromkeys(made[value] for value in box.reads if made.get(value, len(nodes)) < len(nodes)))
        node.layer = 1 + max((nodes[n].layer for n in node.after), default=-1)
        nodes.append(node)
    _lower_sources(boxes, nodes)
    width, height, lines = layered.arrange(nodes)
    edges = "".join(curve(line.points).replace("<path ", '<path class="xp-edge" ') for line in lines)
    return edges + "".join(_placed(box, node) for box, node in zip(boxes, nodes)), width, height


def _lower_sources(boxes: Sequence[Box], nodes: Sequence[layered.Node]) -> None:
    """Leaves and constants stand right above the first that reads them."""
    readers: dict[int, list[int]] = {}
    for node in nodes:
        for above in node.after:
            readers.setdefault(above, []).append(node.layer)
    for number, box in enumerate(boxes):
        if box.kind in ("leaf", "constant") and number in readers:
            nodes[number].layer = min(readers[number]) - 1


def _node(box: Box, closed: frozenset[str]) -> layered.Node:
    """A box's size, and what is drawn in it."""
    width = max(label_width(_short(box.title)) + 10, label_width(box.second))
    top = LINE * (2 if box.second else 1) + PAD
    if not box.sides:
        return layered.Node(width=width, height=top)
    pictures = [(title, *_frame(inside, closed)) for title, inside in box.sides]
    beside = sum(one[2] for one in pictures) < WIDE
    inside, x, y, right, bottom = "", float(PAD), top + 2.0, width, 0.0
    for title, body, side_width, side_height in pictures:
        head = LINE if title else 0
        side_width, side_height = max(side_width, label_width(title)) + 2 * PAD, side_height + head + 2 * PAD
        inside += f'<g class="xp-side" transform="translate({x:.1f} {y:.1f})">'
        if title:
            inside += f'<rect width="{side_width:.1f}" height="{side_height:.1f}" rx="4"/>'
            inside += f'<text class="xp-name" x="{PAD}" y="{LINE - 2}">{escape(title)}</text>'
        inside += f'<g transform="translate({PAD} {PAD + head})">{body}</g></g>'
        right, bottom = max(right, x + side_width + PAD), max(bottom, y + side_height)
        x, y = (x + side_width + PAD, y) if beside else (x, y + side_height + PAD)
    return layered.Node(width=right, height=bottom + PAD, inside=inside)


def _short(title: str) -> str:
    return title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"


def _placed(box: Box, node: layered.Node) -> str:
    foldable = box.kind in ("group", "control")
    twist = ("▾ " if box.sides else "▸ ") if foldable else ""
    state = f' aria-expanded="{"true" if box.sides else "false"}"' if foldable else ""
    label = escape(f"{box.title}, {box.kind}{', ' + box.second if box.second else ''}")
    second = f'<text class="xp-value" x="{PAD}" y="{2 * LINE}">{escape(box.second)}</text>' if box.second else ""
    return (
        f'<g class="xp-node xp-{box.kind}" data-node="{escape(box.name)}" role="option" tabindex="-1" aria-selected="false"{state} '
        f'aria-label="{label}" transform="translate({node.x:.1f} {node.y:.1f})">'
        f'<rect width="{node.width:.1f}" height="{node.height:.1f}" rx="{14 if box.kind == "leaf" else 3}"/>'
        f'<text class="xp-name" x="{PAD}" y="{LINE}">{twist}{escape(_short(box.title))}</text>{second}'
        f'<text class="xp-tag" x="{node.width - 6:.1f}" y="-4"></text>{node.inside}</g>'
    )
