"""A graph as a picture: one box an instruction, inputs at the top; the graphs inside of an `if` or a loop are boxes in boxes.

Where the boxes stand is decided by `miniblocks.layered`.
"""

from __future__ import annotations

from dataclasses import replace

from miniblocks.graph.ir import Cond, Graph, Instruction, Ref, leaves, reads, subgraphs
from miniblocks.graph.printing import kind
from miniblocks.layered import Node, arrange
from miniblocks.svg import LINE, PAD, Drawing, box, curve, drawing, label_width

WIDE = 600  # the sides of an `if` that are wider together stand one beneath the other


def draw(graph: Graph) -> Drawing:
    """The graph as a drawing; its text equivalent is `print(graph)`."""
    body, width, height = _picture(graph)
    return drawing(f'<g transform="translate(1 1)">{body}</g>', width + 2, height + 2, str(graph))


def _picture(graph: Graph) -> tuple[str, float, float]:
    nodes = _nodes(graph)
    width, height, lines = arrange(nodes)
    return "".join(curve(line.points) for line in lines) + "".join(map(_box, nodes)), width, height


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


def _box(node: Node) -> str:
    shape = box(0, 0, node.width, node.height, node.label, filled=not node.inside)
    return f'<g transform="translate({node.x:.1f} {node.y:.1f})">{shape}{node.inside}</g>'
