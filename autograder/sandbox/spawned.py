"""A worker that is a command of its own: started for one notebook, with the protocol on stdin and stdout."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import IO

import psutil

from autograder.sandbox.base import Worker, end_of, still_alive, tree_below

WORKER = ("-s", "-P", "-m", "autograder.sandbox.worker")


class Spawned(Worker):
    """`payload` finds the process that runs the notebook, which need not be the command's own."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        errors: IO[bytes],
        payload: Callable[[subprocess.Popen[bytes]], psutil.Process | None],
        *,
        isolated: bool,
        clean_up: Callable[[], None],
    ) -> None:
        assert process.stdin is not None and process.stdout is not None
        super().__init__(process.stdin, process.stdout, isolated=isolated)
        self.process, self._errors, self._payload, self._clean_up = process, errors, payload, clean_up

    def tree(self) -> list[psutil.Process]:
        return tree_below(lambda: psutil.Process(self.process.pid))

    def interrupt(self) -> None:
        payload = self._payload(self.process)
        with suppress(psutil.NoSuchProcess, ValueError, OSError):
            if payload is not None:
                payload.send_signal(2)

    def last_words(self) -> str:
        return end_of(self._errors)

    def _end(self) -> list[int]:
        # Leaves first, so that every parent is there to reap; killing the init of a PID namespace kills all in it.
        tree = self.tree()
        for process in reversed(tree[1:]):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if tree[1:]:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=1)
        self.process.kill()
        alive = still_alive(tree)
        self.process.poll()
        self._errors.close()
        self._clean_up()
        return alive


def spawn(
    command: list[str],
    environment: dict[str, str],
    payload: Callable[[subprocess.Popen[bytes]], psutil.Process | None],
    *,
    isolated: bool,
    cwd: str = "/",
    pass_fds: tuple[int, ...] = (),
    clean_up: Callable[[], None] = lambda: None,
) -> Spawned:
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
    return Spawned(process, errors, payload, isolated=isolated, clean_up=clean_up)
