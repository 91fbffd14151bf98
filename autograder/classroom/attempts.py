"""Every time that somebody handed in. What counts stands in `submitted/`; all of it stays in `attempts/STUDENT/LESSON/001/`, `002/`, …"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.course import Course

# nbgrader reads the time of a hand-in from it.
TIMESTAMP = "timestamp.txt"
FORM = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True)
class Attempt:
    """What was handed in at one time."""

    folder: Path

    @property
    def handed_in(self) -> datetime | None:
        """When, where that is known."""
        try:
            return datetime.strptime((self.folder / TIMESTAMP).read_text().strip(), FORM).replace(tzinfo=UTC)
        except (OSError, ValueError):
            return None

    @property
    def files(self) -> dict[str, bytes]:
        return contents(self.folder)


def of(course: Course, lesson: str, student: str) -> list[Attempt]:
    """A student's attempts at a lesson, oldest first."""
    home = course.attempts / student / lesson
    return [Attempt(folder) for folder in sorted(home.glob("[0-9][0-9][0-9]")) if not folder.is_symlink()]


def keep(course: Course, lesson: str, student: str, files: Mapping[str, bytes], handed_in: datetime | None) -> bool:
    """Put down what was handed in, unless it is what was handed in last; what lay in `submitted/` before came first."""
    target = course.submitted / student / lesson
    if not of(course, lesson, student) and target.is_dir():
        lay_out(Attempt(target), course.attempts / student / lesson / "001")
    before = of(course, lesson, student)
    if before and before[-1].files == files:  # and with it the time at which it was first handed in
        return False
    made = dict(files)
    if handed_in:
        made[TIMESTAMP] = f"{handed_in:{FORM}}".encode()
    _write(made, course.attempts / student / lesson / f"{len(before) + 1:03d}")
    return True


def counting(attempts: list[Attempt], until: datetime | None) -> Attempt:
    """The latest; with a deadline the latest that kept it, or whose time is not known, or else the latest of all."""
    in_time = [one for one in attempts if until is None or one.handed_in is None or one.handed_in <= until]
    return (in_time or attempts)[-1]


def lay_out(attempt: Attempt, target: Path) -> None:
    """Put an attempt where it counts: a crash leaves what was there or the attempt, never a mixture."""
    time = {TIMESTAMP: (attempt.folder / TIMESTAMP).read_bytes()} if attempt.handed_in else {}
    _write(attempt.files | time, target)


def contents(folder: Path) -> dict[str, bytes]:
    """The plain files of a folder; the time is none of them."""
    found = (p for p in folder.iterdir() if p.is_file() and not p.is_symlink() and p.name != TIMESTAMP)
    return {path.name: path.read_bytes() for path in found}


def _write(files: Mapping[str, bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    for name, content in files.items():
        (made / name).write_bytes(content)
    made.chmod(0o755)
    old = target.with_name(f".old-{target.name}")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    made.rename(target)
    shutil.rmtree(old, ignore_errors=True)
