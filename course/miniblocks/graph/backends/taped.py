"""A graph as a Python function of tensors: each operation by `tensor.apply`, so that it can be recorded, observed and captured.

This is the graph's own meaning, against which every other backend is tested. Gradients come from the tape: of a `Cond` the branch
that was taken is recorded, of a `Loop` as many rounds as it made.
"""

from __future__ import annotations

from typing import Any

from miniblocks.graph.backends.source import Source, Word
from miniblocks.graph.blame import Origin
from miniblocks.graph.ir import Cond, Graph, Instruction, Loop, Ref, Step, leaves, mapped, reads
from miniblocks.tensor import apply


class Taped:
    """`code`, the source of a function, and `run`, the function."""

    def __init__(self, graph: Graph) -> None:
        writer = Writer(graph)
        self.code = "\n".join(writer.lines)
        exec(compile(self.code, "<graph>", "exec"), writer.names)
        self.run = writer.names["run"]


class Writer(Source):
    """Writes a graph's instructions as lines of Python, those of graphs inside of others in place.

    A value keeps its name where that is still free; those inside of a `Cond` or a `Loop` get a number more. `words` are the names
    in Python of the values of the graph that is being written.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__(apply=apply, run=None)
        self.words: dict[Ref, str] = {ref: self.free(ref.name) for ref in graph.inputs}
        for ref, tensor in (*graph.captured.items(), *graph.constants.items()):
            self.words[ref] = self.free(ref.name, tensor)
        self.depth = 0
        self.line(f"def run({', '.join(self.words[ref] for ref in graph.inputs)}):")
        self.depth = 1
        self.instructions(graph)
        self.write_back(graph)
        self.line(f"return {mapped(graph.outputs, Ref, lambda ref: Word(self.words[ref]))!r}")

    def write_back(self, graph: Graph) -> None:
        """New values go to the storage of what is written; copied first, since one may be another one's old value."""
        news = [self.free(f"new_{target.name}") for target in graph.writes]
        for new, value in zip(news, graph.writes.values()):
            self.line(f"{new} = {self.words[value]}.raw.clone()")
        for new, target in zip(news, graph.writes):
            self.line(f"{self.words[target]}.raw.copy_({new})")

    def instructions(self, graph: Graph) -> None:
        around = self.now
        for instruction in graph.steps:
            self.now = Origin(instruction, {ref: self.words[ref] for ref in reads(instruction)})
            for ref in instruction.results:
                self.words[ref] = self.free(ref.name)
            self.instruction(instruction)
        self.now = around

    def instruction(self, instruction: Instruction) -> None:
        if isinstance(instruction, Step):
            self.step(instruction)
        elif isinstance(instruction, Cond):
            self.cond(instruction)
        else:
            self.loop(instruction)

    def step(self, step: Step) -> None:
        words = [self.object(f"op_{step.operation}", step.op), *self.applied_to(step)]
        self.line(f"{self.words[step.result]} = apply({', '.join(words)})")

    def word(self, value: Any, hint: str = "number") -> str:
        """How an argument is written."""
        if isinstance(value, Ref):
            return self.words[value]
        return repr(value) if value is None or type(value) in (bool, int) else self.free(hint, value)

    def cond(self, cond: Cond) -> None:
        args = [self.words[a] for a in cond.args]
        for head, graph in ((f"if {self.words[cond.predicate]}:", cond.then), ("else:", cond.orelse)):
            self.line(head)
            self.depth += 1
            self.assign(cond.results, self.inside(graph, args))
            self.depth -= 1

    def loop(self, loop: Loop) -> None:
        values, args = [self.words[r] for r in loop.results], [self.words[a] for a in loop.args]
        self.assign(loop.results, args[: len(values)])
        around = [*values, *args[len(values) :]]
        self.line("while True:")
        self.depth += 1
        (again,) = self.inside(loop.condition, around)
        self.line(f"if not {again}: break")
        self.assign(loop.results, self.inside(loop.body, around))
        self.depth -= 1

    def assign(self, results: tuple[Ref, ...], values: list[str]) -> None:
        self.line(f"{', '.join(self.words[r] for r in results)} = {', '.join(values)}" if results else "pass")

    def inside(self, graph: Graph, args: list[str]) -> list[str]:
        """The instructions of a graph inside of another, on these names as inputs; the names of its outputs."""
        around, self.words = self.words, dict(zip(graph.inputs, args))
        for ref, tensor in graph.constants.items():
            self.words[ref] = self.free(ref.name, tensor)
        self.instructions(graph)
        outputs = [self.words[ref] for ref in leaves(graph.outputs)]
        self.words = around
        return outputs
