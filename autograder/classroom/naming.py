"""What the names in a bulk download say: whose work a file is, and what the platform calls it.

Moodle   Ada Lovelace_4711_assignsubmission_file_/work.ipynb, or the same in one file name
Canvas   lovelaceada_LATE_123_456789_work-2.ipynb       (name, user, upload, file; a later upload ends in -N)
folders  STUDENT/work.ipynb, or STUDENT/LESSON/work.ipynb as nbgrader's exchange has it
files    STUDENT.ipynb
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from autograder.classroom.roster import CANVAS, MOODLE, Origin

MOODLE_NAME = re.compile(r"^(?P<student>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>file|onlinetext)_?(?P<file>.*)$")
CANVAS_NAME = re.compile(r"^(?P<student>.+?)_(?P<late>LATE_)?(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)$")
CANVAS_ANONYMOUS = re.compile(r"^(?P<late>LATE_)?(?P<student>anon_\w+?)_(?P<upload>\d+)_(?P<file>.+)$")
VERSION = re.compile(r"^(?P<stem>.+)-(?P<number>\d{1,3})(?P<suffix>\.[^.]+)$")


@dataclass(frozen=True)
class Named:
    """What a path in a bulk download says: the student, the file, the upload, and what the platform calls them."""

    student: str
    file: str
    upload: int = 0
    origin: Origin = Origin()


def names(paths: list[str], lesson: str) -> dict[str, Named]:
    """Path → what it says, of all that are somebody's work."""
    parts = {path: tuple(p for p in PurePosixPath(path).parts if p != lesson) for path in paths}
    parts = {path: p for path, p in parts.items() if p and not hidden(PurePosixPath(path).parts)}
    tops = {p[0] for p in parts.values() if len(p) > 1}
    wrapped = len(tops) == 1 and all(len(p) > 1 for p in parts.values()) and _is_wrapper(list(parts.values()))
    found = {path: _named(p[1:] if wrapped else p) for path, p in parts.items()}
    return {path: named for path, named in found.items() if named and named.student and named.file}


def hidden(parts: tuple[str, ...]) -> bool:
    """A Mac's shadows, and JupyterLab's checkpoints: an older state under nearly the same name."""
    return any(part == "__MACOSX" or part.startswith(".") for part in parts)


def _is_wrapper(parts: list[tuple[str, ...]]) -> bool:
    """Whether the one folder around everything holds students (folders, or several notebooks), and is none itself."""
    notebooks = {p[1] for p in parts if len(p) == 2 and p[1].lower().endswith(".ipynb")}
    return not MOODLE_NAME.match(parts[0][0]) and (len(notebooks) > 1 or all(len(p) > 2 for p in parts))


def _named(parts: tuple[str, ...]) -> Named | None:
    file = parts[-1]
    for part in parts:
        if match := MOODLE_NAME.match(part):
            name = student_id(match["student"])
            prefix = (
                student_id(f"{match['student'].replace('_', ' ')}_{match['id']}_assignsubmission_{match['kind']}") + "_"
            )
            origin = Origin(MOODLE, match["id"], name, prefix)
            return Named(name, student_id(match["file"] if part == file else file), 0, origin)
    if len(parts) == 1 and (match := CANVAS_NAME.match(file) or CANVAS_ANONYMOUS.match(file)):
        name, number = student_id(match["student"]), match.groupdict().get("id") or ""
        origin = Origin(CANVAS, number, name, student_id(file[: match.start("file")]), late=bool(match["late"]))
        inner, version = _version(match["file"])
        return Named(f"{name}-{number}" if number else name, student_id(inner), version, origin)
    if len(parts) == 1 and not file.lower().endswith((".ipynb", ".zip")):
        return None  # a stray file beside notebooks
    name = student_id(parts[0] if len(parts) > 1 else PurePosixPath(file).stem)
    # What the name lost on its way to a folder's name still tells two people apart.
    return Named(name, student_id(file), 0, Origin(name=parts[0] if len(parts) > 1 else PurePosixPath(file).stem))


def _version(file: str) -> tuple[str, int]:
    match = VERSION.match(file)
    return (match["stem"] + match["suffix"], int(match["number"])) if match else (file, 0)


def student_id(name: str) -> str:
    """A name as a folder name: letters of any alphabet stay, what means something to a file system does not."""
    kept = "".join(c for c in unicodedata.normalize("NFC", name) if c.isprintable() and c not in '/\\:*?"<>|[]+')
    short = kept.encode()[:200].decode(errors="ignore")  # a file system counts bytes
    return short.strip(" .")
