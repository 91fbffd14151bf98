"""What `explain` returns: attributes for programs, text and a table for people."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from miniblocks.graph.decisions import Branch, Unrolled
from miniblocks.graph.ir import Graph
from miniblocks.graph.passes import Report
from miniblocks.graph.printing import kind
from miniblocks.graph.signatures import Signature, differences, nearest
from miniblocks.places import Place


@dataclass(frozen=True)
class Look:
    """A value of a tensor that Python looked at while it was captured, and what it saw (None: several numbers)."""

    place: Place
    value: Any

    def __str__(self) -> str:
        return f"{self.place}" + ("" if self.value is None else f" saw {self.value}")


@dataclass(frozen=True)
class Number:
    """A number of Python's that is in the graph. `computed`: it does not stand in its line, so Python worked it out (a size, a draw)."""

    value: Any
    operation: str
    place: Place
    computed: bool

    def __str__(self) -> str:
        return f"{self.value!r} in {self.place}" + (
            ": it is not written there, so Python worked it out" if self.computed else ""
        )


@dataclass(frozen=True)
class Cache:
    """The graphs that a hybridized block keeps, the oldest first, and how its calls went."""

    signatures: tuple[Signature, ...]
    hits: int
    captures: int
    passed: int

    def reasons(self) -> list[str]:
        """Why each graph after the first had to be captured: how its signature differs from the nearest before it."""
        found = []
        for number, signature in enumerate(self.signatures):
            near = nearest(signature, self.signatures[:number])
            found.append("the first call" if near is None else "; ".join(near[1]))
        return found


@dataclass(frozen=True)
class Explanation:
    """What was captured for `signature` (see the attributes), or why nothing can be: `refused`.

    `branches` and `loops` are what Python decided alone or by a look at a value; `looks` are these looks, of which a later call knows
    nothing. `draws` counts random operations. `stale` says that the graph in the cache is not what a capture would give now.
    """

    name: str
    backend: str
    signature: Signature | None = None
    refused: str | None = None
    graph: Graph | None = None
    report: Report | None = None
    branches: tuple[Branch, ...] = ()
    loops: tuple[Unrolled, ...] = ()
    looks: tuple[Look, ...] = ()
    numbers: tuple[Number, ...] = ()
    draws: tuple[str, ...] = ()
    cache: Cache | None = None
    stale: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the tensors from outside that are read."""
        assert self.graph is not None
        return tuple(self.graph.labels.get(ref, ref.name) for ref in self.graph.captured)

    @property
    def writes(self) -> tuple[str, ...]:
        """The names of those that are written: running statistics."""
        assert self.graph is not None
        return tuple(self.graph.labels.get(ref, ref.name) for ref in self.graph.writes)

    @property
    def cached(self) -> bool:
        """Whether the next call like this one finds its graph."""
        return self.cache is not None and self.signature in self.cache.signatures

    # -- showing ------------------------------------------------------------------------------------------------
    def sections(self) -> list[tuple[str, list[str]]]:
        """(what, lines about it); what has nothing to say is left out."""
        if self.refused is not None:
            told = [("not captured", [self.refused]), ("so", ["every call runs the Python code"]), *self._calls()]
        else:
            told = [*self._captured(), *self._tied(), *self._running(), *self._calls()]
        return [(title, lines) for title, lines in told if lines]

    def _captured(self) -> list[tuple[str, list[str]]]:
        assert self.graph is not None and self.report is not None
        steps = f"{_count(len(self.graph), 'step')}, {len(self.report.graph)} after the passes"
        labels = self.graph.labels
        return [
            ("captured", [steps]),
            ("for", [str(self.signature)]),
            ("reads", [f"{labels.get(ref, ref)}: {kind(ref)}" for ref in self.graph.captured]),
            ("writes", [f"{labels.get(ref, ref)}: in every call" for ref in self.graph.writes]),
            ("draws", [f"{draw}: anew in every call" for draw in self.draws]),
        ]

    def _tied(self) -> list[tuple[str, list[str]]]:
        """What every later call gets as it was at capture."""
        return [
            ("values looked at", [f"{look}; a later call is not asked again" for look in self.looks]),
            ("branches", list(map(str, self.branches))),
            ("loops, unrolled", list(map(str, self.loops))),
            ("numbers", list(map(str, self.numbers))),
        ]

    def _running(self) -> list[tuple[str, list[str]]]:
        assert self.report is not None
        rows = [str(change) for change in self.report.changes]
        useful = [" ".join(row.split()) for row in rows if not row.endswith("nothing")]
        ways = ["with gradients through the tape", f"under no_grad as a program of the backend {self.backend}"]
        return [("passes", useful or ["they find nothing to improve"]), ("runs", ways)]

    def _calls(self) -> list[tuple[str, list[str]]]:
        if self.cache is None:
            return [("hybridized", ["no"])]
        cache = self.cache
        counts = f"{_count(cache.hits, 'call')} found a graph, {cache.captures} captured one"
        counts += (
            f", {cache.passed} ran the Python code (inputs that are no tensors, or an outer capture)"
            if cache.passed
            else ""
        )
        graphs = [f"{signature} ({why})" for signature, why in zip(cache.signatures, cache.reasons())]
        return [("hybridized", [counts]), ("graphs kept", graphs), ("this call", [self._this_call()])]

    def _this_call(self) -> str:
        assert self.cache is not None
        if self.signature is None or self.refused is not None:
            return "runs the Python code"
        if self.stale:
            return "finds its graph; but a capture would give another one now: something that Python decides by has changed since"
        if self.cached:
            return "finds its graph"
        near = nearest(self.signature, self.cache.signatures)
        return "is captured" + ("" if near is None else f" anew: {'; '.join(differences(near[0], self.signature))}")

    def __str__(self) -> str:
        told = self.sections()
        width = max(len(title) for title, _ in told)
        rows = [f"  {title if not i else '':{width}}  {line}" for title, lines in told for i, line in enumerate(lines)]
        return "\n".join([self.name, *rows])

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        left = 'style="text-align:left;vertical-align:top;white-space:pre-wrap"'
        rows = [
            f'<tr><th scope="row" {left}>{escape(title)}</th><td {left}>{"<br>".join(map(escape, lines))}</td></tr>'
            for title, lines in self.sections()
        ]
        caption = f'<caption style="text-align:left">{escape(self.name)}</caption>'
        return {"text/html": f"<table>{caption}{''.join(rows)}</table>", "text/plain": str(self)}


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
