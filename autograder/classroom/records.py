"""Grades in the formats that Canvas and Moodle take in.

Canvas, "Import Grades" of the gradebook (lib/gradebook_importer.rb of canvas-lms): the columns Student, ID, SIS User ID,
SIS Login ID, Section, in this order, then a column an assignment; `Name (ID)` names an existing one. A second line gives
the points possible. Who it is, is told by ID, else by the SIS columns, else by name.

Moodle, two ways. "Upload grading worksheet" of an assignment (mod/assign/feedback/offline/importgradeslib.php): the columns
Identifier (`Participant N`), Grade and Last modified (grade) must be there; more may be. "Import > CSV file" of the
gradebook (docs.moodle.org, Grade import): any columns, of which one, as Email address or ID number, tells who it is.

Only what is graded as handed in, and decided to the last point, goes into such a file; all else is told in lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.classroom import roster as rosters
from autograder.classroom import spreadsheet
from autograder.classroom.roster import CANVAS, FIRST, LAST, LOGINS, MOODLE, NAMES, Origin, Person, Roster
from autograder.course import Course, Refused

CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POINTS = "    Points Possible"
WORKSHEET = ("Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)")
GRADED = "graded"

Row = dict[str, Any]


@dataclass
class Records:
    """A table for a platform, and a line for each grade that is not in it."""

    columns: list[str]
    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def write(self, target: Path) -> None:
        spreadsheet.write(target, self.columns, self.rows, for_spreadsheet=False)


@dataclass(frozen=True)
class Grades:
    """All grades of some lessons: lesson → student → row of the export, and where each one's work came from."""

    rows: dict[str, dict[str, Row]]
    origins: dict[str, dict[str, Origin]]

    @classmethod
    def of(cls, course: Course, rows: Sequence[Row], lessons: Sequence[str]) -> Grades:
        found: dict[str, dict[str, Row]] = {lesson: {} for lesson in lessons}
        for row in rows:
            if row["lesson"] in found:
                found[row["lesson"]][row["student"]] = row
        handed_in = {lesson: students for lesson, students in found.items() if students}
        return cls(handed_in, {lesson: rosters.kept(course, lesson) for lesson in handed_in})

    @property
    def students(self) -> list[str]:
        return sorted({student for rows in self.rows.values() for student in rows})

    def score(self, student: str, lesson: str) -> float | None:
        row = self.rows[lesson].get(student, {})
        return _number(row["total"]) if row.get("status") == GRADED else None

    def possible(self, lesson: str) -> float | str:
        return next((_number(row["max"]) for row in self.rows[lesson].values() if row.get("max")), "")

    def origin(self, student: str) -> Origin:
        """From any lesson: Canvas's number of a user is one and the same, Moodle's is not."""
        found = [origins[student] for origins in self.origins.values() if student in origins]
        return max(found, key=lambda origin: bool(origin.number), default=Origin())

    def undecided(self) -> Iterator[str]:
        """Lines on grades that are none yet."""
        for lesson, rows in self.rows.items():
            for student, row in rows.items():
                if row["status"] not in (GRADED, "missing"):
                    yield f"{student}: {lesson} is {row['status']}; left blank"


def _number(value: Any) -> float | int:
    """Whole numbers as such: 72, not 72.0."""
    return int(value) if float(value).is_integer() else float(value)


# --- Canvas -----------------------------------------------------------------------------------------------


def for_canvas(grades: Grades, roster: Roster | None) -> Records:
    """A gradebook to import into Canvas: for the people of a roster (its own export), else for all whose number is known."""
    lessons = {lesson: _existing(lesson, roster) for lesson in grades.rows}
    records = Records([*CANVAS_COLUMNS, *lessons.values()], problems=list(grades.undecided()))
    records.rows.append({"Student": POINTS} | {lessons[name]: grades.possible(name) for name in lessons})
    for student, person in _people(grades, roster, CANVAS, records.problems):
        points = {column: grades.score(student, name) for name, column in lessons.items()}
        records.rows.append(_canvas_person(person) | {c: "" if p is None else p for c, p in points.items()})
    return records


def _existing(lesson: str, roster: Roster | None) -> str:
    """An assignment's column in Canvas's export, or the lesson's name: Canvas offers to make a new one of it."""
    pattern = re.compile(rf"{re.escape(lesson)} \(\d+\)")
    return next((column for column in (roster.columns if roster else ()) if pattern.fullmatch(column)), lesson)


def _canvas_person(person: Person) -> Row:
    return {column: person.get(column, "") for column in CANVAS_COLUMNS}


# --- Moodle -----------------------------------------------------------------------------------------------


def for_moodle(grades: Grades, roster: Roster | None) -> Records:
    """One assignment's grading worksheet; with a roster that is none, a table for the import into the gradebook."""
    if roster and not roster.has("identifier"):
        return _gradebook(grades, roster)
    if len(grades.rows) > 1:
        raise Refused(
            f"a grading worksheet is of one assignment: name one of {', '.join(grades.rows)}; or give the class with --roster,"
            " for an import into the gradebook"
        )
    if roster:
        return _filled_in(grades, roster)
    records = Records(list(WORKSHEET), problems=list(grades.undecided()))
    for lesson in grades.rows:
        for student, person in _people(grades, None, MOODLE, records.problems):
            if (score := grades.score(student, lesson)) is not None:
                records.rows.append(
                    {
                        "Identifier": f"Participant {person['ID']}",
                        "Full name": person["Student"],
                        "Grade": score,
                        "Maximum Grade": grades.possible(lesson),
                    }
                )
    return records


def _filled_in(grades: Grades, roster: Roster) -> Records:
    """Moodle's own worksheet with the grades in it, all else as it was."""
    column = roster.has("grade")
    if column is None:
        raise Refused("the worksheet has no column 'Grade'; download it with Moodle set to English")
    records = Records(roster.columns, problems=list(grades.undecided()))
    scores = {
        id(person): grades.score(student, lesson)
        for lesson in grades.rows
        for student, person in _people(grades, roster, MOODLE, records.problems)
    }
    for person in roster.people:
        score = scores.get(id(person))
        records.rows.append(person | ({} if score is None else {column: score}))
    return records


def _gradebook(grades: Grades, roster: Roster) -> Records:
    who = [c for c in roster.columns if c.strip().casefold() in {*FIRST, *LAST, *NAMES, *LOGINS}]
    records = Records([*who, *grades.rows], problems=list(grades.undecided()))
    for student, person in _people(grades, roster, MOODLE, records.problems):
        points = {lesson: grades.score(student, lesson) for lesson in grades.rows}
        row = {column: person[column] for column in who}
        records.rows.append(row | {lesson: "" if p is None else p for lesson, p in points.items()})
    return records


# --- who --------------------------------------------------------------------------------------------------


def _people(grades: Grades, roster: Roster | None, platform: str, problems: list[str]) -> Iterator[tuple[str, Person]]:
    """(student, person on the platform) of all who can be told; a line for each who cannot."""
    if roster:
        matched = rosters.match(roster, grades.students, {s: grades.origin(s) for s in grades.students})
        problems += [f"{s}: is not one single person of the roster; not in the file" for s in matched.unknown]
        yield from sorted(matched.people.items())
        return
    for student in grades.students:
        origin = grades.origin(student)
        if origin.platform == platform and origin.number:
            yield student, {"Student": origin.name, "ID": origin.number}
        else:
            problems.append(
                f"{student}: no number of {platform.capitalize()} is known; not in the file. Collect from its zip, or give --roster"
            )
