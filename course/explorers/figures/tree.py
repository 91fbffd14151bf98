"""A network as an outline: every block and every parameter."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from IPython.display import display

from explorers.figures.style import BLUE, GREY, ORANGE
from miniblocks import nn

MARKS = {"parameter": (BLUE, "●"), "constant": (ORANGE, "■"), "frozen": (GREY, "○"), "block": ("currentColor", "")}
ROW, INDENT, NAMES, WIDTH = 19, 22, 330, 570  # pixels: a row, a step of depth, where names begin, the whole


def draw_tree(net: nn.Block) -> None:
    """Show the blocks and parameters of a network in the order of the walk, as a picture and in words."""
    rows = list(_outline(net))
    words = "\n".join(f"{'   ' * depth + MARKS[kind][1] + ' ' + what:34} {name}" for depth, what, name, kind in rows)
    body = "".join(_row(i, *row) for i, row in enumerate(rows))
    svg = (
        f'<svg role="img" aria-label="{escape(words)}" width="{WIDTH}" height="{ROW * len(rows) + 12}" '
        f'font-family="monospace" font-size="13" fill="currentColor">{body}</svg>'
    )
    display({"text/html": svg, "text/plain": words}, raw=True)


def _outline(net: nn.Block) -> Iterator[tuple[int, str, str, str]]:
    """(depth, text, name, kind) of every block and parameter."""
    for path, block in net.named_blocks():
        if block.params or block._children:
            depth = path.count(".") + bool(path)
            yield depth, f"{path or 'net'}: {type(block).__name__}", block.prefix, "block"
            for name, parameter in block.params.items():
                yield depth + 1, str(parameter.shape), name, _kind(parameter)


def _kind(parameter: nn.Parameter) -> str:
    """What training does with it, in a word."""
    if isinstance(parameter, nn.Constant):
        return "constant"
    return "frozen" if parameter.grad_req == "null" else "parameter"


def _row(i: int, depth: int, what: str, name: str, kind: str) -> str:
    x, y = 8 + INDENT * depth, 18 + ROW * i
    colour, mark = MARKS[kind]
    weight = "bold" if kind == "block" else "normal"
    return (
        f'<rect x="{x}" y="{y + 4}" width="{WIDTH - 10 - x}" height="1" fill-opacity=".2"/>'
        f'<text x="{x}" y="{y}" fill="{colour}">{mark}</text>'
        f'<text x="{x + 14 * bool(mark)}" y="{y}" font-weight="{weight}">{escape(what)}</text>'
        f'<text x="{NAMES}" y="{y}">{escape(name)}</text>'
    )
