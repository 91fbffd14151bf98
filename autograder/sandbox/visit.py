"""Code run inside a sandbox, as a learner's cell is, and what it printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from autograder.grading.limits import Limits
from autograder.grading.session import Ran, Session
from autograder.sandbox.base import Sandbox

LIMITS = Limits(memory_bytes=2 << 30)

Visit = Callable[[str], str]


@contextmanager
def inside(sandbox: Sandbox) -> Iterator[Visit]:
    """A function that runs code in one worker and returns what it printed, errors included."""

    def run(code: str) -> str:
        ran = Ran()
        session.run(0, code, None, ran)
        said = [o.get("text", o.get("evalue", "")) for o in ran.outputs if isinstance(o, dict)]
        return "".join(map(str, said)).strip()

    with Session(sandbox, LIMITS) as session:
        session.start({})
        yield run


def answer(sandbox: Sandbox, code: str) -> str:
    """What the code prints in a worker of its own."""
    with inside(sandbox) as run:
        return run(code)
