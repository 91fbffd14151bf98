"""Moments as an instructor writes them, and who may hand in later than the class.

The due date of a lesson is nbgrader's (`autograder due`, or the formgrader). Who may hand in later stands in
`extensions.csv` in the course's folder, a line each, to be written by `autograder extend` or by hand:

    lesson,student,until
    01-layers-and-blocks,Ada Lovelace,2026-03-15 23:59

A day alone means its end. A time without a zone is of this machine's zone.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, time
from pathlib import Path

from autograder.course import Course, Refused

FILE = "extensions.csv"
COLUMNS = ["lesson", "student", "until"]
END_OF_DAY = time(23, 59, 59)


def moment(text: str) -> datetime:
    """A point in time, in UTC, from `2026-03-08`, `2026-03-08 12:00`, `2026-03-08T12:00+01:00`; `Refused` for anything else."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(f"{text!r}: no date that is understood; write it as 2026-03-08 or 2026-03-08 18:00") from error
    if len(text.strip()) <= len("2026-03-08"):
        found = datetime.combine(found.date(), END_OF_DAY)
    return found.astimezone(UTC)


def shown(when: datetime) -> str:
    """A moment in this machine's zone."""
    return f"{when.astimezone():%Y-%m-%d %H:%M %Z}"


def extensions(root: Path) -> dict[tuple[str, str], datetime]:
    """(lesson, student) → until when; `Refused` names the line that cannot be read."""
    file = root / FILE
    if not file.is_file():
        return {}
    rows = csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig", "replace"), newline=""))
    if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
        raise Refused(f"{file}: its first line must be {','.join(COLUMNS)}; {', '.join(missing)} is missing")
    found = {}
    for row in rows:
        try:
            found[(row["lesson"] or "").strip(), (row["student"] or "").strip()] = moment(row["until"] or "")
        except Refused as refused:
            raise Refused(f"{file}:{rows.line_num}: {refused}") from refused
    return found


def extend(course: Course, lesson: str, student: str, until: datetime) -> None:
    """Let a student hand in until then; what was said before of them and this lesson is replaced."""
    kept = extensions(course.root) | {(lesson, student): until}
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for (of_lesson, who), when in sorted(kept.items()):
        rows.writerow([of_lesson, who, f"{when.astimezone():%Y-%m-%d %H:%M:%S%z}"])
    new = course.root / f"{FILE}.new"
    new.write_bytes(text.getvalue().encode())
    new.replace(course.root / FILE)
