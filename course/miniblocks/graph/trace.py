"""Capture: one run of a Python function, written down as a graph.

The function runs once on example tensors, and every operation is noted (`tensor.apply` reports it). What Python itself decided
on the way, such as the branch of an `if` on a tensor's value, is not in the graph; a warning says where that happened.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from miniblocks.errors import CaptureError
from miniblocks.graph.ir import Graph, Instruction, Ref, Step, leaves, mapped, reads, renamed
from miniblocks.graph.verify import verify
from miniblocks.ops import Op
from miniblocks.places import Place, Places, here
from miniblocks.tensor import Tensor, mode, untraced


class CaptureWarning(UserWarning):
    """Python looked at a value while it was captured: the graph keeps what was decided then."""


def trace(function: Callable[..., Any], *examples: Tensor) -> Graph:
    """Capture one run of `function` on example tensors.

    >>> from miniblocks import nd
    >>> print(trace(lambda x: (x * 2).sum(), nd.ones((3,))))
    graph(x0):
        mul0 = mul(x0, 2)  # float32[3]
        sum0 = sum(mul0, axis=None, keepdims=False)  # float32[]
        return sum0
    """
    return capture(function, *examples, names=names_of(function))[0]


def names_of(function: Any) -> Mapping[str, Tensor]:
    """The values of a block's parameters, by name; nothing for other functions."""
    collect = getattr(function, "collect_params", None)
    return {} if collect is None else {p.name: p.data() for p in collect().values() if p.is_initialized}


def capture(
    function: Callable[..., Any], *examples: Tensor, names: Mapping[str, Tensor] | None = None
) -> tuple[Graph, Any]:
    """The graph of one run, and what that run returned. `names` are tensors that the graph may name when it captures them."""
    check_examples(examples)
    tracer = Tracer(examples, names or {})
    with tracer:
        output = function(*examples)
    return tracer.graph(output), output


def check_examples(examples: Sequence[Any]) -> None:
    """Refuse examples that are no tensors: a graph's inputs are tensors."""
    for number, value in enumerate(examples):
        if not isinstance(value, Tensor):
            mend = "wrap it: nd.array(5.0)" if isinstance(value, (int, float)) else "give the tensors in it one by one"
            raise CaptureError(
                f"the inputs of a graph are tensors, and input {number} is of type {type(value).__name__}; {mend}"
            )


