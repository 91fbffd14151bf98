"""Capturing a part of a function as a graph of its own: one side of a condition, or the body of a loop."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch

from miniblocks.errors import CaptureError
from miniblocks.graph.ir import Graph, Ref, Step, reads
from miniblocks.graph.trace import Tracer
from miniblocks.ops.elementwise import torch_dtype
from miniblocks.places import here
from miniblocks.tensor import Tensor, mode


def refusal(why: str) -> CaptureError:
    """An error that names the line that is running."""
    place = here()
    return CaptureError(f"{place.file}:{place.line}: `{place.text}`: {why}")


class ScriptTracer(Tracer):
    """Writes a graph down; a look at a value is refused, since what it would decide is lost."""

    def concrete(self, tensor: Tensor) -> None:
        if id(tensor.raw) in self.refs:
            raise refusal(
                "a graph has no number here yet, only the promise of one. Compute with the tensor itself (nd.where, nd.maximum, …), or let `if`, `while`, "
                "`and`, `not` decide"
            )

    def named(self, word: str, tensor: Tensor) -> None:
        """Call the newest value by the variable it was assigned to, if nothing has used it yet."""
        ref = self.refs.get(id(tensor.raw))
        last = self.steps[-1] if self.steps else None
        if isinstance(last, Step) and last.result == ref:
            new = Ref(self.free(word), ref.shape, ref.dtype)
            self.steps[-1] = replace(last, result=new)
            self.refs[id(tensor.raw)] = new

    def free(self, word: str) -> str:
        """A name for a value, made from a variable's: `x`, then `x_2`, …; one of our own variables (`left_1_`) is called `left`."""
        word = re.sub(r"(_\d+)?_$", "", word)
        word = f"{word}_" if re.search(r"\d$", word) else word  # x0 is what an input may be called
        candidate, number = word, 1
        while candidate in self.taken:
            number += 1
            candidate = f"{word}_{number}"
        self.taken.add(candidate)
        return candidate

    def result(self, word: str, raw: torch.Tensor) -> Tensor:
        """A new value that an instruction will give."""
        tensor = Tensor(raw.clone())
        ref = Ref(self.free(word), tensor.shape, tensor.dtype)
        self.refs[id(tensor.raw)] = ref
        self.alive.append(tensor.raw)
        return tensor


class Inner(ScriptTracer):
    """Captures a part of the function that `outer` is capturing.

    `borrowed` are the values from around it: what the part calls them → what `outer` calls them. Writes in place into tensors from
    outside are noted in `moved`, and taken back when the part is over: whether they happen is for the graph to decide.
    """

    def __init__(self, outer: ScriptTracer, carried: Iterable[tuple[str, Tensor]] = ()) -> None:
        super().__init__((), {})
        self.places = outer.places
        self.recording = outer.recording  # `no_grad` may have been entered around this part
        self.outer, self.taken = outer, set(outer.taken)  # names from around stay free for what is borrowed
        self.borrowed: dict[Ref, Ref] = {}
        self.values: dict[Ref, torch.Tensor] = {}  # outer's ref → the numbers of the example
        self.moved: dict[int, tuple[Tensor, tuple[Any, Any, bool]]] = {}
        self.carried = tuple(self._carry(word, tensor) for word, tensor in carried)

    def _carry(self, word: str, tensor: Tensor) -> Ref:
        ref = Ref(self.free(word), tensor.shape, tensor.dtype)
        self.refs[id(tensor.raw)] = ref
        self.alive.append(tensor.raw)
        return ref

    def ref(self, value: Any) -> Any:
        if isinstance(value, Tensor) and id(value.raw) not in self.refs:
            around = self.outer.ref(value)
            self.refs[id(value.raw)] = inside = Ref(around.name, around.shape, around.dtype)
            self.alive.append(value.raw)
            self.borrowed[inside], self.values[around] = around, value.raw
        return self.refs[id(value.raw)] if isinstance(value, Tensor) else value

    def written(self, target: Tensor, new: Tensor) -> None:
        if target.is_leaf and target.requires_grad:
            raise refusal("a parameter is written in place inside of a captured computation; do it outside")
        ref = self.refs.get(id(target.raw))
        if id(target) not in self.moved and (ref is None or ref in self.borrowed):  # it was there before this part
            self.ref(target)
            self.moved[id(target)] = target, (target.raw, target.node, target.requires_grad)

    def number(self, value: Any, like: Ref) -> Ref:
        """A number as a value of this part, of the same kind as another value."""
        tensor = Tensor(torch.full(like.shape, value, dtype=torch_dtype(like.dtype)))
        self.constant(tensor)
        return self.refs[id(tensor.raw)]

    @contextmanager
    def capturing(self) -> Iterator[None]:
        """Operations are written down here; what was written in place is as before at the end."""
        before = mode.tracer, mode.observer
        mode.tracer, mode.observer = self, self.operation
        try:
            yield
        finally:
            mode.tracer, mode.observer = before
            for target, (raw, node, requires_grad) in self.moved.values():
                target.raw, target.node, target.requires_grad = raw, node, requires_grad

    def closed(self, inputs: Sequence[Ref], around: Sequence[Ref], outputs: Sequence[Ref]) -> Graph:
        """The part as a graph: `inputs` first, then a value for each of `around` (outer's refs, in this order)."""
        known = {outside: inside for inside, outside in self.borrowed.items()}
        fixed = [known.get(ref, ref) for ref in around]
        used = {ref for step in self.steps for ref in reads(step)} | set(outputs)
        constants = {ref: tensor for ref, tensor in self.constants.items() if ref in used}
        return Graph((*inputs, *fixed), {}, tuple(self.steps), tuple(outputs), {}, constants)
