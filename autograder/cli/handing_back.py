"""feedback, report, export: what learners, the instructor and the platform get."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.common import LessonName, RosterFile, out, warn
from autograder.course import Course


class Format(StrEnum):
    """The formats of `export`."""

    csv = "csv"
    canvas = "canvas"
    moodle = "moodle"


def feedback(
    lesson: LessonName,
    zip: Annotated[
        Path | None, typer.Option("--zip", help="Also pack the pages as the learning platform takes them back.")
    ] = None,
) -> None:
    """Write a page for each graded learner: feedback/STUDENT/LESSON/*.html."""
    from autograder.classroom.handback import pack
    from autograder.nbgrading.pages import write_feedback

    course = Course.here()
    name = course.lesson(lesson)
    written, left_out = write_feedback(course, name)
    warn(left_out)
    out.print(f"{len(written)} pages in {course.feedback}", soft_wrap=True)
    if zip:
        warn(pack(course, name, written, zip))
        out.print(f"wrote {zip}", soft_wrap=True)


def report(
    lesson: LessonName,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The page to write; build/reports/LESSON.html if left out.")
    ] = None,
) -> None:
    """The class on one page: scores, how each exercise came out, mistakes, answers that are alike."""
    from autograder.classroom.report import write_report

    course = Course.here()
    name = course.lesson(lesson)
    target = output or course.scratch / "reports" / f"{name}.html"
    group = write_report(course, name, target)
    out.print(f"wrote {target}: {len(group.learners)} graded, {len(group.ungraded)} not", soft_wrap=True)


def export(
    lesson: Annotated[str | None, typer.Argument(metavar="[LESSON]", help="All lessons, if none is named.")] = None,
    format: Annotated[Format, typer.Option(help="A table for a spreadsheet, or what a platform imports.")] = Format.csv,
    roster: RosterFile = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="The CSV to write.")] = Path("grades.csv"),
) -> None:
    """Write grades as CSV: a column an exercise, or in the format of Canvas's or Moodle's import."""
    from autograder import export as exporting
    from autograder.classroom.roster import read

    course = Course.here()
    lessons = [course.lesson(lesson)] if lesson else []
    if format is Format.csv:
        counts = Counter(row["status"] for row in exporting.export(course, output, lessons))
        told = ", ".join(f"{n} {status}" for status, n in sorted(counts.items()))
        out.print(f"wrote {output}: {told or 'nobody handed in anything yet'}", soft_wrap=True)
        return
    records = exporting.export_for(format, course, output, lessons, read(roster) if roster else None)
    warn(records.problems)
    out.print(f"wrote {output}: {len(records.rows)} lines below the header", soft_wrap=True)
