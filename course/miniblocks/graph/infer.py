"""What shape and dtype an operation's result has, found on meta tensors: no numbers are computed."""

from __future__ import annotations

from typing import Any

import torch

from miniblocks.graph.ir import Ref
from miniblocks.ops import TABLE
from miniblocks.ops.elementwise import torch_dtype

Type = tuple[tuple[int, ...], str]  # shape and dtype
_known: dict[Any, Type] = {}


def infer(operation: str, args: tuple[Any, ...], static: dict[str, Any]) -> Type:
    """(shape, dtype) of the result; the same question is answered from memory the next time.

    Raises what torch raises where the arguments do not fit together.
    """
    key = (operation, tuple([(a.shape, a.dtype) if type(a) is Ref else (type(a), a) for a in args]), frozen(static))
    found = _known.get(key)
    if found is None:
        raws = [meta(a.shape, a.dtype) if isinstance(a, Ref) else a for a in args]
        with torch.no_grad():
            out = TABLE[operation].infer(*raws, **_without_devices(static))
        if len(_known) > 100_000:
            _known.clear()
        found = _known[key] = (tuple(out.shape), name_of(out.dtype))
    return found


def meta(shape: tuple[int, ...], dtype: str) -> torch.Tensor:
    """A tensor with a shape and a dtype, and no numbers."""
    return torch.empty(shape, dtype=torch_dtype(dtype), device="meta")


def name_of(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _without_devices(static: dict[str, Any]) -> dict[str, Any]:
    return {k: "meta" if k == "device" else v for k, v in static.items()} if "device" in static else static


def frozen(value: Any) -> Any:
    """Static data as something hashable: the same for the same data, and 1, 1.0 and True told apart."""
    if isinstance(value, dict):
        return tuple((k, frozen(v)) for k, v in sorted(value.items()))
    if isinstance(value, (tuple, list)):
        return (type(value), *map(frozen, value))
    if isinstance(value, slice):
        return slice, value.start, value.stop, value.step
    if isinstance(value, float):
        return float, repr(value)  # 0.0 is not -0.0, and nan is nan
    return type(value), value
