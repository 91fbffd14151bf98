"""What `block.hybridize()` puts in the place of `forward`: a cache of captured graphs, one for each input signature.

The first call with inputs of new shapes or dtypes runs the block's Python code once, and captures it; every later
one runs the captured graph, and no Python code of the block. (This lies outside of `Block`: a graph comes from any
callable.)
"""

from __future__ import annotations

from typing import Any

from miniblocks.graph import Graph, capture
from miniblocks.tensor import Tensor, mode


class Hybrid:
    """Runs a block through its captured graphs. `last` is the graph that ran last."""

    def __init__(self, block: Any) -> None:
        self.block = block
        self.graphs: dict[Any, Graph] = {}
        self.last: Graph | None = None

    def __call__(self, *args: Any) -> Any:
        if mode.tracer is not None or not all(isinstance(a, Tensor) for a in args):
            return self.block.uncaptured(*args)  # inside of an outer capture, or not capturable by signature
        signature = (self.block.training, *((a.shape, a.dtype, a.device) for a in args))
        if signature not in self.graphs:
            return self._capture(signature, *args)
        self.last = self.graphs[signature]
        return self.last(*args)

    def _capture(self, signature: Any, *args: Tensor) -> Any:
        if any(p.is_deferred for p in self.block.collect_params().values()):
            self.block.uncaptured(*args)  # a first call tells the shapes and gives the values
        names = {p.name: p.data() for p in self.block.collect_params().values() if p.is_initialized}
        self.graphs[signature], output = capture(self.block.uncaptured, *args, names=names)
        self.last = self.graphs[signature].prepared()
        return output
