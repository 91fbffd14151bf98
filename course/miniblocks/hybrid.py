"""What `block.hybridize()` puts in the place of `forward`: a cache of captured graphs, one for each input signature.

The first call with inputs of new shapes or dtypes runs the block's Python code once, and captures it; every later
one runs the captured graph, and no Python code of the block. Where gradients may be asked for, the graph runs through the tape;
under `no_grad` a program runs that was compiled from it. (This lies outside of `Block`: a graph comes from any callable.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miniblocks.graph import Graph, capture, compile
from miniblocks.tensor import Tensor, mode


class Hybrid:
    """Runs a block through its captured graphs. `last` is the graph that ran last."""

    def __init__(self, block: Any, backend: str = "python") -> None:
        self.block, self.backend = block, backend
        self.graphs: dict[Any, Graph] = {}
        self.programs: dict[Any, Any] = {}
        self.last: Graph | None = None
        self._ran: tuple[bool, Callable[..., Any]] | None = None  # training?, and the program that ran last

    def __call__(self, *args: Any) -> Any:
        if mode.recording or mode.observer is not None or Tensor.logical_devices:
            return self._taped(*args)
        if self._ran is not None and self._ran[0] is self.block.training:
            output = self._ran[1](*args)
            if output is not None:
                return output
        return self._compiled(*args)

    def _signature(self, args: tuple[Any, ...]) -> Any:
        """What decides which graph serves; None where nothing does: an input that is no tensor, or an outer capture."""
        if mode.tracer is not None or not all(type(a) is Tensor for a in args):
            return None
        return (self.block.training, mode.recording, *((a.raw.shape, a.raw.dtype, a.raw.device) for a in args))

    def _taped(self, *args: Any) -> Any:
        signature = self._signature(args)
        if signature is None:
            return self.block.uncaptured(*args)
        if signature not in self.graphs:
            return self._capture(signature, *args)
        self.last, self._ran = self.graphs[signature], None
        return self.last(*args)

    def _compiled(self, *args: Any) -> Any:
        """Under `no_grad`: the first call with a signature captures where that was not done yet, the next one compiles."""
        signature = self._signature(args)
        if signature is None:
            return self.block.uncaptured(*args)
        if signature not in self.graphs:
            return self._capture(signature, *args)
        self.last = self.graphs[signature]
        if signature not in self.programs:
            self.programs[signature] = compile(self.last, self.backend)
        program = self.programs[signature]
        self._ran = signature[0], program.attempt
        return program(*args)

    def _capture(self, signature: Any, *args: Tensor) -> Any:
        if any(p.is_deferred for p in self.block.collect_params().values()):
            self.block.uncaptured(*args)  # a first call tells the shapes and gives the values
        names = {p.name: p.data() for p in self.block.collect_params().values() if p.is_initialized}
        self.graphs[signature], output = capture(self.block.uncaptured, *args, names=names)
        self.last, self._ran = self.graphs[signature].prepared(), None
        return output
