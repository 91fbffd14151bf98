"""The map of the course: every lesson and exercise, and how far the learner has come.

    from autograder import course_map
    course_map()

It reads the notebooks that lie in the course's folder as they were last saved: an exercise's points are what its check
cell printed, so nothing is kept beside the notebooks and nothing is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from autograder.notebooks import marks, read, source, text

MARKS = {"done": "●", "part": "◐", "tried": "✗", "open": "○", "hand": "✎"}
WORDS = {"done": "done", "part": "partly right", "tried": "not right yet", "open": "not checked yet", "hand": "by hand"}


@dataclass(frozen=True)
class Task:
    """One exercise in a saved notebook: its points, and what its check cell gave when it last ran (None: never)."""

    id: str
    points: float
    earned: float | None = None
    by_hand: bool = False
    extra: bool = False  # its points come on top; how many, its check tells

    @property
    def state(self) -> str:
        if self.by_hand:
            return "hand"
        if self.earned is None:
            return "open"
        return "done" if self.earned >= self.points else "part" if self.earned else "tried"


@dataclass(frozen=True)
class Station:
    """One lesson: its title, where it lies relative to the course's folder, and its exercises in order."""

    title: str
    link: str
    tasks: tuple[Task, ...]

    @property
    def points(self) -> float:
        return sum(task.points for task in self.tasks if not task.extra)

    @property
    def earned(self) -> float:
        return sum(task.earned or 0 for task in self.tasks)

    @property
    def in_words(self) -> str:
        counts = {state: sum(task.state == state for task in self.tasks) for state in WORDS}
        parts = ", ".join(f"{count} {WORDS[state]}" for state, count in counts.items() if count)
        return f"{self.title}: {self.earned:g} of {self.points:g} points; {parts or 'no exercises'}"


class CourseMap:
    """The lessons as a table in a notebook, or as text."""

    def __init__(self, stations: list[Station]) -> None:
        self.stations = stations

    @property
    def next(self) -> tuple[Station, Task] | None:
        """The first exercise without full points, and its lesson; None when all is done."""
        return next(
            ((s, t) for s in self.stations for t in s.tasks if t.state not in ("done", "hand") and not t.extra), None
        )

    def __repr__(self) -> str:
        lines = [station.in_words for station in self.stations]
        return "\n".join(lines or ["there is no lesson in this folder"])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": _template().render(map=self, marks=MARKS, words=WORDS)}


def course_map(folder: Path | None = None) -> CourseMap:
    """The lessons `NN-name/NN-….ipynb` in `folder` (the working directory, unless one is named)."""
    home = folder or Path.cwd()
    found = [path for path in home.glob("[0-9][0-9]-*/[0-9][0-9]-*.ipynb") if _is_lessons(path)]
    files = sorted(found, key=lambda path: (path.parent.name, path.stem))
    return CourseMap([_station(path, home) for path in files])


def _is_lessons(path: Path) -> bool:
    """One of the lesson's own notebooks: no copy, by JupyterLab or from before an update, no solutions."""
    return path.stem[:3] == path.parent.name[:3] and not re.search(r"\.|-Copy\d+$|-solutions$", path.stem)


def _station(path: Path, home: Path) -> Station:
    cells = (read(path) or {"cells": []})["cells"]
    titles = (line[2:] for cell in cells for line in source(cell).split("\n") if line.startswith("# "))
    tasks = tuple(task for cell in cells if (task := _task(cell)) is not None)
    return Station(next(titles, path.stem), path.relative_to(home).as_posix(), tasks)


def _task(cell: dict[str, Any]) -> Task | None:
    mark = marks(cell)
    if not mark.get("grade"):
        return None
    name, points = str(mark.get("grade_id", "")), float(mark.get("points", 0))
    if mark.get("solution"):
        return Task(name, points, by_hand=True)
    earned, possible = _shown_points(cell)
    if not points:
        return Task(name.removeprefix("check-"), possible, earned, extra=True)
    return Task(name.removeprefix("check-"), points, None if earned is None else min(points, earned))


def _shown_points(cell: dict[str, Any]) -> tuple[float | None, float]:
    """What a check cell gave when it last ran: `7`, or `2 of 4 extra points`, as (points, possible extra points)."""
    for output in cell.get("outputs") or ():
        if output.get("output_type") == "execute_result":
            try:
                words = text(output["data"]["text/plain"]).split()
                return float(words[0]), float(words[2]) if words[3:] == ["extra", "points"] else 0
            except (KeyError, TypeError, ValueError, IndexError):
                return None, 0
    return None, 0


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("coursemap.html")
