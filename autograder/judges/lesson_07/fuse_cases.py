"""Graphs with dense layers and relus in them: some belong together, some only look so."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.judges.lesson_07.evidence import sent
from autograder.judges.lesson_07.programs import function, undrawn
from miniblocks import graph, nd, nn

PROGRAMS = {
    "two": """
def f(x):
    h = nd.relu(first(x))
    return last(nd.relu(second(h)))
""",
    "apart": """
def f(x):
    a = first(x)
    b = x.tanh()
    c = second(b)
    d = c.exp()
    return nd.relu(a) + d
""",
    "read_twice": """
def f(x):
    h = first(x)
    return second(nd.relu(h) + h)
""",
    "returned": """
def f(x):
    h = first(x)
    return nd.relu(h), {"before": h}
""",
    "by_two_relus": """
def f(x):
    h = first(x)
    a = nd.relu(h)
    b = nd.relu(h)
    return a * b.exp()
""",
    "other_relus": """
def f(x):
    a = nd.relu(x)
    b = first(a).tanh()
    c = nd.relu(b * 2)
    return nd.relu(bare(c)) - second(c)
""",
    "returned_relu": """
def f(x):
    a = nd.relu(first(x))
    return {"out": a, "sum": a.sum()}
""",
    "branch": """
def f(x):
    h = first(x)
    if x.sum() > 0:
        y = nd.relu(h)
    else:
        y = h * 2
    z = nd.relu(second(x))
    return y + z
""",
    "writes": """
def f(x):
    return last(norm(nd.relu(first(x))))
""",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """One case for each program; shapes and values vary."""
    return [{"situation": situation, "graph": sent(_captured(source, rng))} for situation, source in PROGRAMS.items()]


def _captured(source: str, rng: np.random.Generator) -> graph.Graph:
    batch, units = int(rng.integers(2, 5)), int(rng.integers(3, 7))
    with undrawn():
        layers: dict[str, Any] = {name: nn.Dense(units, in_units=units) for name in ("first", "second", "last")}
        layers["bare"] = nn.Dense(units, in_units=units, use_bias=False)
        layers["norm"] = nn.BatchNorm(in_channels=units)
        for layer in layers.values():
            layer.initialize()
        f = function(source, **layers)
        return (graph.script if "if x" in source else graph.trace)(f, nd.ones((batch, units)))
