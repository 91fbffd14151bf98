"""A static graph: operations of the table in a row, captured from one run of a Python function.

    graph = trace(net, x)
    print(graph)              # one line an operation
    graph(x)                  # the same numbers, without running the Python code again

Capturing runs the function once on example tensors and writes down each operation. What Python itself decided on the
way, such as the branch of an `if` on a tensor's value, is not in the graph; `trace` warns where that happened.
"""

from __future__ import annotations

import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from miniblocks.errors import CaptureError
from miniblocks.ops import Op
from miniblocks.tensor import Tensor, apply, mode

_HERE = str(Path(__file__).parent)


class CaptureWarning(UserWarning):
    """Python looked at a value while it was captured: the graph keeps what was decided then."""


@dataclass(frozen=True)
class Ref:
    """Stands for a value of the graph: an input, a captured tensor (a parameter), or an operation's result."""

    name: str

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Step:
    """One operation: `result = op(*args, **static)`; an argument is a `Ref` or a number."""

    result: Ref
    op: Op
    args: tuple[Any, ...]
    static: dict[str, Any]
    shape: tuple[int, ...]
    dtype: str

    def __str__(self) -> str:
        arguments = ", ".join([*map(repr, self.args), *(f"{k}={v!r}" for k, v in self.static.items())])
        return f"{self.result} = {self.op.name}({arguments})  # {self.dtype}{list(self.shape)}"


@dataclass(frozen=True)
class Graph:
    """Inputs, captured tensors (live: a parameter's new values are seen), operations in order, outputs.

    `writes` are captured tensors that the computation changes (running statistics), with their new values.
    """

    inputs: tuple[Ref, ...]
    captured: dict[Ref, Tensor]
    steps: tuple[Step, ...]
    outputs: Any
    writes: dict[Ref, Ref] = field(default_factory=dict)

    def __call__(self, *args: Tensor) -> Any:
        if len(args) != len(self.inputs):
            raise CaptureError(f"the graph takes {len(self.inputs)} tensors, and got {len(args)}")
        return self._run(*args)

    @cached_property
    def _program(self) -> tuple[str, dict[str, Any]]:
        """The graph as the source of a Python function, and the objects that its names stand for."""
        names: dict[str, Any] = {"apply": apply, **{ref.name: tensor for ref, tensor in self.captured.items()}}

        def word(value: Any, hint: str) -> str:
            if isinstance(value, Ref):
                return value.name
            if value is None or type(value) in (bool, int):
                return repr(value)
            names[f"{hint}_{len(names)}"] = value
            return f"{hint}_{len(names) - 1}"

        lines = [f"def run({', '.join(map(repr, self.inputs))}):"]
        for step in self.steps:
            names[f"op_{step.op.name}"] = step.op
            arguments = [f"op_{step.op.name}", *(word(a, "number") for a in step.args)]
            arguments += [f"{k}={word(v, k)}" for k, v in step.static.items()]
            lines.append(f"    {step.result} = apply({', '.join(arguments)})")
        lines += [f"    {target}.raw = {value}.raw" for target, value in self.writes.items()]
        lines.append(f"    return {self.outputs!r}")
        return "\n".join(lines), names

    def prepared(self) -> Graph:
        """The graph itself, with its function compiled, so that the next call only runs it."""
        _ = self._run
        return self

    @property
    def code(self) -> str:
        """The Python function that a call runs: one line an operation, nothing between them."""
        return self._program[0]

    @cached_property
    def _run(self) -> Callable[..., Any]:
        source, names = self._program
        exec(compile(source, "<graph>", "exec"), names)
        return names["run"]

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        head = f"graph({', '.join(map(repr, self.inputs))}):"
        captured = [f"    {ref}: captured {t.dtype}{list(t.shape)}" for ref, t in self.captured.items()]
        writes = [f"    {ref}[:] = {value}" for ref, value in self.writes.items()]
        return "\n".join([head, *captured, *(f"    {s}" for s in self.steps), *writes, f"    return {self.outputs!r}"])


