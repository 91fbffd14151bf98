"""A graph as a picture: one box an instruction, inputs at the top; the graphs inside of an `if` or a loop are boxes in boxes.

The order within a layer, and so how few lines cross, is igraph's (the method of Sugiyama, Tagawa and Toda, 1981). Lines past a
layer go through a place of their own in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from miniblocks.graph.ir import Cond, Graph, Instruction, Ref, leaves, reads, subgraphs
from miniblocks.graph.printing import kind
from miniblocks.svg import LINE, PAD, Drawing, box, curve, drawing, label_width

GAP_X, GAP_Y = 18, 34
WIDE = 600  # the sides of an `if` that are wider together stand one beneath the other


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


def draw(graph: Graph) -> Drawing:
    """The graph as a drawing; its text equivalent is `print(graph)`."""
    body, width, height = _picture(graph)
    return drawing(f'<g transform="translate(1 1)">{body}</g>', width + 2, height + 2, str(graph))


def _picture(graph: Graph) -> tuple[str, float, float]:
    nodes = _nodes(graph)
    real = len(nodes)
    chains = _chains(nodes)
    width, height = _placed(nodes)
    lines = "".join(curve(_points(nodes, chain)) for chain in chains)
    boxes = "".join(_box(node) for node in nodes[:real])
    return lines + boxes, width, height


def _nodes(graph: Graph) -> list[Node]:
    """Inputs, instructions and outputs, with the numbers of those above each, and its layer."""
    nodes = [_labelled(f"input {ref}: {kind(ref)}") for ref in graph.inputs]
    made = {ref: number for number, ref in enumerate(graph.inputs)}
    for step in graph.steps:
        above = list(dict.fromkeys(made[ref] for ref in reads(step) if ref in made))
        node = _instruction(step, made)
        node.after = above
        node.layer = max((nodes[n].layer for n in above), default=0) + 1
        for ref in step.results:
            made[ref] = len(nodes)
        nodes.append(node)
    ends = leaves(graph.outputs)
    last = _labelled(f"return {', '.join(_name(graph, ref) for ref in ends)}")
    last.after = list(dict.fromkeys(made[ref] for ref in ends if ref in made))
    last.layer = max((nodes[n].layer + 1 for n in last.after), default=0)
    return [*nodes, last]


def _name(graph: Graph, ref: Ref) -> str:
    """What a value is called: a constant of one number by that number."""
    return str(graph.constants[ref].raw.item()) if ref in graph.constants and not ref.shape else repr(ref)


def _labelled(label: str) -> Node:
    return Node(label, label_width(label), LINE)


def _instruction(step: Instruction, made: dict[Ref, int]) -> Node:
    """A box whose label says what is done with what is not drawn (parameters, constants, numbers), and what comes out."""
    others = [str(a) for a in step.args if a is not None and not (isinstance(a, Ref) and a in made)]
    words = f"({', '.join(others)})" if others else ""
    results = ", ".join(f"{ref} {kind(ref)}" for ref in step.results)
    if not subgraphs(step):
        return _labelled(f"{step.operation}{words} → {results}")
    asked = f" {step.predicate}" if isinstance(step, Cond) else ""
    return _nested(f"{step.operation}{asked} → {results}", step)


def _nested(label: str, step: Instruction) -> Node:
    titles = ("then", "else") if isinstance(step, Cond) else ("while", "do")
    pictures = [_picture(_without_unread_inputs(graph)) for graph in subgraphs(step)]
    beside = sum(width for _, width, _ in pictures) < WIDE
    inside, x, y, right, bottom = "", float(PAD), LINE + 4.0, 0.0, 0.0
    for title, (body, width, height) in zip(titles, pictures):
        width, height = max(width, label_width(title)) + 2 * PAD, height + LINE + 2 * PAD
        inside += box(x, y, width, height, title, dashed=True, filled=False)
        inside += f'<g transform="translate({x + PAD:.1f} {y + LINE + PAD / 2:.1f})">{body}</g>'
        right, bottom = max(right, x + width), max(bottom, y + height)
        x, y = (x + width + PAD, y) if beside else (x, y + height + PAD)
    return Node(label, max(right + PAD, label_width(label)), bottom + PAD, inside)


def _without_unread_inputs(graph: Graph) -> Graph:
    """The sides of an `if` are given the same values, and each may read only some of them."""
    read = {ref for step in graph.steps for ref in reads(step)} | set(leaves(graph.outputs))
    return replace(graph, inputs=tuple(ref for ref in graph.inputs if ref in read))


def _chains(nodes: list[Node]) -> list[list[int]]:
    """For each line the nodes it goes through; a line past a layer gets a node without a box there."""
    chains = []
    for number in range(len(nodes)):
        for above in nodes[number].after:
            chain = [above]
            for layer in range(nodes[above].layer + 1, nodes[number].layer):
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


def _points(nodes: Sequence[Node], chain: Sequence[int]) -> list[tuple[float, float]]:
    """The way of a line: from the lower edge of a box, through its places, to the upper edge of another."""
    first, last = nodes[chain[0]], nodes[chain[-1]]
    between = [
        point for n in chain[1:-1] for point in ((nodes[n].x, nodes[n].y), (nodes[n].x, nodes[n].y + nodes[n].height))
    ]
    return [(first.middle, first.y + first.height), *between, (last.middle, last.y)]


def _box(node: Node) -> str:
    shape = box(0, 0, node.width, node.height, node.label, filled=not node.inside)
    return f'<g transform="translate({node.x:.1f} {node.y:.1f})">{shape}{node.inside}</g>'
