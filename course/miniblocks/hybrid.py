"""What `block.hybridize()` puts in the place of `forward`: a cache of captured graphs, one for each input signature.

The first call with inputs of new shapes or dtypes runs the block's Python code once, and captures it; every later
one runs the captured graph, and no Python code of the block. Where gradients may be asked for, the graph runs through the tape;
under `no_grad` a program runs that was compiled from it. (This lies outside of `Block`: a graph comes from any callable.)
"""

from __future__ import annotations

from typing import Any

from miniblocks.graph import Graph, capture, compile
from miniblocks.tensor import Tensor, mode


class Hybrid:
    """Runs a block through its captured graphs."""

    def __init__(self, block: Any, backend: str = "python") -> None:
        self.block, self.backend = block, backend
        self.graphs: dict[Any, Graph] = {}
        self.programs: dict[Any, Any] = {}
        self.signature: Any = None

    @property
    def last(self) -> Graph | None:
        """The graph that ran last."""
        return self.graphs.get(self.signature)

    def __call__(self, *args: Any) -> Any:
        for a in args:
            if type(a) is not Tensor:
                return self.block.uncaptured(*args)  # no signature tells what would come out
        raws = [a.raw for a in args]
        self.signature = signature = (self.block.training, *[(r.shape, r.dtype, r.device) for r in raws])
        if mode.recording or mode.observer is not None or Tensor.logical_devices:
            return self._taped(signature, *args)
        program = self.programs.get(signature)
        return program.run(*raws) if program is not None else self._compiled(signature, *args)

    def _taped(self, signature: Any, *args: Tensor) -> Any:
        if mode.tracer is not None:
            return self.block.uncaptured(*args)  # part of an outer capture
        return self.graphs[signature](*args) if signature in self.graphs else self._capture(signature, *args)

    def _capture(self, signature: Any, *args: Tensor) -> Any:
        if any(p.is_deferred for p in self.block.collect_params().values()):
            self.block.uncaptured(*args)  # a first call tells the shapes and gives the values
        names = {p.name: p.data() for p in self.block.collect_params().values() if p.is_initialized}
        self.graphs[signature], output = capture(self.block.uncaptured, *args, names=names)
        self.graphs[signature].prepared()
        return output

    def _compiled(self, signature: Any, *args: Tensor) -> Any:
        """The first call under `no_grad` with this signature: captures where that was not done yet, and compiles."""
        if signature not in self.graphs:
            return self._capture(signature, *args)
        self.programs[signature] = compile(self.graphs[signature], self.backend)
        return self.programs[signature](*args)
