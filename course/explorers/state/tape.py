"""The story that the stepper tells: values come to be, one operation a step, and then gradients go back, one node a step.

Everything is text from here on, and nothing refers to a tensor any more: an explorer keeps no memory of the network's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from explorers.state.record import CONSTANT, LEAF, OPERATION, Record
from explorers.state.rules import rule
from explorers.state.words import extent, full, short
from miniblocks import autograd
from miniblocks.autograd import BackwardStep
from miniblocks.errors import MiniblocksError
from miniblocks.nd import Tensor
from miniblocks.replay import backward_seed

SUM = 22  # characters of a sum that is written out
MATRIX = 64  # elements of a local derivative that is written out


@dataclass(frozen=True)
class Arrival:
    """A share of a gradient that comes in at a step. `giver` is None for the first gradient, and for what `grad` held before."""

    step: int
    giver: int | None
    amount: str
    total: str  # with this share
    whole: str  # the same in full
    sum: str  # `24 + 12 = 36`, or where that is long `36 (2 added)`


@dataclass(frozen=True)
class Slope:
    """A local derivative: of the result by one argument."""

    source: int
    rule: str
    text: str
    amount: str = ""  # what this way handed back


@dataclass
class Node:
    """An entry of the record as text, and when what happens to it."""

    kind: str
    label: str
    call: str
    shape: str
    value: str
    whole: str
    place: str
    region: int | None
    notes: list[str]
    sources: list[tuple[int, bool]]  # (entry, whether a gradient comes back), each entry once
    computed: int | None = None  # the step at which its value is there
    arrivals: list[Arrival] = field(default_factory=list)
    handed: int | None = None  # the step at which it hands on, and is done with
    slopes: list[Slope] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """What happens, to which node, in words."""

    kind: str  # start, forward, seed, backward, end
    node: int | None
    says: str


@dataclass
class Story:
    """Nodes and steps; `problem` says why there is no way back, `hidden` what is not shown."""

    nodes: list[Node]
    steps: list[Step]
    output: int
    problem: str = ""
    hidden: str = ""

    def as_data(self) -> dict[str, Any]:
        """JSON for the browser."""
        return asdict(self)

    @property
    def turn(self) -> int:
        """The step at which the way back begins; the last one where there is none."""
        return next((i for i, step in enumerate(self.steps) if step.kind == "seed"), len(self.steps) - 1)


def story(record: Record, gradient: Any = None) -> Story:
    """The whole story; the gradients are those of `backward(gradient)`, by the tape's own rules."""
    told = Story([_node(record, i) for i in range(len(record.entries))], [], record.output)
    if record.hidden:
        told.hidden = (
            f"{record.hidden:,} earlier operations are not shown: only the last {len(record.entries):,} entries are. "
            "The gradients are those of the whole graph."
        )
    _forwards(told)
    walk = _Walk(record, told)
    try:
        walk.run(autograd.backward_steps(record.tensor, gradient), gradient)  # type: ignore[arg-type]
    except (MiniblocksError, RuntimeError) as error:
        told.problem = f"{type(error).__name__}: {error}"
        told.steps.append(Step("end", None, f"backward() stops here. {told.problem}"))
    return told


def _node(record: Record, number: int) -> Node:
    entry = record.entries[number]
    known = entry.value is not None
    sources: dict[int, bool] = {}
    for source in entry.sources:
        sources[source.entry] = source.passes or sources.get(source.entry, False)
    return Node(
        entry.kind,
        record.label(number),
        record.call(number),
        extent(entry.shape) if entry.shape else "one number",
        short(entry.value) if entry.value is not None else "not kept",
        full(entry.value) if known and entry.value is not None else "",
        entry.place,
        entry.region,
        list(entry.notes),
        list(sources.items()),
    )


def _forwards(told: Story) -> None:
    """One step for each operation; leaves and constants are there from the start."""
    leaves = sum(node.kind == LEAF for node in told.nodes)
    constants = sum(node.kind == CONSTANT for node in told.nodes)
    told.steps.append(
        Step(
            "start",
            None,
            f"At first there are the leaves that want a gradient ({leaves}), and constants ({constants}).",
        )
    )
    for number, node in enumerate(told.nodes):
        if node.kind in (LEAF, CONSTANT):
            node.computed = 0
            continue
        node.computed = len(told.steps)
        unless = "" if node.kind == OPERATION else f" ({node.notes[0] if node.notes else node.kind})"
        told.steps.append(Step("forward", number, f"{_named(node)} gives {node.value}{unless}."))


def _named(node: Node) -> str:
    return node.call if node.label == node.call.split("(")[0] else f"{node.label} = {node.call}"


