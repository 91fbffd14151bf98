"""The course's secret, and the seeds drawn from it: what cases a learner meets cannot be known beforehand.

The secret lies outside the course's folder, readable by its owner only, and never goes to a worker.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import platformdirs

BYTES = 32
VARIABLE = "AUTOGRADER_SECRETS"  # an operator's choice of the folder


class BadSecret(RuntimeError):
    """The secret cannot be trusted: the message says why, and what to do."""


def secrets_folder() -> Path:
    """Where secrets lie: $AUTOGRADER_SECRETS, or the user's folder for state."""
    chosen = os.environ.get(VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_state_path("blocks-from-inside")


def course_secret(course: str, course_root: Path, folder: Path | None = None) -> bytes:
    """The secret of a course; made at its first use."""
    folder = (folder or secrets_folder()).resolve()
    if folder.is_relative_to(course_root.resolve()):
        raise BadSecret(f"{folder} lies inside the course; set {VARIABLE} to a folder outside of it")
    file = folder / f"{quote(course, safe='') or 'course'}.secret"
    if not file.exists():
        _create(file)
    return _read(file)


def _create(file: Path) -> None:
    """Appears whole or not at all, and never over another one: several graders may start at once."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=file.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(BYTES))
        os.link(name, file)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


def _read(file: Path) -> bytes:
    state = file.lstat()
    if not stat.S_ISREG(state.st_mode):
        raise BadSecret(f"{file} is not a plain file; remove it")
    if os.name == "posix" and (state.st_mode & 0o077 or state.st_uid != os.geteuid()):
        raise BadSecret(f"{file} can be read by others or belongs to another user; make it yours and: chmod 600 {file}")
    content = file.read_bytes()
    if len(content) != BYTES:
        raise BadSecret(f"{file} does not hold {BYTES} bytes; restore it from a copy, or remove it and grade all anew")
    return content


def seed(secret: bytes, course: str, student: str, exercise: str) -> int:
    """The seed of the cases that a student meets in an exercise: always the same, and not to be guessed."""
    if len(secret) != BYTES:
        raise BadSecret(f"a secret has {BYTES} bytes")
    words = json.dumps([course, student, exercise]).encode()
    return int.from_bytes(hmac.new(secret, words, hashlib.sha256).digest()[:8], "big")


def seeds(secret: bytes, course: str, student: str, exercises: Iterable[str]) -> dict[str, int]:
    """A student's seed for each exercise."""
    return {exercise: seed(secret, course, student, exercise) for exercise in exercises}
