"""Whether a graph is one: called after it is built and after every pass, so that a wrong pass fails where it is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from typing import Any

from miniblocks.errors import InvalidGraphError
from miniblocks.graph.infer import infer
from miniblocks.graph.ir import Cond, Graph, Instruction, Loop, Ref, Step, reads
from miniblocks.graph.printing import kind, line, made_by
from miniblocks.ops import TABLE


class _Where:
    """The place that a complaint is about; it becomes text only when there is a complaint."""

    def __init__(self, instruction: Instruction) -> None:
        self.instruction = instruction

    def __str__(self) -> str:
        return line(self.instruction).splitlines()[0]


Where = str | _Where
_PLAIN = (bool, int, float, str, slice, type(None), type(Ellipsis))


def verify(graph: Graph) -> Graph:
    """The graph itself; raises `InvalidGraphError`, naming the instruction, where it breaks a rule.

    Every value is defined once, before it is used, and used with the shape and dtype that it has. These are
    what the operation gives. Static arguments are plain data. Graphs inside of others are closed, and fit the values they
    take and give. Only captured tensors are written, with values of their own shape and dtype.
    """
    known: dict[str, Ref] = {}
    for ref in (*graph.inputs, *graph.captured, *graph.constants):
        _define(known, ref, "the head of the graph")
    for tensors in (graph.captured, graph.constants):
        for ref, tensor in tensors.items():
            _same_type(ref, tensor, f"{ref} holds a tensor")
    for instruction in graph.steps:
        try:
            _instruction(known, instruction)
        except InvalidGraphError as error:
            error.origin = error.origin or "\n".join(f"  {row}" for row in made_by(instruction))
            raise
    for ref in (*_outputs(graph.outputs), *graph.writes.values()):
        _use(known, ref, "the results of the graph")
    for target, value in graph.writes.items():
        if target not in graph.captured:
            raise InvalidGraphError(f"{target} is written, and is not a captured tensor")
        _same_type(target, value, f"{target} is written")
    return graph


def _instruction(known: dict[str, Ref], instruction: Instruction) -> None:
    where = _Where(instruction)
    for ref in reads(instruction):
        _use(known, ref, where)
    _check(instruction, where)
    for ref in instruction.results:
        _define(known, ref, where)


def _define(known: dict[str, Ref], ref: Ref, where: Where) -> None:
    if not ref.name.isidentifier() or iskeyword(ref.name):  # backends write names into source code
        raise InvalidGraphError(f"{ref.name!r} cannot be the name of a value: a name is one word, as in Python")
    if ref.name in known:
        raise InvalidGraphError(f"{ref} is defined twice, the second time in `{where}`")
    known[ref.name] = ref


def _use(known: dict[str, Ref], ref: Ref, where: Where) -> None:
    found = known.get(ref.name)
    if found is None:
        raise InvalidGraphError(f"{ref} is used in `{where}` before it is defined")
    if found is not ref and found != ref:
        _same_type(found, ref, f"{ref} is used in `{where}`")


def _outputs(nest: Any) -> Iterable[Ref]:
    if isinstance(nest, Ref):
        return [nest]
    keys = list(nest) if type(nest) is dict else []
    if not isinstance(nest, (tuple, list, dict)) or not all(type(k) in (str, int) for k in keys):
        raise InvalidGraphError("outputs are refs in tuples, lists and dictionaries whose keys are words or numbers")
    parts = nest.values() if isinstance(nest, dict) else nest
    return [ref for part in parts for ref in _outputs(part)]


def _same_type(wanted: Any, found: Any, where: Where) -> None:
    if (wanted.shape, wanted.dtype) != (found.shape, found.dtype):
        raise InvalidGraphError(
            f"{where} as {found.dtype}{list(found.shape)}, and its kind is {wanted.dtype}{list(wanted.shape)}"
        )


def _check(instruction: Instruction, where: Where) -> None:
    if isinstance(instruction, Step):
        _check_step(instruction, where)
    elif isinstance(instruction, Cond):
        if (instruction.predicate.shape, instruction.predicate.dtype) != ((), "bool"):
            raise InvalidGraphError(f"`{where}` asks {kind(instruction.predicate)}; a condition is one bool: bool[]")
        for inside in (instruction.then, instruction.orelse):
            _check_inside(inside, instruction.args, instruction.results, where)
    else:
        _check_loop(instruction, where)


def _check_step(step: Step, where: Where) -> None:
    if step.operation not in TABLE:
        raise InvalidGraphError(f"`{where}`: there is no operation {step.operation!r} in the table")
    for value in (*(a for a in step.args if not isinstance(a, Ref)), *step.static.values()):
        if not _is_plain(value) or not all(name.isidentifier() for name in step.static):
            raise InvalidGraphError(f"`{where}` holds a {type(value).__name__}; arguments are refs or plain data")
    try:
        shape, dtype = infer(step.operation, step.args, step.static)
    except Exception as error:  # whatever torch says to arguments that do not fit, which may come from a file
        raise InvalidGraphError(
            f"`{where}` cannot be computed: {(str(error) or type(error).__name__).splitlines()[0]}"
        ) from None
    if (shape, dtype) != (step.shape, step.dtype):
        raise InvalidGraphError(f"`{where}` gives {dtype}{list(shape)}")


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_is_plain, value))
    return isinstance(value, _PLAIN)


def _check_loop(loop: Loop, where: Where) -> None:
    carried = loop.args[: len(loop.results)]
    if len(carried) < len(loop.results):
        raise InvalidGraphError(f"`{where}` carries {len(loop.results)} values, and is given {len(carried)}")
    for first, last in zip(carried, loop.results):
        if not isinstance(first, Ref):
            raise InvalidGraphError(f"`{where}` begins with the number {first!r}; what a loop carries is a value")
        _same_type(last, first, f"`{where}` begins {last}")
    _check_inside(loop.body, loop.args, loop.results, where)
    _check_inside(loop.condition, loop.args, (Ref("", (), "bool"),), where)


def _check_inside(graph: Graph, args: Iterable[Any], results: tuple[Ref, ...], where: Where) -> None:
    if graph.captured or graph.writes:
        raise InvalidGraphError(f"a graph inside `{where}` captures or writes; what it needs comes in as an argument")
    args, outputs = tuple(args), list(_outputs(graph.outputs))
    if (len(args), len(results)) != (len(graph.inputs), len(outputs)):
        raise InvalidGraphError(
            f"a graph inside `{where}` takes {len(graph.inputs)} values and gives {len(outputs)}, where {len(args)} and {len(results)} are wanted"
        )
    for argument, ref in zip(args, graph.inputs):
        if isinstance(argument, Ref):
            _same_type(ref, argument, f"an argument of `{where}` comes")
        else:
            raise InvalidGraphError(f"`{where}` is given the number {argument!r}; graphs inside take values")
    for wanted, found in zip(results, outputs):
        _same_type(wanted, found, f"a result of a graph inside `{where}` is given")
    verify(graph)
