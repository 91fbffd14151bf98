"""`view_graph(net, x)`: one run beside its static graph, and that graph before and after each pass."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from explorers import naming
from explorers.function import check_function
from explorers.inert import inert
from explorers.state.calls import settle
from explorers.state.graphs import views
from explorers.view.graphs_still import GraphsStill
from miniblocks import graph
from miniblocks.graph.passes.rewriting import Pass
from miniblocks.nd import Tensor
from miniblocks.nn import Block

if TYPE_CHECKING:
    from explorers.view.graphs import GraphViewer


def view_graph(function: Any, *inputs: Tensor, passes: Iterable[Pass] = graph.PASSES) -> GraphViewer | GraphsStill:
    """Two graphs side by side: what one run recorded and the static graph, or the static graph before and after a pass.

    `function` is a function, block or network of these input tensors. It is called once and captured: traced, or where Python looks
    at a value scripted, so that conditions and loops are boxes with boxes inside. `passes` are functions from a graph to a graph; your
    own are shown like the framework's. Choose a box to see its code, where it comes from, and what became of it.

    Shown when it is a cell's last line; without a kernel, or while grading, a still picture. Raises `TypeError` where it is given
    something else, `CaptureError` where the function cannot be captured, and what the function and the passes raise.
    """
    _check(function, inputs)
    caller = sys._getframe(1)
    blocks = [thing for thing in naming.blocks(function, None) if isinstance(thing, Block)]
    settle(function, inputs)

    def names() -> dict[int, str]:
        parameters = naming.parameters(naming.blocks(function, caller))
        return naming.by_identity(naming.arguments(function, inputs), parameters, naming.variables(caller))

    found = views(function, inputs, blocks, tuple(passes), names)
    if inert():
        return GraphsStill(found)
    from explorers.view.graphs import GraphViewer  # here, so that a still picture needs no widget library

    return GraphViewer(found)


def _check(function: Any, inputs: tuple[Any, ...]) -> None:
    """Refuse what cannot be captured, with the mend."""
    if isinstance(function, graph.Graph):
        raise TypeError(
            "view_graph() was given a graph; give it the function that was captured, and inputs: view_graph(f, x)"
        )
    check_function(function, "view_graph", "a function or block, and inputs: view_graph(net, x)")
    wrong = [type(x).__name__ for x in inputs if not isinstance(x, Tensor)]
    if wrong or not inputs:
        given = f"a {wrong[0]}" if wrong else "no inputs"
        raise TypeError(
            f"a graph's inputs are tensors, and view_graph() was given {given}; as in view_graph(net, nd.ones((2, 20)))"
        )
