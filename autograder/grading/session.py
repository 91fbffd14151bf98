"""The dialogue with one worker: the trusted end of the protocol in `docs/grading.md`.

Whatever does not fit the protocol ends the worker: nothing it says counts from there on.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.exercise import Case, Error, Seen
from autograder.grading.clock import INTERVAL, Clock, Excess
from autograder.grading.limits import Limits, Ungraded, WorkerLost
from autograder.sandbox import frames
from autograder.sandbox.base import NoSandbox, Sandbox
from autograder.wire import WireError

MAX_WORDS = 1000


@dataclass(frozen=True)
class Task:
    """The exercise of a graded cell, and the cases it is tried on."""

    exercise: str
    cases: Sequence[Case]


@dataclass
class Ran:
    """What came of a cell. `stopped` says why the grader ended it, if it did."""

    outputs: list[Any] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    stopped: str | None = None


class Violation(Exception):
    """The worker broke the protocol."""


class Session:
    """One worker from start to death; use it as a context manager."""

    def __init__(self, sandbox: Sandbox, limits: Limits) -> None:
        try:
            self.worker = sandbox.start()
        except NoSandbox as error:
            raise Ungraded(str(error)) from error
        self.limits = limits
        self._clock = Clock(self.worker, limits)
        self._outbox: queue.Queue[bytes | None] = queue.Queue()
        # One frame at a time: a worker that floods us waits for us.
        self._inbox: queue.Queue[frames.Message | Exception] = queue.Queue(maxsize=1)
        self._closed = threading.Event()
        for target in (self._read, self._write):
            threading.Thread(target=target, daemon=True).start()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the worker's whole tree and wait until it is dead."""
        self._closed.set()
        self._outbox.put(None)
        try:
            self.worker.kill()
        except NoSandbox as error:
            raise Ungraded(str(error)) from error

    def start(self, files: dict[str, bytes]) -> None:
        """Wait until the worker is ready for cells."""
        contents = {name: np.frombuffer(content, np.uint8) for name, content in files.items()}
        deadline = time.monotonic() + self.limits.start_seconds
        self._send(kind="start", files=contents, limits=self.limits.for_worker(self.worker))
        while time.monotonic() < deadline:
            with suppress(queue.Empty):
                message = self._inbox.get(timeout=INTERVAL)
                if message == {"kind": "ready", "version": frames.VERSION}:
                    return
                raise Ungraded(f"the sandbox did not start: {message!r} {self.worker.last_words()}")
        raise Ungraded(f"the sandbox was not ready within {self.limits.start_seconds:g} s {self.worker.last_words()}")

    def run(self, cell: int, source: str, task: Task | None, ran: Ran) -> None:
        """Run a cell and fill `ran`, as far as it got; raises `WorkerLost` when the worker is no more."""
        self._clock.begin_cell()
        try:
            self._send(kind="run", cell=cell, source=source, exercise=task.exercise if task else None)
            asked = False
            while True:
                match self._receive(ran):
                    case {"kind": "done", "cell": number, "outputs": list(outputs)} if number == cell:
                        ran.outputs = outputs
                        return
                    case {"kind": "ask", "exercise": name} if task and not asked and name == task.exercise:
                        asked = True
                        self._send(kind="cases", cases=list(task.cases))
                    case {"kind": "seen", **fields} if task and asked and len(ran.seen) < len(task.cases):
                        ran.seen.append(_seen(fields))
                    case {"kind": kind}:
                        raise Violation(f"“{kind[:40]}” out of turn")
        except Violation as problem:
            raise WorkerLost(f"its process sent something that no worker sends ({problem})") from problem

    def _receive(self, ran: Ran) -> frames.Message:
        interrupted: float | None = None
        while True:
            with suppress(queue.Empty):
                message = self._inbox.get(timeout=INTERVAL)
                if isinstance(message, EOFError):
                    if self.worker.abandoned():
                        raise Ungraded("the sandbox itself ended; is there enough memory on this machine?")
                    raise WorkerLost(
                        f"{ran.stopped}. Interrupted, it ended its process"
                        if ran.stopped
                        else "it ended its own process"
                    )
                if isinstance(message, Exception):
                    raise Violation(str(message))
                return message
            if interrupted is not None:
                if time.monotonic() - interrupted > self.limits.grace_seconds:
                    raise WorkerLost(f"{ran.stopped}. It did not react to an interrupt and was killed")
                self.worker.interrupt()
                continue
            excess = self._clock.excess()
            if excess is not None:
                self._stop(excess, ran)
                interrupted = time.monotonic()

    def _stop(self, excess: Excess, ran: Ran) -> None:
        if excess.grader:
            raise Ungraded(excess.words)
        if excess.fatal:
            raise WorkerLost(excess.words, excess.final)
        ran.stopped = excess.words
        self.worker.interrupt()

    def _send(self, **message: Any) -> None:
        try:
            self._outbox.put(frames.pack(message))
        except ValueError as error:
            raise Ungraded(f"this cannot be sent to a sandbox: {error}") from error

    def _read(self) -> None:
        stream = self.worker.from_worker
        while True:
            try:
                message: frames.Message | Exception = frames.receive(stream.read)
            except (EOFError, WireError) as error:
                message = error
            except (OSError, ValueError) as error:  # closed on our side, or the pipe broke
                message = EOFError(str(error))
            while not self._closed.is_set():
                with suppress(queue.Full):
                    self._inbox.put(message, timeout=INTERVAL)
                    break
            if self._closed.is_set() or isinstance(message, Exception):
                return

    def _write(self) -> None:
        """A thread of its own: a worker that does not read must not stop the clock."""
        with suppress(OSError, ValueError):
            while (frame := self._outbox.get()) is not None:
                rest = memoryview(frame)
                while rest:
                    rest = rest[self.worker.to_worker.write(rest) :]


def _seen(fields: dict[str, Any]) -> Seen:
    """An observation, after a look at every type in it."""
    match fields:
        case {"values": dict(values), "errors": dict(errors), "forbidden": list(names), "written": bool(written)}:
            if len(fields) == 4 and all(isinstance(name, str) for name in names):
                recorded = {step: _error(entry) for step, entry in errors.items()}
                return Seen(values, recorded, tuple(name[:MAX_WORDS] for name in names), written)
    raise Violation("a malformed observation")


def _error(entry: Any) -> Error:
    match entry:
        case [str(kind), str(message), str(line)]:
            return Error(kind[:MAX_WORDS], message[:MAX_WORDS], line[:MAX_WORDS])
    raise Violation("a malformed error")
