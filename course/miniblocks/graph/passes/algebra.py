"""Algebraic simplification: steps that leave a value as it is go, and steps that undo one another.

Every rule holds for all floating-point numbers, infinities and nan included: x * 0 stays, since it is nan where x is
infinite. (One liberty: x + 0 is taken for x, which turns -0.0 into 0.0.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from miniblocks.graph.ir import Graph, Ref, Step
from miniblocks.graph.passes.rewriting import Rewriting, everywhere

Rule = Callable[[Step, Rewriting], Ref | None]


@everywhere
def simplify(graph: Graph) -> Graph:
    """x + 0, x * 1, x ** 1, --x, two transpositions or permutations, two reshapes, casts to the same dtype, …: the value itself."""
    new = Rewriting(graph)
    for instruction in new:
        value = _simpler(instruction, new) if isinstance(instruction, Step) else None
        if value is None:
            new.keep(instruction)
        else:
            new.stands_for(instruction.results[0], value)
    return new.graph_now()


def _simpler(step: Step, new: Rewriting) -> Ref | None:
    """A value that is equal to the step's result and has its shape and dtype; None where there is none."""
    found = RULES[step.operation](step, new) if step.operation in RULES else None
    return found if found is not None and (found.shape, found.dtype) == (step.shape, step.dtype) else None


def _all(value: Any, number: float, new: Rewriting) -> bool:
    """Whether an argument is this number everywhere."""
    if isinstance(value, Ref):
        return value in new.constants and bool(torch.all(new.constants[value].raw == number))
    return not isinstance(value, bool) and value == number


def _beside(number: float, both_sides: bool) -> Rule:
    """The other argument, where one is this number (the second one, unless both sides will do)."""

    def rule(step: Step, new: Rewriting) -> Ref | None:
        a, b = step.args
        if isinstance(a, Ref) and _all(b, number, new):
            return a
        return b if both_sides and isinstance(b, Ref) and _all(a, number, new) else None

    return rule


def _power(step: Step, new: Rewriting) -> Ref | None:
    base, exponent = step.args
    if not isinstance(base, Ref) or isinstance(exponent, Ref):
        return None
    if exponent == 1:
        return base
    return new.emit("mul", base, base) if exponent == 2 and step.dtype == base.dtype else None


def _twice(step: Step, new: Rewriting) -> Ref | None:
    """f(f(x)) = x."""
    inner = new.made.get(step.args[0])
    return (
        inner.args[0]
        if inner is not None and (inner.operation, inner.static) == (step.operation, step.static)
        else None
    )


def _again(step: Step, new: Rewriting) -> Ref | None:
    """f(f(x)) = f(x)."""
    inner = new.made.get(step.args[0])
    return step.args[0] if inner is not None and inner.operation == step.operation else None


def _same(step: Step, new: Rewriting) -> Ref | None:
    """Where shape and dtype stay, nothing happens."""
    value = step.args[0]
    return value if isinstance(value, Ref) else None


def _reshape(step: Step, new: Rewriting) -> Ref | None:
    value = step.args[0]
    inner = new.made.get(value)
    if value.shape == step.shape or inner is None or inner.operation != "reshape":
        return value
    first = inner.args[0]
    return first if first.shape == step.shape else new.emit("reshape", first, parts=[inner], shape=step.shape)


def _transpose(step: Step, new: Rewriting) -> Ref | None:
    inner, rank = new.made.get(step.args[0]), len(step.shape)
    if inner is None or inner.operation != "transpose":
        return None
    axes = [{s.static["a"] % rank, s.static["b"] % rank} for s in (step, inner)]
    return inner.args[0] if axes[0] == axes[1] else None


def _permute(step: Step, new: Rewriting) -> Ref | None:
    rank, inner = len(step.shape), new.made.get(step.args[0])
    value, axes, parts = step.args[0], [a % rank for a in step.static["axes"]], []
    if inner is not None and inner.operation == "permute":
        value, axes, parts = inner.args[0], [inner.static["axes"][a] % rank for a in axes], [inner]
    if axes == sorted(axes):
        return value
    return new.emit("permute", value, parts=parts, axes=tuple(axes)) if value is not step.args[0] else None


def _where(step: Step, new: Rewriting) -> Ref | None:
    _, a, b = step.args
    return a if isinstance(a, Ref) and a == b else None


RULES: dict[str, Rule] = {
    "add": _beside(0, True),
    "sub": _beside(0, False),
    "mul": _beside(1, True),
    "div": _beside(1, False),
    "pow": _power,
    "neg": _twice,
    "relu": _again,
    "abs": _again,
    "sign": _again,
    "copy": _same,
    "cast": _same,
    "expand": _same,
    "sum_to": _same,
    "reshape": _reshape,
    "transpose": _transpose,
    "permute": _permute,
    "where": _where,
}
