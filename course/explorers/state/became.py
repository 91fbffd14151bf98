"""What a pass did, read off the graphs before and after it: which value stands in which one's place, and what is part of what.

A step that is there before and after, and reads something else now, tells what became of what it read. So this holds for any pass,
a learner's own too. Graphs inside of others are compared with each other; a value is named by where it lies: `if0/then/mul3`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from miniblocks.graph.infer import frozen
from miniblocks.graph.ir import Cond, Graph, Instruction, Loop, Ref, Step, leaves, reads, results

MERGED, FUSED, KNOWN, REPLACED, DROPPED = "merged", "fused", "known beforehand", "replaced", "dropped"
UNREAD = "read by nobody"


@dataclass
class Changes:
    """By value: `became` what stands in its place, `part_of` the new step that does its work, `how` in a word; `new` are new steps."""

    became: dict[str, str] = field(default_factory=dict)
    part_of: dict[str, str] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """What happened, one line for each that is gone or done by another."""
        told = []
        for name, how in self.how.items():
            other = self.became.get(name) or self.part_of.get(name, "")
            told.append(
                {
                    MERGED: f"{name} computed the same as {other}: merged with it",
                    FUSED: f"{name} is part of {other} now: fused",
                    KNOWN: f"{name} is known beforehand: the constant {other}",
                    REPLACED: f"{name} is replaced by {other}",
                    DROPPED: f"{name} is gone: nobody needs it any more",
                    UNREAD: f"{name} is gone: nobody reads it",
                }[how]
            )
        return told


def changes(before: Graph, after: Graph) -> Changes:
    """Compare a graph with what a pass made of it."""
    found = Changes()
    _compare(before, after, "", found)
    return found


def together(parts: Sequence[Changes]) -> Changes:
    """What several passes did to the values of the first graph, one after the other."""
    whole = Changes()
    now: dict[str, str] = {}
    for one in parts:
        for name, how in one.how.items():
            if name not in one.new and not any(name in before.new for before in parts):
                whole.how.setdefault(name, how)
                now.setdefault(name, name)
        for name, value in now.items():
            now[name] = one.became.get(value) or one.part_of.get(value) or value
        whole.new = [name for name in [*whole.new, *one.new] if name not in one.how or name in one.part_of]
    for name, how in whole.how.items():
        if now[name] != name:
            (whole.part_of if how == FUSED else whole.became)[name] = now[name]
    return whole


def sides(instruction: Instruction) -> dict[str, Graph]:
    """The graphs inside of an instruction, by what they are for."""
    if isinstance(instruction, Cond):
        return {"then": instruction.then, "else": instruction.orelse}
    return {"while": instruction.condition, "do": instruction.body} if isinstance(instruction, Loop) else {}


def name_of(instruction: Instruction) -> str:
    """What an instruction is called: as its first result; one without results as what it does."""
    return instruction.results[0].name if instruction.results else instruction.operation


def _compare(before: Graph, after: Graph, path: str, found: Changes) -> None:
    old, new = _makers(before), _makers(after)
    became: dict[str, Any] = {}
    for a, b in _read_now(before, after, old, new):
        if isinstance(a, Ref) and a.name in old and a.name not in new:
            became.setdefault(a.name, b)
    merged = _merged(before, new, became)
    parts, unread = _parts(old, new, became), read_by_nobody(before)
    for name, maker in old.items():
        if name_of(maker) != name or (name in new and name not in parts):
            continue
        how = UNREAD if name in unread and name not in parts else _how(name, became, merged, parts, after, before)
        found.how[path + name] = how
        if how == FUSED:
            found.part_of[path + name] = path + parts[name]
        elif name in became:
            found.became[path + name] = path + str(became[name])
    found.new += [path + name for name, maker in new.items() if name not in old and name_of(maker) == name]
    for name, maker in old.items():
        if name in new and name_of(maker) == name:
            inside = sides(new[name])
            for side, graph in sides(maker).items():
                if side in inside:
                    _compare(graph, inside[side], f"{path}{name}/{side}/", found)


def _merged(before: Graph, new: Mapping[str, Instruction], became: dict[str, Any]) -> set[str]:
    """The steps that computed the same as an earlier one that stayed; what became of those that only such steps read is noted here."""
    seen: dict[Any, Ref] = {}
    found = set()
    for step in before.steps:
        if not isinstance(step, Step) or not step.op.pure:
            continue
        args = tuple(
            ("value", getattr(became.get(a.name, a), "name", None)) if isinstance(a, Ref) else frozen(a)
            for a in step.args
        )
        key = step.operation, args, frozen(step.static)
        if step.result.name in new:
            seen.setdefault(key, step.result)
        elif key in seen and became.setdefault(step.result.name, seen[key]) == seen[key]:
            found.add(step.result.name)
    return found


def _makers(graph: Graph) -> dict[str, Instruction]:
    return {ref.name: instruction for instruction in graph.steps for ref in instruction.results}


def _read_now(
    before: Graph, after: Graph, old: dict[str, Instruction], new: dict[str, Instruction]
) -> Iterator[tuple[Any, Any]]:
    """What was read, and what the same reader reads now."""
    yield from zip(results(before), results(after))
    for name, maker in old.items():
        if name in new:
            yield from _alike(maker, new[name])


def _alike(a: Instruction | None, b: Instruction | None) -> list[tuple[Any, Any]]:
    """The arguments of two instructions side by side, where they do the same."""
    if a is None or b is None or a.operation != b.operation or len(a.args) != len(b.args):
        return []
    asked = [(a.predicate, b.predicate)] if isinstance(a, Cond) and isinstance(b, Cond) else []
    same = not isinstance(a, Step) or not isinstance(b, Step) or a.static == b.static
    return [*asked, *zip(a.args, b.args)] if same else []


def _parts(old: dict[str, Instruction], new: dict[str, Instruction], became: dict[str, Any]) -> dict[str, str]:
    """What a new step in the place of an old one does beside it: all on the way from what the new one reads to the old one."""
    parts: dict[str, str] = {}
    for name, value in became.items():
        maker = new.get(value.name) if isinstance(value, Ref) and value.name not in old else None
        if maker is None:
            continue
        stop = {ref.name for ref in reads(maker)}
        stop |= {a for a, b in became.items() if isinstance(b, Ref) and b.name in stop}
        stack, met = [name], set()
        while stack:
            one = stack.pop()
            if one not in met and one in old and (one == name or one not in stop):
                met.add(one)
                stack += [ref.name for ref in reads(old[one])]
        if len(met) > 1:
            parts |= dict.fromkeys(met, value.name)
    return parts


def _how(
    name: str, became: Mapping[str, Any], merged: set[str], parts: Mapping[str, str], after: Graph, before: Graph
) -> str:
    if name in parts:
        return FUSED
    if name in merged or name not in became:
        return MERGED if name in merged else DROPPED
    return KNOWN if became[name] in after.constants and became[name] not in before.constants else REPLACED


def read_by_nobody(graph: Graph) -> set[str]:
    """The steps whose results nobody reads."""
    read = {ref.name for instruction in graph.steps for ref in reads(instruction)} | {
        ref.name for ref in leaves(results(graph))
    }
    return {name_of(i) for i in graph.steps if not any(ref.name in read for ref in i.results)}
