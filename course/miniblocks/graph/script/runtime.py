"""What a rewritten function calls while it is captured. Where Python knows the answer, Python decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import FunctionType, MethodType
from typing import Any, Protocol, runtime_checkable
from unittest import mock

import torch

from miniblocks.graph.script.branch import Variables, branch
from miniblocks.graph.script.inner import Inner, ScriptTracer, refusal
from miniblocks.graph.script.loop import Repeat
from miniblocks.graph.script.source import is_learners, rewritten
from miniblocks.graph.script.state import PENDING, Undefined
from miniblocks.tensor import Tensor, mode

MOST_ROUNDS = 10_000  # that Python may unroll
_CASTS = {float: "float32", int: "int64", bool: "bool"}


@runtime_checkable
class BlockLike(Protocol):
    """All that scripting knows of a block (graphs do not know blocks, blocks know graphs)."""

    _hybrid: Any

    def named_blocks(self) -> Iterator[tuple[str, Any]]: ...
    def forward(self, *args: Any) -> Any: ...


class Runtime:
    """The calls. `tracer` is whatever captures just now: the whole function, or a part of it."""

    pending = PENDING

    @property
    def tracer(self) -> ScriptTracer:
        return mode.tracer

    def undefined(self, name: str) -> Undefined:
        return Undefined(name)

    def named(self, word: str, value: Any) -> Any:
        """A value that is assigned to a variable."""
        if isinstance(value, Undefined):
            raise refusal(str(value))
        if isinstance(value, Tensor):
            self.tracer.named(word, value)
        return value

    # -- statements ---------------------------------------------------------------------------------------------------
    def branch(
        self,
        test: Any,
        then: Callable[[], None],
        orelse: Callable[[], None],
        get: Callable[[], Variables],
        set_: Callable[[Variables], None],
        names: tuple[str, ...],
    ) -> None:
        if isinstance(test, Tensor):
            branch(self.tracer, self._truth(test), (then, orelse), get, set_, names)
        elif test:
            then()
        else:
            orelse()

    def repeat(
        self,
        test: Callable[[], Any],
        body: Callable[[], None],
        get: Callable[[], Variables],
        set_: Callable[[Variables], None],
        names: tuple[str, ...],
    ) -> None:
        for _ in range(MOST_ROUNDS):
            known = self._asked(test)
            if isinstance(known, Tensor):
                return Repeat(self.tracer, lambda: self._truth(test()), body, get, set_, names).note()
            if not known:
                return None
            body()
        raise refusal(f"Python unrolled {MOST_ROUNDS} rounds of this loop; let a tensor decide when it ends")

    def _asked(self, test: Callable[[], Any]) -> Any:
        """What a condition is, without noting the operations that tell it."""
        with Inner(self.tracer).capturing():
            return test()

    def each(
        self,
        items: Any,
        bind: Callable[[Any], None],
        body: Callable[[], None],
        left: Callable[[], Any],
        get: Callable[[], Variables],
        set_: Callable[[Variables], None],
        names: tuple[str, ...],
    ) -> None:
        if isinstance(items, (Tensor, TensorRange)):
            return self._counted(items, bind, body, left, get, set_, names)
        for item in items:
            stop = left()
            if isinstance(stop, Tensor):
                self.branch(self.negation(stop), partial(_round, bind, body, item), _nothing, get, set_, names)
            elif stop:
                break
            else:
                _round(bind, body, item)
        return None

    def _counted(
        self, items: Any, bind: Any, body: Any, left: Any, get: Any, set_: Any, names: tuple[str, ...]
    ) -> None:
        """A loop over the rows of a tensor, or over a range whose end a tensor tells: it carries its counter."""
        numbers = items if isinstance(items, TensorRange) else TensorRange(0, len(items), 1)
        counter = [numbers.first(self.tracer)]

        def again() -> Any:
            return self.both(self.negation(left()), lambda: numbers.goes_on(counter[0]))

        def one_round() -> None:
            bind(counter[0] if isinstance(items, TensorRange) else items[counter[0]])
            body()
            counter[0] = counter[0] + numbers.step

        def set_both(values: Variables) -> None:
            set_(values[:-1])
            counter[0] = values[-1]

        Repeat(self.tracer, again, one_round, lambda: (*get(), counter[0]), set_both, (*names, "counter")).note()

    # -- expressions ----------------------------------------------------------------------------------------------------
    def choose(self, test: Any, then: Callable[[], Any], orelse: Callable[[], Any]) -> Any:
        """`then() if test else orelse()`"""
        chosen: list[Any] = [Undefined("the result")]

        def put(side: Callable[[], Any]) -> Callable[[], None]:
            return lambda: chosen.__setitem__(0, side())

        self.branch(
            test, put(then), put(orelse), lambda: tuple(chosen), lambda v: chosen.__setitem__(0, v[0]), ("chosen",)
        )
        return chosen[0]

    def both(self, a: Any, b: Callable[[], Any]) -> Any:
        """`a and b()`: of tensors, the truth of both."""
        if not isinstance(a, Tensor):
            return b() if a else a
        return self.choose(a, lambda: self._boolean(b()), lambda: False)

    def either(self, a: Any, b: Callable[[], Any]) -> Any:
        """`a or b()`"""
        if not isinstance(a, Tensor):
            return a if a else b()
        return self.choose(a, lambda: True, lambda: self._boolean(b()))

    def negation(self, value: Any) -> Any:
        """`not value`"""
        return ~self._truth(value) if isinstance(value, Tensor) else not value

    def _boolean(self, value: Any) -> Any:
        return self._truth(value) if isinstance(value, Tensor) else bool(value)

    def _truth(self, value: Tensor) -> Tensor:
        """One boolean, of no axes."""
        if value.size != 1:
            raise refusal(
                f"the truth value of a tensor of shape {value.shape} is ambiguous; compare one element, or reduce it first"
            )
        one = _scalar(value)
        return one if one.dtype == "bool" else one != 0

    # -- calls ----------------------------------------------------------------------------------------------------------
    def call(self, function: Any) -> Any:
        """What is called in the place of `function`."""
        if isinstance(function, BlockLike):
            return lambda *args, **kwargs: self._block(function, args, kwargs)
        if isinstance(function, MethodType):
            return self._method(function)
        if isinstance(function, FunctionType) and is_learners(function):
            return rewritten(function, self)
        if isinstance(function, type) and function in _CASTS:
            return lambda *args: self._cast(function, args)
        if function is range:
            return lambda *args: TensorRange.of(args)
        return function

    def _method(self, method: MethodType) -> Any:
        if isinstance(method.__self__, Tensor) and method.__func__ is Tensor.item:
            return lambda: _scalar(method.__self__) if method.__self__.size == 1 else method()
        if isinstance(method.__func__, FunctionType) and is_learners(method.__func__):
            return MethodType(rewritten(method.__func__, self), method.__self__)
        return method

    def _cast(self, kind: type, args: tuple[Any, ...]) -> Any:
        if len(args) == 1 and isinstance(args[0], Tensor):
            return self._truth(args[0]) if kind is bool else _scalar(args[0]).astype(_CASTS[kind])
        return kind(*args)

    def _block(self, block: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with self._rewritten_blocks(block):
            return block(*args, **kwargs)

    @contextmanager
    def _rewritten_blocks(self, root: BlockLike) -> Iterator[None]:
        """Every block inside runs its rewritten `forward`, hybridized or not."""
        with ExitStack() as stack:
            for _, block in root.named_blocks():
                own = type(block).forward
                if is_learners(own) and "forward" not in vars(block):
                    stack.enter_context(mock.patch.dict(vars(block), forward=MethodType(rewritten(own, self), block)))
                if block._hybrid is not None:
                    stack.enter_context(mock.patch.dict(vars(block), _hybrid=None))
            yield


class TensorRange:
    """`range(…)` of which a tensor tells a part."""

    def __init__(self, start: Any, stop: Any, step: Any) -> None:
        self.start, self.stop, self.step = start, stop, step

    @classmethod
    def of(cls, args: tuple[Any, ...]) -> Any:
        if not any(isinstance(a, Tensor) for a in args):
            return range(*args)
        start, stop, step = (args[0], args[1], args[2] if len(args) == 3 else 1) if len(args) > 1 else (0, args[0], 1)
        if not isinstance(step, int) or step == 0:
            raise refusal("the step of a range is a number other than 0")
        return cls(start, stop, step)

    def first(self, tracer: ScriptTracer) -> Tensor:
        """The counter before the first round."""
        if isinstance(self.start, Tensor):
            return _scalar(self.start).astype("int64")
        counter = Tensor(torch.tensor(self.start))
        tracer.constant(counter)
        return counter

    def goes_on(self, counter: Tensor) -> Tensor:
        return _scalar(counter < self.stop if self.step > 0 else counter > self.stop)


def _scalar(value: Tensor) -> Tensor:
    """One number without axes."""
    return value if value.shape == () else value.reshape(())


def _round(bind: Callable[[Any], None], body: Callable[[], None], item: Any) -> None:
    bind(item)
    body()


def _nothing() -> None:
    """The other side of an `if` without `else`."""
