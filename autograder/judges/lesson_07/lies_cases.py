"""Functions whose traces lie, each in a way of its own; and one whose trace is honest."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case

PROGRAMS = {
    "if": """
def f(x):
    if x.sum() > 0:
        return x * TWO
    return x - ONE
""",
    "while": """
def f(x):
    while x.norm() > 1:
        x = x / TWO
    return x
""",
    "agreeing": """
def f(x):
    if x.max() > 0:
        return nd.maximum(x, -x)
    return -x
""",
    "nan": """
def f(x):
    y = x
    if x.sum() > 0:
        y = x.log()
    return y
""",
    "one_element": """
def f(x):
    weights = nd.array([1.0, 1.0, 1.0, 1.0])
    if x[0] > 0:
        weights = nd.array([1.0, 1.0, 1.0, TWO])
    return x * weights
""",
    "honest": """
def f(x):
    for power in range(3):
        x = x * ONE + x.tanh() / (power + 1)
    return x
""",
}


def draw(rng: np.random.Generator) -> list[Case]:
    """One case for each program: an example, candidates, and inputs that are only tried on the graph afterwards."""
    return [{"situation": name, **_case(name, source, rng)} for name, source in PROGRAMS.items()]


def _case(name: str, source: str, rng: np.random.Generator) -> Case:
    numbers = {"TWO": float(rng.uniform(2, 3)), "ONE": float(rng.uniform(0.5, 1.5))}
    positive = [rng.uniform(0.5, 1.5, 4) for _ in range(4)]
    negative = [-rng.uniform(0.5, 1.5, 4) for _ in range(4)]
    if name == "while":  # of norm 0.5, 0.8, and such that need several rounds
        sizes = (0.5, 12.0, 0.8, 5.0, 30.0, 0.3, 12.0, 0.5)
        unit = [x / np.linalg.norm(x) for x in (*positive, *negative)]
        vectors = [size * x for size, x in zip(sizes, unit)]
    elif name == "nan":  # the sum is positive, and yet an element is not: nan on both ways
        mixed = [np.array([-0.2, 1.0, 1.0, 1.0]) * rng.uniform(0.5, 1.5) for _ in range(2)]
        vectors = [positive[0], mixed[0], negative[0], positive[1], negative[1], mixed[1], negative[2], positive[2]]
    else:
        vectors = [x for pair in zip(positive, negative) for x in pair]
    arrays = [np.asarray(x, np.float32) for x in vectors]
    return {"source": source, "numbers": numbers, "example": arrays[0], "inputs": arrays[1:6], "others": arrays[6:]}
