"""What the judges of this lesson share: graphs that travel as the bytes of a file, and reading hostile observations.

A graph that came from a learner's process is loaded and looked at. None is run before `harmless` has looked at it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.exercise import Case, Error, Mistake, NoEvidence, Seen, describe
from miniblocks.graph import Cond, Graph, Loop, Ref
from miniblocks.graph.format import dumps, loads
from miniblocks.graph.ir import Instruction, subgraphs

MOST_STEPS, MOST_ELEMENTS = 500, 1 << 17
MOST_BYTES = 1 << 20  # of a file; those of the exercises have some thousands


def sent(graph: Graph) -> np.ndarray:
    """A graph as a case carries it."""
    return np.frombuffer(dumps(graph), np.uint8).copy()


def given(case: Case) -> Graph:
    """The graph that a case carries."""
    found = _loaded(case["graph"].tobytes())
    assert isinstance(found, Graph)
    return found


def came_back(seen: Seen, name: str, tried: str) -> Graph | str:
    """The graph that was observed, or what is wrong with its file. What is no graph at all is refused."""
    value = seen[name]
    if isinstance(value, np.ndarray) and value.dtype == np.uint8:
        return _loaded(value.tobytes())
    cause = "A graph is wanted: an instance of `graph.Graph`. Is a `return` missing, or are only its steps returned?"
    raise NoEvidence(Mistake("not-a-graph", "a graph", describe(value), cause, tried))


@lru_cache(maxsize=64)
def _loaded(data: bytes) -> Graph | str:
    if len(data) > MOST_BYTES:
        return f"a graph of {len(data)} bytes"
    try:
        return loads(data)
    except Exception as error:  # whatever a stranger's bytes lead to
        return f"{type(error).__name__}: {error}"


def everything(graph: Graph) -> Iterator[Instruction]:
    """All instructions, those inside of others as well."""
    for instruction in graph.steps:
        yield instruction
        for inside in subgraphs(instruction):
            yield from everything(inside)


def has_branch(graph: Graph) -> bool:
    return any(isinstance(i, (Cond, Loop)) for i in everything(graph))


def harmless(graph: Graph) -> bool:
    """Whether it may be run here: it ends, and takes little memory."""
    found = list(everything(graph))
    refs = [*graph.inputs, *graph.captured, *graph.constants, *(r for i in found for r in i.results)]
    elements = [math.prod(ref.shape) for ref in refs]
    return (
        len(found) <= MOST_STEPS
        and not any(isinstance(i, Loop) for i in found)
        and max(elements, default=0) <= MOST_ELEMENTS
    )


def in_training(g: Graph) -> str:
    """What tells that the network was captured in training; nothing where it was not."""
    drawn = [i.operation for i in everything(g) if i.operation.startswith("dropout")]
    return " and ".join([*dict.fromkeys(drawn), *(["writes of running statistics"] if g.writes else [])])


def stopped(
    seen: Seen, step: str, tried: str, meaning: Callable[[Error], tuple[str, str] | None] = lambda error: None
) -> None:
    """Raise what an error in this step of the probe means."""
    error = seen.error(step)
    if error is not None:
        id, cause = meaning(error) or ("stopped", "The code stopped with an error.")
        raise NoEvidence(Mistake(id, "no error", str(error), cause, tried))


def numbers(seen: Seen, name: str, count: int, tried: str) -> list[np.ndarray]:
    """An observation that is a list of so many arrays of numbers (or None, given back as nan)."""
    value = seen[name]
    if not isinstance(value, list) or len(value) != count:
        raise NoEvidence(
            Mistake("not-observed", f"{count} results", describe(value), "The check could not observe this.", tried)
        )
    return [_array(v) for v in value]


def _array(value: Any) -> np.ndarray:
    if isinstance(value, np.ndarray) or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return np.asarray(value)
    return np.asarray(np.nan)


def close(a: np.ndarray, b: np.ndarray, tolerance: float = 1e-3) -> bool:
    """The same numbers, up to rounding; a nan is a nan."""
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True))


def few(value: np.ndarray) -> str:
    """An array for a message: its first numbers."""
    flat = np.asarray(value).ravel()
    text = ", ".join(f"{v:.4g}" for v in flat[:4])
    return f"{text}, …" if flat.size > 4 else text


def named(refs: list[Ref] | list[str], most: int = 5) -> str:
    """Names of values for a message."""
    names = [f"`{ref}`" for ref in refs]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
