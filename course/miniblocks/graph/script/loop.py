"""`while` on a tensor: one round is captured, with fresh tensors for whatever it changes.

What changes is found out by trying: a round is captured; a number that came out as another one, or a tensor from outside
that was written in place, must be carried from round to round, so the round is captured again with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from miniblocks.graph.ir import Graph, Loop, Ref
from miniblocks.graph.script.branch import Variables
from miniblocks.graph.script.inner import Inner, ScriptTracer, refusal
from miniblocks.graph.script.state import (
    DTYPES,
    NUMBERS,
    PENDING,
    Path,
    Undefined,
    blank,
    described,
    parts,
    rebuilt,
    same_plain,
)
from miniblocks.ops.elementwise import torch_dtype
from miniblocks.tensor import Tensor, untraced

Place = tuple[int, Path]  # the number of a variable, and the place in it


@dataclass
class Round:
    """A captured round: the condition and the body, and what is in the variables and the carried tensors after it."""

    condition: Inner
    again: Tensor
    body: Inner
    after: Variables
    raws: dict[int, torch.Tensor] = field(default_factory=dict)


class Repeat:
    """Captures `while test(): body()`; `get` and `set_` reach the variables called `names`."""

    def __init__(
        self,
        tracer: ScriptTracer,
        test: Callable[[], Any],
        body: Callable[[], None],
        get: Callable[[], Variables],
        set_: Callable[[Variables], None],
        names: tuple[str, ...],
    ) -> None:
        self.tracer, self.test, self.body = tracer, test, body
        self.get, self.set, self.names = get, set_, names
        self.before = get()
        self.carried: dict[Place, Tensor] = {}  # first values
        self.written: dict[int, Tensor] = {}  # tensors from outside that the body writes in place
        for number, variable in enumerate(self.before):
            for path, value in parts(variable).items():
                if isinstance(value, Tensor):
                    self.carried[number, path] = value

    def note(self) -> None:
        """Capture rounds until one holds all that changes; note the loop, and set the variables."""
        while True:
            fresh = {place: Tensor(first.raw.clone()) for place, first in self.carried.items()}
            aside = {key: (t, t.raw, t.node, t.requires_grad) for key, t in self.written.items()}
            for target in self.written.values():
                target.raw, target.node, target.requires_grad = target.raw.clone(), None, False
            starts = {key: Tensor(target.raw) for key, target in self.written.items()}
            try:
                captured = self._round(fresh, starts)
                ends = {key: Tensor(target.raw) for key, target in self.written.items()}
            finally:
                for target, raw, node, requires_grad in aside.values():
                    target.raw, target.node, target.requires_grad = raw, node, requires_grad
                self.set(self.before)
            if not self._more(captured):
                return self._note(captured, fresh, ends)

    def _round(self, fresh: dict[Place, Tensor], starts: dict[int, Tensor]) -> Round:
        words = [(self.names[number], fresh[number, path]) for number, path in fresh]
        words += [("written", start) for start in starts.values()]
        self.set(self._variables(fresh))
        condition = Inner(self.tracer, words)
        with condition.capturing():
            again = self.test()
            if not isinstance(again, Tensor):
                raise refusal("the condition of this loop is no tensor any more after a first round")
            condition.ref(again)
        self.set(self._variables(fresh))
        body = Inner(self.tracer, words)
        handles = {id(target): target for target in self.written.values()}
        with body.capturing():
            self.body()
            after = self.get()
            for variable in after:
                for value in parts(variable).values():
                    body.ref(value)
            for target in handles.values():
                body.ref(target)
            raws = {id(v): v.raw for variable in after for v in parts(variable).values() if isinstance(v, Tensor)}
        return Round(condition, again, body, after, raws)

    def _variables(self, new: dict[Place, Tensor]) -> Variables:
        return tuple(
            rebuilt(variable, {path: value for (n, path), value in new.items() if n == number})
            for number, variable in enumerate(self.before)
        )

    def _more(self, captured: Round) -> bool:
        """Whether something changes that was not carried; it is from now on."""
        found = False
        for key, (target, _) in captured.body.moved.items():
            if key not in self.written:
                self.written[key] = target
                found = True
        for number, (name, before, after) in enumerate(zip(self.names, self.before, captured.after)):
            if isinstance(before, Undefined):
                continue  # a value of this round alone
            if before is PENDING and after is not PENDING:  # read only where a flag says that it has been set
                before = blank(after)
                self.before = tuple(before if n == number else b for n, b in enumerate(self.before))
            left, right = parts(before), parts(after)
            if left.keys() != right.keys():
                raise refusal(
                    f"`{name}` has another structure after a round of this loop; a graph's values keep theirs"
                )
            for path in left:
                found = self._changed(name, (number, path), left[path], right[path]) or found
        return found

    def _changed(self, name: str, place: Place, before: Any, after: Any) -> bool:
        if place in self.carried:
            self._check_kind(name, self.carried[place], after)
            return False
        if same_plain(before, after):
            return False
        if type(before) in NUMBERS and (type(after) in NUMBERS or isinstance(after, Tensor)):
            dtype = (
                after.dtype if isinstance(after, Tensor) else DTYPES[max(type(before), type(after), key=NUMBERS.index)]
            )
            shape = after.shape if isinstance(after, Tensor) else ()
            self.carried[place] = self._constant(torch.full(shape, before, dtype=torch_dtype(dtype)))
            return True
        raise refusal(
            f"`{name}` is {described(before)} before a round of this loop and {described(after)} after it; a graph can only carry tensors and numbers"
        )

    def _check_kind(self, name: str, before: Tensor, after: Any) -> None:
        if isinstance(after, Tensor) and (before.shape, before.dtype) != (after.shape, after.dtype):
            raise refusal(
                f"`{name}` is {described(before)} before a round of this loop and {described(after)} after it; a graph's shapes and dtypes are fixed"
            )
        if not isinstance(after, (Tensor, *NUMBERS)):
            raise refusal(f"`{name}` is a tensor before a round of this loop and {described(after)} after it")

    def _constant(self, raw: torch.Tensor) -> Tensor:
        tensor = Tensor(raw)
        self.tracer.constant(tensor)
        return tensor

    def _note(self, captured: Round, fresh: dict[Place, Tensor], ends: dict[int, Tensor]) -> None:
        first = [*self.carried.values(), *self.written.values()]
        last = [self._last(captured, place) for place in self.carried]
        last += [captured.body.ref(end) for end in ends.values()]
        both = (captured.condition, captured.body)
        around = list(dict.fromkeys(ref for part in both for ref in part.borrowed.values()))
        condition = captured.condition.closed(
            captured.condition.carried, around, [captured.condition.ref(captured.again)]
        )
        body = captured.body.closed(captured.body.carried, around, last)
        args = (*(self.tracer.ref(tensor) for tensor in first), *around)
        words = [*(self.names[number] for number, _ in self.carried), *("written" for _ in self.written)]
        raws = self._run(condition, body, args, first, around, captured)
        results = [self.tracer.result(word, raw) for word, raw in zip(words, raws)]
        places = self.tracer.places.now()
        self.tracer.steps.append(Loop(tuple(map(self.tracer.ref, results)), args, condition, body, places))
        self._set(captured, fresh, results)

    def _last(self, captured: Round, place: Place) -> Ref:
        """What a carried value is after the round."""
        number, path = place
        value = parts(captured.after[number])[path]
        if isinstance(value, Tensor):
            return captured.body.ref(Tensor(captured.raws[id(value)]))
        first = self.carried[place]
        return captured.body.number(value, Ref("", first.shape, first.dtype))

    def _run(
        self,
        condition: Graph,
        body: Graph,
        args: tuple[Ref, ...],
        first: list[Tensor],
        around: list[Ref],
        captured: Round,
    ) -> list[torch.Tensor]:
        """The numbers that the loop gives for the example."""
        known = {**captured.condition.values, **captured.body.values}
        values = [tensor.raw for tensor in first] + [known[ref] for ref in around]
        inside = tuple(Ref(f"a{i}", ref.shape, ref.dtype) for i, ref in enumerate(args))
        results = tuple(Ref(f"r{i}", t.shape, t.dtype) for i, t in enumerate(first))
        alone = Graph(inside, {}, (Loop(results, inside, condition, body),), results)
        with untraced():
            return [tensor.raw for tensor in alone(*map(Tensor, values))]

    def _set(self, captured: Round, fresh: dict[Place, Tensor], results: list[Tensor]) -> None:
        """Give the variables, and the tensors that are written in place, their values after the loop."""
        new: dict[Place, Tensor] = {}
        for ((number, path), first), result in zip(self.carried.items(), results):
            held = parts(self.before[number]).get(path) is first
            still = parts(captured.after[number]).get(path) is fresh[number, path]
            if held and still:  # the body wrote into the very tensor that the variable held
                self._move(first, result)
            new[number, path] = first if held and still else result
        for target, result in zip(self.written.values(), results[len(self.carried) :]):
            self._move(target, result)
        why = "it gets one inside of a loop only; give it one before the loop"
        variables = zip(self.names, self._variables(new))
        self.set(tuple(Undefined(n, why) if isinstance(v, Undefined) else v for n, v in variables))

    def _move(self, target: Tensor, result: Tensor) -> None:
        if self.tracer.refs.get(id(target.raw)) == self.tracer.ref(result):
            return
        self.tracer.written(target, result)
        target.raw, target.node, target.requires_grad = result.raw, None, False
