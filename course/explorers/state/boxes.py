"""Boxes of a drawn graph, in order, with boxes inside: the sides of a condition, the body of a loop, the operations of a block.

A box that holds others can be folded. A large graph is folded so far that what is open can be taken in, and where it has no blocks to
fold, runs of operations become boxes ("sampling" by folding: everything is still there to be opened).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from miniblocks.nn import Block

OPEN = 60  # boxes that are open at first, at most: what can be taken in, and laid out at once
BESIDE = 120  # boxes beside each other, at most; more are put into runs
NOT_OPERATIONS = ("group", "input", "return", "leaf", "constant")
RUNS = 24  # of so many operations, where there is nothing else to fold


@dataclass(frozen=True)
class Box:
    """One box: `reads` and `makes` are names of values. `sides` are what lies in it, each under a title ("" for a block's)."""

    name: str
    title: str
    second: str = ""
    kind: str = "step"
    reads: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    sides: tuple[tuple[str, tuple[Box, ...]], ...] = ()
    details: tuple[tuple[str, str], ...] = ()

    def all(self) -> Iterator[Box]:
        """This box and all inside."""
        yield self
        for _, inside in self.sides:
            for box in inside:
                yield from box.all()


@dataclass(frozen=True)
class Call:
    """A call of a block: which operations it made, from `first` up to `end`."""

    path: str
    kind: str
    first: int
    end: int


@dataclass
class Calls:
    """The calls of blocks met during one run, in the order in which they ended."""

    found: list[Call] = field(default_factory=list)

    @contextmanager
    def noted(self, blocks: Iterable[Block], count: Callable[[], int]) -> Iterator[None]:
        """Note the calls of these blocks and of those inside; `count` tells how many operations there are so far."""
        changed: list[tuple[Block, Any]] = []
        seen: set[int] = set()
        for root in blocks:
            for path, block in root.named_blocks():
                if id(block) not in seen:
                    seen.add(id(block))
                    changed.append((block, vars(block).get("forward")))
                    object.__setattr__(block, "forward", self._counting(block, path, count))
        try:
            yield
        finally:
            for block, before in changed:
                object.__delattr__(block, "forward")
                if before is not None:
                    object.__setattr__(block, "forward", before)

    def _counting(self, block: Block, path: str, count: Callable[[], int]) -> Callable[..., Any]:
        forward = block.forward

        def counted(*args: Any) -> Any:
            first = count()
            output = forward(*args)
            self.found.append(Call(path, type(block).__name__, first, count()))
            return output

        return counted

    def groups(self, length: int) -> list[tuple[str, ...]]:
        """For each operation the calls that it lies in, outermost first, as titles. Calls of one operation are no group."""
        inside: list[list[Call]] = [[] for _ in range(length)]
        for call in sorted(self.found, key=lambda call: call.first - call.end):
            if call.end - call.first > 1 and call.path:
                for i in range(call.first, min(call.end, length)):
                    inside[i].append(call)
        return [tuple(f"{call.path}: {call.kind}#{call.first}" for call in calls) for calls in inside]


def grouped(boxes: Sequence[Box], groups: Sequence[tuple[str, ...]], depth: int = 0) -> tuple[Box, ...]:
    """Neighbours in the same group put into a box of its own."""
    found: list[Box] = []
    names: set[str] = set()
    at = 0
    while at < len(boxes):
        group = groups[at][depth] if len(groups[at]) > depth else None
        end = at + 1
        while group is not None and end < len(boxes) and groups[end][depth : depth + 1] == (group,):
            end += 1
        if group is None or end - at == 1:
            found.append(boxes[at])
        else:
            inside = grouped(boxes[at:end], groups[at:end], depth + 1)
            name = group if group not in names else f"{group}~{at}"  # a pass may have moved a part of it elsewhere
            names.add(name)
            found.append(holding(name, group.partition("#")[0], inside))
        at = end
    return tuple(found)


def holding(name: str, title: str, inside: Sequence[Box]) -> Box:
    """A box of several that follow each other."""
    makes = tuple(dict.fromkeys(value for box in inside for value in box.makes))
    reads = tuple(dict.fromkeys(value for box in inside for value in box.reads if value not in makes))
    size = sum(one.kind not in NOT_OPERATIONS for box in inside for one in box.all())
    return Box(f"{name}:", title, f"{size} operations", "group", reads, makes, (("", tuple(inside)),))


def in_runs(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """Runs of operations as boxes, until there are few enough to look at."""
    while len(boxes) > BESIDE:
        runs = [boxes[i : i + RUNS] for i in range(0, len(boxes), RUNS)]
        boxes = [
            run[0] if len(run) == 1 else holding(f"{run[0].name}…", f"{_first(run[0])} … {_last(run[-1])}", run)
            for run in runs
        ]
    return tuple(boxes)


def _first(box: Box) -> str:
    return _first(box.sides[0][1][0]) if box.kind == "group" else box.name


def _last(box: Box) -> str:
    return _last(box.sides[-1][1][-1]) if box.kind == "group" else box.name


def folded_at_first(boxes: Sequence[Box]) -> frozenset[str]:
    """The names of those that are closed, so that not too many boxes are open: opened from the outside inwards."""
    closed = {box.name for top in boxes for box in top.all() if box.sides}
    shown, waiting = len(boxes), [box for box in boxes if box.sides]
    while waiting:
        box = waiting.pop(0)
        inside = [one for _, side in box.sides for one in side]
        if shown + len(inside) <= OPEN:
            shown += len(inside)
            closed.discard(box.name)
            waiting += [one for one in inside if one.sides]
    return frozenset(closed)


def folded(boxes: Sequence[Box], closed: frozenset[str]) -> tuple[Box, ...]:
    """The boxes with those that are closed emptied; they keep what they read and make."""
    return tuple(
        replace(
            box,
            sides=() if box.name in closed else tuple((title, folded(inside, closed)) for title, inside in box.sides),
        )
        for box in boxes
    )
