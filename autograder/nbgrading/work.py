"""What a controller does for one submission: read, mend, run, judge. It needs no nbgrader, no gradebook, no disk."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.classroom import evidence
from autograder.grading.files import Beside
from autograder.grading.grade import Graded, grade_notebook
from autograder.grading.limits import Limits
from autograder.nbgrading import submission
from autograder.sandbox.base import Sandbox
from autograder.sandbox.stage import Extra


@dataclass(frozen=True)
class Job:
    """All that grading one submission takes, as plain data: it may travel to another machine. No secret is among it."""

    student: str
    folder: Path  # for messages
    notebooks: dict[str, bytes]
    released: dict[str, bytes]  # the lesson's notebooks as learners got them
    beside: Beside
    seeds: dict[str, int]
    sandbox: Sandbox
    limits: Limits


@dataclass(frozen=True)
class Done:
    """What came of it; what the marks rest on is `evidence`, packed here, where many work at a time."""

    graded: dict[str, Graded]  # by notebook
    evidence: bytes
    seconds: float


def work(job: Job) -> Done:
    """Grade a submission; raises `BadSubmission` for one that cannot be, `Ungraded` for a grader's fault."""
    begin = time.monotonic()
    graded = {name: _graded(job, name) for name in job.notebooks}
    packed = evidence.pack({exercise: one for each in graded.values() for exercise, one in each.judged.items()})
    slim = {name: dataclasses.replace(each, judged={}) for name, each in graded.items()}
    return Done(slim, packed, time.monotonic() - begin)


def _graded(job: Job, name: str) -> Graded:
    path = job.folder / f"{name}.ipynb"
    notebook = submission.parse(job.notebooks[name], path)
    notes = submission.mend(notebook, _official(job.released[name]), path)
    beside = dataclasses.replace(job.beside, notes=[*job.beside.notes, *notes])
    sandbox = _own(type(job.sandbox), job.sandbox.extra)
    return grade_notebook(notebook, seeds=job.seeds, beside=beside, sandbox=sandbox, limits=job.limits)


@cache
def _official(content: bytes) -> NotebookNode:
    return nbformat.reads(content.decode(), as_version=4)


@cache
def _own(kind: type[Sandbox], extra: Extra) -> Sandbox:
    """This process's own sandbox of a kind: it keeps what it started from one submission to the next."""
    return kind(extra)
