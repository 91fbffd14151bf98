"""The intermediate representation: what a static graph is. Plain data throughout.

A graph is a list of instructions, each after those whose results it takes:

    Step    result = operation(arguments)          one operation of the table `miniblocks.ops`
    Cond    results = then(...) or orelse(...)     a graph each, chosen by a boolean scalar
    Loop    results = body(body(... arguments))    repeated as long as a condition graph says so

Arguments are `Ref`s (values of the graph) or plain numbers. Every value has one place where it is
defined, one shape and one dtype. The graphs inside `Cond` and `Loop` are closed: what they read comes in through their inputs.

`places` are the lines of the captured code that an instruction comes from: notes for people, no part of what a graph is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from miniblocks.errors import CaptureError
from miniblocks.ops import TABLE, Op
from miniblocks.places import Place
from miniblocks.tensor import Tensor, mode


@dataclass(frozen=True, slots=True)
class Ref:
    """Stands for a value of the graph: an input, a captured tensor, a constant, or an instruction's result."""

    name: str
    shape: tuple[int, ...]
    dtype: str

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Step:
    """One operation: `result = operation(*args, **static)`."""

    result: Ref
    operation: str
    args: tuple[Any, ...]
    static: dict[str, Any] = field(default_factory=dict)
    places: tuple[Place, ...] = field(default=(), compare=False, repr=False)

    @property
    def op(self) -> Op:
        """The operation's row in the table."""
        return TABLE[self.operation]

    @property
    def results(self) -> tuple[Ref, ...]:
        return (self.result,)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.result.shape

    @property
    def dtype(self) -> str:
        return self.result.dtype


@dataclass(frozen=True)
class Cond:
    """`results = then(*args) if predicate else orelse(*args)`.

    The predicate is one boolean. Both graphs take `args`, and give results of the same shapes and dtypes.
    """

    results: tuple[Ref, ...]
    predicate: Ref
    args: tuple[Any, ...]
    then: Graph
    orelse: Graph
    places: tuple[Place, ...] = field(default=(), compare=False, repr=False)
    operation: ClassVar[str] = "if"


@dataclass(frozen=True)
class Loop:
    """`while condition(*values, *fixed): values = body(*values, *fixed)`; `results` are the last values.

    `args` are the first values, as many as there are results, and after them what stays fixed. A `for` over a
    counted range is a loop that carries its counter.
    """

    results: tuple[Ref, ...]
    args: tuple[Any, ...]
    condition: Graph
    body: Graph
    places: tuple[Place, ...] = field(default=(), compare=False, repr=False)
    operation: ClassVar[str] = "loop"

    @property
    def fixed(self) -> tuple[Any, ...]:
        return self.args[len(self.results) :]


Instruction = Step | Cond | Loop


@dataclass(frozen=True, eq=False)
class Graph:
    """Inputs, instructions in order, outputs (a ref, or tuples, lists and dictionaries of them).

    `captured` are tensors from outside that stay live: a parameter's new values are seen. `constants` are those that
    never change. `writes` are captured tensors that the computation changes (running statistics), with their
    new values. `labels` are what people call a value: a parameter's full name.
    """

    inputs: tuple[Ref, ...]
    captured: Mapping[Ref, Tensor]
    steps: tuple[Instruction, ...]
    outputs: Any
    writes: Mapping[Ref, Ref] = field(default_factory=dict)
    constants: Mapping[Ref, Tensor] = field(default_factory=dict)
    labels: Mapping[Ref, str] = field(default_factory=dict)

    def __call__(self, *args: Tensor) -> Any:
        """Run it on tensors: recorded for `backward` where a gradient may be asked for."""
        if len(args) != len(self.inputs):
            raise CaptureError(f"the graph takes {len(self.inputs)} tensors, and got {len(args)}")
        if mode.tracer is not None and any(subgraphs(i) for i in self.steps):
            return mode.tracer.control(self, args)
        try:
            return self._run(*args)
        except Exception as error:
            from miniblocks.graph.blame import blame  # only who fails needs it

            blame(error, self.labels)
            raise

    @cached_property
    def _program(self) -> Any:
        from miniblocks.graph.backends.taped import Taped  # backends know graphs; a graph asks for one only to run

        return Taped(self)

    @cached_property
    def _run(self) -> Callable[..., Any]:
        return self._program.run

    def prepared(self) -> Graph:
        """The graph itself, with its function compiled, so that the next call only runs it."""
        _ = self._run
        return self

    @property
    def code(self) -> str:
        """The Python function that a call runs: one line an operation, nothing between them."""
        return self._program.code

    def __len__(self) -> int:
        return len(self.steps)

    def text(self, lines: bool = False) -> str:
        """The graph in words, one line an instruction; with `lines` also the lines of code that each comes from."""
        from miniblocks.graph.printing import text

        return text(self, lines=lines)

    def __str__(self) -> str:
        return self.text()


