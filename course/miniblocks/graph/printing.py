"""A graph as text: one line an instruction, graphs inside of others indented."""

from __future__ import annotations

from miniblocks.graph.ir import Cond, Graph, Instruction, Loop, Ref


def text(graph: Graph, head: str = "graph") -> str:
    """The whole graph: its head, what it captured, its instructions, what it writes and returns."""
    return "\n".join([f"{head}({', '.join(map(repr, graph.inputs))}):", *(f"    {line}" for line in _body(graph))])


def _body(graph: Graph) -> list[str]:
    lines = [f"{ref}: captured {kind(ref)}{_label(graph, ref)}" for ref in graph.captured]
    lines += [f"{ref}: constant {kind(ref)}" for ref in graph.constants]
    for instruction in graph.steps:
        lines += line(instruction).splitlines()
    lines += [f"{ref}[:] = {value}" for ref, value in graph.writes.items()]
    return [*lines, f"return {graph.outputs!r}"]


def line(instruction: Instruction) -> str:
    """One instruction, with the graphs inside it below."""
    left = ", ".join(map(repr, instruction.results))
    kinds = ", ".join(map(kind, instruction.results))
    arguments = ", ".join(map(repr, instruction.args))
    if isinstance(instruction, Cond):
        parts = {"then": instruction.then, "else": instruction.orelse}
        first = f"{left} = if {instruction.predicate} with ({arguments})  # {kinds}"
    elif isinstance(instruction, Loop):
        parts = {"while": instruction.condition, "do": instruction.body}
        first = f"{left} = loop from ({arguments})  # {kinds}"
    else:
        words = [*map(repr, instruction.args), *(f"{k}={v!r}" for k, v in instruction.static.items())]
        return f"{left} = {instruction.operation}({', '.join(words)})  # {kinds}"
    inside = [f"    {row}" for name, graph in parts.items() for row in text(graph, name).splitlines()]
    return "\n".join([first, *inside])


def kind(ref: Ref) -> str:
    """`float32[2, 3]`"""
    return f"{ref.dtype}{list(ref.shape)}"


def _label(graph: Graph, ref: Ref) -> str:
    return f"  # {graph.labels[ref]}" if ref in graph.labels else ""
