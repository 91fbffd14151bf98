"""Scripting: a graph that keeps `if`, `while` and `for`.

    g = graph.script(net, x)      # a block or a function, and example inputs

Tracing sees one run, so it forgets the branch not taken. Scripting reads the source first and writes it anew,
so that what decides about the run becomes a call that a tracer can see:

    if h.norm() > 1:              def then_1(): nonlocal h; h = h / 2
        h = h / 2          →      def else_1(): pass
                                  rt.branch(h.norm() > 1, then_1, else_1, …)

While the new function is traced, `rt.branch` captures both sides as graphs and notes a `Cond`; `rt.repeat` notes a `Loop`. Where
Python knows the answer itself (`if self.training:`, `for layer in self.layers:`), it decides, as it always did.

Read in this order: `jumps` (return, break and continue become conditions), `rewrite` (statements become calls), `source`
(from a function to its rewritten self), `runtime` (the calls), `inner` and `join` (a side captured; two sides made one).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miniblocks.graph.ir import Graph
from miniblocks.graph.script.inner import ScriptTracer
from miniblocks.graph.script.runtime import Runtime
from miniblocks.graph.trace import check_examples, names_of
from miniblocks.tensor import Tensor

__all__ = ["script"]


def script(function: Callable[..., Any], *examples: Tensor) -> Graph:
    """The graph of a function or block, with its conditions and loops on tensors in it. Raises `CaptureError`.

    >>> from miniblocks import nd
    >>> def halve(x):
    ...     while x.sum() > 1:
    ...         x = x / 2
    ...     return x
    >>> g = script(halve, nd.ones((3,)))
    >>> g(nd.array([8.0, 0.0, 0.0])).tolist()
    [1.0, 0.0, 0.0]
    """
    check_examples(examples)
    with ScriptTracer(examples, names_of(function)) as tracer:
        output = Runtime().call(function)(*examples)
    tracer.undo()  # what the example's run wrote in place
    return tracer.graph(output)