# -- looking at graphs ------------------------------------------------------------------------------------------


def reads(instruction: Instruction) -> Iterator[Ref]:
    """The values that an instruction takes."""
    if isinstance(instruction, Cond):
        yield instruction.predicate
    for argument in instruction.args:
        if isinstance(argument, Ref):
            yield argument


def subgraphs(instruction: Instruction) -> tuple[Graph, ...]:
    """The graphs inside an instruction."""
    if isinstance(instruction, Cond):
        return instruction.then, instruction.orelse
    return (instruction.condition, instruction.body) if isinstance(instruction, Loop) else ()


def renamed(instruction: Instruction, env: Mapping[Ref, Any]) -> Instruction:
    """The same instruction on other values: those that `env` puts in the place of its own."""

    def to(value: Any) -> Any:
        return env.get(value, value) if isinstance(value, Ref) else value

    args = tuple(map(to, instruction.args))
    if isinstance(instruction, Step):
        return Step(to(instruction.result), instruction.operation, args, instruction.static, instruction.places)
    results = tuple(map(to, instruction.results))
    if isinstance(instruction, Cond):
        return Cond(results, to(instruction.predicate), args, instruction.then, instruction.orelse, instruction.places)
    return Loop(results, args, instruction.condition, instruction.body, instruction.places)


def shares(instruction: Instruction) -> bool:
    """Whether a result may live in the first argument's storage."""
    if not isinstance(instruction, Step) or not instruction.op.view or not isinstance(instruction.args[0], Ref):
        return False
    if instruction.operation in ("cast", "sum_to"):  # only where there is nothing to do
        return (instruction.shape, instruction.dtype) == (instruction.args[0].shape, instruction.args[0].dtype)
    if instruction.operation == "take":  # only where each index is a single number
        return not any(at.shape for at in instruction.args[1:])
    return True


def is_pure(instruction: Instruction) -> bool:
    """Whether leaving it out, or computing it once for twice, can be noticed only by its results."""
    if isinstance(instruction, Step):
        return instruction.op.pure
    return all(is_pure(inside) for graph in subgraphs(instruction) for inside in graph.steps)


def leaves(nest: Any, kind: type = Ref) -> list[Any]:
    """The refs (or what else is of this kind) in a nest of tuples, lists and dictionaries, in order."""
    if isinstance(nest, kind):
        return [nest]
    parts = nest.values() if isinstance(nest, dict) else nest
    return [leaf for part in parts for leaf in leaves(part, kind)]


def mapped(nest: Any, kind: type, function: Callable[[Any], Any]) -> Any:
    """The same nest with `function` on each leaf, which is of this kind."""
    if isinstance(nest, kind):
        return function(nest)
    if isinstance(nest, tuple) and hasattr(nest, "_fields"):  # a named tuple takes its parts one by one
        return type(nest)(*(mapped(v, kind, function) for v in nest))
    if isinstance(nest, (tuple, list)):
        return type(nest)(mapped(v, kind, function) for v in nest)
    if isinstance(nest, dict):
        return {k: mapped(v, kind, function) for k, v in nest.items()}
    raise CaptureError(f"a captured function returns tensors, not a {type(nest).__name__}")


def results(graph: Graph) -> list[Ref]:
    """What must be computed: the outputs, and the new values of what is written."""
    return [*leaves(graph.outputs), *graph.writes.values()]
