"""Passes: functions from a graph to a graph that computes the same with less.

`PASSES` is the tuple that `optimize` runs, in this order; any other tuple may be given. No pass changes what a graph returns,
writes or draws: instructions that are not pure keep their number and order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from miniblocks.graph.collecting import collector_paused
from miniblocks.graph.ir import Graph
from miniblocks.graph.passes.algebra import simplify
from miniblocks.graph.passes.cleaning import drop_dead, fold_constants, merge_common
from miniblocks.graph.passes.fusing import fuse_chains, fuse_layers, fuse_updates, split_losses
from miniblocks.graph.passes.rewriting import Pass
from miniblocks.graph.passes.scheduling import update_early
from miniblocks.graph.statistics import statistics
from miniblocks.graph.verify import verify

PASSES: tuple[Pass, ...] = (
    drop_dead,
    split_losses,
    fold_constants,
    simplify,
    merge_common,
    fuse_layers,
    fuse_updates,
    fuse_chains,
    drop_dead,
    update_early,
)


@dataclass(frozen=True)
class Change:
    """What one pass did: the graph before and after it."""

    name: str
    before: Graph
    after: Graph

    def __str__(self) -> str:
        old, new = (statistics(g).operations for g in (self.before, self.after))
        gone = [f"-{n} {name}" for name, n in (old - new).items()]
        come = [f"+{n} {name}" for name, n in (new - old).items()]
        return f"{self.name:15} {old.total():5} → {new.total():5}  {' '.join(gone + come) or 'nothing'}".rstrip()


@dataclass(frozen=True)
class Report:
    """What each pass did, in order; `str` is a table."""

    changes: tuple[Change, ...]

    @property
    def graph(self) -> Graph:
        """What came out in the end."""
        return self.changes[-1].after

    def __str__(self) -> str:
        return "\n".join([f"{'pass':15} operations", *map(str, self.changes)])


@collector_paused()
def optimize(graph: Graph, passes: Iterable[Pass] = PASSES) -> Graph:
    """The graph after all passes; verified after each.

    >>> from miniblocks import graph, nd
    >>> g = graph.trace(lambda x: ((x + 0) * 2).exp() + (x * 2).exp(), nd.ones((3,)))
    >>> print(optimize(g))
    graph(x0):
        chain0 = chain(x0, of=(('mul', 'x0', 2), ('exp', '.')))  # float32[3]
        add1 = add(chain0, chain0)  # float32[3]
        return add1
    """
    for apply in passes:
        graph = verify(apply(graph))
    return graph


def report(graph: Graph, passes: Iterable[Pass] = PASSES) -> Report:
    """What each pass changes."""
    changes = []
    for apply in passes:
        after = verify(apply(graph))
        changes.append(Change(apply.__name__, graph, after))
        graph = after
    return Report(tuple(changes))
