"""Graphs as files: `graph.save(g, "net.graph")`, `graph.load("net.graph")`. Plain data; loading runs no code.

A file is in the safetensors format: named arrays, and a header of words. The arrays are the captured tensors and the
constants. The word `graph` in the header is JSON:

    {"format": "miniblocks-graph", "version": 1,
     "inputs":    [["x0", "float32", [2, 3]]],            every value with its name, dtype and shape
     "captured":  [["p0", "float32", [3], "dense0_bias"]],  the last is its label, or null; the array is called p0
     "constants": [["c0", "int64", [], "0.then.c0"]],      the last is the array's name
     "steps":     [{"op": "add", "results": [["add0", "float32", [2, 3]]], "args": [{"ref": "x0"}, {"ref": "p0"}], "static": {}},
                   {"if": "greater0", "results": […], "args": […], "then": {…}, "else": {…}},
                   {"loop": true, "results": […], "args": […], "while": {…}, "do": {…}}],
     "outputs":   {"ref": "add0"}, or lists and objects of refs: {"list": […]}, {"tuple": […]}, {"dict": {…}},
     "writes":    {"p1": "add5"}}

`digest` is the SHA-256 of this JSON and of all arrays. Static arguments are JSON, with {"tuple": […]}, {"slice": [a, b, c]},
{"ellipsis": true} and {"float": "inf"} for what JSON has not. `notes`, if it is there, tells the lines of code that the
instructions come from (see the module); it is no part of the graph, nor of its digest. The version counts up when a reader of the old one
would misunderstand a new file.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors

from miniblocks.errors import CheckpointError, InvalidGraphError
from miniblocks.graph import notes
from miniblocks.graph.ir import Cond, Graph, Instruction, Loop, Ref, Step
from miniblocks.graph.verify import verify
from miniblocks.ops import TABLE
from miniblocks.ops.elementwise import torch_dtype
from miniblocks.tensor import Tensor

FORMAT, VERSION = "miniblocks-graph", 1
DEEPEST = 100  # graphs inside of graphs, lists inside of lists


def save(graph: Graph, file: str | Path) -> None:
    """Write a graph and the present values of what it captured. The file appears whole or not at all."""
    target = Path(file)
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.write_bytes(dumps(graph))
    unfinished.replace(target)


def load(file: str | Path) -> Graph:
    """The graph in a file; raises `CheckpointError` with the reason where it is none, damaged, forged, or newer."""
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise CheckpointError(f"{file} cannot be read as a graph: {error}") from None
    return loads(data, str(file))


def dumps(graph: Graph) -> bytes:
    """The bytes of a file."""
    arrays: dict[str, torch.Tensor] = {}
    text = json.dumps({"format": FORMAT, "version": VERSION, **_graph_out(graph, "", arrays)}, allow_nan=False)
    return safetensors.save(arrays, {"graph": text, "digest": _digest(text, arrays), "notes": notes.dumps(graph)})


def loads(data: bytes, file: str = "this") -> Graph:
    """The graph in the bytes of a file; raises what `load` does, with `file` as the name."""
    try:
        arrays = safetensors.load(data)
    except SafetensorError as error:
        raise CheckpointError(f"{file} cannot be read as a graph: {error}") from None
    words = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__") or {}
    if "graph" not in words:
        raise CheckpointError(f"{file} holds arrays and no graph; was it written by net.save_parameters()?")
    try:
        graph = verify(_Reader(arrays).graph(_header(words, arrays), 0))
        return _annotated(graph, words["notes"]) if "notes" in words else graph
    except _Fault as fault:
        raise CheckpointError(f"{file}: {fault}") from None
    except InvalidGraphError as error:
        raise CheckpointError(f"{file} holds a graph that breaks a rule: {error}") from None


def _annotated(graph: Graph, text: str) -> Graph:
    try:
        return notes.loads(graph, text)
    except (ValueError, TypeError, RecursionError) as error:
        raise _Fault(f"its notes on lines of code are damaged: {error}") from None


def _digest(text: str, arrays: Mapping[str, torch.Tensor]) -> str:
    found = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        found.update(f"\0{name}\0{arrays[name].dtype}\0".encode())
        found.update(arrays[name].reshape(-1).view(torch.uint8).numpy().tobytes())
    return found.hexdigest()


# -- writing ------------------------------------------------------------------------------------------------------


def _graph_out(graph: Graph, place: str, arrays: dict[str, torch.Tensor]) -> dict[str, Any]:
    for ref, tensor in graph.captured.items():
        arrays[ref.name] = _array(tensor)
    for ref, tensor in graph.constants.items():
        arrays[f"{place}{ref.name}"] = _array(tensor)
    return {
        "inputs": [_ref_out(ref) for ref in graph.inputs],
        "captured": [[*_ref_out(ref), graph.labels.get(ref)] for ref in graph.captured],
        "constants": [[*_ref_out(ref), f"{place}{ref.name}"] for ref in graph.constants],
        "steps": [_step_out(step, f"{place}{number}.", arrays) for number, step in enumerate(graph.steps)],
        "outputs": _value_out(graph.outputs),
        "writes": {target.name: value.name for target, value in graph.writes.items()},
    }


def _array(tensor: Tensor) -> torch.Tensor:
    return tensor.raw.detach().cpu().contiguous().clone()


def _ref_out(ref: Ref) -> list[Any]:
    return [ref.name, ref.dtype, list(ref.shape)]


def _step_out(step: Instruction, place: str, arrays: dict[str, torch.Tensor]) -> dict[str, Any]:
    common = {"results": [_ref_out(r) for r in step.results], "args": [_value_out(a) for a in step.args]}
    if isinstance(step, Step):
        return {"op": step.operation, **common, "static": {k: _value_out(v) for k, v in step.static.items()}}
    if isinstance(step, Cond):
        parts = {"then": step.then, "else": step.orelse}
        head: dict[str, Any] = {"if": step.predicate.name}
    else:
        parts, head = {"while": step.condition, "do": step.body}, {"loop": True}
    return {**head, **common, **{k: _graph_out(g, f"{place}{k}.", arrays) for k, g in parts.items()}}


def _value_out(value: Any) -> Any:
    if isinstance(value, Ref):
        return {"ref": value.name}
    if isinstance(value, tuple):
        return {"tuple": [_value_out(v) for v in value]}
    if isinstance(value, list):
        return {"list": [_value_out(v) for v in value]}
    if isinstance(value, dict):
        return {"dict": {str(k): _value_out(v) for k, v in value.items()}}
    if isinstance(value, slice):
        return {"slice": [_value_out(v) for v in (value.start, value.stop, value.step)]}
    if value is ...:
        return {"ellipsis": True}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    return value


# -- reading: nothing in a file is believed -----------------------------------------------------------------------


class _Fault(Exception):
    """What is wrong with a file."""


def _header(words: Mapping[str, str], arrays: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    try:
        header = json.loads(words["graph"])
    except (ValueError, RecursionError):
        raise _Fault("its graph is not JSON: the file is damaged") from None
    if not isinstance(header, dict) or header.pop("format", None) != FORMAT:
        raise _Fault("its header is not that of a graph of miniblocks")
    version = header.pop("version", None)
    if version != VERSION:
        raise _Fault(f"it is of version {version!r}, and this miniblocks reads version {VERSION}; use a newer one")
    if words.get("digest") != _digest(words["graph"], arrays):
        raise _Fault("its digest is not that of its contents: the file is damaged or was changed")
    return header


class _Reader:
    """Builds the graphs of a file, refusing whatever does not fit the description above."""

    def __init__(self, arrays: Mapping[str, torch.Tensor]) -> None:
        self.arrays = arrays

    def graph(self, data: Any, depth: int) -> Graph:
        keys = {"inputs", "captured", "constants", "steps", "outputs", "writes"}
        _check(isinstance(data, dict) and set(data) == keys, f"a graph has {', '.join(sorted(keys))}, and nothing else")
        _check(depth < DEEPEST, f"its graphs are nested more than {DEEPEST} deep")
        known: dict[str, Ref] = {}
        inputs = tuple(self._new(entry, 3, known) for entry in _list(data["inputs"]))
        captured, labels = {}, {}
        for entry in _list(data["captured"]):
            ref = self._new(entry, 4, known)
            captured[ref] = self._tensor(ref, ref.name)
            if entry[3] is not None:
                _check(isinstance(entry[3], str), "a label is a word")
                labels[ref] = entry[3]
        constants = {}
        for entry in _list(data["constants"]):
            ref = self._new(entry, 4, known)
            constants[ref] = self._tensor(ref, entry[3])
        steps = tuple(self._step(step, known, depth) for step in _list(data["steps"]))
        _check(isinstance(data["writes"], dict), "writes are names by name")
        writes = {_known(known, t): _known(known, v) for t, v in data["writes"].items()}
        return Graph(inputs, captured, steps, self._value(data["outputs"], known, 0), writes, constants, labels)

    def _new(self, entry: Any, length: int, known: dict[str, Ref]) -> Ref:
        _check(isinstance(entry, list) and len(entry) == length, "a value is written as name, dtype and shape")
        name, dtype, shape = entry[:3]
        _check(isinstance(name, str) and name.isidentifier(), f"{name!r} is no name of a value")
        _check(isinstance(dtype, str) and dtype in DTYPES, f"{dtype!r} is no dtype of a value")
        sizes = isinstance(shape, list) and all(type(n) is int and 0 <= n < 1 << 40 for n in shape)
        _check(sizes and len(shape) <= 32, f"{shape!r} is no shape of a value")
        known[name] = Ref(name, tuple(shape), dtype)
        return known[name]

    def _tensor(self, ref: Ref, name: Any) -> Tensor:
        _check(isinstance(name, str) and name in self.arrays, f"the array {name!r} is missing")
        array = self.arrays[name]
        fits = tuple(array.shape) == ref.shape and array.dtype is torch_dtype(ref.dtype)
        _check(
            fits, f"the array {name!r} is {array.dtype}{list(array.shape)}, and {ref} is {ref.dtype}{list(ref.shape)}"
        )
        return Tensor(array)

    def _step(self, data: Any, known: dict[str, Ref], depth: int) -> Instruction:
        _check(isinstance(data, dict), "an instruction is an object")
        args = tuple(self._value(a, known, 0) for a in _list(data.get("args")))
        if set(data) == {"op", "results", "args", "static"}:
            _check(data["op"] in TABLE, f"there is no operation {data['op']!r}; a newer miniblocks may have it")
            _check(isinstance(data["static"], dict), "static arguments are an object")
            static = {k: self._value(v, {}, 0) for k, v in data["static"].items()}
            [result] = self._results(data, known, 1)
            return Step(result, data["op"], args, static)
        if set(data) == {"if", "results", "args", "then", "else"}:
            then, orelse = (self.graph(data[side], depth + 1) for side in ("then", "else"))
            predicate = _known(known, data["if"])
            return Cond(self._results(data, known), predicate, args, then, orelse)
        _check(set(data) == {"loop", "results", "args", "while", "do"}, "an instruction is an op, an if, or a loop")
        condition, body = (self.graph(data[part], depth + 1) for part in ("while", "do"))
        return Loop(self._results(data, known), args, condition, body)

    def _results(self, data: dict[str, Any], known: dict[str, Ref], count: int | None = None) -> tuple[Ref, ...]:
        entries = _list(data["results"])
        _check(count in (None, len(entries)), "an operation has one result")
        return tuple(self._new(entry, 3, known) for entry in entries)

    def _value(self, data: Any, known: Mapping[str, Ref], depth: int) -> Any:
        _check(depth < DEEPEST, f"its arguments are nested more than {DEEPEST} deep")
        if not isinstance(data, dict):
            _check(data is None or type(data) in (bool, int, float, str), f"{data!r} is no argument")
            return data
        _check(len(data) == 1, f"{data!r} is no argument")
        [(kind, inside)] = data.items()
        if kind == "ref":
            return _known(known, inside)
        if kind in ("tuple", "list"):
            return (tuple if kind == "tuple" else list)(self._value(v, known, depth + 1) for v in _list(inside))
        if kind == "dict":
            _check(isinstance(inside, dict), f"{data!r} is no argument")
            return {k: self._value(v, known, depth + 1) for k, v in inside.items()}
        return _special(kind, inside)


DTYPES = {"float32", "float64", "float16", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "bool"}


def _special(kind: str, inside: Any) -> Any:
    if kind == "slice" and isinstance(inside, list) and len(inside) == 3:
        _check(all(v is None or type(v) is int for v in inside), "a slice is three numbers or nulls")
        return slice(*inside)
    if kind == "ellipsis" and inside is True:
        return ...
    if kind == "float" and inside in ("inf", "-inf", "nan"):
        return float(inside)
    raise _Fault(f"{ {kind: inside}!r} is no argument")


def _known(known: Mapping[str, Ref], name: Any) -> Ref:
    _check(isinstance(name, str) and name in known, f"the value {name!r} is used and never defined")
    return known[name]


def _list(value: Any) -> list[Any]:
    _check(isinstance(value, list), "a list is missing")
    return value


def _check(holds: bool, why: str) -> None:
    if not holds:
        raise _Fault(why)
