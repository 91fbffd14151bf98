"""Layout of drawn graphs: boxes in layers, lines running down from each to those that read it.

The order within a layer, and so how few lines cross, is igraph's (the method of Sugiyama, Tagawa and Toda, 1981). A line past a
layer goes through a place of its own in it, unless it is longer than `REACH`: then it runs straight, behind the boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

GAP_X, GAP_Y = 18, 34
REACH = 12  # layers; a weight that every step of a long loop reads would need thousands of places

Point = tuple[float, float]


@dataclass
class Node:
    """A box, or the place where a line passes a layer (without a label)."""

    label: str = ""
    width: float = 0.0
    height: float = 0.0
    inside: str = ""  # SVG, from the box's own corner
    layer: int = 0
    x: float = 0.0
    y: float = 0.0
    after: list[int] = field(default_factory=list)  # the nodes right above it, by number

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Line:
    """From the lower edge of one box to the upper edge of another."""

    start: int
    end: int
    points: list[Point]


def arrange(boxes: Sequence[Node]) -> tuple[float, float, list[Line]]:
    """Give every box its place: the width and height of the whole, and the lines between them.

    Each box has its layer already, below the layers of those it comes `after`.
    """
    nodes = [*boxes]  # and after them the places of lines
    chains = _chains(nodes)
    width, height = _placed(nodes)
    lines = [Line(chain[0], chain[-1], _points(nodes, chain)) for chain in chains]
    return width, height, lines


def _chains(nodes: list[Node]) -> list[list[int]]:
    """For each line the nodes it goes through; a line past a layer gets a node without a box there."""
    chains = []
    for number in range(len(nodes)):
        for above in nodes[number].after:
            chain = [above]
            between = range(nodes[above].layer + 1, nodes[number].layer)
            for layer in between if len(between) <= REACH else ():
                nodes.append(Node(layer=layer, after=[chain[-1]]))
                chain.append(len(nodes) - 1)
            chains.append([*chain, number])
    return chains


def _placed(nodes: list[Node]) -> tuple[float, float]:
    """Give every node its place; the width and height of all."""
    layers: dict[int, list[Node]] = {}
    orders = _orders(nodes)
    for number in sorted(range(len(nodes)), key=orders.__getitem__):
        layers.setdefault(nodes[number].layer, []).append(nodes[number])
    y = 0.0
    for number in sorted(layers):
        row, x = layers[number], 0.0
        for node in row:
            node.x, node.y = x, y
            x += node.width + GAP_X
        tallest = max(node.height for node in row)
        for node in row:
            node.height = node.height or tallest  # a line goes past the whole row
        y += tallest + GAP_Y
    width = max(row[-1].x + row[-1].width for row in layers.values())
    for row in layers.values():
        shift = (width - row[-1].x - row[-1].width) / 2
        for node in row:
            node.x += shift
    for number in sorted(layers)[1:]:
        _beneath(layers[number], nodes, width)
    return width, y - GAP_Y


def _orders(nodes: Sequence[Node]) -> list[float]:
    """Where each node stands in its layer, from left to right."""
    import igraph  # only who draws needs it

    lines = [(above, number) for number, node in enumerate(nodes) for above in node.after]
    neighbours = [(a, b) for a, b in lines if nodes[b].layer == nodes[a].layer + 1]
    picture = igraph.Graph(len(nodes), neighbours, directed=True)
    layout = picture.layout_sugiyama(layers=[node.layer for node in nodes])
    return [x for x, _ in layout.coords[: len(nodes)]]


def _beneath(row: list[Node], nodes: Sequence[Node], width: float) -> None:
    """Move the boxes of a layer towards beneath those above them, without overlapping, within the picture."""
    left = 0.0
    room = sum(node.width + GAP_X for node in row)
    for node in row:
        room -= node.width + GAP_X
        wanted = [nodes[n].middle for n in node.after] or [node.middle]
        x = sum(wanted) / len(wanted) - node.width / 2
        node.x = max(left, min(x, width - node.width - room))
        left = node.x + node.width + GAP_X


def _points(nodes: Sequence[Node], chain: Sequence[int]) -> list[Point]:
    """The way of a line: from the lower edge of a box, through its places, to the upper edge of another."""
    first, last = nodes[chain[0]], nodes[chain[-1]]
    between = [
        point for n in chain[1:-1] for point in ((nodes[n].x, nodes[n].y), (nodes[n].x, nodes[n].y + nodes[n].height))
    ]
    return [(first.middle, first.y + first.height), *between, (last.middle, last.y)]
