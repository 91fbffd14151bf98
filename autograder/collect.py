"""`autograder collect`: put what a learning platform hands over into `submitted/STUDENT/LESSON/`.

A bulk download is one zip (or its unpacked folder) whose names carry the student (`autograder.classroom.naming`). It is
hostile input (`autograder.classroom.archive`): names only ever choose among students, and whatever is not taken in is
told in a line.

Hand-in times. A platform's zip has one time an entry and says nothing of what it means. Canvas (lib/content_zipper.rb) and
Moodle since 3.11 (files/classes/local/archive_writer/zip_writer.php) write the time of packing; older Moodles wrote the
time at which the file was stored. Packing times never go back from one entry to the next, hand-in times of a class do. So a
Moodle zip's times are taken when they go back, and are otherwise left alone: nobody is late by the time of a download.
Canvas marks what is late in the file's name.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from autograder.classroom import attempts
from autograder.classroom import roster as rosters
from autograder.classroom.archive import MAX_FILE, Entry, Unreadable, opened, zipped
from autograder.classroom.attempts import TIMESTAMP
from autograder.classroom.naming import Named, hidden, names, student_id
from autograder.classroom.roster import MOODLE, Origin, Roster
from autograder.course import Course

MAX_PER_STUDENT = 128 << 20
MAX_STUDENTS_FILES = 500
# Student → until when an attempt counts; None: at any time.
Until = Callable[[str], datetime | None]


@dataclass
class Collected:
    """What came in: the students whose work is new, changed or as before, and a line for each thing left out."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    times: bool = False  # whether the download told when work was handed in


@dataclass(frozen=True)
class _HandedIn:
    files: dict[str, bytes]
    when: datetime | None


@dataclass(frozen=True)
class _File:
    named: Named
    entry: Entry


def collect(
    course: Course,
    lesson: str,
    source: Path,
    roster: Roster | None = None,
    *,
    as_of: datetime | None = None,
    until: Until = lambda _: None,
) -> Collected:
    """Take in a bulk download; work that is already there and unchanged stays as it is.

    What the download tells no time of counts as handed in `as_of` then. Attempts after the time that `until` gives do not count.
    """
    collected = Collected()
    with opened(source, collected.problems) as entries:
        files = _files(entries, lesson, collected.problems)
        times = _hand_in_times(files)
        collected.times = bool(times)
        origins: dict[str, Origin] = {}
        for student, theirs in _told_apart(files, rosters.kept(course, lesson), collected.problems):
            kept = _kept(theirs, lesson, course.notebooks(lesson) or [lesson], collected.problems)
            handed_in = max((times[f.entry.path] for f in theirs if f.entry.path in times), default=None)
            origins[student] = _origin(theirs, handed_in)
            _put(course, lesson, student, until, _HandedIn(kept, handed_in or as_of), collected)
    if origins:
        before = rosters.kept(course, lesson)
        told = {student: origin for student, origin in origins.items() if origin.platform or student not in before}
        rosters.keep(course, lesson, told)
    else:
        collected.problems.append(
            f"{source}: nobody's work in it; give the platform's zip as it was downloaded, or a folder STUDENT/…"
        )
    if roster:
        collected.problems += _strangers(course, lesson, roster)
    return collected


def _files(entries: list[Entry], lesson: str, problems: list[str]) -> list[_File]:
    named = names([entry.path for entry in entries], lesson)
    files = [_File(named[entry.path], entry) for entry in entries if entry.path in named]
    nobodys = [e.path for e in entries if e.path not in named and not hidden(PurePosixPath(e.path).parts)]
    problems += [f"{path!r}: belongs to nobody by its name; left out" for path in nobodys]
    return files


def _origin(files: list[_File], handed_in: datetime | None) -> Origin:
    """Of the latest upload: its file names are what the platform knows."""
    origin = max(files, key=lambda f: f.named.upload).named.origin
    return replace(origin, handed_in=f"{handed_in:%Y-%m-%d %H:%M:%S} UTC" if handed_in else "")


def _hand_in_times(files: list[_File]) -> dict[str, datetime]:
    """Path → when it was handed in; empty where the times are those of the packing, or cannot be told from them."""
    times = [(f.entry.path, f.entry.when) for f in files if f.named.origin.platform == MOODLE and f.entry.when]
    goes_back = any(b[1] < a[1] - timedelta(minutes=1) for a, b in zip(times, times[1:]))
    in_future = any(when > datetime.now(UTC) + timedelta(days=1) for _, when in times)
    return dict(times) if goes_back and not in_future else {}


def _strangers(course: Course, lesson: str, roster: Roster) -> Iterator[str]:
    """Lines on who handed in and is not on the roster, and on who is and did not."""
    matched = rosters.match(roster, course.submissions(lesson), rosters.kept(course, lesson))
    yield from (
        f"{student}: handed in, and is not one single person of the roster; taken in all the same"
        for student in matched.unknown
    )
    yield from (f"{rosters.label(person)}: on the roster, handed in nothing" for person in matched.absent)


# --- people ----------------------------------------------------------------------------------------------


