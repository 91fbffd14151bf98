"""What the graph viewer shows: one run as it was recorded, the static graph, and that graph after each pass, with what changed."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from explorers.state.became import MERGED, Changes, changes, name_of, read_by_nobody, sides, together
from explorers.state.boxes import Box, Calls, grouped, in_runs
from explorers.state.record import CONSTANT, LEAF, Record, of_run
from miniblocks import graph as graphs
from miniblocks.errors import CaptureError
from miniblocks.graph.backends import python, taped
from miniblocks.graph.ir import Cond, Graph, Instruction, Ref, Step, leaves
from miniblocks.graph.passes.rewriting import Pass
from miniblocks.graph.printing import kind, line
from miniblocks.graph.trace import CaptureWarning
from miniblocks.graph.verify import verify
from miniblocks.nn import Block
from miniblocks.places import Place
from miniblocks.tensor import Tensor, mode

Code = tuple[tuple[str, str | None], ...]  # lines, each with the name of the box that it carries out


@dataclass(frozen=True)
class Stage:
    """A graph to look at: its boxes, its text, and the code that was generated from it."""

    title: str
    boxes: tuple[Box, ...]
    text: str
    code: Code = ()
    compiled: Code = ()


@dataclass(frozen=True)
class Comparison:
    """Two stages side by side: what a pass changed, and which boxes belong together, as (left, right)."""

    title: str
    left: int
    right: int
    says: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    left_tags: dict[str, str] = field(default_factory=dict)
    right_tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Views:
    """All stages and comparisons. `notes` say how the static graph came to be, and what could not be done."""

    name: str
    stages: tuple[Stage, ...]
    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...] = ()


def views(
    function: Callable[..., Any], inputs: Sequence[Any], blocks: Sequence[Block], passes: Iterable[Pass], names: Any
) -> Views:
    """Run, capture and optimize a function or block. Raises what the function raises, and `CaptureError` where it cannot be captured."""
    record, ran = _recorded(function, inputs, blocks, names)
    first, calls, notes = _captured(function, inputs, blocks)
    graph, groups = first, dict(zip(map(name_of, first.steps), calls.groups(len(first.steps))))
    stages = [_dynamic_stage(record, ran), _stage("static, as captured", graph, groups)]
    done: list[Changes] = []
    comparisons = [Comparison("one run beside the static graph", 0, 1, (), _by_lines(record, first))]
    for apply in passes:
        after = verify(apply(graph))
        title = getattr(apply, "__name__", "a pass")
        if graphs.same(graph, after):
            comparisons.append(Comparison(title, len(stages) - 1, len(stages) - 1, ("Nothing to do here.",)))
            graph = after
            continue
        found = changes(graph, after)
        done.append(found)
        groups = _groups_after(groups, found, after)
        stages.append(_stage(f"after {title}", after, groups))
        comparisons.append(_comparison(title, len(stages) - 2, found, after))
        graph = after
    if len(stages) > 3:
        comparisons.append(_comparison("all passes together", 1, together(done), graph, right=len(stages) - 1))
    name = type(function).__name__ if isinstance(function, Block) else getattr(function, "__name__", "the function")
    return Views(name, tuple(stages), tuple(comparisons), tuple(notes))


# -- capturing --------------------------------------------------------------------------------------------------


def _recorded(
    function: Callable[..., Any], inputs: Sequence[Any], blocks: Sequence[Block], names: Any
) -> tuple[Record, Calls]:
    """One run, with everything that it did, and the calls of blocks in it. Of several outputs the first is followed back."""
    calls = Calls()

    def run(*given: Any) -> Any:
        output = function(*given)
        return next(iter(leaves(output, Tensor)), None) if isinstance(output, (tuple, list, dict)) else output

    return of_run(run, inputs, names, lambda count: calls.noted(blocks, count)), calls


def _captured(
    function: Callable[..., Any], inputs: Sequence[Any], blocks: Sequence[Block]
) -> tuple[Graph, Calls, list[str]]:
    """The static graph: traced, or scripted where Python looked at values; and the calls of blocks while it was traced."""
    calls = Calls()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with calls.noted(blocks, lambda: len(mode.tracer.steps) if mode.tracer is not None else 0):
            traced = graphs.trace(function, *inputs)
    looked = [str(one.message) for one in caught if issubclass(one.category, CaptureWarning)]
    if not looked:
        return traced, calls, []
    try:
        return (
            graphs.script(function, *inputs),
            Calls(),
            ["Scripted: Python looks at a value, and the graph keeps both ways."],
        )
    except CaptureError as error:
        cause = str(error).splitlines()[0]
        return traced, calls, [f"Traced, and it may lie: {looked[0]}.", f"It cannot be scripted: {cause}"]


# -- one run ----------------------------------------------------------------------------------------------------


def _dynamic_stage(record: Record, calls: Calls) -> Stage:
    entries = record.entries
    labels = [record.label(i) for i in range(len(entries))]
    boxes = []
    for i, entry in enumerate(entries):
        told = [("line", entry.place), *(("note", note) for note in entry.notes)]
        title = (
            record.call(i)
            if entry.kind not in (LEAF, CONSTANT)
            else f"{entry.kind} {labels[i]}"
            if labels[i] != entry.kind
            else labels[i]
        )
        shape = f"{'×'.join(map(str, entry.shape)) or 'one number'}"
        boxes.append(
            Box(f"run{i}", title, shape, entry.kind.replace(" ", "-").replace("_", "-"), tuple(f"run{s.entry}" for s in entry.sources),
                (f"run{i}",), (), tuple(told))
        )  # fmt: skip
    inside = calls.groups(max((entry.ran for entry in entries if entry.ran is not None), default=-1) + 1)
    groups = [() if entry.ran is None else inside[entry.ran] for entry in entries]
    text = "\n".join(
        f"{record.call(i)}  # {entry.kind}" for i, entry in enumerate(entries) if entry.kind not in (LEAF, CONSTANT)
    )
    title = "one run" if not record.hidden else f"one run: its last operations, without {record.hidden:,} earlier ones"
    return Stage(title, in_runs(grouped(boxes, _carried(groups))), text)


def _carried(groups: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """A leaf stands before the first operation that needs it, and belongs to the same call."""
    found: list[tuple[str, ...]] = []
    following: tuple[str, ...] = ()
    for group in reversed(groups):
        following = group or following
        found.append(group or following)
    return found[::-1]


# -- static graphs ----------------------------------------------------------------------------------------------


def _stage(title: str, graph: Graph, groups: dict[str, tuple[str, ...]]) -> Stage:
    names: dict[int, str] = {}
    steps = _boxes(graph, "", names)
    inside = [groups.get(name_of(step), ()) for step in graph.steps]
    heads = [Box(ref.name, f"input {ref}", kind(ref), "input", (), (ref.name,)) for ref in graph.inputs]
    ends = leaves(graph.outputs)
    last = Box(
        "return",
        f"return {', '.join(_word(graph, ref) for ref in ends)}",
        "",
        "return",
        tuple(ref.name for ref in ends),
    )
    boxes = in_runs((*heads, *grouped(steps, inside), last))
    tape = taped.Writer(graph)
    return Stage(title, boxes, str(graph), _code(tape.lines, tape.origins, names), _compiled(graph, names))


def _boxes(graph: Graph, path: str, names: dict[int, str]) -> list[Box]:
    """A box for each instruction of a graph; `names` takes down which instruction is which box."""
    drawn = set(graph.inputs) | {ref for step in graph.steps for ref in step.results}
    found = []
    for step in graph.steps:
        names[id(step)] = path + name_of(step)
        found.append(_box(step, path, drawn, graph, names))
    return found


def _box(step: Instruction, path: str, drawn: set[Ref], graph: Graph, names: dict[int, str]) -> Box:
    name = path + name_of(step)
    others = [_word(graph, a) for a in step.args if a is not None and not (isinstance(a, Ref) and a in drawn)]
    asked = (step.predicate,) if isinstance(step, Cond) else ()
    words = (
        f"({', '.join(others)})"
        if others and isinstance(step, Step)
        else f" {step.predicate}"
        if isinstance(step, Cond)
        else ""
    )
    reads = tuple(path + ref.name for ref in (*asked, *step.args) if isinstance(ref, Ref))
    details = [("instruction", line(step).splitlines()[0]), *(("captured from", str(place)) for place in step.places)]
    inside = []
    for side, one in sides(step).items():
        within = f"{name}/{side}/"
        heads = [
            Box(within + ref.name, f"takes {ref}", "", "input", (), (within + ref.name,)) for ref in _read_inputs(one)
        ]
        ends = leaves(one.outputs)
        last = Box(
            f"{within}return",
            f"gives {', '.join(_word(one, ref) for ref in ends)}",
            "",
            "return",
            tuple(within + ref.name for ref in ends),
        )
        inside.append((side, (*heads, *_boxes(one, within, names), last)))
    return Box(
        name, f"{step.operation}{words} → {', '.join(ref.name for ref in step.results) or 'nothing'}", ", ".join(map(kind, step.results)),
        "control" if inside else "step", reads, tuple(path + ref.name for ref in step.results), tuple(inside), tuple(details),
    )  # fmt: skip


def _read_inputs(graph: Graph) -> list[Ref]:
    """Both sides of an `if` are given the same values, and each may read only some."""
    read = {
        ref
        for step in graph.steps
        for ref in (*step.args, *((step.predicate,) if isinstance(step, Cond) else ()))
        if isinstance(ref, Ref)
    }
    return [ref for ref in graph.inputs if ref in read | set(leaves(graph.outputs))]


def _word(graph: Graph, value: Any) -> str:
    """A parameter by its name, a constant of one number by that number."""
    if not isinstance(value, Ref):
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    if value in graph.constants and not value.shape:
        return f"{graph.constants[value].raw.item():.4g}"
    return graph.labels.get(value, value.name)


def _code(lines: Sequence[str], origins: Sequence[Any], names: dict[int, str]) -> Code:
    return tuple((text, names.get(id(origin.instruction)) if origin else None) for text, origin in zip(lines, origins))


def _compiled(graph: Graph, names: dict[int, str]) -> Code:
    """What the `python` backend makes of the graph as it is; nothing where it cannot."""
    try:
        tensors = [*graph.captured.values()]
        writer = python.Writer(graph, tensors[0].raw.device if tensors else torch.device("cpu"), frozenset())
    except (CaptureError, RuntimeError):
        return ()
    return _code(writer.code.splitlines(), writer.origins, names)


# -- what belongs together --------------------------------------------------------------------------------------


def _comparison(title: str, left: int, found: Changes, after: Graph, right: int | None = None) -> Comparison:
    """Boxes are marked on the left with what happens to them, on the right with what is new, serves several, or serves nobody."""
    links = (*found.became.items(), *found.part_of.items())
    merged = Counter(value for name, value in found.became.items() if found.how[name] == MERGED)
    tags = {name: f"serves {1 + times}" for name, times in merged.items()}
    tags |= dict.fromkeys(found.new, "new") | dict.fromkeys(read_by_nobody(after), "read by nobody")
    says = tuple(found.sentences()) or ("The same steps, in another order or on other values.",)
    return Comparison(title, left, left + 1 if right is None else right, says, links, dict(found.how), tags)


def _groups_after(groups: dict[str, tuple[str, ...]], found: Changes, after: Graph) -> dict[str, tuple[str, ...]]:
    """A new step belongs to the block of what it does the work of, or else of what it reads."""
    heirs = {new: groups.get(old, ()) for links in (found.became, found.part_of) for old, new in links.items()}
    now: dict[str, tuple[str, ...]] = {}
    for step in after.steps:
        name = name_of(step)
        read = (now[a.name] for a in step.args if isinstance(a, Ref) and now.get(a.name))
        now[name] = groups.get(name) or (heirs.get(name) or next(read, ()) if name in found.new else ())
    return now


def _by_lines(record: Record, graph: Graph) -> tuple[tuple[str, str], ...]:
    """What one run did and which step of the static graph that is: the same operation, from the same line."""
    static: dict[tuple[str, Place], list[str]] = {}

    def note(one: Graph, path: str) -> None:
        for step in one.steps:
            for place in step.places[:1]:
                static.setdefault((step.operation, place), []).append(path + name_of(step))
            for side, inside in sides(step).items():
                note(inside, f"{path}{name_of(step)}/{side}/")

    note(graph, "")
    met: Counter[tuple[str, Place]] = Counter()
    links = []
    for i, entry in enumerate(record.entries):
        if entry.where is None or (entry.operation, entry.where) not in static:
            continue
        key = (entry.operation, entry.where)
        links.append((f"run{i}", static[key][met[key] % len(static[key])]))
        met[key] += 1
    return tuple(links)
