"""What stands before a program's function: it looks whether the inputs fit, and whether the parameters are still those that the
function was written on.

Written out as source code too, since a loop over inputs and parameters would take longer than a small network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from miniblocks.tensor import Tensor

Kind = tuple[torch.Size, torch.dtype]


def guarded(
    run: Callable[..., Any],
    prepare: Callable[[], None] | None,
    again: Callable[..., Any],
    tensors: Sequence[Tensor],
    kinds: Sequence[Kind | None],
    device: torch.device,
) -> Callable[..., Any]:
    """A function of tensors: None where they are not of these kinds (None: a number, taken as it is); else what `run` gives for them.

    As soon as one of `tensors` holds other storage than now, it gives what `again` gives, which binds anew. `prepare` is called
    now, and whenever one that it reads was written into since: torch counts that in an array's version.
    """
    raws = [tensor.raw for tensor in tensors]
    names: dict[str, Any] = {"run": run, "prepare": prepare, "again": again, "Tensor": Tensor, "device": device}
    names |= {f"t{i}": tensor for i, tensor in enumerate(tensors)} | {f"r{i}": raw for i, raw in enumerate(raws)}
    inputs = ", ".join(f"x{i}" for i in range(len(kinds)))
    lines = [f"def call({inputs}):"]
    for i, kind in enumerate(kinds):
        if kind is not None:
            names[f"shape{i}"], names[f"dtype{i}"] = kind
            lines += [f"    if type(x{i}) is not Tensor: return None", f"    raw{i} = x{i}.raw"]
            elsewhere = f"not raw{i}.is_cpu" if device.type == "cpu" else f"raw{i}.device != device"
            unlike = f"raw{i}.shape != shape{i} or raw{i}.dtype is not dtype{i} or {elsewhere}"
            lines.append(f"    if {unlike}: return None")
    same = " and ".join(f"t{i}.raw is r{i}" for i in range(len(raws)))
    if same:
        lines.append(f"    if not ({same}): return again({inputs})")
    if prepare is not None:
        prepare()
        if watched := read_by(prepare, raws):  # versions only grow, so their sum tells whether any of them did
            names["known"] = [sum(raws[i]._version for i in watched)]
            versions = " + ".join(f"r{i}._version" for i in watched)
            lines.append(f"    if {versions} != known[0]: known[0] = {versions}; prepare()")
    arguments = ", ".join(f"x{i}" if kind is None else f"raw{i}" for i, kind in enumerate(kinds))
    exec(compile("\n".join([*lines, f"    return run({arguments})"]), "<guard>", "exec"), names)
    return names["call"]


def read_by(prepare: Callable[[], None], raws: Sequence[torch.Tensor]) -> list[int]:
    """Which of the arrays a function reads, itself or by a view: told by the names in it."""
    used = [prepare.__globals__.get(name) for name in prepare.__code__.co_names]
    storages = {array.untyped_storage().data_ptr() for array in used if isinstance(array, torch.Tensor)}
    return [i for i, raw in enumerate(raws) if raw.untyped_storage().data_ptr() in storages]
