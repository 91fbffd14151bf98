"""The seam of the sandbox: one method, which starts a worker."""

from __future__ import annotations

import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

import psutil

WORKER = ("-s", "-P", "-m", "autograder.sandbox.worker")
KILL_SECONDS = 30.0


class NoSandbox(RuntimeError):
    """There is no sandbox to be had here: the message says why, and what to do."""


class Sandbox(ABC):
    """Starts workers, each of which runs one notebook and then dies."""

    isolated: bool  # whether a worker can reach nothing of the machine

    @abstractmethod
    def start(self) -> Worker:
        """A new worker that is about to read frames; raises `NoSandbox` if none can be started."""


@dataclass
class Worker:
    """A started worker: two pipes, and the tree of processes behind them."""

    to_worker: IO[bytes]
    from_worker: IO[bytes]
    process: subprocess.Popen[bytes]
    errors: IO[bytes]  # what the worker's processes wrote to stderr, for the operator
    payload: Callable[[], psutil.Process | None]  # the process that runs the notebook
    isolated: bool
    clean_up: Callable[[], None] = lambda: None

    def tree(self) -> list[psutil.Process]:
        """All processes of this worker that are alive now."""
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(self.process.pid)
            return [root, *root.children(recursive=True)]
        return []

    def interrupt(self) -> None:
        """Ask the notebook's process to stop what it is doing (SIGINT)."""
        payload = self.payload()
        with suppress(psutil.NoSuchProcess, ValueError, OSError):
            if payload is not None:
                payload.send_signal(2)

    def kill(self) -> None:
        """Kill every process of this worker and wait until all are dead."""
        # Leaves first, so that every parent is there to reap; killing the init of a PID namespace kills all in it.
        tree = self.tree()
        for process in reversed(tree[1:]):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if tree[1:]:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=1)
        self.process.kill()
        alive = _still_alive(tree, time.monotonic() + KILL_SECONDS)
        self.process.poll()
        for stream in (self.to_worker, self.from_worker):
            with suppress(OSError, ValueError):
                stream.close()
        self.clean_up()
        if alive:
            raise NoSandbox(f"processes {[p.pid for p in alive]} of a worker do not die; restart this machine")

    def last_words(self, limit: int = 2000) -> str:
        """The end of what the worker wrote to stderr."""
        with suppress(OSError, ValueError):
            size = self.errors.seek(0, 2)
            self.errors.seek(max(0, size - limit))
            return self.errors.read(limit).decode("utf-8", "replace").strip()
        return ""


def _still_alive(tree: list[psutil.Process], deadline: float) -> list[psutil.Process]:
    while alive := [process for process in tree if not _dead(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.005)
    return alive


def _dead(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def spawn(
    command: list[str],
    environment: dict[str, str],
    payload: Callable[[subprocess.Popen[bytes]], psutil.Process | None],
    *,
    isolated: bool,
    cwd: str = "/",
    pass_fds: tuple[int, ...] = (),
    clean_up: Callable[[], None] = lambda: None,
) -> Worker:
    """Start a worker's command with its protocol on stdin and stdout, and nothing else of ours open."""
    errors = tempfile.TemporaryFile()
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        cwd=cwd,
        pass_fds=pass_fds,
        start_new_session=True,
        bufsize=0,
    )
    assert process.stdin is not None and process.stdout is not None
    return Worker(process.stdin, process.stdout, process, errors, lambda: payload(process), isolated, clean_up)
