"""Where in somebody's own code a computation was asked for: the nearest frame outside of the framework and of libraries."""

from __future__ import annotations

import linecache
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from types import CodeType, FrameType, TracebackType

_LIBRARIES = tuple(sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib"))
_HOME = Path(__file__).parent
_NOBODYS = (str(_HOME), str(_HOME.with_name("explorers")), *_LIBRARIES, "<frozen", "<graph", "<guard")
_own: dict[str, bool] = {}  # by file name


@dataclass(frozen=True, slots=True)
class Place:
    """A line of code: its file as Python names it, its number (1 is the first) and its text.

    `backward` says that it stands for the backward pass of what the line computes.
    """

    file: str
    line: int
    text: str
    backward: bool = False

    @property
    def name(self) -> str:
        """The file's own name, without the folders it lies in; "a notebook cell" for one of those."""
        if self.file.startswith("<ipython-input") or "ipykernel_" in self.file:
            return "a notebook cell"
        return PurePath(self.file).name

    def __str__(self) -> str:
        text = f": `{self.text}`" if self.text else ""
        return f"{'the backward pass of ' if self.backward else ''}line {self.line} of {self.name}{text}"


def is_own(file: str) -> bool:
    """Whether code is somebody's own: not the framework's, nor written by it, nor a library's."""
    found = _own.get(file)
    if found is None:
        found = _own[file] = not file.startswith(_NOBODYS)
    return found


def outside() -> FrameType | None:
    """The nearest frame of somebody's own code."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_own(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def within(*parts: str) -> bool:
    """Whether one of these parts of the framework (`nn`, `loss.py`) runs between somebody's own code and here."""
    prefixes = tuple(str(_HOME / part) for part in parts)
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_own(frame.f_code.co_filename):
        if frame.f_code.co_filename.startswith(prefixes):
            return True
        frame = frame.f_back
    return False


def here() -> Place:
    """The line of somebody's own code that is running."""
    frame = outside()
    return Place("<unknown>", 0, "") if frame is None else _place(frame)


def place_of(traceback: TracebackType | None) -> Place | None:
    """The innermost line of somebody's own code that an error went through."""
    found = None
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if is_own(file):
            found = Place(file, traceback.tb_lineno, _text(file, traceback.tb_lineno))
        traceback = traceback.tb_next
    return found


class Places:
    """The lines met during one capture. Each is looked up once, however many operations it asks for."""

    def __init__(self) -> None:
        self._known: dict[tuple[CodeType, int], tuple[Place, ...]] = {}
        self._backward: dict[tuple[Place, ...], tuple[Place, ...]] = {}

    def now(self) -> tuple[Place, ...]:
        """The line that is running, as a tuple of one; empty where no frame is anybody's own."""
        frame = outside()
        if frame is None:
            return ()
        key = (frame.f_code, frame.f_lasti)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = (_place(frame),)
        return found

    def backward(self, places: tuple[Place, ...]) -> tuple[Place, ...]:
        """The same lines, standing for their backward pass."""
        if places not in self._backward:
            self._backward[places] = tuple(replace(place, backward=True) for place in places)
        return self._backward[places]


def joined(parts: Iterable[tuple[Place, ...]]) -> tuple[Place, ...]:
    """All places of several steps, each once, in order."""
    return tuple(dict.fromkeys(place for places in parts for place in places))


def _place(frame: FrameType) -> Place:
    file, line = frame.f_code.co_filename, frame.f_lineno or 0
    return Place(file, line, _text(file, line))


def _text(file: str, line: int) -> str:
    linecache.checkcache(file)
    return linecache.getline(file, line).strip()
