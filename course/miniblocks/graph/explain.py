"""What a capture of a block or function holds, what it is tied to, and why it was captured again.

    print(graph.explain(net, x))

The Python code runs once for this (once more where shapes are still to be told), and is watched while it does. Parameters, running statistics, the random generator and the graphs that
a hybridized block keeps are afterwards as they were.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from miniblocks.errors import CaptureError
from miniblocks.graph.compare import same
from miniblocks.graph.decisions import Lines
from miniblocks.graph.explanation import Cache, Explanation, Look, Number
from miniblocks.graph.ir import Graph, Instruction, Step, subgraphs
from miniblocks.graph.passes import report
from miniblocks.graph.signatures import signature_of
from miniblocks.graph.trace import CaptureWarning, Tracer, check_examples, names_of
from miniblocks.ops import Op
from miniblocks.ops.randomness import GENERATOR
from miniblocks.places import Place, here, place_of, within
from miniblocks.tensor import Tensor


def explain(function: Callable[..., Any], *examples: Any) -> Explanation:
    """What a call with these examples is captured as, and what the graph would not notice later.

    >>> from miniblocks import nd
    >>> def scaled(x):
    ...     return x / len(x)
    >>> told = explain(scaled, nd.ones((4,)))
    >>> len(told.graph), told.numbers[0].value, told.signature.kinds[0][0]
    (1, 4, torch.Size([4]))
    """
    hybrid, name = getattr(function, "_hybrid", None), _name(function)
    cache = None if hybrid is None else _cache(hybrid)
    backend = "python" if hybrid is None else hybrid.backend
    signature = signature_of(getattr(function, "training", True), examples)
    capture = _scripted if getattr(hybrid, "script", False) else _traced
    try:
        check_examples(examples)
        with _as_it_was(function):
            found = capture(function, examples)
    except CaptureError as error:
        return Explanation(name, backend, signature, _sentence(error), cache=cache)
    kept = None if hybrid is None else hybrid.graphs.get(signature)
    return Explanation(
        name,
        backend,
        signature,
        report=report(found["graph"]),
        draws=tuple(_draws(found["graph"])),
        cache=cache,
        stale=kept is not None and not same(kept, found["graph"]),
        **found,
    )


def _name(function: Any) -> str:
    """What it is called: a block by its kind and its name."""
    if hasattr(function, "collect_params"):
        return f"{type(function).__name__} {function.name}"
    return getattr(function, "__qualname__", type(function).__name__)


def _cache(hybrid: Any) -> Cache:
    hits = hybrid.calls - hybrid.captures - hybrid.passed
    return Cache(tuple(hybrid.graphs), hits, hybrid.captures, hybrid.passed)


# -- capturing without leaving anything behind ------------------------------------------------------------------------


def _traced(function: Any, examples: tuple[Any, ...]) -> dict[str, Any]:
    """The graph of one run, and what Python decided during it."""
    run = getattr(function, "uncaptured", function)
    if any(p.is_deferred for p in getattr(function, "collect_params", dict)().values()):
        with Tracer(examples, {}) as first:
            run(*examples)  # tells the shapes
        first.undo()
    tracer = _Watcher(examples, names_of(function))
    with tracer, Lines() as lines:
        output = run(*examples)
    tracer.undo()
    branches, loops = lines.decisions()
    looks = dict.fromkeys(Look(place, value) for place, value in tracer.looks)
    decided = {"branches": tuple(branches), "loops": tuple(loops), "looks": tuple(looks)}
    return {"graph": tracer.graph(output), "numbers": tuple(dict.fromkeys(tracer.numbers)), **decided}


class _Watcher(Tracer):
    """A tracer that also notes the `numbers` that somebody's own code gives to operations, not those inside of layers."""

    def __init__(self, examples: tuple[Any, ...], names: Mapping[str, Tensor]) -> None:
        super().__init__(examples, names)
        self.numbers: list[Number] = []

    def operation(self, op: Op, args: tuple[Any, ...], static: dict[str, Any], out: Tensor) -> None:
        super().operation(op, args, static, out)
        place = here()
        for value in args:
            if type(value) in (int, float) and not within("nn", "loss.py", "block.py"):
                self.numbers.append(Number(value, op.name, place, not _is_written(value, place)))


def _scripted(function: Any, examples: tuple[Any, ...]) -> dict[str, Any]:
    """The graph that keeps branches and loops on tensors."""
    return {"graph": function._hybrid.scripted(*examples)}


@contextmanager
def _as_it_was(function: Any) -> Iterator[None]:
    """Afterwards the random generator, and parameters that had no values yet, are as before; the warnings of a capture are not shown."""
    drawn = GENERATOR.get_state()
    empty = [p for p in getattr(function, "collect_params", dict)().values() if not p.is_initialized]
    before = [dict(vars(p)) for p in empty]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CaptureWarning)
            yield
    finally:
        GENERATOR.set_state(drawn)
        for parameter, state in zip(empty, before):
            vars(parameter).clear()
            vars(parameter).update(state)


def _sentence(error: CaptureError) -> str:
    """Why, with the line unless the message has it."""
    place = place_of(error.__traceback__)
    return str(error) if place is None or place.text in str(error) else f"{error} ({place})"


# -- reading the graph ------------------------------------------------------------------------------------------------


def _everything(graph: Graph) -> Iterator[Instruction]:
    for instruction in graph.steps:
        yield instruction
        for inside in subgraphs(instruction):
            yield from _everything(inside)


def _draws(graph: Graph) -> list[str]:
    counts = Counter(i.operation for i in _everything(graph) if isinstance(i, Step) and not i.op.pure)
    return [f"{name} ×{n}" for name, n in counts.items()]


def _is_written(value: float, place: Place) -> bool:
    """Whether a number stands in the text of a line."""
    words = re.findall(r"(?<![\w.])(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", place.text)
    return any(float(word.replace("_", "")) == abs(value) for word in words)
