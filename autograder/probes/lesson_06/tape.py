"""Builds expressions out of the learner's Values, sends gradients back, and counts the multiplications that it took."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from sys import setrecursionlimit  # ours, whatever the answer does to that of `sys`
from typing import Any
from unittest import mock

from autograder.exercise import Case
from autograder.probe import Observer, probe

EXERCISES = ("06-own-tape",)
ROOM = 1000  # calls within calls that an answer may need: what Python allows unless told otherwise


def counted() -> Any:
    """A kind of number of its own, whose `count` says in how many multiplications its numbers took part.

    A new one for each case: a tape that was never cleared still holds numbers of the cases before.
    """

    class Counted(float):
        count = 0

        def __mul__(self, other: Any) -> Any:
            Counted.count += 1
            result = float.__mul__(self, other)
            return result if result is NotImplemented else Counted(result)

        __rmul__ = __mul__

        def __add__(self, other: Any) -> Any:
            result = float.__add__(self, other)
            return result if result is NotImplemented else Counted(result)

        __radd__ = __add__

    return Counted


def build(make: Any, case: Case, number: Any = float) -> list[Any]:
    """The values of an expression: ["leaf", x], ["add", i, j] or ["mul", i, j] for each, i and j being positions.

    After that so many rounds of v = v * c, v = v + d, from the leaves v, c, d.
    """
    values: list[Any] = []
    for kind, *args in case["steps"]:
        if kind == "leaf":
            values.append(make(number(args[0])))
        else:
            a, b = (values[i] for i in args)
            values.append(a + b if kind == "add" else a * b)
    for k in range(case.get("rounds", 0)):
        values.append((values[-1] if k else values[0]) * values[1])
        values.append(values[-1] + values[2])
    return values


@contextmanager
def usual_recursion_limit() -> Iterator[None]:
    """Python's usual depth of calls from here on, whatever it was set to before or is set to in between."""
    depth, frame, before = 0, sys._getframe(), sys.getrecursionlimit()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back  # type: ignore[assignment]
    setrecursionlimit(depth + ROOM)
    try:
        with mock.patch.object(sys, "setrecursionlimit", lambda limit: None):
            yield
    finally:
        setrecursionlimit(before)


@probe("06-own-tape")
def _(answer: Any, case: Case, see: Observer) -> None:
    number = counted() if case["kind"] == "diamonds" else None
    with see.step("compute forwards"):
        values = build(answer, case, number or float)
        see["outputs"] = [float(values[i].data) for i in case["outputs"]]
    before, gradients = number.count if number else 0, []
    with see.step("send the gradient back"), usual_recursion_limit():
        for i in case["outputs"]:
            values[i].backward()
            gradients.append([float(values[i].grad) for i in case["leaves"]])
    see["multiplications"] = number.count - before if number else 0
    see["after_first"], see["gradients"] = gradients[0], gradients[-1]
