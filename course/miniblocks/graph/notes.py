"""Notes beside a saved graph: the lines of code that its instructions come from, as JSON.

    {"lines": [["models.py", 12, "h = nd.relu(x @ w)", false], …],     file, number, text, whether its backward pass is meant
     "steps": {"0": [0], "3": [1, 0], "3.then.0": [1]}}                an instruction's place in the graph → its lines

A file is named without the folders it lies in, so that nothing of somebody's disk is told. Whoever runs a graph can do without notes:
a file without them loads as well, and so does one with them where they are not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from miniblocks.graph.ir import Cond, Graph, Instruction, Loop, subgraphs
from miniblocks.places import Place

LONGEST = 200  # characters of a line


def dumps(graph: Graph) -> str:
    """The notes of a graph."""
    numbers: dict[tuple[Any, ...], int] = {}
    steps = {
        path: [numbers.setdefault(_line_out(place), len(numbers)) for place in instruction.places]
        for path, instruction in _instructions(graph, "")
        if instruction.places
    }
    return json.dumps({"lines": list(numbers), "steps": steps})


def loads(graph: Graph, text: str) -> Graph:
    """The graph with these notes on its instructions; raises ValueError where they are none."""
    data = json.loads(text)
    if not isinstance(data, dict) or not isinstance(data.get("steps"), dict) or not isinstance(data.get("lines"), list):
        raise ValueError("they are an object of lines and steps")
    lines = [_line_in(line) for line in data["lines"]]
    places = {path: tuple(_one(lines, number) for number in numbers) for path, numbers in data["steps"].items()}
    return _with(graph, places, "")


def _instructions(graph: Graph, path: str) -> Iterator[tuple[str, Instruction]]:
    for number, instruction in enumerate(graph.steps):
        yield f"{path}{number}", instruction
        for word, inside in _inside(instruction).items():
            yield from _instructions(inside, f"{path}{number}.{word}.")


def _inside(instruction: Instruction) -> dict[str, Graph]:
    words = ("then", "else") if isinstance(instruction, Cond) else ("while", "do")
    return dict(zip(words, subgraphs(instruction)))


def _line_out(place: Place) -> tuple[Any, ...]:
    return _printable(place.name), place.line, _printable(place.text), place.backward


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:LONGEST]


def _line_in(line: Any) -> Place:
    if not isinstance(line, list) or list(map(type, line)) != [str, int, str, bool]:
        raise ValueError("a line is a file, a number, a text, and whether its backward pass is meant")
    return Place(_printable(line[0]), line[1], _printable(line[2]), line[3])


def _one(lines: list[Place], number: Any) -> Place:
    if type(number) is not int or not 0 <= number < len(lines):
        raise ValueError(f"there is no line {number!r}")
    return lines[number]


def _with(graph: Graph, places: Mapping[str, tuple[Place, ...]], path: str) -> Graph:
    steps = []
    for number, instruction in enumerate(graph.steps):
        here = f"{path}{number}"
        inside = [_with(part, places, f"{here}.{word}.") for word, part in _inside(instruction).items()]
        if isinstance(instruction, Cond):
            instruction = replace(instruction, then=inside[0], orelse=inside[1])
        elif isinstance(instruction, Loop):
            instruction = replace(instruction, condition=inside[0], body=inside[1])
        steps.append(replace(instruction, places=places.get(here, ())))
    return replace(graph, steps=tuple(steps))
