"""What stands in a download, listed before anything is read: a folder, or a zip that may be hostile.

Nothing is ever unpacked by its own path. What is refused, or cannot be read, is a line in `problems`: paths that lead
out of the archive, links, special files, a name that stands there twice, and whatever is too large by its own account
(zipfile reads no more of an entry than it declares).
"""

from __future__ import annotations

import os
import re
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.course import Refused

MAX_FILE = 64 << 20
MAX_FILES = 50_000  # of a class
MAX_LISTED = 1000  # bytes for each file in a zip's list of them, which is read before anything can be counted
UTF8 = 0x800  # in an entry's flags: its name is UTF-8
END, LOCATOR, FEW = 22, 20, 1 << 16  # of a zip's end, in bytes; and what it can count: PKWARE's APPNOTE, 4.3.15 f.
UNIX_TIME = 0x5455  # the extra field with seconds since 1970


class Unreadable(Exception):
    """An entry cannot be read; the message says why."""


@dataclass(frozen=True)
class Entry:
    """A plain file in a download: its path inside, its declared size, and the time that the archive gives it."""

    path: str
    size: int
    when: datetime | None
    read: Callable[[], bytes]


@contextmanager
def opened(source: Path, problems: list[str]) -> Iterator[list[Entry]]:
    """The entries of a folder or a zip; raises `Refused` for anything else."""
    if source.is_dir():
        yield _listed(_folder(source, problems), str(source), problems)
    elif source.is_file():
        with source.open("rb") as stream:
            try:
                with zipped(stream, str(source), problems, MAX_FILES) as entries:
                    yield entries
            except Unreadable as error:
                raise Refused(f"{source}: {error}; download it again") from error
    else:
        raise Refused(f"{source}: there is no such file or folder; give the zip that the platform made")


@contextmanager
def zipped(stream: IO[bytes], label: str, problems: list[str], most: int) -> Iterator[list[Entry]]:
    """The entries of a zip; raises `Unreadable` if it is none, or has more of them than anyone's work."""
    listed = _listed_bytes(stream)
    if most < FEW and listed is None or (listed or 0) > most * MAX_LISTED:
        raise Unreadable(f"its list of files is too long for {most} files")
    try:
        archive = zipfile.ZipFile(stream)
    except Exception as error:  # zipfile raises what its parts raise on damaged input
        raise Unreadable(f"not a zip that can be read ({error})") from error
    with archive:
        found = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(found) > most:
            raise Unreadable(f"{len(found)} files, more than {most}")
        yield _listed((_of_zip(archive, entry, label, problems) for entry in found), label, problems)


def _listed_bytes(stream: IO[bytes]) -> int | None:
    """How long a zip's list of files is, as its end says; 0 where it has none, None in the format for huge zips."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - LOCATOR - END - FEW))
    tail = stream.read()
    stream.seek(0)
    # zipfile looks here first, and then for the last one.
    at = len(tail) - END if tail[-END:].startswith(b"PK\x05\x06") else tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + END:
        return 0
    if at >= LOCATOR and tail[at - LOCATOR :].startswith(b"PK\x06\x07"):
        return None
    return int(struct.unpack_from("<I", tail, at + 12)[0])


def _listed(found: Iterator[Entry | None], label: str, problems: list[str]) -> list[Entry]:
    """The entries, each path once: of two of the same, the later one, as every unzip does."""
    entries: dict[str, Entry] = {}
    for entry in found:
        if entry is None:
            continue
        if entry.path in entries:
            problems.append(f"{label}: {entry.path!r}: is there twice; the later one is taken")
        entries[entry.path] = entry
    return list(entries.values())


def _folder(folder: Path, problems: list[str]) -> Iterator[Entry | None]:
    for top, folders, files in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted([*files, *(f for f in folders if Path(top, f).is_symlink())]):
            path = Path(top, name)
            state = path.lstat()
            label = f"{str(path)!r}"
            if not stat.S_ISREG(state.st_mode):
                problems.append(f"{label}: a link or a special file; left out")
            elif not _too_large(state.st_size, label, problems):
                yield Entry(_normal(path.relative_to(folder).as_posix()), state.st_size, None, path.read_bytes)


def _of_zip(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str, problems: list[str]) -> Entry | None:
    name = _normal(_decoded(entry).replace("\\", "/"))
    label = f"{label}: {name!r}"
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", name):
        problems.append(f"{label}: its path leaves the archive; left out")
    elif stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        problems.append(f"{label}: a symbolic link or a special file; left out")
    elif not _too_large(entry.file_size, label, problems):
        return Entry(str(path), entry.file_size, _when(entry), lambda: _content(archive, entry))
    return None


def _too_large(size: int, label: str, problems: list[str]) -> bool:
    if size > MAX_FILE:
        problems.append(
            f"{label}: more than {MAX_FILE >> 20} MB when unpacked; left out, ask the learner to clear the outputs"
        )
    return size > MAX_FILE


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(entry) as stream:
            content = stream.read(entry.file_size + 1)
    except Exception as error:  # damaged, encrypted, an unknown method: zipfile has no common exception
        raise Unreadable(f"cannot be read ({str(error) or type(error).__name__})") from error
    if len(content) != entry.file_size:
        raise Unreadable("cannot be read (its size is not the one declared)")
    return content


def _decoded(entry: zipfile.ZipInfo) -> str:
    """An entry's name: many programs write UTF-8 without saying so, and zipfile then reads code page 437."""
    if entry.flag_bits & UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _normal(name: str) -> str:
    """One writing of a name: a Mac takes letters and their accents apart."""
    return unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())


def _when(entry: zipfile.ZipInfo) -> datetime | None:
    """The time of an entry: to the second where the archive has it so, else local time of who made it, taken as ours."""
    rest = entry.extra
    while len(rest) >= 4:
        kind, size = struct.unpack("<HH", rest[:4])
        if kind == UNIX_TIME and size >= 5 and rest[4] & 1 and len(rest) >= 9:
            return datetime.fromtimestamp(struct.unpack("<I", rest[5:9])[0], UTC)
        rest = rest[4 + size :]
    try:
        return datetime(*entry.date_time).astimezone(UTC)
    except (ValueError, OverflowError, OSError):  # the 31st of February
        return None
