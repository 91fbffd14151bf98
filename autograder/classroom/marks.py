"""A class's marks in one lesson as numbers: scores, how hard each exercise was, and which mistakes were made.

Two figures describe an exercise, as in classical test theory:

    facility        mean points / possible points: 1 means that everyone earned all of it
    discrimination  corrected item–total correlation: Pearson's r between the points in this exercise and the points in
                    all others (the total without it, so that an exercise is not correlated with itself). Near 0 or below
                    it does not tell those who can from those who cannot; it is undefined where either does not vary.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.exercise import NOT_WRITTEN, Mistake, Report
from autograder.nbgrading import gradebook, run
from autograder.progress import printable

FEWEST = 5  # a correlation of fewer learners says nothing


@dataclass(frozen=True)
class Learner:
    """One graded submission: points by exercise (None where nobody has decided yet), reports, and answers."""

    student: str
    points: dict[str, float | None]
    reports: dict[str, Report] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> float:
        return sum(points or 0 for points in self.points.values())


@dataclass(frozen=True)
class Class:
    """All submissions to a lesson: those that are graded as handed in, and who is not."""

    lesson: str
    learners: list[Learner]
    ungraded: list[str]
    maxima: dict[str, float]

    @property
    def possible(self) -> float:
        return sum(self.maxima.values())


@dataclass(frozen=True)
class Item:
    """How one exercise came out."""

    exercise: str
    title: str
    possible: float
    full: int
    part: int
    none: int  # written, and worth nothing
    unwritten: int
    undecided: int  # waits for a person
    facility: float | None
    discrimination: float | None


@dataclass(frozen=True)
class Common:
    """A mistake, what it means, and who made it."""

    exercise: str
    id: str
    meaning: str
    students: list[str]


def of(course: Course, lesson: str) -> Class:
    """Read a lesson's marks from the gradebook and the graded notebooks."""
    book = gradebook.submissions(course, lesson)
    learners: list[Learner] = []
    ungraded: list[str] = []
    maxima: dict[str, float] = {}
    for student in course.submissions(lesson):
        kept = run.read_record(course, lesson, student)
        if kept is None or student not in book or not run.is_fresh(course, lesson, student):
            ungraded.append(student)
            continue
        maxima |= {name.removeprefix("check-"): points for name, points in book[student].maxima.items()}
        points = {name.removeprefix("check-"): points for name, points in book[student].scores.items()}
        reports = {report.exercise: report for report in kept.reports}
        cells = _cells(course.autograded / student / lesson)
        learners.append(Learner(student, points, reports, _answers(cells, points)))
    return Class(lesson, learners, ungraded, maxima)


def _cells(folder: Path) -> list[dict[str, Any]]:
    """All cells of the graded notebooks in a folder."""
    notebooks = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.ipynb")))
    return [cell for notebook in notebooks for cell in notebook.get("cells", ())]


def _answers(cells: Iterable[dict[str, Any]], exercises: Iterable[str]) -> dict[str, str]:
    """Exercise → the source of its answer cell; text answers are not compared."""
    found = {
        cell.get("metadata", {}).get("nbgrader", {}).get("grade_id"): "".join(cell.get("source", ""))
        for cell in cells
        if cell.get("cell_type") == "code"
    }
    return {name: found[name] for name in exercises if name in found}


# --- figures ----------------------------------------------------------------------------------------------


def items(group: Class) -> list[Item]:
    """Every exercise, in the order of the notebook."""
    return [_item(group, name) for name in _in_order(group)]


def _in_order(group: Class) -> list[str]:
    told = [name for learner in group.learners for name in learner.reports]
    return list(dict.fromkeys([*told, *sorted(group.maxima)]))


def _item(group: Class, name: str) -> Item:
    decided = [learner for learner in group.learners if learner.points.get(name) is not None]
    points = [learner.points[name] or 0.0 for learner in decided]
    rest = [learner.total - mine for learner, mine in zip(decided, points)]
    reports = [learner.reports[name] for learner in decided if name in learner.reports]
    possible = group.maxima.get(name) or float(reports[0].points if reports else 0)  # an extra exercise has no maximum
    unwritten = sum(not report.written for report in reports)
    full = sum(mine >= possible for mine in points)
    part = sum(0 < mine < possible for mine in points)
    return Item(
        exercise=name,
        title=reports[0].title if reports else name,
        possible=possible,
        full=full,
        part=part,
        none=len(points) - full - part - unwritten,
        unwritten=unwritten,
        undecided=len(group.learners) - len(decided),
        facility=statistics.fmean(points) / possible if points and possible else None,
        discrimination=correlation(points, rest),
    )


def correlation(a: list[float], b: list[float]) -> float | None:
    """Pearson's r, or None for too few learners or where either does not vary."""
    if len(a) < FEWEST or len(set(a)) < 2 or len(set(b)) < 2:
        return None
    return statistics.correlation(a, b)


def common_mistakes(group: Class) -> list[Common]:
    """Mistakes by how many made them; each learner counts once for each, whatever it cost."""
    students: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    meanings: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for learner in group.learners:
        for name, report in learner.reports.items():
            for key, mistake in {(name, named(mistake)): mistake for mistake in reversed(report.mistakes)}.items():
                if mistake != NOT_WRITTEN:
                    students[key].append(learner.student)
                    meanings[key][mistake.cause] += 1
    found = [
        Common(exercise, id, meanings[exercise, id].most_common(1)[0][0], who)
        for (exercise, id), who in students.items()
    ]
    return sorted(found, key=lambda c: (-len(c.students), c.exercise, c.id))


def named(mistake: Mistake) -> str:
    """A mistake's id; an error that nobody foresaw with its type."""
    if mistake.id != "raised":
        return mistake.id
    return f"raised: {printable(mistake.observed.split(':')[0])[:60]}"
