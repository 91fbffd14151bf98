"""Networks as plain data: what a probe builds, and what a judge knows of it without asking anyone.

A plan is a list of rows, one for each place of a block, parents before what is inside them:

    {"path": "encoder.0", "kind": "dense", "prefix": "dense3_", "same_as": None, "shares": None,
     "parameters": [{"name": "dense3_weight", "shape": [4, 3], "role": "trainable", "dtype": "float32"}, …]}

`kind` is "dense", "sequential" (its children are called 0, 1, …) or "part" (children by attribute). `same_as` is the path
where the very same block stands, `shares` that of the block whose `params` this one was given. `role` is "trainable",
"frozen" or "constant".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]
Plan = list[Row]


def parameter(name: str, *shape: int, role: str = "trainable", dtype: str = "float32") -> dict[str, Any]:
    return {"name": name, "shape": list(shape), "role": role, "dtype": dtype}


def part(path: str, prefix: str, *parameters: dict[str, Any]) -> Row:
    """A block of the course's own making, with these parameters; names are given without the prefix."""
    own = [{**p, "name": prefix + p["name"]} for p in parameters]
    return {"path": path, "kind": "part", "prefix": prefix, "same_as": None, "shares": None, "parameters": own}


def sequential(path: str, prefix: str) -> Row:
    return {**part(path, prefix), "kind": "sequential"}


def dense(path: str, prefix: str, units: int, inputs: int, role: str = "trainable", dtype: str = "float32") -> Row:
    """A dense layer; `inputs` is 0 where the first call is to tell it."""
    weight = parameter("weight", units, inputs, role=role, dtype=dtype)
    bias = parameter("bias", units, role=role, dtype=dtype)
    return {**part(path, prefix, weight, bias), "kind": "dense"}


def again(path: str, row: Row) -> Row:
    """The block of a row (one without children) at a second place."""
    return {**row, "path": path, "same_as": row["path"]}


def tied(path: str, prefix: str, row: Row) -> Row:
    """Another block of the same kind, made with `params=` of the first one."""
    return {**row, "path": path, "prefix": prefix, "shares": row["path"]}


def flat(units: Sequence[int], inputs: int, start: int = 0) -> Plan:
    """Dense layers in a row: dense0, dense1, … (or from `start` on)."""
    sizes = [inputs, *units]
    layers = [dense(str(i), f"dense{start + i}_", b, a) for i, (a, b) in enumerate(zip(sizes, units))]
    return [sequential("", "sequential0_"), *layers]


def parameters(plan: Plan) -> dict[str, dict[str, Any]]:
    """Name → the parameter, each once, in the order of the rows."""
    found: dict[str, dict[str, Any]] = {}
    for row in plan:
        for p in row["parameters"]:
            found.setdefault(p["name"], p)
    return found


def places(plan: Plan) -> dict[str, list[str]]:
    """Name → the paths at which the parameter is found."""
    found: dict[str, list[str]] = {}
    for row in plan:
        for p in row["parameters"]:
            found.setdefault(p["name"], []).append(path_of(row, p["name"]))
    return found


def path_of(row: Row, name: str) -> str:
    """A parameter's path: that of the block, and the last part of the name."""
    return ".".join(filter(None, (row["path"], name.rsplit("_", 1)[-1])))


def depth(row: Row) -> int:
    return len(row["path"].split(".")) if row["path"] else 0


def size(p: dict[str, Any]) -> int:
    return math.prod(p["shape"])


def in_words(plan: Plan) -> str:
    """The blocks of a network in a line."""
    told = [f"{row['path']}: {row['prefix'].removesuffix('_')}{_own(row)}" for row in plan[1:]]
    inside = "; ".join(told[:6]) + (f"; … ({len(told)} in all)" if len(told) > 6 else "")
    return f"{plan[0]['prefix'].removesuffix('_')}{_own(plan[0])} [{inside}]"


def shapes_in_words(plan: Plan) -> str:
    """The parameters of a network in a line: all that is needed to count by hand."""
    where = places(plan)
    return "; ".join(
        f"{name} {tuple(p['shape'])}"
        + (f" {p['dtype']}" if p["dtype"] != "float32" else "")
        + (f" {p['role']}" if p["role"] != "trainable" else "")
        + (f" at {len(where[name])} places" if len(where[name]) > 1 else "")
        for name, p in parameters(plan).items()
    )


def _own(row: Row) -> str:
    if row["same_as"] is not None:
        return f" (the block at {row['same_as']} once more)"
    if row["shares"] is not None:
        return f" (with the params of {row['shares']})"
    if row["kind"] != "part" or not row["parameters"]:
        return ""
    return f" with {', '.join(p['name'].rsplit('_', 1)[-1] for p in row['parameters'])}"
