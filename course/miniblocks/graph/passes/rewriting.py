"""What passes have in common: walking through a graph, and putting values in the place of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from miniblocks.graph.infer import infer
from miniblocks.graph.ir import Cond, Graph, Instruction, Loop, Ref, Step, is_pure, mapped, reads, renamed, results
from miniblocks.places import Place, joined

Pass = Callable[[Graph], Graph]


class Rewriting:
    """A graph while it is written anew: `instruction` by `instruction`, in order.

    `keep` takes one over, on the values that its arguments now stand for; `emit` adds a new one; `drop` takes back one whose only
    reader does its work; `stands_for` says that a value is another one from here on. `made` are the steps by their results, as they now are. A new step comes from where the
    instruction at hand comes from, and the steps whose work it does as well (`parts`).
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.env: dict[Ref, Ref] = {}
        self.steps: list[Instruction] = []
        self.made: dict[Ref, Step] = {}
        self.dropped: set[Ref] = set()
        self.constants = dict(graph.constants)
        self.names = {ref.name for ref in (*graph.inputs, *graph.captured, *graph.constants)}
        self.names |= {ref.name for instruction in graph.steps for ref in instruction.results}
        self.counts: Counter[str] = Counter()
        self.places: tuple[Place, ...] = ()  # of the instruction at hand

    def __iter__(self) -> Iterator[Instruction]:
        """The instructions, with arguments as they now stand."""
        for instruction in self.graph.steps:
            self.places = instruction.places
            yield renamed(instruction, self.env)

    def keep(self, instruction: Instruction) -> None:
        self.steps.append(instruction)
        if isinstance(instruction, Step):
            self.made[instruction.result] = instruction

    def drop(self, step: Step) -> None:
        self.dropped.add(step.result)

    def emit(
        self, operation: str, *args: Any, parts: Iterable[Step] = (), like: Ref | None = None, **static: Any
    ) -> Ref:
        """A new step; its result. `like` has the shape and dtype of the result, where they need not be inferred."""
        known = infer(operation, args, static) if like is None else (like.shape, like.dtype)
        result = self.fresh(operation, *known)
        places = joined([*(part.places for part in parts), self.places])
        self.keep(Step(result, operation, args, static, places))
        return result

    def fresh(self, hint: str, shape: tuple[int, ...], dtype: str) -> Ref:
        while f"{hint}{self.counts[hint]}" in self.names:
            self.counts[hint] += 1
        name = f"{hint}{self.counts[hint]}"
        self.names.add(name)
        return Ref(name, shape, dtype)

    def stands_for(self, old: Ref, new: Ref) -> None:
        self.env[old] = new

    def graph_now(self) -> Graph:
        def now(ref: Ref) -> Ref:
            return self.env.get(ref, ref)

        return replace(
            self.graph,
            steps=tuple(step for step in self.steps if self.dropped.isdisjoint(step.results)),
            outputs=mapped(self.graph.outputs, Ref, now),
            writes={target: now(value) for target, value in self.graph.writes.items()},
            constants=self.constants,
        )


def everywhere(apply: Pass) -> Pass:
    """The same pass on the graphs inside of others as well, innermost first."""

    def whole(graph: Graph) -> Graph:
        steps = tuple(_inside(instruction, whole) for instruction in graph.steps)
        return apply(graph if steps == graph.steps else replace(graph, steps=steps))

    whole.__name__, whole.__doc__ = apply.__name__, apply.__doc__
    return whole


def _inside(instruction: Instruction, apply: Pass) -> Instruction:
    if isinstance(instruction, Cond):
        return replace(instruction, then=apply(instruction.then), orelse=apply(instruction.orelse))
    if isinstance(instruction, Loop):
        return replace(instruction, condition=apply(instruction.condition), body=apply(instruction.body))
    return instruction


def needed(graph: Graph) -> list[Instruction]:
    """The instructions that something depends on, in order: what is returned, written, or drawn."""
    wanted, found = set(results(graph)), []
    for instruction in reversed(graph.steps):
        if not is_pure(instruction) or not wanted.isdisjoint(instruction.results):
            wanted.update(reads(instruction))
            found.append(instruction)
    return found[::-1]


def uses(graph: Graph) -> Counter[Ref]:
    """How often each value is read by what is needed (twice by `x * x`), returned or written."""
    counts = Counter(results(graph))
    for instruction in needed(graph):
        counts.update(reads(instruction))
    return counts