def _told_apart(
    files: list[_File], before: Mapping[str, Origin], problems: list[str]
) -> Iterator[tuple[str, list[_File]]]:
    """Two people of one name stay two: all but the one who had the name before get the platform's number put to it."""
    by_student: dict[str, dict[str, list[_File]]] = {}
    for file in files:
        by_student.setdefault(file.named.student, {}).setdefault(_key(file.named.origin), []).append(file)
    for student, people in sorted(by_student.items()):
        owner = _key(before[student]) if student in before else None
        if len(people) == 1 and _may_be_one(owner, next(iter(people))):
            yield student, next(iter(people.values()))
            continue
        problems.append(f"{student}: {len({*people, owner} - {None})} people of this name; a number is put to it")
        for key, theirs in sorted(people.items()):
            yield student if key == owner else f"{student}-{_short(key)}", theirs


def _key(origin: Origin) -> str:
    return origin.number or origin.name


def _may_be_one(owner: str | None, key: str) -> bool:
    """The same number, or the same name; a number on one side alone speaks against nothing."""
    return owner is None or owner == key or owner.isdecimal() != key.isdecimal()


def _short(key: str) -> str:
    """The platform's number; of a name without one, a number made of it."""
    return key if key.isdecimal() else str(int.from_bytes(key.encode("utf-8", "replace"), "big") % 1_000_003)


# --- contents ---------------------------------------------------------------------------------------------


def _kept(files: list[_File], lesson: str, wanted: list[str], problems: list[str]) -> dict[str, bytes]:
    """What of a student's files is kept: the lesson's notebooks under their names, and all else as it is."""
    student = files[0].named.student
    kept: dict[str, bytes] = {}
    notebooks: list[tuple[str, bytes]] = []
    for name, content in _contents(sorted(files, key=lambda f: f.named.upload), problems):
        if name.lower().endswith(".ipynb"):
            notebooks.append((name, content))
        elif name == TIMESTAMP:
            problems.append(f"{student}: {name}: would set the time of the hand-in; left out")
        else:
            if kept.get(name, content) != content:
                problems.append(f"{student}: several files {name!r}; the last one is taken")
            kept[name] = content
    taken: dict[str, str] = {}
    for name, content in notebooks:
        one = _meant(name, wanted, lesson)
        if one not in taken or _fit(name, one) >= _fit(taken[one], one):  # of equals the latest upload
            taken[one], kept[f"{one}.ipynb"] = name, content
    if others := sorted({name for name, _ in notebooks} - set(taken.values())):
        took = ", ".join(map(repr, sorted(taken.values())))
        problems.append(f"{student}: several notebooks; took {took} and left out {', '.join(map(repr, others))}")
    return kept


def _meant(name: str, wanted: list[str], lesson: str) -> str:
    """Which of a lesson's notebooks a file is by its name; the lesson's own, where nothing says another."""
    return max((one for one in wanted if one in name), key=len, default=lesson)


def _fit(name: str, one: str) -> int:
    """How much a notebook's name says that it is the one."""
    return 2 if name == f"{one}.ipynb" else 1 if one in name else 0


def _contents(files: list[_File], problems: list[str]) -> Iterator[tuple[str, bytes]]:
    """(name, content) of a student's files, within what one student may take; a zip counts as the files in it."""
    room, count = MAX_PER_STUDENT, 0
    for file in files:
        for name, entry in _unzipped(file, problems):
            label = f"{file.named.student}: {name!r}"
            count += 1
            if entry.size > room or count > MAX_STUDENTS_FILES:
                problems.append(
                    f"{label}: more than {MAX_PER_STUDENT >> 20} MB or {MAX_STUDENTS_FILES} files of one learner; left out"
                )
                continue
            try:
                content = entry.read()
            except Unreadable as error:
                problems.append(f"{label}: {error}; left out")
                continue
            room -= len(content)
            yield name, content


def _unzipped(file: _File, problems: list[str]) -> Iterator[tuple[str, Entry]]:
    """A learner's own zip (notebook and predictions together) opened; what it cannot be opened for stays as it is."""
    if not file.named.file.lower().endswith(".zip") or file.entry.size > MAX_FILE:
        yield file.named.file, file.entry
        return
    label = f"{file.named.student}: {file.named.file}"
    try:
        with zipped(io.BytesIO(file.entry.read()), label, problems, MAX_STUDENTS_FILES) as entries:
            for entry in entries:
                path = PurePosixPath(entry.path)
                if (inner := student_id(path.name)) and not hidden(path.parts):
                    yield inner, entry
    except Unreadable as error:
        problems.append(f"{label}: {error}; left out")


# --- writing ----------------------------------------------------------------------------------------------


def _put(course: Course, lesson: str, student: str, until: Until, handed_in: _HandedIn, collected: Collected) -> None:
    """Keep what was handed in, and let the attempt stand in `submitted/` that counts."""
    target, others = course.submitted / student / lesson, course.attempts / student / lesson
    if links := [path for path in (target, target.parent, others, others.parent) if path.is_symlink()]:
        collected.problems.append(f"{links[0]}: is a link; remove it and collect again")
        return
    was_there = target.is_dir()
    new = attempts.keep(course, lesson, student, handed_in.files, handed_in.when)
    if was_there and not new:
        collected.same.append(student)
        return
    chosen = attempts.counting(attempts.of(course, lesson, student), until(student))
    if new and chosen.files != handed_in.files:
        collected.problems.append(f"{student}: handed in again after the deadline; the attempt before it counts")
    attempts.lay_out(chosen, target)
    (collected.changed if was_there else collected.new).append(student)
