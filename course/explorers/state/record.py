"""What ran, as entries in order: leaves, constants, operations that were recorded, and those that were not.

`of_run` calls a function and sees everything; `of_tensor` reads the record behind a tensor that was computed before, which knows
only what was recorded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from miniblocks import autograd
from miniblocks.autograd import Ran, RecordedNode
from miniblocks.nd import Tensor
from miniblocks.ops import TABLE
from miniblocks.places import Place
from miniblocks.replay import known_values

LIMIT = 500  # operations that are shown at most

LEAF, CONSTANT, OPERATION, FREED = "leaf", "constant", "operation", "freed"
NO_GRAD, UNRECORDED = "no_grad", "not recorded"


@dataclass(frozen=True)
class Source:
    """An argument that is another entry's value. `passes`: a gradient comes back this way."""

    entry: int
    argument: int
    passes: bool


@dataclass(frozen=True)
class Entry:
    """A leaf, a constant or an operation. `value` is None where the tape did not keep it; `key` as in `RecordedNode`."""

    kind: str
    operation: str
    shape: tuple[int, ...]
    key: Any = None
    value: torch.Tensor | None = None
    name: str = ""
    sources: tuple[Source, ...] = ()
    words: tuple[str, ...] = ()  # the arguments; those that are entries are None's places, filled by `call`
    place: str = ""
    region: int | None = None  # which stretch under no_grad
    notes: tuple[str, ...] = ()
    ran: int | None = None  # the number of the operation in the run; None for what was read from the record
    where: Place | None = None


@dataclass
class Record:
    """Entries, each after its sources; `output` is the number of the one to differentiate."""

    entries: list[Entry] = field(default_factory=list)
    output: int = -1
    tensor: Tensor | None = None
    hidden: int = 0  # operations that are not shown

    def label(self, number: int) -> str:
        """What an entry is called in a sentence."""
        entry = self.entries[number]
        return entry.name or (entry.operation if entry.kind not in (CONSTANT, LEAF) else entry.kind)

    def call(self, number: int) -> str:
        """`pow(x, 2)`; a leaf's or a constant's own name."""
        entry = self.entries[number]
        if entry.kind in (LEAF, CONSTANT):
            return self.label(number)
        given = {source.argument: self.label(source.entry) for source in entry.sources}
        words = [given.get(i, word) for i, word in enumerate(entry.words)]
        return f"{entry.operation}({', '.join(words)})"


Names = Mapping[int, str]  # by the id of a key or of storage
Within = Callable[[Callable[[], int]], AbstractContextManager[Any]]


def of_tensor(output: Tensor, names: Names) -> Record:
    """The record behind a tensor."""
    return _Writer(output, [], names).record()


def of_run(
    function: Callable[..., Any], inputs: Sequence[Any], names: Callable[[], Names], within: Within | None = None
) -> Record:
    """What one call of `function` does; `names` is asked after it. Raises `TypeError` where no tensor comes out.

    The call happens inside of `within(count)`, where `count()` is the number of operations so far.
    """
    with autograd.watch() as ran, within(lambda: len(ran)) if within else nullcontext():
        output = function(*inputs)
    if not isinstance(output, Tensor):
        raise TypeError(
            f"the function returned a {type(output).__name__}, and only a tensor has a gradient; return one tensor, such as the loss"
        )
    return _Writer(output, ran, names()).record()


