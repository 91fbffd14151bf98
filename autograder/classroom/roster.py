"""Who is who: what a platform's download says of each learner, and an instructor's list of the class.

`submitted/LESSON.json` keeps, for each learner whose work was collected, the platform's own number and the beginning of the
platform's file names: grades and feedback go back by these. A roster is any CSV with a row a person, best the
platform's own: Canvas's gradebook export, Moodle's grading worksheet or list of participants.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Course, Refused

MOODLE, CANVAS = "moodle", "canvas"


@dataclass(frozen=True)
class Origin:
    """Where a learner's work came from, as far as the download says."""

    platform: str = ""
    number: str = ""  # Moodle's participant (another one in each assignment), Canvas's user
    name: str = ""
    prefix: str = ""  # of the file's name in the download
    handed_in: str = ""  # UTC, where it is known
    late: bool = False  # Canvas's mark in the file's name


def kept(course: Course, lesson: str) -> dict[str, Origin]:
    """Student → origin, as collected so far."""
    try:
        content = json.loads(_file(course, lesson).read_text(encoding="utf-8"))
        return {student: Origin(**one) for student, one in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def keep(course: Course, lesson: str, origins: Mapping[str, Origin]) -> None:
    """Add to what is kept."""
    everyone = {student: dataclasses.asdict(one) for student, one in (kept(course, lesson) | dict(origins)).items()}
    file = _file(course, lesson)
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.write_text(json.dumps(everyone, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(file)


def _file(course: Course, lesson: str) -> Path:
    return course.submitted / f"{lesson}.json"


# --- the class list ----------------------------------------------------------------------------------------

NUMBERS = {MOODLE: ("identifier",), CANVAS: ("id",)}
NAMES = ("student", "full name", "name", "display name")
FIRST, LAST = ("first name", "firstname"), ("last name", "lastname", "surname")
LOGINS = (
    "username",
    "login",
    "sis login id",
    "email address",
    "email",
    "id number",
    "sis user id",
    "student id",
    "student",
)

Person = dict[str, str]  # column → cell, as in the file


@dataclass(frozen=True)
class Roster:
    """The people of a class, in the columns of the file that they came from."""

    columns: list[str]
    people: list[Person]

    def has(self, *names: str) -> str | None:
        """The file's own name of the first of these columns that it has."""
        return next((column for column in self.columns if column.strip().casefold() in names), None)

    def find(self, student: str, origin: Origin) -> Person | None:
        """The one person who is this student: by the platform's number, else by login, else by name."""
        for fits in (_by_number(origin), _by_login(student), _by_name(student, origin)):
            found = [person for person in self.people if fits(person)]
            if len(found) == 1:
                return found[0]
            if found:
                return None  # several: nobody can say which
        return None


@dataclass
class Matched:
    """Students and people brought together; whoever is left over on either side."""

    people: dict[str, Person] = field(default_factory=dict)  # by student
    unknown: list[str] = field(default_factory=list)  # students who are nobody, or several, on the roster
    absent: list[Person] = field(default_factory=list)  # people without work


def match(roster: Roster, students: Iterable[str], origins: Mapping[str, Origin]) -> Matched:
    """Bring students and roster together; two students who claim one person are both left over."""
    claims: dict[int, list[str]] = {}
    matched = Matched()
    for student in students:
        person = roster.find(student, origins.get(student, Origin()))
        if person is None:
            matched.unknown.append(student)
        else:
            claims.setdefault(id(person), []).append(student)
    for person in roster.people:
        claimants = claims.get(id(person), [])
        if len(claimants) == 1:
            matched.people[claimants[0]] = person
        else:
            matched.unknown += claimants
            matched.absent += [] if claimants else [person]
    matched.unknown.sort()
    return matched


def label(person: Person) -> str:
    """A person in a word, for a message."""
    return next((name for name in _names(person) if name), "") or next((c for c in person.values() if c), "?")


def read(path: Path) -> Roster:
    """A roster from a CSV as platforms and spreadsheets write it; raises `Refused` for anything else."""
    try:
        text = _text(path.read_bytes())
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}; give the platform's export as CSV") from error
    first = text.splitlines()[0] if text.strip() else ""
    separator = max(",;\t", key=first.count)
    try:
        rows = [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        ]
    except csv.Error as error:
        raise Refused(f"{path}: not a CSV that can be read ({error}); export it again") from error
    columns = rows[0] if rows else []
    people = [dict(zip(columns, row)) for row in rows[1:] if any(row) and not _is_about_columns(row)]
    if not _identifies(columns) or not people:
        raise Refused(
            f"{path}: no list of people: a first line with, for instance, 'Full name', 'Student', 'Username' or 'Email address' is"
            " needed, and a line a person"
        )
    return Roster(columns, [{column: person.get(column, "") for column in columns} for person in people])


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _is_about_columns(row: list[str]) -> bool:
    """Canvas's second and third lines tell points and policies, not a person."""
    return row[0] in ("Points Possible", "") and not any(row[1:3])


def _identifies(columns: list[str]) -> bool:
    known = {column.casefold() for column in columns}
    return bool(known & {*NAMES, *LOGINS, *LAST, *NUMBERS[MOODLE]})


def _cells(person: Person, columns: Iterable[str]) -> Iterator[str]:
    wanted = set(columns)
    yield from (cell for column, cell in person.items() if cell and column.strip().casefold() in wanted)


def _by_number(origin: Origin):  # type: ignore[no-untyped-def]
    columns = NUMBERS.get(origin.platform, ())
    return lambda person: (
        bool(origin.number)
        and any(re.findall(r"\d+", cell)[-1:] == [origin.number] for cell in _cells(person, columns))
    )


def _by_login(student: str):  # type: ignore[no-untyped-def]
    wanted = student.casefold()
    return lambda person: any(
        wanted in (cell.casefold(), cell.casefold().split("@")[0]) for cell in _cells(person, LOGINS)
    )


def _by_name(student: str, origin: Origin):  # type: ignore[no-untyped-def]
    wanted = _plain(origin.name or student)
    return lambda person: bool(wanted) and wanted in {_plain(name) for name in _names(person)}


def _names(person: Person) -> Iterator[str]:
    """The ways to write a person's name."""
    for name in _cells(person, NAMES):
        yield name
        yield " ".join(reversed(name.split(",", 1)))
    for first in _cells(person, FIRST):
        for last in _cells(person, LAST):
            yield f"{first} {last}"
            yield f"{last} {first}"


def _plain(name: str) -> str:
    """A name for comparison: letters and digits alone, as Canvas writes them in file names."""
    return "".join(c for c in name.casefold() if c.isalnum())
