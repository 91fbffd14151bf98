"""What tensors are called: by the caller's own variables, by a network's parameters, by a function's arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any

from miniblocks.nd import Tensor
from miniblocks.nn import Block
from miniblocks.parameter import Parameter


def variables(frame: FrameType | None) -> dict[str, Tensor]:
    """The tensors among the variables of a frame; IPython's own (`_`, `_3`) are left out."""
    if frame is None:
        return {}
    around = {**frame.f_globals, **frame.f_locals}
    return {name: value for name, value in around.items() if isinstance(value, Tensor) and not name.startswith("_")}


def arguments(function: Callable[..., Any], inputs: Sequence[Any]) -> dict[str, Tensor]:
    """The inputs by the names that the function gives them."""
    target = function.forward if isinstance(function, Block) else function
    try:
        names = list(inspect.signature(target).bind(*inputs).arguments)
    except (TypeError, ValueError):
        return {}
    return {name: value for name, value in zip(names, inputs) if isinstance(value, Tensor)}


def parameters(things: Sequence[Any]) -> dict[str, Tensor]:
    """The values of the parameters of all blocks (and single parameters) among these things, by their names."""
    found: dict[str, Tensor] = {}
    for thing in things:
        if isinstance(thing, Block):
            found |= {p.name: p.data() for p in thing.collect_params().values() if p.is_initialized}
        elif isinstance(thing, Parameter) and thing.is_initialized:
            found[thing.name] = thing.data()
    return found


def blocks(function: Any, frame: FrameType | None) -> list[Any]:
    """The blocks and parameters that a function may use: itself, what it closes over, and the caller's variables."""
    cells = inspect.getclosurevars(function) if inspect.isfunction(function) else None
    near = [] if cells is None else [*cells.nonlocals.values(), *cells.globals.values()]
    around = [] if frame is None else [*frame.f_globals.values(), *frame.f_locals.values()]
    kinds = (Block, Parameter)
    return [thing for thing in (function, *near, *around) if isinstance(thing, kinds)]


def by_identity(*groups: Mapping[str, Tensor]) -> dict[int, str]:
    """Names by the id of where a tensor's value comes from; earlier groups win, and so do earlier names in a group."""
    found: dict[int, str] = {}
    for group in groups:
        for name, tensor in group.items():
            if tensor.requires_grad:
                found.setdefault(id(tensor.node or tensor), name)
            found.setdefault(id(tensor.raw), name)  # by its storage it is known when it was detached
    return found
