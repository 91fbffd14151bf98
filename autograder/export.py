"""`autograder export`: the gradebook as CSV, one row a student and lesson."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.nbgrading import gradebook, run

FIXED = ("student", "lesson", "status", "total", "max", "late")


def export(course: Course, target: Path) -> list[dict[str, Any]]:
    """Write all grades; returns the rows. A column an exercise; empty where a lesson has not this exercise."""
    rows = [row for lesson in course.lessons() for row in rows_of(course, lesson)]
    exercises = sorted({name for row in rows for name in row if name not in FIXED})
    target.parent.mkdir(parents=True, exist_ok=True)
    # utf-8-sig: spreadsheet programs take a plain UTF-8 file for their own code page
    with target.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.DictWriter(file, [*FIXED, *exercises], restval="")
        writer.writeheader()
        writer.writerows({name: _inert(value) for name, value in row.items()} for row in rows)
    return rows


def rows_of(course: Course, lesson: str) -> list[dict[str, Any]]:
    """All students of the course, for one lesson that at least one of them handed in."""
    handed_in, book = course.submissions(lesson), gradebook.submissions(course, lesson)
    if not handed_in and not book:
        return []
    students = sorted({*gradebook.students(course), *handed_in, *book})
    return [_row(course, lesson, student, student in handed_in, book.get(student)) for student in students]


def _row(
    course: Course, lesson: str, student: str, handed_in: bool, book: gradebook.Submitted | None
) -> dict[str, Any]:
    row: dict[str, Any] = {"student": student, "lesson": lesson}
    if book is None and not handed_in:
        return row | {"status": "missing"}
    if book is None or not run.is_fresh(course, lesson, student):
        return row | {"status": "ungraded", "late": _late(book)}
    points = {name.removeprefix("check-"): "" if score is None else score for name, score in book.scores.items()}
    status = "graded" if not book.open else "to be graded by hand"
    return row | points | {"status": status, "total": book.score, "max": book.max_score, "late": _late(book)}


def _late(book: gradebook.Submitted | None) -> str:
    return "late" if book and book.late else ""


def _inert(value: Any) -> Any:
    """A learner's name must not become a formula in a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
