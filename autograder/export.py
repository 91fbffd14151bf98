"""`autograder export`: the gradebook as a table, one row a student and lesson; or in a learning platform's format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.classroom import roster as rosters
from autograder.classroom import spreadsheet
from autograder.classroom.records import Grades, Records, for_canvas, for_moodle
from autograder.classroom.roster import Roster
from autograder.course import Course
from autograder.nbgrading import gradebook, late, run

FIXED = ("student", "lesson", "status", "total", "max", "late")
PLATFORMS = {"canvas": for_canvas, "moodle": for_moodle}


def export(course: Course, target: Path, lessons: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Write all grades; returns the rows. A column an exercise; empty where a lesson has not this exercise."""
    rows = [row for lesson in lessons or course.lessons() for row in rows_of(course, lesson)]
    exercises = sorted({name for row in rows for name in row if name not in FIXED})
    spreadsheet.write(target, [*FIXED, *exercises], rows, for_spreadsheet=True)
    return rows


def export_for(
    platform: str, course: Course, target: Path, lessons: Sequence[str] = (), roster: Roster | None = None
) -> Records:
    """Write grades in a platform's format; returns what was written."""
    chosen = list(lessons or course.lessons())
    rows = [row for lesson in chosen for row in rows_of(course, lesson)]
    records = PLATFORMS[platform](Grades.of(course, rows, chosen), roster)
    records.write(target)
    return records


def rows_of(course: Course, lesson: str) -> list[dict[str, Any]]:
    """All students of the course, for one lesson that at least one of them handed in."""
    late.settle(course, lesson)
    handed_in, book = course.submissions(lesson), gradebook.submissions(course, lesson)
    if not handed_in and not book:
        return []
    marked_late = {student for student, origin in rosters.kept(course, lesson).items() if origin.late}
    students = sorted({*gradebook.students(course), *handed_in, *book})
    return [
        _row(course, lesson, student, student in handed_in, book.get(student))
        | {"late": "late" if student in marked_late or _is_late(book.get(student)) else ""}
        for student in students
    ]


def _row(
    course: Course, lesson: str, student: str, handed_in: bool, book: gradebook.Submitted | None
) -> dict[str, Any]:
    row: dict[str, Any] = {"student": student, "lesson": lesson}
    if book is None and not handed_in:
        return row | {"status": "missing"}
    if book is None or not run.is_fresh(course, lesson, student):
        return row | {"status": "ungraded"}
    points = {name.removeprefix("check-"): "" if score is None else score for name, score in book.scores.items()}
    status = "graded" if not book.open else "to be graded by hand"
    return row | points | {"status": status, "total": book.score, "max": book.max_score}


def _is_late(book: gradebook.Submitted | None) -> bool:
    return book is not None and book.late
