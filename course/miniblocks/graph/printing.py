"""A graph as text: one line an instruction, graphs inside of others indented."""

from __future__ import annotations

from miniblocks.graph.ir import Cond, Graph, Instruction, Loop, Ref


def text(graph: Graph, head: str = "graph", lines: bool = False) -> str:
    """The whole graph: its head, what it captured, its instructions, what it writes and returns."""
    body = _body(graph, lines)
    return "\n".join([f"{head}({', '.join(map(repr, graph.inputs))}):", *(f"    {line}" for line in body)])


def _body(graph: Graph, lines: bool) -> list[str]:
    found = [f"{ref}: captured {kind(ref)}{_label(graph, ref)}" for ref in graph.captured]
    found += [f"{ref}: constant {kind(ref)}" for ref in graph.constants]
    for instruction in graph.steps:
        found += line(instruction, lines).splitlines()
    found += [f"{ref}[:] = {value}" for ref, value in graph.writes.items()]
    return [*found, f"return {graph.outputs!r}"]


def line(instruction: Instruction, lines: bool = False) -> str:
    """One instruction, with the graphs inside it below; with `lines`, also where it comes from."""
    origin = f"  ← {', '.join(map(str, instruction.places))}" if lines and instruction.places else ""
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
        return f"{left} = {instruction.operation}({', '.join(words)})  # {kinds}{origin}"
    inside = [f"    {row}" for name, graph in parts.items() for row in text(graph, name, lines).splitlines()]
    return "\n".join([first + origin, *inside])


def made_by(instruction: Instruction) -> list[str]:
    """The lines of code that an instruction comes from, each in a row of its own."""
    return [f"{'and' if i else 'made by'} {place}" for i, place in enumerate(instruction.places)]


def kind(ref: Ref) -> str:
    """`float32[2, 3]`"""
    return f"{ref.dtype}{list(ref.shape)}"


def _label(graph: Graph, ref: Ref) -> str:
    return f"  # {graph.labels[ref]}" if ref in graph.labels else ""
