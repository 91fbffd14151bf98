"""A graph as a Python function of tensors: each operation by `tensor.apply`, so that it can be recorded, observed and captured.

This is the graph's own meaning, against which every other backend is tested. Gradients come from the tape: of a `Cond` the branch
that was taken is recorded, of a `Loop` as many rounds as it made.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from miniblocks.graph.ir import Cond, Graph, Instruction, Loop, Ref, Step, leaves, mapped
from miniblocks.tensor import apply


class Word(str):
    """A word of the source code, written as it is."""

    __repr__ = str.__str__


class Taped:
    """`code`, the source of a function, and `run`, the function."""

    def __init__(self, graph: Graph) -> None:
        writer = Writer(graph)
        self.code = "\n".join(writer.lines)
        exec(compile(self.code, "<graph>", "exec"), writer.names)
        self.run = writer.names["run"]


class Writer:
    """Writes a graph's instructions as lines of Python, those of graphs inside of others in place.

    `names` are the objects that the names in the source stand for. A value keeps its name where it is still free; those
    inside of a `Cond` or a `Loop` get a number more.
    """

    def __init__(self, graph: Graph) -> None:
        self.names: dict[str, Any] = {"apply": apply, "run": None}
        self.counts: Counter[str] = Counter()
        local: dict[Ref, str] = {}
        for ref in graph.inputs:
            local[ref] = self.free(ref.name, None)
        for ref, tensor in (*graph.captured.items(), *graph.constants.items()):
            local[ref] = self.free(ref.name, tensor)
        self.lines = [f"def run({', '.join(local[ref] for ref in graph.inputs)}):"]
        self.instructions(graph, local, 1)
        news = [self.free(f"new_{target.name}", None) for target in graph.writes]
        for new, value in zip(news, graph.writes.values()):  # copied first: it may be another one's old value
            self.line(1, f"{new} = {local[value]}.raw.clone()")
        for new, target in zip(news, graph.writes):
            self.line(1, f"{local[target]}.raw.copy_({new})")
        self.lines.append(f"    return {mapped(graph.outputs, Ref, lambda ref: Word(local[ref]))!r}")

    def instructions(self, graph: Graph, local: dict[Ref, str], depth: int) -> None:
        """Write a graph's instructions; `local` are the Python names of its values."""
        for instruction in graph.steps:
            for ref in instruction.results:
                local[ref] = self.free(ref.name, None)
            self.instruction(instruction, local, depth)

    def free(self, name: str, thing: Any) -> str:
        """A name, this one where it is still free, for a thing (or for a value that the code will assign)."""
        candidate = f"{name}_" if name.startswith("op_") else name
        while candidate in self.names:
            self.counts[name] += 1
            candidate = f"{name}_{self.counts[name]}"
        self.names[candidate] = thing
        return candidate

    def instruction(self, instruction: Instruction, local: dict[Ref, str], depth: int) -> None:
        if isinstance(instruction, Step):
            self.step(instruction, local, depth)
        elif isinstance(instruction, Cond):
            self.cond(instruction, local, depth)
        else:
            self.loop(instruction, local, depth)

    def step(self, step: Step, local: dict[Ref, str], depth: int) -> None:
        self.names[f"op_{step.operation}"] = step.op
        words = [f"op_{step.operation}", *(self.word(a, "number", local) for a in step.args)]
        words += [f"{k}={self.word(v, k, local)}" for k, v in step.static.items()]
        self.line(depth, f"{self.word(step.result, '', local)} = apply({', '.join(words)})")

    def word(self, value: Any, hint: str, local: dict[Ref, str]) -> str:
        if isinstance(value, Ref):
            return local[value]
        if value is None or type(value) in (bool, int):
            return repr(value)
        return self.free(hint, value)

    def line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def cond(self, cond: Cond, local: dict[Ref, str], depth: int) -> None:
        for word, graph in ((f"if {self.word(cond.predicate, '', local)}", cond.then), ("else", cond.orelse)):
            self.line(depth, f"{word}:")
            self.inside(graph, [self.word(a, "number", local) for a in cond.args], cond.results, local, depth + 1)

    def inside(
        self, graph: Graph, args: list[str], results: tuple[Ref, ...], local: dict[Ref, str], depth: int
    ) -> None:
        """A graph in place: its inputs are the names `args`, and its outputs are assigned to `results`."""
        names = self.opened(graph, args, depth)
        values = [names[ref] for ref in leaves(graph.outputs)]
        if results:
            self.line(depth, f"{', '.join(self.word(r, '', local) for r in results)} = {', '.join(values)}")
        else:
            self.line(depth, "pass")

    def opened(self, graph: Graph, args: list[str], depth: int) -> dict[Ref, str]:
        """The instructions of a graph inside of another; its values' names in Python."""
        names = dict(zip(graph.inputs, args))
        for ref, tensor in graph.constants.items():
            names[ref] = self.free(ref.name, tensor)
        self.instructions(graph, names, depth)
        return names

    def loop(self, loop: Loop, local: dict[Ref, str], depth: int) -> None:
        values = [self.word(r, "", local) for r in loop.results]
        args = [self.word(a, "number", local) for a in loop.args]
        if values:
            self.line(depth, f"{', '.join(values)} = {', '.join(args[: len(values)])}")
        self.line(depth, "while True:")
        around = [*values, *args[len(values) :]]
        names = self.opened(loop.condition, around, depth + 1)
        (again,) = leaves(loop.condition.outputs)
        self.line(depth + 1, f"if not {names[again]}: break")
        self.inside(loop.body, around, loop.results, local, depth + 1)
