"""What Python itself decided while a function was captured: which side of an `if`, how many rounds of a loop.

A tracer cannot see it, since no operation takes part. So Python is asked to report the lines that it runs (`sys.settrace`, as debuggers
do), and the source says what stands there. What shares a line with its condition (`a if b else c`, `if a: b`) is not told apart.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from miniblocks.places import Place, is_own


@dataclass(frozen=True)
class Branch:
    """An `if`: how often it was asked, and how often the condition held."""

    place: Place
    asked: int
    held: int

    def __str__(self) -> str:
        if self.held in (0, self.asked):
            return f"{self.place}: {'taken' if self.held else 'not taken'}"
        return f"{self.place}: taken {self.held} times out of {self.asked}"


@dataclass(frozen=True)
class Unrolled:
    """A `for` or `while`: how many rounds it made in all."""

    place: Place
    rounds: int

    def __str__(self) -> str:
        return f"{self.place}: {self.rounds} round{'' if self.rounds == 1 else 's'}"


class Lines:
    """Notes which line ran after which, in code that is somebody's own: `with Lines() as lines: function(x)`."""

    def __init__(self) -> None:
        self.moves: Counter[tuple[str, int, int]] = (
            Counter()
        )  # (file, line before, line); the line before a call's first is 0
        self._before: Any = None

    def __enter__(self) -> Lines:
        self._before = sys.gettrace()
        sys.settrace(self._called)
        return self

    def __exit__(self, *error: Any) -> None:
        sys.settrace(self._before)

    def _called(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        file, last = frame.f_code.co_filename, 0
        if not is_own(file):
            return None

        def ran(frame: FrameType, event: str, arg: Any) -> Any:
            nonlocal last
            if event == "line":
                self.moves[file, last, frame.f_lineno] += 1
                last = frame.f_lineno
            return ran

        return ran

    def decisions(self) -> tuple[list[Branch], list[Unrolled]]:
        """The branches and the loops that were met, in the order of their lines."""
        branches: list[Branch] = []
        loops: list[Unrolled] = []
        for file in sorted({file for file, _, _ in self.moves}):
            for node in _statements(file):
                head = range(node.lineno, _end_of_head(node) + 1)
                entered = node.body[0].lineno
                asked = sum(n for (f, a, b), n in self.moves.items() if f == file and a not in head and b in head)
                held = sum(n for (f, a, b), n in self.moves.items() if f == file and a in head and b == entered)
                if not asked or entered in head:
                    continue
                place = Place(file, node.lineno, linecache.getline(file, node.lineno).strip())
                if isinstance(node, ast.If):
                    branches.append(Branch(place, asked, held))
                else:
                    loops.append(Unrolled(place, held))
        return branches, loops


def _statements(file: str) -> Iterator[ast.If | ast.For | ast.While]:
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:  # not Python as it stands there
        return
    found = (node for node in ast.walk(tree) if isinstance(node, (ast.If, ast.For, ast.While)))
    yield from sorted(found, key=lambda node: node.lineno)


def _end_of_head(node: ast.If | ast.For | ast.While) -> int:
    """The last line of a condition, or of what a loop goes through."""
    return (node.iter if isinstance(node, ast.For) else node.test).end_lineno or node.lineno
