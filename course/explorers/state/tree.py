"""A network as the rows of a tree: every block, its own parameters under it, then the blocks inside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from miniblocks.errors import MiniblocksError
from miniblocks.nn import Block, Constant, Parameter


@dataclass(frozen=True)
class Row:
    """One line of the tree."""

    path: str  # where it stands in the network, by the names of attributes and children: "0.weight"
    label: str  # the last part of the path
    level: int
    kind: str  # "block" or "parameter"
    detail: str  # the class of a block, the shape of a parameter
    name: str  # as `collect_params` gives it (of a block: its prefix)
    notes: tuple[str, ...] = ()
    leaf: bool = True  # nothing stands under it
    parameter: Parameter | None = None
    tied: tuple[str, ...] = ()  # the other places of the parameter


def rows(net: Block) -> list[Row]:
    """All rows, parents before what is inside them; a block met again is named, not opened again."""
    walked = list(_walk(net, "", "net", 0, {}))
    places: dict[int, list[str]] = defaultdict(list)
    for row in walked:
        places[id(row.parameter)].append(row.path)
    return [row if row.parameter is None else _with_ties(row, places[id(row.parameter)]) for row in walked]


def _walk(block: Block, path: str, label: str, level: int, seen: dict[int, str]) -> Iterator[Row]:
    kind, prefix = type(block).__name__, block.params.prefix
    if id(block) in seen:
        yield Row(path, label, level, "block", kind, prefix, (f"the same block as {seen[id(block)] or 'net'}",))
        return
    seen[id(block)] = path
    inside = f"{path}." if path else ""
    leaf = not block.params and not block._children
    yield Row(path, label, level, "block", kind, prefix, tuple(forgotten(block)), leaf)
    for parameter in block.params.values():
        own = label_of(parameter, block)
        shape, notes = shape_text(parameter), tuple(notes_on(parameter))
        yield Row(inside + own, own, level + 1, "parameter", shape, parameter.name, notes, parameter=parameter)
    for name, child in block._children.items():
        yield from _walk(child, inside + name, name, level + 1, seen)


def _with_ties(row: Row, places: list[str]) -> Row:
    others = [place for place in places if place != row.path]
    return replace(row, notes=(*row.notes, f"tied to {', '.join(others)}"), tied=tuple(others)) if others else row


def forgotten(block: Block) -> Iterator[str]:
    """Attributes that keep blocks where the framework does not look for them: in a list, tuple or dictionary."""
    registered = {id(child) for child in block.children()}
    for name, value in vars(block).items():
        kept = value.values() if isinstance(value, dict) else value
        if (
            name in ("_children", "params")
            or not isinstance(kept, Iterable)
            or not isinstance(value, list | tuple | dict)
        ):
            continue
        if any(isinstance(item, Block) and id(item) not in registered for item in kept):
            yield f"not registered: the blocks in the {type(value).__name__} `{name}`"


def label_of(parameter: Parameter, block: Block) -> str:
    """The attribute that holds the parameter, else its name without the block's prefix."""
    for attribute, value in vars(block).items():
        if value is parameter:
            return attribute
    return parameter.name.removeprefix(block.params.prefix)


def shape_text(parameter: Parameter) -> str:
    """The shape, with ? for a size that is not known yet."""
    if parameter.shape is None:
        return "(shape unknown)"
    sizes = ", ".join(str(n or "?") for n in parameter.shape)
    return f"({sizes},)" if len(parameter.shape) == 1 else f"({sizes})"


def notes_on(parameter: Parameter) -> Iterator[str]:
    """What is special about a parameter, in a word or two."""
    if isinstance(parameter, Constant):
        yield "constant"
    elif parameter.grad_req == "null":
        yield "frozen"
    if parameter.is_deferred:
        yield "deferred"
    elif not parameter.is_initialized:
        yield "not initialized"


@dataclass(frozen=True)
class Filtered:
    """What a regular expression lets through: the parameters, the rows that show them, and the result in words."""

    parameters: tuple[Parameter, ...]
    visible: tuple[int, ...]  # indexes into the rows
    text: str
    valid: bool = True


def filtered(net: Block, tree: list[Row], pattern: str) -> Filtered:
    """The parameters that `net.collect_params(pattern)` gives, and the rows that lead to them."""
    everything = tuple(range(len(tree)))
    try:
        found = tuple(net.collect_params(pattern).values())
    except (ValueError, MiniblocksError) as error:
        return Filtered((), everything, f"{error}. All are shown.", valid=False)
    total = len({id(row.parameter) for row in tree if row.parameter is not None})
    if not pattern:
        return Filtered(found, everything, f"{total} parameters")
    chosen = {id(p) for p in found}
    kept: set[int] = set()
    parents: list[int] = []
    for index, row in enumerate(tree):
        del parents[row.level :]
        parents.append(index)
        if id(row.parameter) in chosen:
            kept.update(parents)
    text = f"{len(found)} of {total} parameters match from the start of their name"
    if not found:
        text += f"; .*{pattern} looks everywhere in it" if not pattern.startswith(".*") else ""
    return Filtered(found, tuple(sorted(kept)), text)
