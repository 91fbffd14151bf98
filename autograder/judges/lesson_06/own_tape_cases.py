"""The expressions on which a tape is tried, and their derivatives.

An expression is a list of steps, ["leaf", x], ["add", i, j] or ["mul", i, j] (i and j being positions in the list), and in
one case `rounds`: so many times v = v * c, v = v + d after that, from the leaves v, c and d.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case

DEEP, LEVELS = 10_000, 12
Steps = list[list[Any]]


def _leaves(rng: np.random.Generator, n: int) -> Steps:
    return [["leaf", float(rng.uniform(1.2, 1.9) * rng.choice([-1, 1]))] for _ in range(n)]


def _diamonds(rng: np.random.Generator) -> Steps:
    """LEVELS times: two products of the last value, and their sum. 2**LEVELS ways lead to the first leaf."""
    steps: Steps = [["leaf", float(rng.uniform(1, 2))], ["leaf", 0.4], ["leaf", 0.6]]
    last = 0
    for _ in range(LEVELS):
        n = len(steps)
        steps += [["mul", last, 1], ["mul", last, 2], ["add", n, n + 1]]
        last = n + 2
    return steps


# s = a·b enters the output at once, and once more by way of a longer path: (s·c + b)·c
SHORT_AND_LONG: Steps = [["mul", 0, 1], ["mul", 3, 2], ["add", 4, 1], ["mul", 5, 2]]


def cases(rng: np.random.Generator) -> list[Case]:
    three = [0, 1, 2]
    return [
        {
            "kind": "product",
            "says": "a * b",
            "steps": [*_leaves(rng, 2), ["mul", 0, 1]],
            "outputs": [2],
            "leaves": [0, 1],
        },
        {
            "kind": "expression",
            "says": "a * b + c",
            "steps": [*_leaves(rng, 3), ["mul", 0, 1], ["add", 3, 2]],
            "outputs": [4],
            "leaves": three,
        },
        {
            "kind": "twice",
            "says": "x * x + x",
            "steps": [*_leaves(rng, 1), ["mul", 0, 0], ["add", 1, 0]],
            "outputs": [2],
            "leaves": [0],
        },
        *(
            {
                "kind": "order",
                "says": f"s = a * b; long = (s * c + b) * c; {says}",
                "steps": [*_leaves(rng, 3), *SHORT_AND_LONG, ["add", *ends]],
                "outputs": [7],
                "leaves": three,
            }
            for says, ends in (("s + long", (3, 6)), ("long + s", (6, 3)))
        ),
        {
            "kind": "again",
            "says": "y = (a * b) * c; y.backward(); y.backward()",
            "steps": [*_leaves(rng, 3), ["mul", 0, 1], ["mul", 3, 2]],
            "outputs": [4, 4],
            "leaves": three,
        },
        {
            "kind": "two outputs",
            "says": "s = a * b; y = s * c; z = s + a; y.backward(); z.backward()",
            "steps": [*_leaves(rng, 3), ["mul", 0, 1], ["mul", 3, 2], ["add", 3, 0]],
            "outputs": [4, 5],
            "leaves": three,
        },
        {
            "kind": "deep",
            "says": f"{DEEP:,} operations in a row: v = v * c, v = v + d, …",
            "steps": [["leaf", float(rng.uniform(1, 2))], ["leaf", float(rng.uniform(0.9996, 0.9998))], ["leaf", 1e-3]],
            "rounds": DEEP // 2,
            "outputs": [DEEP + 2],
            "leaves": three,
        },
        {
            "kind": "diamonds",
            "says": f"v = v * a + v * b, {LEVELS} times",
            "steps": _diamonds(rng),
            "outputs": [3 * LEVELS + 2],
            "leaves": three,
        },
    ]


def derivatives(case: Case) -> tuple[list[float], list[list[float]]]:
    """Each output and its derivatives by the leaves, carried along from the leaves: dual numbers, no tape."""
    if "rounds" in case:
        return _deep_derivatives(case)
    width = len(case["leaves"])
    found: list[tuple[float, list[float]]] = []
    for kind, *args in case["steps"]:
        if kind == "leaf":
            found.append((args[0], [float(k == len(found)) for k in range(width)]))
            continue
        (u, du), (v, dv) = (found[i] for i in args)
        if kind == "add":
            found.append((u + v, [p + q for p, q in zip(du, dv)]))
        else:
            found.append((u * v, [p * v + q * u for p, q in zip(du, dv)]))
    return [found[i][0] for i in case["outputs"]], [found[i][1] for i in case["outputs"]]


def _deep_derivatives(case: Case) -> tuple[list[float], list[list[float]]]:
    """The same for n rounds of v = c·v + d, in closed form: v = cⁿx + d(cⁿ - 1)/(c - 1)."""
    (x, c, d), n = (step[1] for step in case["steps"]), case["rounds"]
    power, series = c**n, (c**n - 1) / (c - 1)
    by_c = n * c ** (n - 1) * x + d * (n * c ** (n - 1) - series) / (c - 1)
    return [power * x + d * series], [[power, by_c, series]]
