"""Graphs and functions as plain data: graphs as the bytes of a file, functions as source text."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

import numpy as np

from miniblocks import nd, nn
from miniblocks.graph import Graph
from miniblocks.graph.format import dumps, loads


def taken(data: np.ndarray) -> Graph:
    """The graph that a case carries."""
    return loads(data.tobytes())


def sent(value: Any) -> Any:
    """A graph as bytes; of anything else, what it is."""
    if isinstance(value, Graph):
        return np.frombuffer(dumps(value), np.uint8)
    return f"<{type(value).__name__}>"


def function(source: str, **around: Any) -> Callable[..., Any]:
    """What the source defines as `f`. Scripting reads a function's source, so it is kept where `inspect` looks."""
    name = f"<program {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"nd": nd, "nn": nn, **around}
    exec(compile(source, name, "exec"), namespace)
    made: Callable[..., Any] = namespace["f"]
    return made
