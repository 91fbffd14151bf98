"""A graph as straight-line Python on raw arrays, one call of torch a line, into memory that was laid out beforehand.

    program = graph.compile(g)
    print(program.code)
    program(x)

What makes it fast: no blocks, no recording; every buffer and every view of a buffer or a parameter exists before the first call;
elementwise steps write over what nobody reads any more; parameters are updated in place, by the product that makes their
gradient. In a program that writes nothing, what depends on parameters alone is computed by `prepare`, once and whenever a
parameter was written. Results are memory of their own. The taped function of a graph is what this is tested against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import get_ident
from typing import Any, NoReturn

import torch

from miniblocks.errors import CaptureError
from miniblocks.graph.backends.binding import guarded
from miniblocks.graph.backends.lowering import NUMERIC
from miniblocks.graph.backends.writer import Writer
from miniblocks.graph.blame import blame
from miniblocks.graph.ir import Graph, reads, results
from miniblocks.ops.elementwise import torch_dtype
from miniblocks.tensor import Tensor


class Program:
    """A graph that is ready to run. `numbers` are inputs that are given as Python numbers (a learning rate).

    It sees the parameters as they are: when one was given new storage, the function is bound anew. Each thread has buffers of
    its own. Nothing is recorded: a program is for use without gradients. `code` is the source, `buffers` what was laid out.
    """

    def __init__(self, graph: Graph, numbers: Iterable[str] = (), reuse: bool = True) -> None:
        self.graph, self.reuse = graph, reuse
        self.numbers = frozenset(name for name in numbers if _is_only_a_number(graph, name))
        self._tensors = tuple(graph.captured.values())
        self._kinds = [
            None if ref.name in self.numbers else (torch.Size(ref.shape), torch_dtype(ref.dtype))
            for ref in graph.inputs
        ]
        self._bound: dict[int, Callable[..., Any]] = {}  # by thread
        self._device = torch.device("cpu")  # of the inputs, where there are no parameters
        self._bind()

    def _bind(self) -> Callable[..., Any]:
        """Lay out memory, and write the function on the parameters' present storage, for this thread."""
        for ref, tensor in self.graph.captured.items():
            if (tensor.shape, tensor.dtype) != (ref.shape, ref.dtype):
                raise CaptureError(
                    f"{self.graph.labels.get(ref, ref)} was {ref.dtype}{list(ref.shape)} when the graph was captured, and now is "
                    f"{tensor.dtype}{list(tensor.shape)}; capture again"
                )
        device = self._tensors[0].raw.device if self._tensors else self._device
        writer = self._written(device)
        self.code, self.buffers = writer.listing(), writer.buffers
        run, prepare = writer.functions()
        bound = guarded(run, prepare, self._again, self._tensors, self._kinds, device)
        self._bound[get_ident()] = bound
        return bound

    def _written(self, device: torch.device) -> Writer:
        """The function, as source."""
        return Writer(self.graph, device, self.numbers, self.reuse)

    def _again(self, *args: Any) -> Any:
        return self._bind()(*args)

    def __call__(self, *args: Any) -> Any:
        """Run it on tensors (numbers for those of `numbers`)."""
        if len(args) != len(self._kinds):
            raise CaptureError(f"the graph takes {len(self._kinds)} inputs, and got {len(args)}")
        output = self.attempt(*args)
        if output is None:
            args = tuple(
                Tensor(torch.tensor(a, dtype=kind[1])) if kind is not None and isinstance(a, (int, float)) else a
                for a, kind in zip(args, self._kinds)
            )
            places = {a.raw.device for a in args if isinstance(a, Tensor)}
            if not self._tensors and len(places) == 1 and places != {self._device}:
                self._device, self._bound = places.pop(), {}
            output = self.attempt(*args)
        if output is None:
            self._refuse(args)
        return output

    def attempt(self, *args: Any) -> Any:
        """The same; None where the inputs are not what the graph was captured for."""
        try:
            return (self._bound.get(get_ident()) or self._bind())(*args)
        except Exception as error:
            blame(error, self.graph.labels)
            raise

    def _refuse(self, args: tuple[Any, ...]) -> NoReturn:
        wanted = ", ".join(f"{ref}: {ref.dtype}{list(ref.shape)}" for ref in self.graph.inputs)
        got = ", ".join(f"{a.dtype}{list(a.shape)}" if isinstance(a, Tensor) else repr(a) for a in args)
        raise CaptureError(f"the graph was captured for ({wanted}), and got ({got}); capture again for other shapes")


def _is_only_a_number(graph: Graph, name: str) -> bool:
    """Whether an input meets arrays in arithmetic alone, where a Python number will do."""
    steps = [step for step in graph.steps if any(ref.name == name for ref in reads(step))]
    returned = any(ref.name == name for ref in results(graph))
    return not returned and all(step.operation in NUMERIC and any(ref.shape for ref in reads(step)) for step in steps)
