"""The plain files of a submission that its notebook may read; links and special files are never followed."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import ledger
from autograder.grading.limits import Limits


@dataclass(frozen=True)
class Beside:
    """What was handed in beside a notebook: files by relative path, predictions, notes on what was left out."""

    files: dict[str, bytes] = field(default_factory=dict)
    predictions: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def beside(folder: Path, limits: Limits) -> Beside:
    """What lies in a submission's folder beside its notebook."""
    files, notes = data_files(folder, limits)
    return Beside(files, ledger.read(folder / ledger.FILE), notes)


def data_files(folder: Path, limits: Limits) -> tuple[dict[str, bytes], list[str]]:
    """Contents by relative path, and notes on what was left out."""
    files: dict[str, bytes] = {}
    notes: list[str] = []
    room = limits.data_bytes
    for base, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names):
            path = Path(base, name)
            relative = path.relative_to(folder).as_posix()
            if name.startswith(".") or name.endswith(".ipynb"):
                continue
            content = plain(path, room) if len(files) < limits.data_files else None
            if content is None or not relative.isprintable():
                notes.append(f"the file {relative!a} was left out: not a plain file, or too much data in all")
                continue
            files[relative] = content
            room -= len(content)
    return files, notes[:20]


def plain(path: str | Path, room: int, folder: int | None = None) -> bytes | None:
    """The content of a plain file, of at most `room` bytes; None for anything else.

    `folder` is an open folder that `path` is relative to, for where its owner may put a link in its place meanwhile.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if not stat.S_ISREG(os.stat(path, dir_fd=folder, follow_symlinks=False).st_mode):
            return None
        with os.fdopen(os.open(path, flags, dir_fd=folder), "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode) or state.st_size > room:
                return None
            content = file.read(room + 1)
    except OSError:
        return None
    return content if len(content) <= room else None