class _Writer:
    """Puts what ran and what was recorded in one order."""

    def __init__(self, output: Tensor, ran: Sequence[Ran], names: Names) -> None:
        self.output, self.ran, self.names = output, ran, names
        nodes = autograd.recorded(output) if output.requires_grad else []
        self.nodes = {id(node.key): node for node in nodes}
        self.order = nodes
        found = known_values(nodes, output) if nodes else []
        self.values: dict[int, Any] = {id(node.key): value for node, value in zip(nodes, found)}
        for one in ran:
            for source in (*one.sources, (one.key, one.value)):
                if isinstance(source, tuple) and source[0] is not None:
                    self.values[id(source[0])] = source[1]
        self.at: dict[int, int] = {}  # entries by the id of a key or of storage
        self.result = Record(tensor=output)

    def record(self) -> Record:
        region, before = 0, True
        for number, one in enumerate(self.ran):
            region += before and not one.recording
            before = one.recording
            self.ran_entry(one, number, region)
        if self.output.requires_grad:
            self.recorded_entry(self.output.node or self.output)
        elif id(self.output.raw) not in self.at:
            self.source(None, self.output.raw)
        self.name_by_lines()
        self.result.output = self.at[
            id((self.output.node or self.output) if self.output.requires_grad else self.output.raw)
        ]
        return _nearest(self.result)

    def name_by_lines(self) -> None:
        """A result that has no name is called as the line calls it: the last operation of `u = x ** 2` is u."""
        entries, ran = self.result.entries, self.ran
        for one, following in zip(ran, [*ran[1:], None]):
            assigned = re.match(r"([^\W\d]\w*)\s*[-+*/@]?=(?!=)", one.place.text)
            at = self.at[id(one.value)]
            if assigned and not entries[at].name and (following is None or following.place != one.place):
                entries[at] = replace(entries[at], name=assigned[1])

    def add(self, entry: Entry, *ids: Any) -> int:
        self.result.entries.append(entry)
        for one in ids:
            self.at[id(one)] = len(self.result.entries) - 1
        return len(self.result.entries) - 1

    def ran_entry(self, one: Ran, number: int, region: int) -> None:
        """An operation that was seen running."""
        sources, words = [], []
        for argument, given in enumerate(one.sources):
            if isinstance(given, tuple):
                passes = given[0] is not None and one.key is not None
                sources.append(Source(self.source(*given), argument, passes))
                words.append("")
            else:
                words.append(_plain(given))
        words += [
            f"{name}={_plain(value)}" for name, value in one.static.items() if value is not None and value is not False
        ]
        kind = OPERATION if one.key is not None else UNRECORDED if one.recording else NO_GRAD
        self.add(
            Entry(
                kind, one.op, tuple(one.value.shape), one.key, one.value, self.name(one.key, one.value), tuple(sources), tuple(words),
                one.place.text, region if kind == NO_GRAD else None, _why(kind, one), number, one.place,
            ),
            one.value, *([one.key] if one.key is not None else []),
        )  # fmt: skip

    def source(self, key: Any, raw: torch.Tensor) -> int:
        """The number of the entry that an argument comes from."""
        if key is not None:
            return self.recorded_entry(key)
        if id(raw) not in self.at:
            self.add(Entry(CONSTANT, CONSTANT, tuple(raw.shape), None, raw, self.name(None, raw)), raw)
        return self.at[id(raw)]

    def recorded_entry(self, key: Any) -> int:
        """The entry of a node or leaf; what it was computed from comes first."""
        for node in self.behind(key):
            value = self.values.get(id(node.key))
            parents = tuple(
                Source(self.at[id(self.order[p].key)], argument, True)
                for argument, p in enumerate(node.parents)
                if p is not None
            )
            words = [_given(node, argument) for argument in range(len(node.parents))]
            kind = LEAF if node.leaf is not None else FREED if node.freed else OPERATION
            entry = Entry(
                kind, node.op, tuple(node.shape), node.key, value, self.name(node.key, value), parents, tuple(words)
            )
            self.add(replace(entry, notes=_notes(node, value)), node.key, *([value] if value is not None else []))
        if id(key) not in self.at:  # made by a Function, or before, and nothing that is asked for comes of it
            raw = self.values[id(key)]
            kind = LEAF if isinstance(key, Tensor) else OPERATION
            self.add(
                Entry(kind, "leaf" if kind == LEAF else key.op.name, tuple(raw.shape), key, raw, self.name(key, raw)),
                key,
                raw,
            )
        return self.at[id(key)]

    def behind(self, key: Any) -> Iterable[RecordedNode]:
        """The nodes behind one, itself the last, that have no entry yet."""
        if id(key) in self.at or id(key) not in self.nodes:
            return []
        wanted, stack = set(), [self.nodes[id(key)]]
        while stack:
            node = stack.pop()
            if id(node.key) not in self.at and id(node.key) not in wanted:
                wanted.add(id(node.key))
                stack += [self.order[p] for p in node.parents if p is not None]
        return [node for node in self.order if id(node.key) in wanted]

    def name(self, key: Any, raw: torch.Tensor | None) -> str:
        return self.names.get(id(key), "") if key is not None else self.names.get(id(raw), "")


def _given(node: RecordedNode, argument: int) -> str:
    """An argument without gradient in words: the tape keeps numbers, and of tensors what its rule needs."""
    if node.parents[argument] is not None:
        return ""
    kept = getattr(node.key, "saved", ())
    return _plain(kept[argument]) if len(kept) > argument and type(kept[argument]) in (int, float, bool) else CONSTANT


def _plain(value: Any) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 40 else f"{text[:38]}…"


def _why(kind: str, one: Ran) -> tuple[str, ...]:
    """Why an operation was not recorded."""
    if kind == OPERATION:
        return ()
    if kind == NO_GRAD:
        return ("not recorded: it ran under no_grad",)
    wanted = any(isinstance(s, tuple) and s[0] is not None for s in one.sources)
    if wanted and one.op in TABLE and not TABLE[one.op].vjps:
        return ("not recorded: this operation has no gradient",)
    return ("not recorded: none of its arguments wants a gradient",)


def _notes(node: RecordedNode, value: torch.Tensor | None) -> tuple[str, ...]:
    notes = []
    if node.freed:
        notes.append("freed: an earlier backward() has let go of what was saved here, and of the way back")
    elif value is None:
        notes.append("the value is not known: no rule needs it, so the tape did not keep it")
    if getattr(node.key, "hooks", None):
        notes.append("a hook is registered here (retain_grad, or one of your own); it is not called by looking")
    return tuple(notes)


def _nearest(record: Record) -> Record:
    """Of a large record the operations that ran last, with the leaves and constants that they need."""
    entries = record.entries
    operations = [i for i, entry in enumerate(entries) if entry.kind not in (LEAF, CONSTANT)]
    if len(operations) <= LIMIT:
        return record
    kept = {*operations[-LIMIT:], record.output}
    kept |= {s.entry for i in kept for s in entries[i].sources if entries[s.entry].kind in (LEAF, CONSTANT)}
    order = sorted(kept)
    now = {old: new for new, old in enumerate(order)}
    shown = []
    for old in order:
        sources = tuple(replace(s, entry=now[s.entry]) for s in entries[old].sources if s.entry in now)
        lost = {s.argument for s in entries[old].sources} - {s.argument for s in sources}
        words = tuple("…" if i in lost else word for i, word in enumerate(entries[old].words))
        shown.append(replace(entries[old], sources=sources, words=words))
    return Record(shown, now[record.output], record.tensor, len(operations) - LIMIT)
