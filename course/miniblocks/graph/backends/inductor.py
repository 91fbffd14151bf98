"""A graph through torch's own compiler: lowered to `torch.fx`, and from there by `torch.compile`.

Every operation of the table becomes a call of its forward function, one node each, so that the compiler sees all of them and may fuse
across. Inputs, parameters and constants are inputs of the fx graph, which writes new values into parameters itself. Compiling takes seconds to tens of
seconds; torch keeps what it compiled in a cache on disk.

Beware: the compiler of torch 2.13 for CPUs takes `torch.add(p, a @ b, alpha=k)` for alpha 1, silently. So nothing here uses `alpha`:
an update is written as p - k * (a @ b), which is also what the table's `descend_matmul` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import torch
import torch.fx

from miniblocks.errors import CaptureError
from miniblocks.graph.ir import Graph, Ref, Step, leaves, mapped
from miniblocks.ops.elementwise import torch_dtype
from miniblocks.ops.images import pooled
from miniblocks.tape import no_grad
from miniblocks.tensor import Tensor

# The table's pool lets the positions travel as an attribute of the maxima, which the compiler does not follow.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "max_pool2d": lambda x, **window: pooled(x, **window)[0],
    "pool_positions": lambda x, out, **window: pooled(x, **window)[1],
}
UNCOMPILABLE = frozenset(("dropout_mask", "uniform", "normal", "randint", "permutation"))


class InductorProgram:
    """A graph compiled by `torch.compile`, for a graph without branches, loops and random draws. `module` is the fx graph."""

    def __init__(self, graph: Graph, numbers: Iterable[str] = (), mode: str | None = None) -> None:
        self.graph = graph
        self.module = lowered(graph)
        self._kept = (*graph.captured.values(), *graph.constants.values())
        self._compiled = torch.compile(self.module, fullgraph=True, dynamic=False, mode=mode)
        self._kinds = [(torch.Size(ref.shape), torch_dtype(ref.dtype)) for ref in graph.inputs]

    def __call__(self, *args: Any) -> Any:
        """Run it on tensors; numbers are taken for inputs without axes."""
        raws = [
            a.raw if type(a) is Tensor else torch.scalar_tensor(a, dtype=kind)
            for a, (_, kind) in zip(args, self._kinds, strict=True)
        ]
        try:
            found = iter(self._compiled(*raws, *[tensor.raw for tensor in self._kept]))
        except Exception:
            self._step_by_step(raws)  # if it fails as well, it says where
            raise
        return mapped(self.graph.outputs, Ref, lambda ref: Tensor(next(found)))

    def _step_by_step(self, raws: list[torch.Tensor]) -> None:
        """The same computation without the compiler and without writing anything."""
        with no_grad():
            replace(self.graph, writes={})(*map(Tensor, raws))

    def attempt(self, *args: Any) -> Any:
        """The same; None where the inputs are not what the graph was captured for."""
        fitting = len(args) == len(self._kinds) and all(
            isinstance(a, Tensor) and (a.raw.shape, a.raw.dtype) == kind for a, kind in zip(args, self._kinds)
        )
        return self(*args) if fitting else None

    @property
    def code(self) -> str:
        """The fx graph as Python: what goes into the compiler."""
        return self.module.code


def lowered(graph: Graph) -> torch.fx.GraphModule:
    """The fx graph: placeholders for inputs, captured tensors and constants; writes into these; the outputs come out."""
    fx, env = torch.fx.Graph(), {}
    for ref in (*graph.inputs, *graph.captured, *graph.constants):
        env[ref] = fx.placeholder(ref.name)
    for step in graph.steps:
        if not isinstance(step, Step) or step.operation in UNCOMPILABLE:
            raise CaptureError(
                f"the backend inductor compiles no {'random draws' if isinstance(step, Step) else 'branches and loops'} ({step.operation}); use the backend python"
            )
        env[step.result] = _traced(fx, step, env)
    given = {*graph.inputs, *graph.captured, *graph.constants}
    lent = [ref for ref in (*leaves(graph.outputs), *graph.writes.values()) if ref in given]
    env |= {ref: fx.call_function(torch.clone, (env[ref],)) for ref in lent}  # as they are before anything is written
    places = dict(zip((*graph.inputs, *graph.captured), fx.nodes))
    for target, value in graph.writes.items():
        fx.call_function(torch.Tensor.copy_, (places[target], env[value]))
    fx.output(tuple(env[ref] for ref in leaves(graph.outputs)))
    fx.lint()
    return torch.fx.GraphModule({}, fx)


def _traced(fx: torch.fx.Graph, step: Step, env: dict[Ref, Any]) -> Any:
    """The step's forward function of the table as one call: the compiler looks into it."""
    args = tuple(env[a] if isinstance(a, Ref) else a for a in step.args)
    return fx.call_function(FUNCTIONS.get(step.operation, step.op.forward), args, dict(step.static))
