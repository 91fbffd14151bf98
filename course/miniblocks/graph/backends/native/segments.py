"""The C source of a program: kernels, each written once, and segments, which call them one after another."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from miniblocks.graph.backends.native.kernel import HEAD, HELPERS, Kernel
from miniblocks.graph.ir import Step

# What no variable may be called, of those that are small ASCII letters at all.
RESERVED = frozenset(
    "auto break case char const continue default do double else enum extern float for goto if inline int long register restrict "
    "return short signed sizeof static struct switch typedef union unsigned void volatile while asm errno memory".split()
)


@dataclass
class Segment:
    """Steps in a row, as one C function.

    `given` are the pointers and numbers that it is called with, `read` what it finds in the table of memory: by word, with their C types.
    `failing` are steps that may not be able to use their numbers, `written` the words of parameters, `after` lines of Python that wait for its end.
    """

    calls: list[str] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)
    failing: list[Step] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


class Library:
    """What is compiled together: `source`, and in it the functions of segments (`functions`: their names and C types of parameters)."""

    def __init__(self) -> None:
        self.kernels: dict[str, str] = {}  # names, by what is the same of two
        self.texts: list[str] = []
        self.segments: list[str] = []
        self.functions: dict[str, list[str]] = {}
        self.helpers: set[tuple[str, str]] = set()
        # Words of what lies in memory that does not change, and their places in the table.
        self.table: dict[str, int] = {}
        self._counts: Counter[str] = Counter()
        self._variables: dict[str, str] = {}
        self._taken = set(RESERVED)

    def kernel(self, hint: str, kernel: Kernel) -> str:
        """The name of a kernel's function: it is written when it is met first."""
        if kernel.body not in self.kernels:
            name = self._free(f"{hint}_1")  # with a number: C has functions of its own that are called exp or log
            self.kernels[kernel.body] = name
            self.texts.append(kernel.function(name))
            self.helpers |= kernel.helpers
        return self.kernels[kernel.body]

    def variable(self, word: str) -> str:
        """The C variable for a word of the program."""
        if word not in self._variables:
            usual = re.fullmatch("[a-z][a-z0-9_]*", word)
            self._variables[word] = self._free(word) if usual and word not in self._taken else self._free("value_1")
        return self._variables[word]

    def _free(self, hint: str) -> str:
        name, stem = hint, hint.removesuffix("_1")
        while name in self._taken:
            self._counts[stem] += 1
            name = f"{stem}_{self._counts[stem] + 1}"
        self._taken.add(name)
        return name

    def add(self, name: str, segment: Segment, labels: dict[str, str]) -> None:
        """Write a segment; `labels` are what people call its words."""
        given = [f"{kind} {self.variable(w)}".replace("* ", "*") for w, kind in segment.given.items()]
        lines = [f"int {name}({', '.join(['void **memory', *given])}) {{"]
        for word, kind in segment.read.items():
            told = f"  // {plain(labels[word])}" if word in labels else ""
            place = self.table.setdefault(word, len(self.table))
            lines.append(f"    {kind} *{self.variable(word)} = memory[{place}];{told}")
        self.segments.append("\n".join([*lines, *(f"    {call}" for call in segment.calls), "    return 0;", "}"]))
        self.functions[name] = list(segment.given.values())

    @property
    def source(self) -> str:
        helpers = [HELPERS[name].replace("TYPE", kind) for name, kind in sorted(self.helpers)]
        return "\n".join([HEAD, *helpers, *(f"{text}\n" for text in (*self.texts, *self.segments))])


def plain(text: str) -> str:
    """Text for a comment that C cannot take for anything else: one line of ASCII, without backslashes and what stands for one (`??/`)."""
    return re.sub(r"[^ ->@-\[\]-~]", "_", text)[:200]
