"""`if` on a tensor: both sides are captured, and what they leave in the variables is made one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from miniblocks.graph.ir import Cond, Ref
from miniblocks.graph.script.inner import Inner, ScriptTracer, refusal
from miniblocks.graph.script.state import (
    DTYPES,
    NUMBERS,
    PENDING,
    Undefined,
    blank,
    described,
    is_value,
    parts,
    rebuilt,
    same_plain,
)
from miniblocks.ops.elementwise import torch_dtype
from miniblocks.tensor import Tensor

Variables = tuple[Any, ...]


@dataclass
class Side:
    """One side of a condition after it has been captured."""

    part: Inner
    after: Variables
    raws: dict[int, torch.Tensor]  # of each tensor that it wrote in place: the new storage

    def raw(self, value: Tensor) -> torch.Tensor:
        """The storage that a tensor has at the end of this side."""
        return self.raws.get(id(value), value.raw)

    def ref(self, value: Any, like: Ref | None) -> Ref:
        if isinstance(value, Tensor):
            return self.part.ref(Tensor(self.raw(value))) if id(value) in self.raws else self.part.ref(value)
        assert like is not None
        return self.part.number(value, like)


def branch(
    tracer: ScriptTracer,
    predicate: Tensor,
    sides: tuple[Callable[[], None], Callable[[], None]],
    get: Callable[[], Variables],
    set_: Callable[[Variables], None],
    names: tuple[str, ...],
) -> None:
    """Capture `if predicate: sides[0]() else: sides[1]()`; `get` and `set_` reach the variables called `names`."""
    before = get()
    captured = []
    for side in sides:
        set_(before)
        captured.append(_captured(tracer, side, get))
    _Join(tracer, predicate, captured[0], captured[1]).into(set_, names)


def _captured(tracer: ScriptTracer, side: Callable[[], None], get: Callable[[], Variables]) -> Side:
    part = Inner(tracer)
    with part.capturing():
        side()
        after = get()
        raws = {key: target.raw for key, (target, _) in part.moved.items()}
        for value in (v for variable in after for v in parts(variable).values() if isinstance(v, Tensor)):
            part.ref(value)  # now, while tensors that were written in place hold their new values
        for target, _ in part.moved.values():
            part.ref(target)
    return Side(part, after, raws)


class _Join:
    """The two sides as one `Cond`."""

    def __init__(self, tracer: ScriptTracer, predicate: Tensor, then: Side, orelse: Side) -> None:
        self.tracer, self.predicate, self.then, self.orelse = tracer, predicate, then, orelse
        self.taken = then if bool(predicate.raw.item()) else orelse  # what the example itself does
        self.outputs: tuple[list[Ref], list[Ref]] = ([], [])
        self.results: list[Tensor] = []

    def into(self, set_: Callable[[Variables], None], names: tuple[str, ...]) -> None:
        """Note the condition, and give the variables and the tensors written in place their new values."""
        pairs = zip(names, self.then.after, self.orelse.after)
        variables = tuple(self._variable(name, a, b) for name, a, b in pairs)
        moved = {key: t for side in (self.then, self.orelse) for key, (t, _) in side.part.moved.items()}
        words = {id(value): name for name, value in zip(names, self.then.after)}
        writes = [(target, self._one(words.get(id(target), "written"), target, target)) for target in moved.values()]
        self._note()
        for target, new in writes:
            self.tracer.written(target, new)
            target.raw, target.node, target.requires_grad = new.raw, None, False
        set_(variables)

    def _variable(self, name: str, a: Any, b: Any) -> Any:
        a, b = (blank(b) if a is PENDING else a), (blank(a) if b is PENDING else b)
        left, right = parts(a), parts(b)
        if left.keys() != right.keys():
            raise refusal(
                f"`{name}` has another structure after each side of the condition; a graph's results have one"
            )
        if a is PENDING:
            return a
        return rebuilt(a, {path: self._part(name, left[path], right[path]) for path in left})

    def _part(self, name: str, a: Any, b: Any) -> Any:
        if same_plain(a, b):
            return a
        if isinstance(a, Undefined) or isinstance(b, Undefined):
            return Undefined(name, "it gets one on one side of a condition only; give it one on both, or before")
        if is_value(a) and is_value(b):
            return self._one(name, a, b)
        raise refusal(
            f"after this condition `{name}` is {described(a)} or {described(b)}, and a graph can only choose between tensors. "
            "Use both sides' tensors inside of the condition"
        )

    def _one(self, name: str, a: Any, b: Any) -> Tensor:
        """A result of the condition: `a` after one side, `b` after the other."""
        like = self._kind(name, a, b)
        for outputs, side, value in zip(self.outputs, (self.then, self.orelse), (a, b)):
            outputs.append(side.ref(value, like))
        value = a if self.taken is self.then else b
        raw = self.taken.raw(value) if isinstance(value, Tensor) else _full(value, like)
        self.results.append(self.tracer.result(name, raw))
        return self.results[-1]

    def _kind(self, name: str, a: Any, b: Any) -> Ref:
        tensors = [v for v in (a, b) if isinstance(v, Tensor)]
        if not tensors:
            widest = max((type(a), type(b)), key=NUMBERS.index)
            return Ref("", (), DTYPES[widest])
        kinds = {(v.shape, v.dtype) for v in tensors}
        if len(kinds) > 1:
            raise refusal(
                f"after this condition `{name}` is {described(a)} or {described(b)}; a graph's shapes and dtypes are fixed"
            )
        shape, dtype = kinds.pop()
        return Ref("", shape, dtype)

    def _note(self) -> None:
        if not self.results:
            return  # neither side changes anything that anybody sees
        parts_ = (self.then.part, self.orelse.part)
        around = list(dict.fromkeys(ref for part in parts_ for ref in part.borrowed.values()))
        then, orelse = (part.closed((), around, outputs) for part, outputs in zip(parts_, self.outputs))
        results = tuple(self.tracer.ref(result) for result in self.results)
        predicate, places = self.tracer.ref(self.predicate), self.tracer.places.now()
        self.tracer.steps.append(Cond(results, predicate, tuple(around), then, orelse, places))


def _full(value: Any, like: Ref) -> torch.Tensor:
    return torch.full(like.shape, value, dtype=torch_dtype(like.dtype))
