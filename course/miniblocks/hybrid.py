"""What `block.hybridize()` puts in the place of `forward`: a cache of captured graphs, one for each input signature.

The first call with inputs of new shapes or dtypes runs the block's Python code once, and captures it; every later
one runs the captured graph, and no Python code of the block. Where gradients may be asked for, the graph runs through the tape;
under `no_grad` a program runs that was compiled from it. (This lies outside of `Block`: a graph comes from any callable.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

from miniblocks.graph import Graph, capture, compile, script
from miniblocks.graph.signatures import Signature, signature_of
from miniblocks.ops.randomness import GENERATOR
from miniblocks.tensor import Tensor, mode


class Hybrid:
    """Runs a block through its captured graphs. `last` is the graph that ran last.

    Of its `calls`, `captures` captured a graph and `passed` ran the block's Python code; the others found a graph.
    """

    def __init__(self, block: Any, backend: str = "python", script: bool = False) -> None:
        self.block, self.backend, self.script = block, backend, script
        self.graphs: dict[Signature, Graph] = {}
        self.programs: dict[Signature, Any] = {}
        self.last: Graph | None = None
        self.calls = self.captures = self.passed = 0
        self._ran: tuple[bool, Callable[..., Any]] | None = None  # training?, and the program that ran last

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        if mode.recording or mode.observer is not None or (Tensor.logical_devices and self._meets_logical(args)):
            return self._taped(*args)
        ran = self._ran
        if ran is not None and ran[0] is self.block.training:
            output = ran[1](*args)
            if output is not None:
                return output
        return self._compiled(*args)

    def _meets_logical(self, args: tuple[Any, ...]) -> bool:
        """Whether a tensor on a logical device takes part: programs do not look, the tape does."""
        captured = (tensor for graph in self.graphs.values() for tensor in graph.captured.values())
        return any(isinstance(t, Tensor) and t.device.is_logical for t in (*args, *captured))

    def _taped(self, *args: Any) -> Any:
        signature = signature_of(self.block.training, args)
        if signature is None:
            return self._pass(*args)
        if signature not in self.graphs:
            return self._capture(signature, *args)
        self.last, self._ran = self.graphs[signature], None
        return self.last(*args)

    def _compiled(self, *args: Any) -> Any:
        """Under `no_grad`: the first call with a signature captures where that was not done yet, the next one compiles."""
        signature = signature_of(self.block.training, args)
        if signature is None:
            return self._pass(*args)
        if signature not in self.graphs:
            return self._capture(signature, *args)
        self.last = self.graphs[signature]
        if signature not in self.programs:
            self.programs[signature] = compile(self.last, self.backend)
        program = self.programs[signature]
        self._ran = signature.training, program.attempt
        return program(*args)

    def _pass(self, *args: Any) -> Any:
        self.passed += 1
        return self.block.uncaptured(*args)

    def _capture(self, signature: Signature, *args: Tensor) -> Any:
        self.captures += 1
        if any(p.is_deferred for p in self.block.collect_params().values()):
            self.block.uncaptured(*args)  # a first call tells the shapes and gives the values
        self._ran = None
        if self.script:
            drawn = GENERATOR.get_state()
            self.graphs[signature] = self.last = self.scripted(*args)
            GENERATOR.set_state(drawn)
            return self.last(*args)
        names = {p.name: p.data() for p in self.block.collect_params().values() if p.is_initialized}
        self.graphs[signature], output = capture(self.block.uncaptured, *args, names=names)
        self.last = self.graphs[signature].prepared()
        return output

    def scripted(self, *args: Tensor) -> Graph:
        """A graph that keeps conditions and loops on tensors. The block's own hooks are no part of it: `Block.__call__` calls them."""
        with mock.patch.dict(vars(self.block), _forward_hooks=[]):
            return script(self.block, *args)
