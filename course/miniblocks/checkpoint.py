"""Saving and loading a network's parameters, in the safetensors format: plain arrays, nothing that runs when loaded.

A parameter is stored under its path in the network (`0.hidden.weight`), so that another instance with other
names takes it. One that is reached by several paths (a tie) is stored once; the other paths stand in the
header, and a network that is tied differently is refused. A deferred parameter takes shape and values
from the file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from miniblocks.errors import CheckpointError
from miniblocks.parameter import Parameter
from miniblocks.tensor import Tensor

FORMAT = "miniblocks-parameters-1"


def paths_of(block: Any) -> dict[str, Parameter]:
    """Every path by which a parameter is reached, in order; tied ones appear under each of theirs."""
    found: dict[str, Parameter] = {}
    stack = [("", block, frozenset[int]())]
    while stack:
        where, one, above = stack.pop()
        if id(one) in above:
            continue  # a block inside of itself
        for name, parameter in one.params.items():
            found[where + name.removeprefix(one.params.prefix)] = parameter
        inside = [(f"{where}{n}.", child, above | {id(one)}) for n, child in one._children.items()]
        stack.extend(reversed(inside))
    return found


def save_parameters(block: Any, file: str | Path) -> None:
    """Write all values; those still deferred are named in the header and have none."""
    first: dict[int, str] = {}
    tied: dict[str, str] = {}
    arrays: dict[str, torch.Tensor] = {}
    deferred = []
    for path, parameter in paths_of(block).items():
        if id(parameter) in first:
            tied[path] = first[id(parameter)]
            continue
        first[id(parameter)] = path
        if parameter.is_initialized:
            arrays[path] = parameter.data().raw.detach().cpu().contiguous()
        elif parameter.is_deferred:
            deferred.append(path)
        else:
            parameter.data()  # raises: it was never initialized
    save_file(
        arrays, str(file), metadata={"format": FORMAT, "tied": json.dumps(tied), "deferred": json.dumps(deferred)}
    )


def load_parameters(block: Any, file: str | Path, ignore_extra: bool = False, allow_missing: bool = False) -> None:
    """Read values into a network of the same structure; everything that does not fit is named before anything changes."""
    header, arrays = _read(file)
    tied, deferred = json.loads(header["tied"]), set(json.loads(header["deferred"]))
    paths = paths_of(block)
    source = {path: tied.get(path, path) for path in paths}
    missing = [p for p in paths if source[p] not in arrays and source[p] not in deferred]
    extra = sorted({*arrays, *deferred, *tied} - paths.keys())
    wrong = [
        f"{p}: {tuple(arrays[source[p]].shape)} in the file, {parameter.shape} here"
        for p, parameter in paths.items()
        if source[p] in arrays and not _fits(parameter.shape, arrays[source[p]].shape)
    ]
    problems = [] if allow_missing or not missing else [f"missing in the file: {', '.join(missing)}"]
    problems += [] if ignore_extra or not extra else [f"in the file only: {', '.join(extra)}"]
    problems += [f"of another shape: {', '.join(wrong)}"] if wrong else []
    problems += _tied_otherwise(paths, source, tied)
    if problems:
        raise CheckpointError(f"{file} does not fit this network. " + "; ".join(problems))
    for path, parameter in paths.items():
        if source[path] in arrays:
            parameter.load_data(Tensor(arrays[source[path]]))


def _read(file: str | Path) -> tuple[dict[str, str], dict[str, torch.Tensor]]:
    if not Path(file).exists():
        raise CheckpointError(f"there is no file {file}")
    try:
        with safe_open(str(file), framework="pt") as opened:
            header = opened.metadata() or {}
            arrays = {key: opened.get_tensor(key) for key in opened.keys()}
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{file} is no safetensors file, or damaged: {error}") from None
    if header.get("format") != FORMAT:
        raise CheckpointError(
            f"{file} was not written by save_parameters (its format is {header.get('format')!r}, not {FORMAT!r})"
        )
    return header, arrays


def _fits(shape: tuple[int, ...] | None, found: torch.Size) -> bool:
    return shape is None or (len(shape) == len(found) and all(a in (0, b) for a, b in zip(shape, found, strict=True)))


def _tied_otherwise(paths: dict[str, Parameter], source: dict[str, str], tied: dict[str, str]) -> list[str]:
    """Paths that are one parameter here and two in the file, or the other way round."""
    by_parameter: dict[int, set[str]] = {}
    by_source: dict[str, set[int]] = {}
    for path, parameter in paths.items():
        by_parameter.setdefault(id(parameter), set()).add(source[path])
        by_source.setdefault(source[path], set()).add(id(parameter))
    here = [", ".join(sorted(s)) for s in by_parameter.values() if len(s) > 1]
    there = [s for s, owners in by_source.items() if len(owners) > 1]
    return ([f"tied here and not in the file: {'; '.join(here)}"] if here else []) + (
        [f"tied in the file and not here: {', '.join(there)}"] if there else []
    )