class Tracer:
    """The interpreter that writes operations down while they run. Values are known by their storage.

    (Two handles on the same storage are one value. A write in place, while it is captured, gives a handle new storage.)

    `differentiable`: gradients may be asked of the graph later, so it must say where none pass: at `detach()`, and in
    what is computed under `no_grad` inside of the function.
    """

    def __init__(self, examples: Sequence[Tensor], names: Mapping[str, Tensor], differentiable: bool = True) -> None:
        self.differentiable, self.recording = differentiable, mode.recording
        self.counts: Counter[str] = Counter()
        self.taken: set[str] = set()
        self.opaque = False  # whether a gradient would have to go through a branch or a loop that is in the graph
        self.refs: dict[int, Ref] = {}
        self.alive: list[Any] = []  # an id names a thing only as long as the thing lives
        self.captured: dict[Ref, Tensor] = {}
        self.constants: dict[Ref, Tensor] = {}
        self.steps: list[Instruction] = []
        self.writes: dict[Ref, Ref] = {}
        self.homes: dict[int, Ref] = {}  # the captured name of a handle that was written in place
        self.first: dict[Ref, Any] = {}  # the storage that a captured tensor had before it was written
        self.names = {id(tensor): name for name, tensor in names.items()}
        self.labels: dict[Ref, str] = {}
        self.looks: list[tuple[Place, Any]] = []  # where Python looked at a value, and what it saw
        self.places = Places()
        self.made: dict[int, tuple[Place, ...]] = {}  # by the recorded node of a result: where it comes from
        self.walked: tuple[Place, ...] | None = None  # during the backward pass: where the node at hand comes from
        self.inputs = tuple(self._input(x) for x in examples)

    def __enter__(self) -> Tracer:
        if mode.tracer is not None:
            raise CaptureError("a capture inside of a capture; capture the outer function only")
        self.before, mode.tracer, mode.observer = mode.observer, self, self.operation
        return self

    def __exit__(self, error: Any, *rest: Any) -> None:
        mode.tracer, mode.observer = None, self.before
        if error is not None:
            self.undo()

    def undo(self) -> None:
        """Give captured tensors that the run wrote into their first values back."""
        for ref, raw in self.first.items():
            self.captured[ref].raw = raw

    def _name(self, tensor: Tensor, hint: str) -> Ref:
        ref = self._fresh(Ref(hint, tensor.shape, tensor.dtype))
        self.refs[id(tensor.raw)] = ref
        self.alive.append(tensor.raw)
        return ref

    def _fresh(self, ref: Ref) -> Ref:
        """The same kind of value under a name that is still free: x0, x1, …"""
        name = f"{ref.name}{self.counts[ref.name]}"
        self.counts[ref.name] += 1
        if name in self.taken:
            return self._fresh(ref)
        self.taken.add(name)
        return Ref(name, ref.shape, ref.dtype)

    def _input(self, example: Tensor) -> Ref:
        """An input: x0, x1, … unless it was given a name."""
        if id(example) not in self.names:
            return self._name(example, "x")
        ref = Ref(self.names[id(example)], example.shape, example.dtype)
        self.taken.add(ref.name)
        self.refs[id(example.raw)] = ref
        self.alive.append(example.raw)
        return ref

    def ref(self, value: Any) -> Any:
        """What stands for an argument: a tensor not seen before comes from outside, and is captured."""
        if not isinstance(value, Tensor):
            return value
        if id(value.raw) not in self.refs:
            ref = self._name(value, "p")
            self.captured[ref] = value
            if id(value) in self.names:
                self.labels[ref] = self.names[id(value)]
        return self.refs[id(value.raw)]

    def operation(self, op: Op, args: tuple[Any, ...], static: dict[str, Any], out: Tensor) -> None:
        if id(out.raw) in self.refs:
            return  # the very storage of an argument: nothing was computed
        refs = tuple(self.ref(a) for a in args)
        if op.name == "take" and any(isinstance(r, Ref) and r.dtype == "bool" for r in refs[1:]):
            raise CaptureError(
                "an index of booleans gives a tensor whose shape depends on values, and a graph's shapes are fixed; "
                f"nd.where(mask, x, 0) keeps the shape ({here()})"
            )
        static = {k: _plain(v) for k, v in static.items()}
        self.steps.append(Step(self._name(out, op.name), op.name, refs, static, self._places(out)))
        if self.differentiable and op.vjps and self.recording and not mode.recording:
            self._detach(self.refs[id(out.raw)], out)

    def _places(self, out: Tensor) -> tuple[Place, ...]:
        """Where an operation was asked for: the line that is running, or in a backward pass the one that it belongs to."""
        places = self.places.now() if self.walked is None else self.walked
        if out.node is not None:
            self.made[id(out.node)] = places
        return places

    def walking(self, node: Any) -> None:
        """The backward pass that is being recorded has come to this node; None: it is over."""
        self.walked = None if node is None else self.places.backward(self.made.get(id(node)) or self.places.now())

    def detached(self, source: Tensor, out: Tensor) -> None:
        """`out` is a new handle on the storage of `source`, and no gradient passes from it."""
        if self.differentiable:
            ref = self.ref(source)
            out.raw = source.raw.detach()
            self._detach(ref, out)

    def _detach(self, ref: Ref, out: Tensor) -> None:
        """From here on `out` stands for the value without its gradient."""
        self.steps.append(Step(self._name(out, "detach"), "detach", (ref,), {}, self._places(out)))

    def control(self, graph: Graph, args: Sequence[Tensor]) -> Any:
        """A graph with branches or loops of its own is called: its instructions become part of this one."""
        if graph.writes:
            raise CaptureError("a graph with branches or loops that also writes cannot be called inside of a capture")
        with untraced():
            output = graph(*args)
        env: dict[Ref, Any] = dict(zip(graph.inputs, map(self.ref, args)))
        env |= {ref: self.ref(tensor) for ref, tensor in graph.captured.items()}
        for ref, tensor in graph.constants.items():
            self.constant(tensor)
            env[ref] = self.refs[id(tensor.raw)]
        for instruction in graph.steps:
            for ref in instruction.results:
                env[ref] = self._fresh(ref)
            self.steps.append(renamed(instruction, env))
        found = leaves(output, Tensor)
        for ref, tensor in zip(leaves(graph.outputs), found):
            self.refs[id(tensor.raw)] = env[ref]
            self.alive.append(tensor.raw)
        self.opaque = self.opaque or any(tensor.requires_grad for tensor in found)
        return output

    def constant(self, tensor: Tensor) -> None:
        """A tensor made of numbers, in the function itself: the same at every call."""
        kept = Tensor(tensor.raw.clone())  # what is written into it later is not the constant
        kept._device = tensor._device
        self.constants[self._name(tensor, "c")] = kept

    def written(self, target: Tensor, new: Tensor) -> None:
        """`target` is about to take the value `new`: a write in place."""
        if target.is_leaf and target.requires_grad:
            raise CaptureError("a parameter is written in place inside of a captured computation; do it outside")
        home = self.homes.get(id(target), self.refs.get(id(target.raw)))
        if home in self.captured:
            self.homes[id(target)] = home
            self.alive.append(target)
            self.first.setdefault(home, self.captured[home].raw)
            self.writes[home] = self.ref(new)

    def concrete(self, tensor: Tensor) -> None:
        """Python made a value concrete: a branch on it, or a number taken from it, is not captured."""
        if id(tensor.raw) not in self.refs:
            return
        place = here()
        if all(place != before for before, _ in self.looks):
            message = f"`{place.text or f'line {place.line}'}` looked at a value while it was captured. The graph keeps what Python decided this once, for every later input; hybridize(script=True) and graph.script keep both ways"
            warnings.warn_explicit(message, CaptureWarning, place.file, place.line, registry={})
        self.looks.append((place, tensor.raw.item() if tensor.raw.numel() == 1 else None))

    def graph(self, output: Any) -> Graph:
        """What was written down so far, with the function's result as its outputs."""
        outputs = mapped(output, Tensor, self.ref)
        used = {ref for step in self.steps for ref in reads(step)} | set(self.writes.values())
        mapped(outputs, Ref, used.add)
        constants = {ref: tensor for ref, tensor in self.constants.items() if ref in used}
        return verify(
            Graph(self.inputs, self.captured, tuple(self.steps), outputs, self.writes, constants, self.labels)
        )


def _plain(value: Any) -> Any:
    """Static data as Python's own kinds."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value] if type(value) is list else tuple(map(_plain, value))
    if isinstance(value, slice):
        return slice(_plain(value.start), _plain(value.stop), _plain(value.step))
    return value
