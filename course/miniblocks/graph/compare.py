"""Whether two graphs compute the same by the same instructions, whatever their values are called."""

from __future__ import annotations

from typing import Any

from miniblocks.graph.infer import frozen
from miniblocks.graph.ir import Cond, Graph, Instruction, Ref, Step, subgraphs
from miniblocks.tensor import Tensor


def same(a: Graph, b: Graph) -> bool:
    """Structural equality: equal up to the names of values.

    >>> from miniblocks import graph, nd
    >>> x = nd.ones((2,))
    >>> same(graph.trace(lambda x: x + 1, x), graph.trace(lambda y: y + 1, x))
    True
    """
    numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})
    return _same(a, b, numbers)


def _same(a: Graph, b: Graph, numbers: tuple[dict[str, int], dict[str, int]]) -> bool:
    for heads in (
        (a.inputs, b.inputs),
        (tuple(a.captured), tuple(b.captured)),
        (tuple(a.constants), tuple(b.constants)),
    ):
        if len(heads[0]) != len(heads[1]):
            return False
        for r, s in zip(*heads):
            _number(numbers, r, s)
    tensors = zip((*a.captured.values(), *a.constants.values()), (*b.captured.values(), *b.constants.values()))
    return (
        len(a.steps) == len(b.steps)
        and all(_equal_tensors(t, u) for t, u in tensors)
        and all(_kind(r) == _kind(s) for r, s in zip(a.inputs, b.inputs))
        and all(_instruction(i, j, numbers) for i, j in zip(a.steps, b.steps))
        and _nest(a.outputs, numbers[0]) == _nest(b.outputs, numbers[1])
        and {numbers[0][k.name]: numbers[0][v.name] for k, v in a.writes.items()}
        == {numbers[1][k.name]: numbers[1][v.name] for k, v in b.writes.items()}
    )


def _number(numbers: tuple[dict[str, int], dict[str, int]], r: Ref, s: Ref) -> None:
    numbers[0][r.name] = numbers[1][s.name] = len(numbers[0])


def _kind(ref: Ref) -> tuple[Any, ...]:
    return ref.shape, ref.dtype


def _instruction(i: Instruction, j: Instruction, numbers: tuple[dict[str, int], dict[str, int]]) -> bool:
    if type(i) is not type(j) or _words(i, numbers[0]) != _words(j, numbers[1]):
        return False
    if list(map(_kind, i.results)) != list(map(_kind, j.results)):
        return False
    for r, s in zip(i.results, j.results):
        _number(numbers, r, s)
    return all(same(p, q) for p, q in zip(subgraphs(i), subgraphs(j)))


def _words(instruction: Instruction, numbers: dict[str, int]) -> Any:
    arguments = tuple(("value", numbers.get(a.name)) if isinstance(a, Ref) else frozen(a) for a in instruction.args)
    if isinstance(instruction, Step):
        return instruction.operation, arguments, frozen(instruction.static)
    return (numbers.get(instruction.predicate.name) if isinstance(instruction, Cond) else None), arguments


def _nest(outputs: Any, numbers: dict[str, int]) -> Any:
    if isinstance(outputs, Ref):
        return numbers.get(outputs.name)
    if isinstance(outputs, dict):
        return {k: _nest(v, numbers) for k, v in outputs.items()}
    return type(outputs), [_nest(v, numbers) for v in outputs]


def _equal_tensors(t: Tensor, u: Tensor) -> bool:
    return t is u or ((t.shape, t.dtype) == (u.shape, u.dtype) and bool((t.raw == u.raw).all()))
