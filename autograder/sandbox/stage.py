"""The learner's half of the project, copied to a folder of its own: all of our code that a worker gets.

What is not named here does not exist in a sandbox: judges, grading, the command line, solutions, tests.
"""

from __future__ import annotations

import atexit
import compileall
import importlib.util
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

INSIDE = "/course"  # where a sandbox shows the folder
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
    folder = Path(tempfile.mkdtemp(prefix="learners-half-"))
    atexit.register(_remove, folder, pid)
    home = package("autograder")
    sources = [(f"autograder/{name}", home / name) for name in OURS]
    sources += [(name, package(name)) for name in ("miniblocks", "explorers")]
    for inside, source in [*sources, *((inside, Path(source)) for inside, source in extra)]:
        _copy(source, folder / inside)
    compileall.compile_dir(folder, quiet=2, stripdir=str(folder), prependdir=INSIDE)
    _readable_by_all(folder)
    return folder


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
