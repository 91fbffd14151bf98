"""The process that runs one notebook: untrusted from the first cell on, and told nothing that is secret.

It speaks frames on the pipes that it inherits as stdin and stdout: `docs/grading.md` tells the protocol.
For a graded cell it binds `check` to a function that fetches the exercise's cases, lets the probe observe
the learner's answer on each, and sends what was seen. It knows no judge and no points.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import autograder
import miniblocks
from autograder import wire
from autograder.exercise import Error, Seen, describe
from autograder.probe import observe
from autograder.sandbox import frames
from autograder.sandbox.confine import confine
from autograder.sandbox.shell import Cells

MAX_OBSERVATION = 8 << 20


class Interrupts:
    """SIGINT reaches a learner's code as KeyboardInterrupt, and never ours."""

    def __init__(self) -> None:
        self._allowed = False
        signal.signal(signal.SIGINT, self._interrupt)

    def _interrupt(self, *_: Any) -> None:
        if self._allowed:
            raise KeyboardInterrupt

    @contextmanager
    def set(self, allowed: bool) -> Iterator[None]:
        before, self._allowed = self._allowed, allowed
        try:
            yield
        finally:
            self._allowed = before


class Connection:
    """The two pipes, moved away from stdin and stdout, which belong to the learner's code."""

    def __init__(self, interrupts: Interrupts) -> None:
        self._in, self._out = os.dup(0), os.dup(1)
        self._interrupts = interrupts
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1):
            os.dup2(null, fd)
        os.close(null)

    def send(self, **message: Any) -> None:
        with self._interrupts.set(False):
            rest = memoryview(frames.pack(message))
            while rest:
                rest = rest[os.write(self._out, rest) :]

    def receive(self) -> frames.Message:
        with self._interrupts.set(False):
            return frames.receive(lambda size: os.read(self._in, size))


def main() -> None:
    interrupts = Interrupts()
    connection = Connection(interrupts)
    start = connection.receive()
    for name, content in start["files"].items():
        file = Path(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.tobytes())
    sys.path.insert(0, "")  # as in a kernel, a notebook can import the modules beside it
    cells = Cells(start["limits"]["output_bytes"])
    importlib.import_module("autograder.checking").check = _silent  # type: ignore[attr-defined]
    autograder.check = _silent  # type: ignore[attr-defined]
    confine(start["limits"])
    connection.send(kind="ready", version=frames.VERSION)
    with miniblocks.nn.fresh_names():
        serve(connection, cells, interrupts)


def serve(connection: Connection, cells: Cells, interrupts: Interrupts) -> None:
    """Run the cells that the controller sends, until it closes the pipe."""
    while True:
        try:
            request = connection.receive()
        except EOFError:
            return
        if request["exercise"] is not None:
            cells.shell.user_ns["check"] = grading_check(connection, request["exercise"])
        with interrupts.set(True):
            outputs = cells.run(request["source"])
        if request["exercise"] is not None:
            cells.shell.user_ns["check"] = _silent
        connection.send(kind="done", cell=request["cell"], outputs=outputs)


def _silent(exercise_id: str, answer: Any) -> None:
    print(f"{exercise_id} is checked in its own cell when a notebook is graded.")


def grading_check(connection: Connection, exercise: str) -> Callable[[str, Any], None]:
    """`check` as a graded cell calls it: observes, and decides nothing."""

    def check(exercise_id: str, answer: Any) -> None:
        connection.send(kind="ask", exercise=exercise_id)
        for case in connection.receive()["cases"]:
            try:
                seen = observe(exercise_id, answer, case)
            except KeyboardInterrupt:
                raise
            except BaseException as problem:  # SystemExit, or a probe that was not ready for such an answer
                seen = Seen(errors={"try your code": Error(type(problem).__name__, str(problem)[:800])})
            connection.send(kind="seen", **_sendable(seen))

    return check


def _sendable(seen: Seen) -> dict[str, Any]:
    room, values = MAX_OBSERVATION, {}
    for name, value in seen.values.items():
        value, size = _fitting(value, room)
        room -= size
        values[str(name)] = value
    errors = {step: [error.type, error.message, error.line] for step, error in seen.errors.items()}
    return {"values": values, "errors": errors, "forbidden": list(seen.forbidden), "written": seen.written}


def _fitting(value: Any, room: int) -> tuple[Any, int]:
    """A value and its size; words instead of what is too large or of a type that cannot be sent."""
    try:
        size = len(wire.encode(value))
    except ValueError:
        return f"<{describe(value)} that cannot be sent>", 200
    return (value, size) if size <= room else (f"<{describe(value)}, too large to be sent>", 200)


if __name__ == "__main__":
    main()
