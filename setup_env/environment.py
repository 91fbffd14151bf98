""".venv: is it complete, and if not, make it so.

The stamp is written last. So a set-up that was interrupted, at whatever point, has none, and the next
call starts afresh: half-written packages cannot be told from whole ones, and what was downloaded is
still in pip's cache. A complete environment whose lock has changed is updated in place.
"""

import hashlib
import json
import os
import shutil
import signal
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from . import installer, places
from .problem import Problem

GIGABYTE = 1e9
SPACE_NEEDED = 3 * GIGABYTE  # with a CPU build of torch; a CUDA build says itself when it runs out


def wanted() -> dict[str, str]:
    """What a complete .venv was made for. Ruff's settings, say, are no reason to install anew."""
    project = tomllib.loads(places.PYPROJECT.read_text("utf-8"))
    matters = [project.get("project"), project.get("build-system"), project["tool"].get("hatch")]
    contents = json.dumps(matters, sort_keys=True) + places.LOCK.read_text("utf-8")
    return {
        "python": places.PYTHON_VERSION,
        "place": str(places.VENV),  # a moved environment has the old place in all its scripts
        "contents": hashlib.sha256(contents.encode()).hexdigest(),
    }


def stamped() -> dict[str, str] | None:
    """What .venv was made for, or None where it was never finished."""
    try:
        stamp = json.loads(places.STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) and places.python().exists() else None


def is_complete() -> bool:
    return stamped() == wanted()


def ensure() -> None:
    """Return at once where .venv is complete; else make it, or raise a Problem."""
    if is_complete():
        return
    with one_at_a_time(), stopped_like_ctrl_c():
        if not is_complete():  # the other one may have made it while we waited
            make()


def make() -> None:
    check_space()
    before, after = stamped(), wanted()
    in_place = before is not None and all(before.get(k) == after[k] for k in ("python", "place"))
    if in_place:
        places.STAMP.unlink()
        say("requirements.lock or pyproject.toml has changed: bringing .venv up to date")
    else:
        explain(before)
        remove()
    for label, command in installer.steps():
        installer.run(label, command)
    places.STAMP.write_text(json.dumps(after), "utf-8")


def explain(before: dict[str, str] | None) -> None:
    if before is not None:
        say(".venv was made by another Python or for another folder: making it anew")
    elif places.VENV.exists():
        say("the last set-up did not finish: making .venv anew")
    else:
        say("first call: making .venv (some minutes; `start.py doctor` tells beforehand what is fetched)")


def remove() -> None:
    if not places.VENV.exists():
        return
    try:
        shutil.rmtree(places.VENV)
    except OSError as error:
        raise Problem(
            f"the old .venv cannot be removed ({error})",
            "close what runs from it (JupyterLab?), then delete the folder",
        ) from None


def check_space() -> None:
    free = shutil.disk_usage(places.ROOT).free
    if stamped() is None and free < SPACE_NEEDED:
        raise Problem(
            f"{free / GIGABYTE:.1f} GB free on the disk of {places.ROOT}, and the set-up needs "
            f"about {SPACE_NEEDED / GIGABYTE:.0f}",
            "free some space and call again",
        )


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def stopped_like_ctrl_c() -> Iterator[None]:
    """A polite kill ends the set-up as Ctrl-C does: with the installer, not beside it."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two calls in two terminals: the second waits for the first. The lock dies with its process."""
    places.BUILD.mkdir(exist_ok=True)
    with (places.BUILD / "setup.lock").open("a+b") as file:
        if not try_lock(file):
            say("another start.py is setting up .venv: waiting for it")
            lock(file)
        keep_while_installer_lives(file)
        yield


if places.WINDOWS:
    import msvcrt
    import time

    def try_lock(file) -> bool:
        file.seek(0)
        with suppress(OSError):
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            return True
        return False

    def lock(file) -> None:
        while not try_lock(file):
            time.sleep(1)

    def keep_while_installer_lives(file) -> None:
        """Windows ends no lock late: nothing to do."""

else:
    import fcntl

    def try_lock(file) -> bool:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def lock(file) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def keep_while_installer_lives(file) -> None:
        """The installer inherits the lock: were this process killed outright, the next call waits
        for the orphan instead of installing beside it."""
        os.set_inheritable(file.fileno(), True)
