"""What runs a graph. `taped` is a graph's meaning: by `tensor.apply`, recorded. The others are programs, made by `compile`:

- `python`: generated source, straight-line calls of torch into memory laid out beforehand;
- `native`: the same, with runs of steps in generated C, where there is a compiler;
- `inductor`: torch's own compiler, by way of `torch.fx`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from miniblocks.graph.backends.inductor import InductorProgram
from miniblocks.graph.backends.native import NativeProgram
from miniblocks.graph.backends.python import Program
from miniblocks.graph.collecting import collector_paused
from miniblocks.graph.ir import Graph
from miniblocks.graph.passes import PASSES, optimize
from miniblocks.graph.passes.rewriting import Pass

BACKENDS: dict[str, Callable[..., Any]] = {"python": Program, "native": NativeProgram, "inductor": InductorProgram}


@collector_paused()
def compile(graph: Graph, backend: str = "python", passes: Iterable[Pass] = PASSES, numbers: Iterable[str] = ()) -> Any:
    """A program that computes what the graph does, after these passes. It takes and gives tensors, and records nothing.

    `numbers` are inputs that will be given as Python numbers (a learning rate).
    """
    if backend not in BACKENDS:
        raise ValueError(f"there is no backend {backend!r}; there are {', '.join(BACKENDS)}")
    return BACKENDS[backend](optimize(graph, passes), numbers)
