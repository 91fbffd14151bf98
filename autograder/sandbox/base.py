"""The seam of the sandbox: one method, which starts a worker."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import IO

import psutil

from autograder.sandbox.stage import Extra

KILL_SECONDS = 30.0


class NoSandbox(RuntimeError):
    """There is no sandbox to be had here: the message says why, and what to do."""


class Sandbox(ABC):
    """Starts workers, each of which runs one notebook and then dies."""

    isolated: bool  # whether a worker can reach nothing of the machine

    def __init__(self, extra: Extra = ()) -> None:
        self.extra = extra  # files that a worker sees besides

    def __reduce__(self) -> tuple[type[Sandbox], tuple[Extra]]:
        return type(self), (self.extra,)  # what runs stays here: another process starts its own

    @abstractmethod
    def start(self) -> Worker:
        """A new worker that is about to read frames; raises `NoSandbox` if none can be started."""

    def close(self) -> None:  # noqa: B027 (most keep nothing)
        """Give back what is kept between workers; `start` may be called again."""


class Worker(ABC):
    """A started worker: two pipes, and the tree of processes behind them."""

    def __init__(self, to_worker: IO[bytes], from_worker: IO[bytes], *, isolated: bool) -> None:
        self.to_worker, self.from_worker, self.isolated = to_worker, from_worker, isolated

    @abstractmethod
    def tree(self) -> list[psutil.Process]:
        """All processes of this worker that are alive now."""

    @abstractmethod
    def interrupt(self) -> None:
        """Ask the notebook's process to stop what it is doing (SIGINT)."""

    def abandoned(self) -> bool:
        """Whether the worker ended because the sandbox did, through no doing of its own."""
        return False

    @abstractmethod
    def last_words(self) -> str:
        """The end of what the worker's processes wrote to stderr, for the operator."""

    @abstractmethod
    def _end(self) -> list[int]:
        """Kill every process of this worker and wait until all are dead; the ids of those that do not die."""

    def kill(self) -> None:
        """Kill every process of this worker and wait until all are dead; raises `NoSandbox` where one does not die."""
        alive = self._end()
        for stream in (self.to_worker, self.from_worker):
            with suppress(OSError, ValueError):
                stream.close()
        if alive:
            raise NoSandbox(f"processes {alive} of a worker do not die; restart this machine")


def end_of(file: IO[bytes], limit: int = 2000) -> str:
    """The last words in a file that is open for reading, as text."""
    with suppress(OSError, ValueError):
        size = file.seek(0, 2)
        file.seek(max(0, size - limit))
        return file.read(limit).decode("utf-8", "replace").strip()
    return ""


def tree_below(root: Callable[[], psutil.Process]) -> list[psutil.Process]:
    """A process and all that descend from it, as far as they are alive."""
    with suppress(psutil.NoSuchProcess):
        process = root()
        return [process, *process.children(recursive=True)]
    return []


def still_alive(tree: list[psutil.Process]) -> list[int]:
    """Wait until all these processes are dead; the ids of those that are not after `KILL_SECONDS`."""
    deadline = time.monotonic() + KILL_SECONDS
    while alive := [process.pid for process in tree if not _dead(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.005)
    return alive


def _dead(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
