"""The sandbox that grades: one Python inside bubblewrap with everything imported, and a fork of it for each worker.

A fork starts in some ten milliseconds where a new Python takes seconds. Its walls are its own, all of them (see
`zygote.py`): what bubblewrap put around the zygote stands around it besides.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from typing import IO

import psutil

from autograder.sandbox import seccomp
from autograder.sandbox.base import KILL_SECONDS, NoSandbox, Sandbox, Worker, end_of, still_alive, tree_below
from autograder.sandbox.bubblewrap import walls
from autograder.sandbox.stage import Extra

ZYGOTE = ("-s", "-P", "-m", "autograder.sandbox.zygote")
START_SECONDS, BIRTH_SECONDS, DEATH_SECONDS = 120.0, 30.0, 0.5


class ForkServer(Sandbox):
    """Workers are forks of one zygote, which is started when the first is asked for, and anew should it die."""

    isolated = True

    def __init__(self, extra: Extra = ()) -> None:
        super().__init__(extra)
        self._zygote: Zygote | None = None
        self._starting = threading.Lock()

    def start(self) -> Worker:
        for _ in range(2):
            zygote = self._running()
            try:
                return zygote.fork()
            except OSError:  # it is no more, or does not answer
                zygote.close()
        raise NoSandbox(f"the sandbox's first process can start no other: {zygote.last_words}")

    def close(self) -> None:
        with self._starting:
            if self._zygote is not None:
                self._zygote.close()
            self._zygote = None

    def _running(self) -> Zygote:
        with self._starting:
            if self._zygote is None or not self._zygote.usable():
                self._zygote = Zygote(self.extra)
            return self._zygote


class Zygote:
    """The controller's end of a zygote."""

    def __init__(self, extra: Extra) -> None:
        self._owner = os.getpid()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.errors = tempfile.TemporaryFile()
        self._process: subprocess.Popen[bytes] | None = None
        self.last_words = ""
        try:
            with theirs, seccomp.filter_file(seccomp.FOR_ZYGOTE) as filter_file:
                self._process = subprocess.Popen(
                    [*walls(extra, filter_file.fileno()), sys.executable, *ZYGOTE],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=self.errors.fileno(),
                    env={},
                    cwd="/",
                    pass_fds=(filter_file.fileno(),),
                    start_new_session=True,
                )
            self._control.settimeout(START_SECONDS)
            self._control.send(seccomp.program())
            answer = self._control.recv(16)
        except OSError as error:
            answer = str(error).encode()
        if answer != b"ready":
            self.close()
            raise NoSandbox(f"the sandbox's first process does not start: {self.last_words or answer.decode()}")

    def usable(self) -> bool:
        """Whether it lives and is this process's own (a fork of ours must not use it)."""
        return self._owner == os.getpid() and self._process is not None and self._process.poll() is None

    def gone(self) -> bool:
        """Whether it closed its end, which it does only when it dies: it never speaks unasked.

        Asked when a worker has ended, which it may have done a moment before the zygote that dies with it.
        """
        return self._control.fileno() < 0 or bool(select.select([self._control], [], [], DEATH_SECONDS)[0])

    def fork(self) -> Worker:
        """A new worker; raises `OSError` when the zygote is no more, or too slow."""
        report, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        cells_in, to_worker = os.pipe()
        from_worker, cells_out = os.pipe()
        ours: list[IO[bytes]] = [os.fdopen(to_worker, "wb", 0), os.fdopen(from_worker, "rb", 0)]
        report.settimeout(BIRTH_SECONDS)
        handles: list[int] = []
        try:
            socket.send_fds(self._control, [b"f"], [cells_in, cells_out, theirs.fileno()])
            theirs.close()
            _, handles, _, _ = socket.recv_fds(report, 4, 2)
            if len(handles) != 2:
                raise ConnectionResetError("no worker was born")
        except BaseException:
            for stream in ours:
                stream.close()
            raise
        finally:
            theirs.close()
            report.close()
            for descriptor in (cells_in, cells_out):
                os.close(descriptor)
        return Forked(self, ours, handles)

    def close(self) -> None:
        """End it, and whatever it has forked."""
        self._control.close()
        process = self._process
        if process is not None and self._owner == os.getpid():
            pid = process.pid
            tree = tree_below(lambda: psutil.Process(pid))
            for one in reversed(tree):
                with suppress(psutil.NoSuchProcess):
                    one.kill()
            still_alive(tree)
            process.poll()
        self.last_words = end_of(self.errors) or self.last_words
        self.errors.close()


class Forked(Worker):
    """A worker by two handles (pidfds), which name its processes whatever ids others get: its init, and the notebook's."""

    def __init__(self, zygote: Zygote, pipes: list[IO[bytes]], handles: list[int]) -> None:
        to_worker, from_worker = pipes
        super().__init__(to_worker, from_worker, isolated=True)
        self._init, self._payload = handles
        self._zygote = zygote
        self._pid = pid_of(self._init)

    def tree(self) -> list[psutil.Process]:
        # Asked anew each time: when the init is dead, another process may have its id.
        return tree_below(lambda: psutil.Process(self._pid)) if pid_of(self._init) else []

    def interrupt(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._payload, signal.SIGINT)

    def abandoned(self) -> bool:
        return self._zygote.gone()

    def last_words(self) -> str:
        return end_of(self._zygote.errors)

    def _end(self) -> list[int]:
        pid = self._pid
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._init, signal.SIGKILL)
        # An init is dead when all in its namespace are: the kernel sees to that.
        dead, _, _ = select.select([self._init], [], [], KILL_SECONDS)
        for handle in (self._init, self._payload):
            os.close(handle)
        return [] if dead else [pid]


def pid_of(handle: int) -> int:
    """The id, in our own PID namespace, of the process behind a pidfd; 0 when it is dead."""
    with open(f"/proc/self/fdinfo/{handle}") as info:
        return max(0, *(int(line.split()[1]) for line in info if line.startswith("Pid:")))