class _Walk:
    """Notes the backward walk: what arrives where, and what it adds up to."""

    def __init__(self, record: Record, told: Story) -> None:
        self.record, self.told = record, told
        self.number = {id(entry.key): i for i, entry in enumerate(record.entries) if entry.key is not None}
        self.totals: dict[int, Any] = {}

    def run(self, turns: Iterable[BackwardStep], gradient: Any) -> None:
        turns = iter(turns)
        first = next(turns, None)  # raises what backward would raise, before anything is said
        for i, node in enumerate(self.told.nodes):
            leaf = self.record.entries[i].key
            if node.kind == LEAF and isinstance(leaf, Tensor) and leaf.grad is not None:
                self.arrive(i, None, leaf.grad.raw, 0)
        self.seed(gradient)
        if first is not None:
            self.turn(first)
        for one in turns:
            self.turn(one)
        kept = [f"{n.label}.grad = {n.arrivals[-1].total}" for n in self.told.nodes if n.kind == LEAF and n.arrivals]
        more = f", and {len(kept) - 4} more" if len(kept) > 4 else ""
        self.say(
            "end",
            None,
            f"backward() is done. Leaves keep what arrived: {', '.join(kept[:4]) or 'none is shown'}{more}. The graph is freed.",
        )

    def seed(self, gradient: Any) -> None:
        output = self.told.output
        tensor = self.record.tensor
        assert tensor is not None
        seed = backward_seed(tensor, gradient).raw
        many = "" if seed.numel() == 1 else ": ones, so that it is the gradient of the sum"
        self.say(
            "seed",
            output,
            f"backward() begins at {self.told.nodes[output].label} with the gradient {short(seed)}{many}.",
        )
        self.arrive(output, None, seed)

    def turn(self, one: BackwardStep) -> None:
        """A node's turn: its gradient is whole, and goes on along each way."""
        giver = self.number.get(id(one.key))
        if giver is None:
            return  # not shown; what it gives to those that are is hidden as well
        node, entry = self.told.nodes[giver], self.record.entries[giver]
        node.handed = len(self.told.steps)
        takers = {source.argument: source.entry for source in entry.sources if source.passes}
        parts = []
        for argument, share in one.shares:
            taker = takers.get(argument)
            if taker is None:
                parts.append(f"{short(share.raw)} to what is not shown")
                continue
            node.slopes.append(
                Slope(taker, rule(entry.operation, argument), _slope(one, argument, share), short(share.raw))
            )
            parts.append(f"{short(share.raw)} to {self.told.nodes[taker].label}")
        says = f"{node.label} has its whole gradient, {short(one.incoming.raw)}, and hands on {' and '.join(parts) or 'nothing'}."
        self.say("backward", giver, says + self.sums(one, takers))
        for argument, share in one.shares:
            if argument in takers:
                self.arrive(takers[argument], giver, share.raw)

    def sums(self, one: BackwardStep, takers: dict[int, int]) -> str:
        """What adds up with what arrived before."""
        before = dict(self.totals)
        told = []
        for argument, share in one.shares:
            taker = takers.get(argument)
            if taker is None:
                continue
            if taker in before:
                total = before[taker] + share.raw
                told.append(
                    f" {self.told.nodes[taker].label}: {short(before[taker])} + {short(share.raw)} = {short(total)}."
                )
                before[taker] = total
            else:
                before[taker] = share.raw
        return "".join(told)

    def say(self, kind: str, node: int | None, says: str) -> None:
        self.told.steps.append(Step(kind, node, says))

    def arrive(self, taker: int, giver: int | None, amount: Any, step: int | None = None) -> None:
        """A share comes in, at the last step said unless told."""
        total = self.totals[taker] = self.totals[taker] + amount if taker in self.totals else amount
        node = self.told.nodes[taker]
        at = len(self.told.steps) - 1 if step is None else step
        amounts = [*(one.amount for one in node.arrivals), short(amount)]
        written = f"{' + '.join(amounts)} = {short(total)}" if len(amounts) > 1 else short(total)
        if len(written) > SUM:
            written = f"{short(total)} ({len(amounts)} added)"
        node.arrivals.append(Arrival(at, giver, short(amount), short(total), full(total), written))


def _slope(one: BackwardStep, argument: int, share: Tensor) -> str:
    """A local derivative in words; the share itself is the same where the incoming gradient is 1."""
    found = one.slope(argument)
    if found is not None:
        return full(found.raw)
    rows, columns = one.incoming.size, share.size
    if rows * columns <= MATRIX and one.has_rule_in_table:
        return full(one.jacobian(argument).raw)
    return f"a matrix of {rows:,} × {columns:,} numbers, which the rule never makes"
