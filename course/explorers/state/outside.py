"""A saved graph with inputs: what is sent to the browser, and what Python gives for the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miniblocks import autograd
from miniblocks.graph import statistics
from miniblocks.graph.format import loads
from miniblocks.graph.ir import leaves
from miniblocks.nd import Tensor


@dataclass(frozen=True)
class Value:
    """An input or an output: its name, dtype and shape, and its numbers in row-major order."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    data: tuple[float, ...]

    def as_data(self) -> dict[str, Any]:
        return {"name": self.name, "dtype": self.dtype, "shape": list(self.shape), "data": list(self.data)}


@dataclass(frozen=True)
class Question:
    """A file, the inputs it is run on, and the outputs that Python gets from it."""

    name: str
    content: bytes
    operations: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]


def ask(file: Path, inputs: Sequence[Tensor]) -> Question:
    """Load the graph and run it once. Raises `CheckpointError` and `TypeError`."""
    content = file.read_bytes()
    graph = loads(content, file.name)
    kinds = [(ref.dtype, ref.shape) for ref in graph.inputs]
    if not all(isinstance(x, Tensor) for x in inputs) or [(x.dtype, x.shape) for x in inputs] != kinds:
        wanted = ", ".join(f"{ref}: {ref.dtype}{list(ref.shape)}" for ref in graph.inputs)
        got = ", ".join(f"{x.dtype}{list(x.shape)}" if isinstance(x, Tensor) else type(x).__name__ for x in inputs)
        raise TypeError(f"the graph in {file.name} takes ({wanted}), and got ({got})")
    with autograd.no_grad():
        outputs = leaves(graph(*inputs), Tensor)
    names = [str(ref) for ref in leaves(graph.outputs)]
    counts = ", ".join(f"{name} {n}" for name, n in statistics(graph).operations.most_common())
    return Question(
        file.name,
        content,
        counts,
        tuple(_value(str(ref), x) for ref, x in zip(graph.inputs, inputs)),
        tuple(_value(name, x) for name, x in zip(names, outputs)),
    )


def _value(name: str, x: Tensor) -> Value:
    return Value(name, x.dtype, x.shape, tuple(float(v) for v in x.asnumpy().ravel()))
