"""Which sandbox this machine has, proved by trying it."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Collection
from functools import cache

from autograder.sandbox.base import NoSandbox, Sandbox, Worker
from autograder.sandbox.bubblewrap import Bubblewrap
from autograder.sandbox.forkserver import ForkServer
from autograder.sandbox.seccomp import FOR_ZYGOTE

ELSEWHERE = (
    "Grade in the container (deploy/README.md) or on a Linux machine, or say --unsandboxed for work that you trust."
)


class Found(Sandbox):
    """The sandbox of whichever machine a worker is started on."""

    isolated = True

    def start(self) -> Worker:
        return _found().start()


@cache
def _found() -> Sandbox:
    return find_sandbox()


def find_sandbox() -> Sandbox:
    """The sandbox of this machine, after a command ran in it; raises `NoSandbox` with cause and mend.

    Workers are forks, in walls that they build themselves. Where that is refused to them (a system may let
    bubblewrap alone make namespaces), each is a Python of its own that bubblewrap starts: as strong, and slower.
    """
    if sys.platform != "linux":
        raise NoSandbox(
            f"There is no sandbox on {sys.platform}: strangers' code would run with your rights. {ELSEWHERE}"
        )
    if said := _fails("-I", "-c", "print('ready', end='')"):
        raise NoSandbox(f"bubblewrap does not work here: {said}. {_mend(said)} {ELSEWHERE}")
    if said := _fails("-s", "-P", "-m", "autograder.sandbox.namespaces", allowed=FOR_ZYGOTE):
        warnings.warn(f"Grading will be slow, each submission in a Python of its own: {said}", stacklevel=2)
        return Bubblewrap()
    return ForkServer()


def _fails(*arguments: str, allowed: Collection[str] = ()) -> str:
    """What Python says inside bubblewrap when it is to print "ready" and does not."""
    worker = Bubblewrap().spawn([sys.executable, *arguments], allowed)
    answer = worker.from_worker.read()
    worker.process.wait()
    words = worker.last_words()
    worker.kill()
    return "" if answer == b"ready" else words or "it said nothing"


def _mend(words: str) -> str:
    if "Unknown option" in words:
        return "Version 0.8 or later is needed."
    if "Permission denied" in words or "not permitted" in words:
        return (
            "Making namespaces is not allowed: start a container with --security-opt seccomp=unconfined and what "
            "else deploy/README.md names; on Ubuntu see kernel.apparmor_restrict_unprivileged_userns."
        )
    return ""
