"""nbgrader's exchange, where learners write and instructors read: what one of them puts there costs nobody else anything.

nbgrader's own steps follow links with the instructor's rights, take anybody's folder for anybody's work, and stop at the first
submission they stumble over. These stand in their place (`autograder.nbgrading.config`); commands and settings stay the same.
"""

from __future__ import annotations

import glob
import os
import pwd
import stat
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from nbgrader.exchange import ExchangeError, default

from autograder.collect import MAX_STUDENTS_FILES, TIMESTAMP
from autograder.grading.files import plain
from autograder.nbgrading import submission

MAX_DEPTH = 20  # of folders in folders
NOBODY: dict[str, Any] = {"username": "", "filename": "", "timestamp": datetime.min}


class Collect(default.ExchangeCollect):
    """`nbgrader collect`: plain files alone, of their owners alone; what is left out is told in a line."""

    src_records: list[dict[str, Any]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        try:
            record = super()._path_to_record(path)
            refused = self._refused(Path(path), record["username"])
        except (ValueError, OverflowError, OSError, ExchangeError) as error:
            record, refused = NOBODY, str(error)
        if refused:
            self.log.warning("%r was left out: %s", path, refused)
            return NOBODY
        return record

    def _refused(self, folder: Path, student: str) -> str:
        """Why a folder in the exchange is nobody's submission."""
        state = folder.lstat()
        if not stat.S_ISDIR(state.st_mode):
            return "it is not a folder"
        if not student or student.startswith(".") or not student.isprintable():
            return "it names no student"
        if self.check_owner and student != (owner := _user(state.st_uid)):
            return (
                f"it is said to be by {student} and belongs to {owner}; "
                "where students are not named as this system's users, set c.ExchangeCollect.check_owner = False"
            )
        return ""

    def init_src(self) -> None:
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"]]

    def copy_files(self) -> None:
        """Each submission by itself: nobody's failure is another's."""
        if not self.src_records:
            super().copy_files()  # which says so
        for record in self.src_records:
            self.src_records = [record]
            try:
                super().copy_files()
            except Exception as error:
                self.log.error("%r was not collected: %s: %s", record["filename"], type(error).__name__, error)

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the plain files of a submission, within its share; links and special files stay where they are."""
        room, left_out = 1000 * self.coursedir.max_dir_size, []
        os.makedirs(dest)
        for count, (name, folder, file) in enumerate(self._files(src)):
            content = plain(file, min(room, 1000 * self.coursedir.max_file_size), folder)
            untimely = name == TIMESTAMP and content is not None and not submission.is_time(content)
            if content is None or count >= MAX_STUDENTS_FILES or untimely:
                left_out.append(name)
                continue
            room -= len(content)
            target = Path(dest, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if left_out:
            names = ", ".join(f"{name!a}" for name in left_out[:5])
            what = "links, special files, too much, or no time"
            self.log.warning("%s: left out %d (%s): %s", src, len(left_out), what, names)
        if self.coursedir.groupshared:
            _share(dest)

    def _files(self, src: str) -> Iterator[tuple[str, int, str]]:
        """(path inside, open folder, name) of all that is not a folder, notebooks first; folders stay open, so that
        nothing can be exchanged for a link meanwhile."""
        patterns = self.coursedir.ignore
        for top, folders, files, opened in os.fwalk(src, follow_symlinks=False):
            inside = os.path.relpath(top, src)
            links = [f for f in folders if stat.S_ISLNK(os.stat(f, dir_fd=opened, follow_symlinks=False).st_mode)]
            deep = inside.count(os.sep) >= MAX_DEPTH
            folders[:] = [] if deep else sorted(f for f in folders if not _any(f, patterns) and f not in links)
            for name in sorted([*files, *links], key=lambda name: (not name.endswith(".ipynb"), name)):
                if not _any(name, patterns) and _any(name, self.coursedir.include):
                    yield os.path.normpath(os.path.join(inside, name)), opened, name


class ReleaseFeedback(default.ExchangeReleaseFeedback):
    """`nbgrader release_feedback`: one submission without a readable time or secret keeps nobody else's page back."""

    src_path: str

    def copy_files(self) -> None:
        pattern = self.src_path
        for folder in sorted(glob.glob(pattern)):
            self.src_path = glob.escape(folder)
            try:
                super().copy_files()
            except (OSError, ValueError) as error:
                self.log.error("%s: its feedback was not released: %s", folder, error)
        self.src_path = pattern


def _any(name: str, patterns: list[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _share(folder: str) -> None:
    """Instructors of one group share files, where the course says so (as nbgrader's own copying does)."""
    for top, _, files in os.walk(folder):
        os.chmod(top, os.stat(top).st_mode | 0o2770)
        for file in files:
            os.chmod(Path(top, file), os.stat(Path(top, file)).st_mode | 0o660)
