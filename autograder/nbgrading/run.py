"""Grading a class: many sandboxes at a time, one writer to the gradebook, and nobody's fault is another's loss.

What is graded and unchanged is left alone, so a run that was cut off is resumed by running it again.
"""

from __future__ import annotations

import dataclasses
import glob
import os
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from nbgrader.converters import Autograde
from traitlets.log import get_logger

from autograder import build
from autograder.course import Course, Refused
from autograder.grading.grade import Graded, Limits, Ungraded, grade_notebook
from autograder.nbgrading import config, gradebook, record, submission
from autograder.nbgrading.generate import register
from autograder.nbgrading.preprocessors import FillIn, official, quarantine_of
from autograder.sandbox.base import NoSandbox, Sandbox

GRADED, UNCHANGED, UNGRADED = "graded", "unchanged", "ungraded"


@dataclass(frozen=True)
class Result:
    """What became of one submission in a run; a score that is None was not given."""

    student: str
    status: str
    message: str
    score: float | None = None
    max_score: float | None = None


@dataclass(frozen=True)
class Run:
    """One run over the submissions to a lesson."""

    course: Course
    lesson: str
    sandbox: Sandbox
    secret: bytes
    force: bool = False
    workers: int = 0  # 0: one a processor
    limits: Limits = Limits()

    def all(self, students: Collection[str] = (), told: Callable[[Result], None] = lambda _: None) -> list[Result]:
        """Grade the named students (all, if none is named); `told` hears of each as it is done."""
        folders = self._folders(students)
        ready(self.course, self.lesson)
        results = []
        with ThreadPoolExecutor(self.workers or os.cpu_count() or 1) as pool:
            jobs = {pool.submit(self._grade, student, folder): student for student, folder in folders.items()}
            try:
                for job in as_completed(jobs):
                    results.append(self._finish(jobs.pop(job), job.result))
                    told(results[-1])
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return _with_scores(self.course, self.lesson, results)

    def _folders(self, students: Collection[str]) -> dict[str, Path]:
        folders = self.course.submissions(self.lesson)
        if unknown := sorted(set(students) - set(folders)):
            raise Refused(
                f"{unknown[0]}: handed in nothing for {self.lesson}; look into {self.course.submitted}, or `autograder collect` first"
            )
        return {student: folder for student, folder in folders.items() if not students or student in students}

    def _grade(self, student: str, folder: Path) -> tuple[Graded, record.Stamp] | None:
        """In a thread of its own: everything but the gradebook. None: graded before and unchanged."""
        removed = submission.quarantine(folder, quarantine_of(folder))
        path = submission.find_notebook(folder, self.lesson)
        mark = record.stamp(folder, released(self.course, self.lesson))
        if (
            not self.force
            and not removed
            and (kept := read_record(self.course, self.lesson, student))
            and kept.stamp == mark
        ):
            return None
        notebook = submission.read(path)
        notes = [f"{name} is a link or a special file; it was removed" for name in removed]
        notes += submission.mend(notebook, official(released(self.course, self.lesson)), path)
        course_id = config.directory(config.of(self.course), self.lesson).course_id
        graded = grade_notebook(
            notebook,
            student=student,
            course=course_id,
            folder=folder,
            secret=self.secret,
            sandbox=self.sandbox,
            limits=self.limits,
        )
        return dataclasses.replace(graded, notes=notes + graded.notes), mark

    def _finish(self, student: str, outcome: Callable[[], tuple[Graded, record.Stamp] | None]) -> Result:
        """In the one thread that writes: into the gradebook, or out of it."""
        try:
            graded = outcome()
            if graded is None:
                return Result(student, UNCHANGED, self._message(student))
            self._write(student, *graded)
            return Result(student, GRADED, self._message(student))
        except (submission.BadSubmission, Ungraded, NoSandbox) as error:
            message = str(error)
        except Exception as error:
            get_logger().exception("%s: %s", student, self.lesson)
            message = (
                f"the grader failed ({type(error).__name__}: {error}); see {log_of(self.course)}, then grade again"
            )
        take_back(self.course, self.lesson, student)
        return Result(student, UNGRADED, " ".join(message.replace(f"{self.course.root}{os.sep}", "").split()))

    def _write(self, student: str, graded: Graded, mark: record.Stamp) -> None:
        settings = config.of(self.course)
        converter = Autograde(coursedir=config.directory(settings, self.lesson, glob.escape(student)), config=settings)
        converter.force = True
        converter.autograde_preprocessors = [
            FillIn(graded, mark) if step == config.GRADING else step for step in converter.autograde_preprocessors
        ]
        converter.start()

    def _message(self, student: str) -> str:
        kept = read_record(self.course, self.lesson, student)
        return kept.message if kept else ""


def ready(course: Course, lesson: str) -> None:
    """Make sure that the lesson is built as its source says, and that the gradebook knows it."""
    config.log_to(log_of(course))
    if old := build.stale(course, [lesson]):
        raise Refused(
            f"{old[0]}: differs from what {build.source_of(course, lesson)} makes; run `autograder build {lesson}`"
        )
    register(course, lesson)


def take_back(course: Course, lesson: str, student: str) -> None:
    """No score and no autograded copy may stand for a submission that could not be graded."""
    gradebook.invalidate(gradebook.db_url(config.of(course)), lesson, student)
    rmtree(course.autograded / student / lesson, ignore_errors=True)


def read_record(course: Course, lesson: str, student: str) -> record.Record | None:
    """What the last grading found, unless it was undone or never finished."""
    return record.read(course.autograded / student / lesson / f"{lesson}.ipynb")


def is_fresh(course: Course, lesson: str, student: str) -> bool:
    """Whether the gradebook's score belongs to what is in the submission's folder now."""
    kept = read_record(course, lesson, student)
    now = record.stamp(course.submitted / student / lesson, released(course, lesson))
    return kept is not None and kept.stamp.submission == now.submission


def released(course: Course, lesson: str) -> Path:
    return course.release / lesson / f"{lesson}.ipynb"


def log_of(course: Course) -> Path:
    return course.scratch / "nbgrader.log"


def _with_scores(course: Course, lesson: str, results: list[Result]) -> list[Result]:
    """The results by student, with what the gradebook says."""
    book = gradebook.submissions(course, lesson)
    return [
        dataclasses.replace(r, score=book[r.student].score, max_score=book[r.student].max_score)
        if r.status != UNGRADED and r.student in book
        else r
        for r in sorted(results, key=lambda r: r.student)
    ]
