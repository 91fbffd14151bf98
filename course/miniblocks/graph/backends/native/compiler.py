"""The system's C compiler, and a cache of what it built.

A library is code that this process will run. So it is loaded only from a folder and a file that belong to this user and that nobody else
may write; a library is built under another name, and then renamed: whoever reads finds all of it or nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import platform
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import platformdirs

# As torch's own kernels are compiled: nan and infinity keep their meaning, and a product and a sum are rounded one by one.
FLAGS = "-std=c11 -O3 -march=native -ffp-contract=off -fno-math-errno -fno-trapping-math -shared -fPIC".split()
NAMES = ("cc", "gcc", "clang")
KEPT = 500  # libraries in the cache
SECONDS = 120


class BuildError(RuntimeError):
    """Why there is no library: no compiler, or it failed, or what it built cannot be loaded."""


def load(source: str) -> ctypes.CDLL:
    """The library of a C source: from this process, from the cache, or built now. Raises `BuildError`."""
    compiler = find()
    digest = digest_of(source, compiler)
    if digest not in _libraries:
        _libraries[digest] = _loaded(f"{digest}.so", source, compiler)
    return _libraries[digest]


_libraries: dict[str, ctypes.CDLL] = {}  # by digest


def find() -> str:
    """The path of the compiler: what the variable CC names, or the first of `NAMES` on the PATH."""
    chosen = os.environ.get("CC")
    found = next((path for name in ([chosen] if chosen else NAMES) if (path := shutil.which(name))), None)
    if found is None:
        looked = f"CC={chosen}" if chosen else ", ".join(NAMES)
        raise BuildError(
            f"no C compiler was found (looked for {looked}); on Debian or Ubuntu, `apt install gcc libc6-dev` brings one"
        )
    return found


def digest_of(source: str, compiler: str) -> str:
    """Tells libraries apart: the same source by the same compiler for the same processor has the same."""
    key = [source, *FLAGS, *_identity(compiler), *_processor()]
    return hashlib.sha256("\0".join(key).encode()).hexdigest()


def _identity(compiler: str) -> tuple[str, ...]:
    """Tells one compiler from another, and from a later version of itself."""
    path = os.path.realpath(compiler)
    status = os.stat(path)
    return path, str(status.st_size), str(status.st_mtime_ns)


@cache
def _processor() -> tuple[str, ...]:
    """What `-march=native` depends on: a cache may be shared by machines."""
    told = [platform.machine(), platform.processor()]
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines():
            if line.startswith(("model", "vendor", "flags", "Features", "CPU")) and "MHz" not in line:
                told.append(line)
    return tuple(told)


def _loaded(name: str, source: str, compiler: str) -> ctypes.CDLL:
    path = cache_folder() / name
    if not is_private(path, stat.S_ISREG):
        _build(source, compiler, path)
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        path.unlink(missing_ok=True)
        raise BuildError(f"what the C compiler {compiler} built cannot be loaded: {error}") from error


def _build(source: str, compiler: str, path: Path) -> None:
    handle, temporary = tempfile.mkstemp(suffix=".tmp", dir=path.parent)
    os.close(handle)
    try:
        command = [compiler, *FLAGS, "-x", "c", "-", "-o", temporary, "-lm"]
        built = subprocess.run(command, input=source.encode(), capture_output=True, timeout=SECONDS, check=False)
        if built.returncode:
            said = built.stderr.decode(errors="replace").strip().splitlines() or ["nothing was said"]
            error = next((line for line in said if "error" in line), said[-1])
            raise BuildError(
                f"the C compiler {compiler} failed: {error}. Is it whole? On Debian or Ubuntu, "
                "`apt install gcc libc6-dev` brings the compiler and the headers that it needs"
            )
        os.chmod(temporary, 0o700)
        os.replace(temporary, path)
    except (OSError, subprocess.SubprocessError) as error:
        raise BuildError(f"the C compiler {compiler} could not be run: {error}") from error
    finally:
        Path(temporary).unlink(missing_ok=True)
    _forget_old(path.parent)


def cache_folder() -> Path:
    """The folder of built libraries: in the user's cache, or where that is not private, one for this process alone."""
    folder = platformdirs.user_cache_path("blocks-from-inside") / "native"
    with contextlib.suppress(OSError):
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    return (
        folder
        if is_private(folder, stat.S_ISDIR) and os.access(folder, os.W_OK)
        else Path(_folder_of_this_process().name)
    )


@cache
def _folder_of_this_process() -> tempfile.TemporaryDirectory[str]:
    """Made with mode 0700; it goes when the process ends."""
    return tempfile.TemporaryDirectory(prefix="miniblocks-native-")


def is_private(path: Path, kind: Callable[[int], bool]) -> bool:
    """Whether a path is a file or folder of this user (no link to one) that nobody else may write."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
    return kind(status.st_mode) and mine and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _forget_old(folder: Path) -> None:
    """Keep the cache from growing for ever. A library that is loaded stays so."""
    with contextlib.suppress(OSError):
        libraries = sorted(folder.glob("*.so"), key=lambda path: path.stat().st_mtime)
        for path in libraries[:-KEPT]:
            path.unlink(missing_ok=True)
