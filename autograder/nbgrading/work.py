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
    path: Path  # of the notebook, for messages
    notebook: bytes
    released: bytes  # the lesson's notebook as learners got it
    beside: Beside
    seeds: dict[str, int]
    sandbox: Sandbox
    limits: Limits


@dataclass(frozen=True)
class Done:
    """What came of it; what the marks rest on is `evidence`, packed here, where many work at a time."""

    graded: Graded
    evidence: bytes
    seconds: float


def work(job: Job) -> Done:
    """Grade a submission; raises `BadSubmission` for one that cannot be, `Ungraded` for a grader's fault."""
    begin = time.monotonic()
    notebook = submission.parse(job.notebook, job.path)
    notes = submission.mend(notebook, _official(job.released), job.path)
    beside = dataclasses.replace(job.beside, notes=[*job.beside.notes, *notes])
    sandbox = _own(type(job.sandbox), job.sandbox.extra)
    graded = grade_notebook(notebook, seeds=job.seeds, beside=beside, sandbox=sandbox, limits=job.limits)
    packed = evidence.pack(graded.judged)
    return Done(dataclasses.replace(graded, judged={}), packed, time.monotonic() - begin)


@cache
def _official(content: bytes) -> NotebookNode:
    return nbformat.reads(content.decode(), as_version=4)


@cache
def _own(kind: type[Sandbox], extra: Extra) -> Sandbox:
    """This process's own sandbox of a kind: it keeps what it started from one submission to the next."""
    return kind(extra)
