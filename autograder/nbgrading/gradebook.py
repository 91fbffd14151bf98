"""The gradebook: taking back what is out of date, and reading what is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Grade, Gradebook, GradeCell, MissingEntry, SubmittedAssignment, SubmittedNotebook
from traitlets.config import Config

from autograder.course import Course
from autograder.nbgrading import config as settings

CHECK = "check-"  # how the build names the cells that are judged


@dataclass(frozen=True)
class Submitted:
    """One submission as the gradebook has it; `scores` by grade id, None where nobody has decided yet."""

    student: str
    lesson: str
    scores: dict[str, float | None] = field(default_factory=dict)
    maxima: dict[str, float] = field(default_factory=dict)
    penalty: float = 0.0
    late: bool = False

    @property
    def score(self) -> float:
        return sum(score or 0 for score in self.scores.values()) - self.penalty

    @property
    def max_score(self) -> float:
        return sum(self.maxima.values())

    @property
    def open(self) -> list[str]:
        """The cells that have no score yet."""
        return [name for name, score in self.scores.items() if score is None]


def db_url(config: Config, lesson: str = "") -> str:
    return settings.directory(config, lesson).db_url


def invalidate(url: str, lesson: str, student: str, only: str = "") -> None:
    """Take back the automatic scores of a submission, or of one of its notebooks; what a person gave and wrote stays."""
    with Gradebook(url) as book:
        try:
            notebooks = book.find_submission(lesson, student).notebooks
        except MissingEntry:
            return
        for grade in (g for notebook in notebooks if only in ("", notebook.name) for g in notebook.grades):
            grade.auto_score = None
            if grade.name.startswith(CHECK) and not grade.max_score:  # an extra exercise, whose points stand there
                grade.extra_credit = None
            grade.needs_manual_grade = True
        book.db.commit()


def keep_decisions(url: str, lesson: str, student: str) -> None:
    """What a person has decided on this very work needs no second look; nbgrader asks for one after every grading."""
    with Gradebook(url) as book:
        for notebook in book.find_submission(lesson, student).notebooks:
            for grade in notebook.grades:
                grade.needs_manual_grade &= grade.manual_score is None
        book.db.commit()


def automatic_scores(url: str, lesson: str) -> dict[str, bool]:
    """Everyone who has an automatic score in a lesson → whether none is missing."""
    with Gradebook(url) as book:
        rows = (
            book.db.query(SubmittedAssignment.student_id, Grade.auto_score)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(GradeCell, GradeCell.id == Grade.cell_id)
            .filter(SubmittedAssignment.name == lesson, GradeCell.name.startswith(CHECK))
            .all()
        )
    given = {student for student, score in rows if score is not None}
    missing = {student for student, score in rows if score is None}
    return {student: student not in missing for student in given}


@contextmanager
def _opened(course: Course) -> Iterator[Gradebook]:
    with Gradebook(db_url(settings.of(course))) as book:
        yield book


def exists(course: Course) -> bool:
    """Whether there is a gradebook (opening one would make it)."""
    url = db_url(settings.of(course))
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()


def submissions(course: Course, lesson: str) -> dict[str, Submitted]:
    """Student → submission, of all that the gradebook has for a lesson."""
    if not exists(course):
        return {}
    with _opened(course) as book:
        try:
            found = book.assignment_submissions(lesson)
        except MissingEntry:
            return {}
        return {one.student.id: _submitted(one) for one in found}


def _submitted(one: Any) -> Submitted:
    """From nbgrader's SubmittedAssignment."""
    grades = [grade for notebook in one.notebooks for grade in notebook.grades]
    undecided = {g.name for g in grades if g.auto_score is None and g.manual_score is None}
    return Submitted(
        student=one.student.id,
        lesson=one.name,
        scores={g.name: None if g.name in undecided else g.score for g in grades},
        maxima={g.name: g.max_score for g in grades},
        penalty=sum(notebook.late_submission_penalty or 0 for notebook in one.notebooks),
        late=one.total_seconds_late > 0,
    )


def due(course: Course, lesson: str) -> datetime | None:
    """When a lesson has to be handed in, if that has been said."""
    if not exists(course):
        return None
    with _opened(course) as book:
        try:
            when = book.find_assignment(lesson).duedate
        except MissingEntry:
            return None
    return when and when.replace(tzinfo=UTC)


def set_due(course: Course, lesson: str, when: datetime | None) -> None:
    """Say when a lesson has to be handed in, as the formgrader does; None: no longer."""
    with _opened(course) as book:
        book.update_or_create_assignment(lesson, duedate=when and when.astimezone(UTC).replace(tzinfo=None))


def students(course: Course) -> list[str]:
    """Everyone in the gradebook."""
    if not exists(course):
        return []
    with _opened(course) as book:
        return [student.id for student in book.students]
