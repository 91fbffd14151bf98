"""The drawing of a story: a box an entry, leaves above those that use them. It shows the end; the browser takes steps back from there."""

from __future__ import annotations

from html import escape

from explorers.state.record import CONSTANT, FREED, LEAF, NO_GRAD, OPERATION
from explorers.state.tape import Node, Story
from miniblocks import layered
from miniblocks.layered import Line
from miniblocks.svg import curve

WIDTH, LINE, PAD = 206, 16, 8
CHARACTERS = 25  # of a line in a box
MARGIN = 12


def drawing(told: Story) -> str:
    """The whole picture as SVG; every box has `data-node`, every label of a line `data-edge="from-to"`."""
    boxes = _boxes(told)
    width, height, lines = layered.arrange(boxes)
    regions = "".join(_halo(box, told.nodes[i]) for i, box in enumerate(boxes))
    regions += "".join(_halo_line(told, line) for line in lines)
    drawn = "".join(_edge(told, line) for line in lines)
    drawn += "".join(_box(told, i, box) for i, box in enumerate(boxes))
    size = f"{-MARGIN} {-MARGIN} {width + 2 * MARGIN:.0f} {height + 2 * MARGIN:.0f}"
    extent = f'width="{width + 2 * MARGIN:.0f}" height="{height + 2 * MARGIN:.0f}"'
    return f'<svg class="xp-graph" role="presentation" viewBox="{size}" {extent}>{regions}{drawn}</svg>'


def _boxes(told: Story) -> list[layered.Node]:
    """An operation stands below its sources, a leaf right above the first that uses it."""
    boxes = [layered.Node(width=_width(node), height=_height(node)) for node in told.nodes]
    users: dict[int, list[int]] = {}
    for number, node in enumerate(told.nodes):
        for source, _ in node.sources:
            users.setdefault(source, []).append(number)
        if node.kind not in (LEAF, CONSTANT):
            boxes[number].layer = 1 + max((boxes[s].layer for s, _ in node.sources), default=0)
    for number, node in enumerate(told.nodes):
        if node.kind in (LEAF, CONSTANT) and number in users:
            boxes[number].layer = min(boxes[user].layer for user in users[number]) - 1
        boxes[number].after = [source for source, _ in node.sources]
    return boxes


def has_gradient(node: Node) -> bool:
    return node.kind in (LEAF, OPERATION, FREED)


def _width(node: Node) -> float:
    return (
        WIDTH
        if has_gradient(node)
        else 2 * PAD + 7.3 * max(16, len(_title(node)) + len(_tag(node)) + 2, len(node.value) + 6)
    )


def _height(node: Node) -> float:
    return LINE * (3 if has_gradient(node) else 2) + PAD


def _title(node: Node) -> str:
    operation = node.call.split("(")[0]
    text = node.label if node.label == operation or node.kind in (LEAF, CONSTANT) else f"{node.label} = {operation}"
    room = CHARACTERS - len(_tag(node)) - 1
    return text if len(text) <= room or not has_gradient(node) else f"{text[: room - 1]}…"


def _tag(node: Node) -> str:
    """What kind of box it is, in a word; an operation that has handed on is freed."""
    if node.handed is not None:
        return FREED
    return "" if node.kind == OPERATION or node.label == node.kind else node.kind


def _box(told: Story, number: int, box: layered.Node) -> str:
    node = told.nodes[number]
    last = node.arrivals[-1].sum if node.arrivals else ""
    radius = 14 if node.kind == LEAF else 3
    texts = [
        f'<text class="xp-name" x="{PAD}" y="{LINE}">{escape(_title(node))}</text>',
        f'<text class="xp-tag" x="{box.width - PAD:.0f}" y="{LINE}">{escape(_tag(node))}</text>',
        f'<text class="xp-value" x="{PAD}" y="{2 * LINE}">value {escape(node.value)}</text>',
    ]
    if has_gradient(node):
        shown = f"grad {last}" if last else ""
        texts.append(f'<text class="xp-grad" x="{PAD}" y="{3 * LINE}">{escape(shown)}</text>')
    kind = node.kind.replace("_", "-").replace(" ", "-")
    label = f"{told.nodes[number].call}, {node.kind}, value {node.value}" + (f", gradient {last}" if last else "")
    return (
        f'<g class="xp-node xp-{kind}" data-node="{number}" role="option" tabindex="-1" aria-selected="false" '
        f'aria-label="{escape(label)}" transform="translate({box.x:.1f} {box.y:.1f})">'
        f'<rect width="{box.width:.0f}" height="{box.height:.0f}" rx="{radius}"/>{"".join(texts)}</g>'
    )


def _edge(told: Story, line: Line) -> str:
    """A line with the share that came back along it; dotted where none can."""
    passes = dict(told.nodes[line.end].sources)[line.start]
    kind = "xp-edge" if passes else "xp-edge xp-no-way"
    path = curve(line.points).replace("<path ", f'<path class="{kind}" ')
    if not passes:
        return path
    shares = [slope.amount for slope in told.nodes[line.end].slopes if slope.source == line.start]
    text = f"↑{'+'.join(shares)}" if shares else ""
    (x1, y1), (x2, y2) = line.points[-2:]
    place = f'x="{(x1 + x2) / 2:.1f}" y="{(y1 + y2) / 2 + 4:.1f}"'
    return f'{path}<text class="xp-share" data-edge="{line.start}-{line.end}" {place}>{escape(text)}</text>'


def _halo(box: layered.Node, node: Node) -> str:
    """What runs under no_grad lies on a ground of its own."""
    if node.kind != NO_GRAD:
        return ""
    size = f'width="{box.width + 16:.0f}" height="{box.height + 16:.0f}"'
    return f'<rect class="xp-region" x="{box.x - 8:.1f}" y="{box.y - 8:.1f}" {size} rx="8"/>'


def _halo_line(told: Story, line: Line) -> str:
    one, other = told.nodes[line.start], told.nodes[line.end]
    if one.region is None or one.region != other.region:
        return ""
    return curve(line.points).replace("<path ", '<path class="xp-region-line" ')
