"""What a graph consists of, in numbers."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from miniblocks.graph.ir import Cond, Graph, Loop, Ref, Step, subgraphs
from miniblocks.ops.elementwise import torch_dtype


@dataclass(frozen=True)
class Statistics:
    """Instructions by name (also those inside of others, once each), sizes in elements and bytes, and work.

    `flops` counts a multiplication and an addition as two, in matrix products and convolutions alone; None where a
    branch or a loop makes it depend on the input.
    """

    operations: Counter[str]
    parameters: int
    captured_bytes: int
    result_bytes: int
    flops: int | None

    def __str__(self) -> str:
        counts = ", ".join(f"{name} {n}" for name, n in self.operations.most_common())
        work = "depends on the input" if self.flops is None else f"{self.flops:,}"
        return "\n".join(
            [
                f"{self.operations.total()} operations: {counts}",
                f"{self.parameters:,} captured numbers, {self.captured_bytes:,} bytes",
                f"{self.result_bytes:,} bytes of results",
                f"floating-point operations in products: {work}",
            ]
        )


def statistics(graph: Graph) -> Statistics:
    """Count what is there."""
    operations: Counter[str] = Counter()
    _count(graph, operations)
    produced = [ref for step in graph.steps for ref in step.results]
    return Statistics(
        operations,
        sum(math.prod(ref.shape) for ref in graph.captured),
        sum(size(ref) for ref in graph.captured),
        sum(size(ref) for ref in produced),
        _flops(graph),
    )


def size(ref: Ref) -> int:
    """Bytes."""
    return math.prod(ref.shape) * torch_dtype(ref.dtype).itemsize


def _count(graph: Graph, operations: Counter[str]) -> None:
    for instruction in graph.steps:
        operations[instruction.operation] += 1
        for inside in subgraphs(instruction):
            _count(inside, operations)


def _flops(graph: Graph) -> int | None:
    if any(isinstance(i, (Cond, Loop)) for i in graph.steps):
        return None
    return sum(_work(step) for step in graph.steps if isinstance(step, Step))


def _work(step: Step) -> int:
    """Twice the number of products of two numbers that are added up."""
    shapes: list[Any] = [a.shape if isinstance(a, Ref) else () for a in step.args]
    match step.operation:
        case "matmul":
            return 2 * math.prod(step.shape) * shapes[0][-1]
        case "dense" | "dense_relu":
            return 2 * math.prod(step.shape) * shapes[1][1]
        case "conv2d" | "conv2d_relu":
            return 2 * math.prod(step.shape) * math.prod(shapes[1][1:])
        case "conv2d_input":
            return 2 * math.prod(shapes[0]) * math.prod(shapes[1][1:])
        case "add_conv2d":
            return 2 * math.prod(step.shape) * math.prod(shapes[2][1:])
        case "add_conv2d_input":
            return 2 * math.prod(shapes[1]) * math.prod(shapes[2][1:])
        case "conv2d_kernel":
            return 2 * math.prod(shapes[0]) * math.prod(step.shape[1:])
    return 0
