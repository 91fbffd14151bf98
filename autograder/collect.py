"""`autograder collect`: put what a learning platform hands over into `submitted/STUDENT/LESSON/`.

A bulk download is one zip (or its unpacked folder) whose names carry the student:

    Moodle   Ada Lovelace_4711_assignsubmission_file_/work.ipynb, or the same in one file name
    Canvas   lovelaceada_LATE_123_456789_work-2.ipynb       (name, user, upload, file; a later upload ends in -N)
    folders  STUDENT/work.ipynb, or STUDENT/LESSON/work.ipynb as nbgrader's exchange has it
    files    STUDENT.ipynb

An archive is hostile input: names only ever choose among students, nothing is unpacked by its own path, links
are refused, and sizes are counted while reading, whatever the archive says.
"""

from __future__ import annotations

import io
import re
import shutil
import stat
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from autograder.course import Course, Refused

MAX_FILES = 20_000
MAX_FILE = 64 << 20
MAX_TOTAL = 1 << 30
MAX_PER_STUDENT = 128 << 20

MOODLE = re.compile(r"^(?P<student>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)$")
CANVAS = re.compile(r"^(?P<student>[^_]+)_(?:LATE_)?(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)$")
VERSION = re.compile(r"^(?P<stem>.+)-(?P<number>\d{1,3})(?P<suffix>\.[^.]+)$")


@dataclass
class Collected:
    """What came in: the students whose work is new, changed or as before, and a line for each thing left out."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Named:
    """What a path in a bulk download says: the student, the platform's number for them, the file, the upload."""

    student: str
    number: str
    file: str
    upload: int = 0


@dataclass(frozen=True)
class _File:
    named: Named
    content: bytes


def collect(course: Course, lesson: str, source: Path) -> Collected:
    """Take in a bulk download; work that is already there and unchanged stays as it is."""
    collected = Collected()
    contents = dict(_files(source, collected.problems))
    by_student: dict[str, list[_File]] = {}
    for name, named in names(list(contents), lesson).items():
        by_student.setdefault(named.student, []).append(_File(named, contents[name]))
    for student, files in _told_apart(by_student, collected.problems):
        _put(course.submitted / student / lesson, _kept(files, lesson, collected.problems), student, collected)
    if not by_student:
        collected.problems.append(
            f"{source}: nobody's work in it; give the platform's zip as it was downloaded, or a folder STUDENT/…"
        )
    return collected


def names(paths: list[str], lesson: str) -> dict[str, Named]:
    """Path → what it says, of all that are somebody's work."""
    parts = {path: tuple(p for p in PurePosixPath(path).parts if p != lesson) for path in paths}
    parts = {path: p for path, p in parts.items() if p and "__MACOSX" not in p and not p[-1].startswith(".")}
    tops = {p[0] for p in parts.values() if len(p) > 1}
    wrapped = len(tops) == 1 and all(len(p) > 1 for p in parts.values()) and _is_wrapper(list(parts.values()))
    found = {path: _named(p[1:] if wrapped else p) for path, p in parts.items()}
    return {path: named for path, named in found.items() if named.student}


def _is_wrapper(parts: list[tuple[str, ...]]) -> bool:
    """Whether the one folder around everything holds students (folders, or several notebooks), and is none itself."""
    notebooks = {p[1] for p in parts if len(p) == 2 and p[1].lower().endswith(".ipynb")}
    return not MOODLE.match(parts[0][0]) and (len(notebooks) > 1 or all(len(p) > 2 for p in parts))


def _named(parts: tuple[str, ...]) -> Named:
    file = parts[-1]
    for part in parts:
        if match := MOODLE.match(part):
            return Named(student_id(match["student"]), match["id"], student_id(match["file"] if part == file else file))
    if len(parts) == 1 and (match := CANVAS.match(file)):
        name, number = _version(match["file"])
        return Named(student_id(f"{match['student']}-{match['id']}"), "", student_id(name), number)
    return Named(student_id(parts[0] if len(parts) > 1 else PurePosixPath(file).stem), "", student_id(file))


def _told_apart(by_student: dict[str, list[_File]], problems: list[str]) -> Iterator[tuple[str, list[_File]]]:
    """Two people of one name stay two: the platform's number is put to theirs."""
    for student, files in sorted(by_student.items()):
        numbers = sorted({file.named.number for file in files})
        if len(numbers) == 1:
            yield student, files
            continue
        problems.append(
            f"{student}: {len(numbers)} people of this name; their numbers ({', '.join(numbers)}) are put to it"
        )
        for number in numbers:
            yield f"{student}-{number}", [file for file in files if file.named.number == number]


def _version(file: str) -> tuple[str, int]:
    match = VERSION.match(file)
    return (match["stem"] + match["suffix"], int(match["number"])) if match else (file, 0)


