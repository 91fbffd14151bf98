"""The learner's half of the project, copied to a folder of its own: all of our code that a worker gets.

What is not named here does not exist in a sandbox: judges, grading, the command line, solutions, tests.
"""

from __future__ import annotations

import atexit
import compileall
import contextlib
import importlib.util
import os
import shutil
import stat
import tempfile
import time
from functools import cache
from pathlib import Path

try:
    import fcntl
except ImportError:  # on Windows what a killed process leaves stays
    fcntl = None  # type: ignore[assignment]

INSIDE = "/course"  # where a sandbox shows the folder
PREFIX = "learners-half-"
OURS = (
    "__init__.py checking.py exercise.py forbid.py ledger.py probe.py report.py wire.py templates probes "
    "sandbox/__init__.py sandbox/frames.py sandbox/shell.py sandbox/worker.py sandbox/confine.py "
    "sandbox/memory.py sandbox/namespaces.py sandbox/zygote.py"
).split()
_NO_CACHE = shutil.ignore_patterns("__pycache__", "*.ipynb_checkpoints")

Extra = tuple[tuple[str, str], ...]  # (path inside the folder, file or folder on this machine)


def learners_half(extra: Extra = ()) -> Path:
    """The folder with the learner's half and `extra` besides; made once a process, removed at its end."""
    return _staged(os.getpid(), extra)


@cache
def _staged(pid: int, extra: Extra) -> Path:
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    atexit.register(_remove, folder, pid)
    _lock(folder)
    home = package("autograder")
    sources = [(f"autograder/{name}", home / name) for name in OURS]
    sources += [(name, package(name)) for name in ("miniblocks", "explorers")]
    for inside, source in [*sources, *((inside, Path(source)) for inside, source in extra)]:
        _copy(source, folder / inside)
    compileall.compile_dir(folder, quiet=2, stripdir=str(folder), prependdir=INSIDE)
    _readable_by_all(folder)
    return folder


def _lock(folder: Path) -> int | None:
    """An open lock on the folder, held until this process and its forks are gone; None if it cannot be had."""
    if fcntl is None:
        return None
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _sweep() -> None:
    """Remove what processes left that were killed; a folder younger than a minute may not be locked yet."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            seen = folder.lstat()
            young = time.time() - seen.st_mtime < 60
            if stat.S_ISDIR(seen.st_mode) and not young and (lock := _lock(folder)) is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


def _remove(folder: Path, pid: int) -> None:
    if os.getpid() == pid:  # not in a fork
        shutil.rmtree(folder, ignore_errors=True)


def package(name: str) -> Path:
    """The folder of an importable package."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the package {name} is not installed; run: python3 start.py setup", name=name)
    return Path(next(iter(spec.submodule_search_locations)))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=_NO_CACHE, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)


def _readable_by_all(folder: Path) -> None:
    # A sandbox started by root reads the folder as nobody, whatever the umask was.
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
