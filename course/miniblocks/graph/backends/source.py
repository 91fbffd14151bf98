"""Source code while it is written: lines, and names for the objects that stand behind its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from miniblocks.graph.blame import ORIGINS, Origin
from miniblocks.graph.ir import Step


class Word(str):
    """A piece of source code; it shows as it is."""

    __repr__ = str.__str__


class Source:
    """`lines`, indented by `depth`, and `names`: the objects that words stand for, which become the code's globals.

    `now` is what the lines that are being written carry out; `origins` has it for each line.
    """

    def __init__(self, **names: Any) -> None:
        self.origins: list[Origin | None] = []
        self.now: Origin | None = None
        self.names: dict[str, Any] = names | {ORIGINS: self.origins}
        self.counts: Counter[str] = Counter()
        self.lines: list[str] = []
        self.depth = 1

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)
        self.origins.append(self.now)

    def afterwards(self, text: str) -> None:
        """A line that only has to come after all others so far."""
        self.line(text)

    def free(self, name: str, thing: Any = None) -> str:
        """A name, this one where it is still free, for a thing (or for a value that the code will assign)."""
        candidate = name
        while candidate in self.names:
            self.counts[name] += 1
            candidate = f"{name}_{self.counts[name]}"
        self.names[candidate] = thing
        return candidate

    def object(self, hint: str, thing: Any) -> str:
        """A name for an object; the same for the same one."""
        for name in (hint, f"{hint}_"):
            if name in self.names and self.names[name] is thing:
                return name
        return self.free(hint if hint not in self.names else f"{hint}_", thing)

    def word(self, value: Any, hint: str = "number") -> str:
        """How an argument is written."""
        raise NotImplementedError(f"{type(self).__name__} should define word()")

    def applied_to(self, step: Step) -> list[str]:
        """What a step's operation is called with."""
        static = (f"{name}={self.word(value, name)}" for name, value in step.static.items())
        return [*(self.word(a) for a in step.args), *static]

    def call(self, function: Callable[..., Any], arguments: str) -> str:
        """A call of a function, by the name that it has."""
        name = re.sub(r"\W", "_", getattr(function, "__name__", str(function)))
        return f"{self.object(name, function)}({arguments})"