def student_id(name: str) -> str:
    """A name as a folder name: letters of any alphabet stay, what means something to a file system does not."""
    kept = "".join(c for c in unicodedata.normalize("NFC", name) if c.isprintable() and c not in '/\\:*?"<>|[]+')
    short = kept.encode()[:200].decode(errors="ignore")  # a file system counts bytes
    return short.strip(" .")


def _kept(files: list[_File], lesson: str, problems: list[str]) -> dict[str, bytes]:
    """What of a student's files is kept: the notebook under the lesson's name, and all else as it is."""
    ordered = sorted(_unzipped(files, problems), key=lambda f: f.named.upload)
    notebooks = [f for f in ordered if f.named.file.lower().endswith(".ipynb")]
    kept = {f.named.file: f.content for f in ordered if f not in notebooks}
    if notebooks:
        chosen = ([f for f in notebooks if lesson in f.named.file] or notebooks)[-1].named
        kept[f"{lesson}.ipynb"] = next(f.content for f in notebooks if f.named is chosen)
        if others := sorted({f.named.file for f in notebooks} - {chosen.file}):
            problems.append(
                f"{chosen.student}: several notebooks; took {chosen.file!r} and left out {', '.join(map(repr, others))}"
            )
    return kept


def _unzipped(files: list[_File], problems: list[str]) -> Iterator[_File]:
    """A learner's own zip (notebook and predictions together) counts as the files in it."""
    for file in files:
        if not file.named.file.lower().endswith(".zip"):
            yield file
            continue
        label = f"{file.named.student}: {file.named.file}"
        for name, content in _zip_files(io.BytesIO(file.content), label, problems, MAX_PER_STUDENT):
            inner = student_id(PurePosixPath(name).name)
            if "__MACOSX" not in name and inner:
                yield _File(replace(file.named, file=inner), content)


def _put(target: Path, files: dict[str, bytes], student: str, collected: Collected) -> None:
    if target.is_symlink() or target.parent.is_symlink():
        collected.problems.append(f"{target}: is a link; remove it and collect again")
        return
    before = (
        {p.name: p.read_bytes() for p in target.iterdir() if p.is_file() and not p.is_symlink()}
        if target.is_dir()
        else None
    )
    if before == files:
        collected.same.append(student)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    for name, content in files.items():
        (made / name).write_bytes(content)
    made.chmod(0o755)
    _replace(made, target)
    (collected.new if before is None else collected.changed).append(student)


def _replace(made: Path, target: Path) -> None:
    """A finished folder in the place of another: a crash leaves one of the two, never a mixture."""
    old = target.with_name(f".old-{target.name}")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    made.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _files(source: Path, problems: list[str]) -> Iterator[tuple[str, bytes]]:
    """(path inside, content) of every plain file of a folder or a zip."""
    if source.is_dir():
        yield from _folder_files(source, problems)
    elif source.is_file():
        with source.open("rb") as stream:
            yield from _zip_files(stream, str(source), problems, MAX_TOTAL, must=True)
    else:
        raise Refused(f"{source}: there is no such file or folder; give the zip that the platform made")


def _folder_files(folder: Path, problems: list[str]) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            continue
        name = path.relative_to(folder).as_posix()
        if not stat.S_ISREG(mode):
            problems.append(f"{path}: a link or a special file; left out")
        elif path.stat().st_size > MAX_FILE:
            problems.append(f"{path}: more than {MAX_FILE >> 20} MB; left out, ask the learner to clear the outputs")
        else:
            yield name, path.read_bytes()


def _zip_files(
    stream: io.BufferedIOBase | io.BytesIO, label: str, problems: list[str], room: int, must: bool = False
) -> Iterator[tuple[str, bytes]]:
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        fault = f"{label}: not a zip that can be read ({error}); download it again"
        if must:
            raise Refused(fault) from error
        problems.append(fault)
        return
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MAX_FILES:
            raise Refused(f"{label}: {len(entries)} files, more than {MAX_FILES}; this is no class's work")
        for entry in entries:
            content = _entry(archive, entry, f"{label}: {entry.filename!r}", problems, min(MAX_FILE, room))
            if content is not None:
                room -= len(content)
                yield entry.filename, content


def _entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str, problems: list[str], limit: int
) -> bytes | None:
    name = PurePosixPath(entry.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or re.match(r"^[A-Za-z]:", entry.filename):
        problems.append(f"{label}: its path leaves the archive; left out")
    elif stat.S_ISLNK(entry.external_attr >> 16):
        problems.append(f"{label}: a symbolic link; left out")
    else:
        try:
            with archive.open(entry) as stream:
                content = stream.read(limit + 1)
        except Exception as error:  # damaged, encrypted, an unknown method: zipfile has no common exception
            problems.append(f"{label}: cannot be read ({str(error) or type(error).__name__}); left out")
            return None
        if len(content) <= limit:
            return content
        problems.append(
            f"{label}: more than {limit >> 20} MB when unpacked; left out, ask the learner to clear the outputs"
        )
    return None
