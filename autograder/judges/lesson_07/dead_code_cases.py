"""Graphs with dead code in them, one for each thing that a pass may overlook."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.judges.lesson_07.evidence import sent
from autograder.judges.lesson_07.programs import function, undrawn
from miniblocks import graph, nd, nn

PROGRAMS = {
    "plain": """
def f(x):
    a = x * 2
    unused = x.exp()
    b = a + 1
    also_unused = a.sum(axis=0)
    return b
""",
    "chain": """
def f(x):
    a = x.tanh()
    b = a * 3
    c = b.exp()
    d = c + b
    e = d.sum()
    return a - 1
""",
    "outputs": """
def f(x):
    a = x * 2
    unused = a.abs()
    b = a.sum()
    c = a.mean(axis=1)
    d = c.exp()
    return {"total": b, "parts": (c, [d])}
""",
    "constants": """
def f(x):
    scale = nd.array(SCALE)
    a = x * scale
    unused = x - nd.array(OFFSET)
    return nd.relu(a)
""",
    "writes": """
def f(x):
    h = net(x)
    unused = (h * h).sum()
    return h
""",
    "random": """
def f(x):
    a = x.tanh()
    noise = nd.random.normal(shape=x.shape)
    b = a * 3
    dropped = drop(b)
    unused = dropped + noise
    later = nd.random.uniform(shape=x.shape)
    return a + later
""",
    "branch": """
def f(x):
    size = x.norm()
    unused = x.abs()
    if size > 1:
        y, z = x / 2, x + 1
    else:
        y, z = x * 1, x - 1
    factor = x.exp()
    if x.sum() > 0:
        dead = factor * 3
    else:
        dead = factor / 3
    return y * 2
""",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """One case for each program; shapes and values vary."""
    cases = []
    for situation, source in PROGRAMS.items():
        shape = (int(rng.integers(2, 5)), int(rng.integers(2, 6)))
        with undrawn():
            captured = _captured(source, shape, rng)
        cases.append({"situation": situation, "graph": sent(captured)})
    return cases


def _captured(source: str, shape: tuple[int, int], rng: np.random.Generator) -> graph.Graph:
    around: dict[str, Any] = {"SCALE": rng.normal(size=shape[1]), "OFFSET": rng.normal(size=shape[1])}
    if "net" in source:
        around["net"] = nn.Sequential(nn.Dense(shape[1], in_units=shape[1]), nn.BatchNorm(in_channels=shape[1]))
        around["net"].initialize()
    if "drop" in source:
        around["drop"] = nn.Dropout(0.5)
    f = function(source, **around)
    return (graph.script if "if x" in source else graph.trace)(f, nd.ones(shape))
