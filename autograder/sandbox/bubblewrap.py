"""The real sandbox: bubblewrap, with a file system of its own, no network, no capabilities, no neighbours.

Started by an ordinary user, bwrap makes namespaces in which that user has no rights. Started by root this
would not do: root's process would own every file of root that it sees, and process limits do not hold
for it. So root's rights are dropped first. Python may lie where only root can go (/root, 0700), hence the
folders needed are first shown at a place of their own, in a mount namespace that only this worker has:

    unshare (a mount namespace) → mount (root's last act) → setpriv (a user who owns nothing) → bwrap → python

Each of these becomes the next by exec: a process of root's left in between would not take bwrap with it when it
is killed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

import psutil

from autograder.sandbox.base import NoSandbox, Sandbox
from autograder.sandbox.environment import worker_environment
from autograder.sandbox.seccomp import filter_file
from autograder.sandbox.spawned import WORKER, Spawned, spawn
from autograder.sandbox.stage import INSIDE, Extra, learners_half

HOME = "/home/learner"
INNER_USER = "1000"
NOBODYS_USER = "64230"  # an id without an account: it owns no file and no other process
STAGING = "/mnt"  # hidden beneath a private tmpfs while root's folders are shown there
SHOW = f"""
PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t tmpfs -o mode=755 staging {STAGING}
n=0
while [ "$1" != -- ]; do mkdir {STAGING}/$n; mount --bind "$1" {STAGING}/$n; n=$((n + 1)); shift; done
shift
exec "$@"
"""
TMPFS_BYTES = 256 << 20


class Bubblewrap(Sandbox):
    """Every worker is a Python of its own, in namespaces of its own; see the head of this module."""

    isolated = True

    def start(self) -> Spawned:
        return self.spawn([sys.executable, *WORKER])

    def spawn(self, command: list[str], allowed: Collection[str] = ()) -> Spawned:
        """A command inside; its stdin and stdout are the worker's pipes. `allowed` system calls are not refused it."""
        with filter_file(allowed) as seccomp:
            try:
                return spawn(
                    [*walls(self.extra, seccomp.fileno()), *command],
                    environment={},  # a learner can read that of bwrap's own process
                    payload=_payload,
                    isolated=True,
                    pass_fds=(seccomp.fileno(),),
                )
            except OSError as error:
                raise NoSandbox(f"bubblewrap cannot be started ({error})") from error


def walls(extra: Extra, seccomp: int) -> list[str]:
    """The command that puts walls around the command after it; `seccomp` is an open filter for system calls."""
    shown = {folder: folder for folder in python_folders()} | {INSIDE: str(learners_half(extra))}
    arguments = _without_root(shown) if os.geteuid() == 0 else _inner(shown)
    return [*arguments, "--seccomp", str(seccomp), "--"]


def _without_root(shown: dict[str, str]) -> list[str]:
    at = {inside: f"{STAGING}/{number}" for number, inside in enumerate(shown)}
    mounts = [
        _tool("unshare"),
        "--mount",
        "--propagation",
        "private",
        "--",
        "/bin/sh",
        "-euc",
        SHOW,
        "sh",
        *shown.values(),
    ]
    user = [f"--reuid={NOBODYS_USER}", f"--regid={NOBODYS_USER}", "--clear-groups", "--no-new-privs"]
    no_rights = [f"--{which}=-all" for which in ("inh-caps", "ambient-caps", "bounding-set")]
    return [*mounts, "--", _tool("setpriv"), *user, *no_rights, "--", *_inner(at)]


def _inner(shown: dict[str, str]) -> list[str]:
    """The walls: `shown` maps a folder inside to where it lies now."""
    spaces = ("user", "pid", "ipc", "uts", "net", "cgroup-try")
    arguments = [_tool("bwrap"), *(f"--unshare-{space}" for space in spaces)]
    arguments += ["--uid", INNER_USER, "--gid", INNER_USER, "--hostname", "sandbox", "--cap-drop", "ALL"]
    arguments += ["--die-with-parent", "--new-session", "--clearenv", *_system_folders()]
    arguments += ["--proc", "/proc", "--dev", "/dev", *_tmpfs("/dev/shm"), "--remount-ro", "/dev"]
    # Before the binds: an installation may lie beneath /tmp or /home.
    arguments += [*_tmpfs("/tmp"), *_tmpfs(HOME)]
    for inside, lies in shown.items():
        arguments += ["--ro-bind", lies, inside]
    for folder in _other_copies(shown):
        arguments += ["--tmpfs", folder, "--remount-ro", folder]
    for name, value in worker_environment(HOME, INSIDE, site_folders()).items():
        arguments += ["--setenv", name, value]
    return [*arguments, "--remount-ro", "/", "--chdir", HOME]


def _tmpfs(folder: str) -> list[str]:
    return ["--size", str(TMPFS_BYTES), "--tmpfs", folder]


def _system_folders() -> list[str]:
    arguments = ["--ro-bind", "/usr", "/usr"]
    for folder in ("/lib", "/lib64", "/bin", "/sbin"):
        if os.path.islink(folder):
            arguments += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            arguments += ["--ro-bind", folder, folder]
    return arguments


def _other_copies(shown: dict[str, str]) -> list[str]:
    """Where the Python shown holds an installed copy of our package, judges and all."""
    return [
        str(f)
        for folder in shown
        for f in Path(folder).glob("lib*/python*/site-packages/autograder")
        if folder != INSIDE
    ]


def python_folders() -> list[str]:
    """The folders that this Python needs and /usr does not hold, none within another."""
    folders = {os.path.abspath(f) for f in (sys.prefix, sys.base_prefix, *_executables(), *site_folders())}
    needed = sorted(f for f in folders if not _within(f, "/usr"))
    return [f for f in needed if not any(_within(f, other) for other in needed if other != f)]


def _executables() -> Iterable[str]:
    """The installations on the way from a virtual environment's `python` link to the program itself."""
    path = sys.executable
    while os.path.islink(path):
        path = os.path.join(os.path.dirname(path), os.readlink(path))
        yield str(Path(os.path.abspath(path)).parent.parent)


def site_folders() -> tuple[str, ...]:
    """Folders with installed packages outside the Python's own, such as a user's."""
    own = (sys.prefix, sys.base_prefix, "/usr")
    found = (f for f in sys.path if os.path.basename(f) in ("site-packages", "dist-packages") and os.path.isdir(f))
    return tuple(f for f in found if not any(_within(f, o) for o in own))


def _within(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        package = "bubblewrap" if name == "bwrap" else "util-linux"
        raise NoSandbox(
            f"`{name}` is not installed; install the package {package}, for instance: apt install {package}"
        )
    return path


def _payload(process: subprocess.Popen[bytes]) -> psutil.Process | None:
    """The notebook's process: bwrap has one child, the namespace's init, whose eldest child it is."""
    with suppress(psutil.NoSuchProcess, ValueError):
        line = psutil.Process(process.pid)
        for _ in range(2):
            line = min(line.children(), key=lambda p: (p.create_time(), p.pid))
        return line
    return None
