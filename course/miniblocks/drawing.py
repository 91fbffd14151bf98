"""Drawings of networks: the tree of blocks, and the computation they carry out.

net.plot()        # boxes inside boxes
net.plot(x)       # one box an operation, from the inputs at the top to the output at the bottom
"""

from __future__ import annotations

from typing import Any

from miniblocks.graph import draw, trace
from miniblocks.svg import CHARACTER, LINE, PAD, Drawing, box, drawing
from miniblocks.tensor import Tensor


def draw_blocks(block: Any) -> Drawing:
    """The blocks as boxes inside boxes; a block that stands at several places is drawn at each, dashed from the second on."""
    body, width, height = _nested(block, "net", 1, 1, set())
    text = repr(block)
    return drawing(body, width + 2, height + 2, text)


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
    return box(x, y, width, height, label, dashed=again) + "".join(inside), width, height


def draw_computation(function: Any, *inputs: Tensor) -> Drawing:
    """One box an operation of a captured run; the parameters and constants (p0, p1, …) stand in its label."""
    return draw(trace(function, *inputs))