def trace(function: Callable[..., Any], *examples: Tensor) -> Graph:
    """Capture one run of `function` on example tensors.

    >>> from miniblocks import nd
    >>> print(trace(lambda x: (x * 2).sum(), nd.ones((3,))))
    graph(x0):
        mul0 = mul(x0, 2)  # float32[3]
        sum0 = sum(mul0, axis=None, keepdims=False)  # float32[]
        return sum0
    """
    return capture(function, *examples)[0]


def capture(function: Callable[..., Any], *examples: Tensor) -> tuple[Graph, Any]:
    """The graph of one run, and what that run returned."""
    tracer = _Tracer(examples)
    if mode.tracer is not None:
        raise CaptureError("a capture inside of a capture; capture the outer function only")
    before = mode.observer
    mode.tracer, mode.observer = tracer, tracer.operation
    try:
        output = function(*examples)
    finally:
        mode.tracer, mode.observer = None, before
    return tracer.graph(output), output


class _Tracer:
    """The interpreter that writes operations down while they run (`tensor.apply` reports to it)."""

    def __init__(self, examples: Sequence[Tensor]) -> None:
        self.counts: Counter[str] = Counter()
        self.refs: dict[int, Ref] = {}
        self.alive: list[Tensor] = []  # an id names a tensor only as long as the tensor lives
        self.captured: dict[Ref, Tensor] = {}
        self.steps: list[Step] = []
        self.warned: set[Any] = set()
        self.writes: dict[Ref, Ref] = {}
        self.homes: dict[int, Ref] = {}  # the captured name of a tensor that is written in place
        self.inputs = tuple(self._name(x, "x") for x in examples)

    def _name(self, tensor: Tensor, hint: str) -> Ref:
        ref = Ref(f"{hint}{self.counts[hint]}")
        self.counts[hint] += 1
        self.refs[id(tensor)] = ref
        self.alive.append(tensor)
        return ref

    def _ref(self, value: Any) -> Any:
        if not isinstance(value, Tensor):
            return value
        if id(value) not in self.refs:
            self.captured[self._name(value, "p")] = value
        return self.refs[id(value)]

    def operation(self, op: Op, args: tuple[Any, ...], static: dict[str, Any], out: Tensor) -> None:
        refs = tuple(self._ref(a) for a in args)
        self.steps.append(Step(self._name(out, op.name), op, refs, static, out.shape, out.dtype))

    def renamed(self, source: Tensor, target: Tensor) -> None:
        """`target` now is the value that `source` stands for: a write in place moved the handle, or it was detached."""
        if target.is_leaf and target.requires_grad:
            raise CaptureError("a parameter is written in place inside of a captured computation; do it outside")
        before, now = self.refs.get(id(target)), self._ref(source)
        home = self.homes.get(id(target), before)
        if home in self.captured:
            self.homes[id(target)] = home
            self.writes[home] = now
        self.refs[id(target)] = now
        self.alive.append(target)

    def concrete(self, tensor: Tensor) -> None:
        """Python made a value concrete: a branch on it, or a number taken from it, is not captured."""
        if id(tensor) not in self.refs:
            return
        frame = next(f for f in reversed(traceback.extract_stack()) if not f.filename.startswith(_HERE))
        if (frame.filename, frame.lineno) not in self.warned:
            self.warned.add((frame.filename, frame.lineno))
            message = f"`{frame.line or f'line {frame.lineno}'}` looked at a value while it was captured. The graph keeps what Python decided this once, for every later input"
            warnings.warn_explicit(message, CaptureWarning, frame.filename, frame.lineno or 0, registry={})

    def graph(self, output: Any) -> Graph:
        outputs = _mapped(output, Tensor, self._ref)
        return Graph(self.inputs, self.captured, tuple(self.steps), outputs, self.writes)


def _mapped(value: Any, kind: type, function: Callable[[Any], Any]) -> Any:
    """A tensor, or a tuple, list or dict of them, with `function` on each leaf of this kind."""
    if isinstance(value, kind):
        return function(value)
    if isinstance(value, (tuple, list)):
        return type(value)(_mapped(v, kind, function) for v in value)
    if isinstance(value, dict):
        return {k: _mapped(v, kind, function) for k, v in value.items()}
    if kind is Tensor:
        raise CaptureError(f"a captured function returns tensors, not a {type(value).__name__}")
    return value
