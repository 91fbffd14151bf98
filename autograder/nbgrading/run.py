"""Grading a class: many controllers at a time, one writer to the gradebook, and nobody's fault is another's loss.

What is graded and unchanged is left alone, so a run that was cut off is resumed by running it again.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from traitlets.log import get_logger

from autograder import build
from autograder.course import Course, Refused
from autograder.grading import pool
from autograder.grading.files import beside, data_files
from autograder.grading.grade import Limits, Ungraded, exercises_of
from autograder.grading.secret import seeds
from autograder.nbgrading import config, gradebook, late, record, submission
from autograder.nbgrading.generate import register
from autograder.nbgrading.logs import log_of, note
from autograder.nbgrading.preprocessors import official, quarantine_of
from autograder.nbgrading.work import Done, Job, work
from autograder.nbgrading.write import Writer
from autograder.sandbox.base import NoSandbox, Sandbox

WORTH_A_CONTROLLER = 4  # submissions: each controller starts a sandbox, which takes as long as some of them
GRADED, UNCHANGED, UNGRADED = "graded", "unchanged", "ungraded"


@dataclass(frozen=True)
class Result:
    """What became of one submission in a run; a score that is None was not given."""

    student: str
    status: str
    message: str
    score: float | None = None
    max_score: float | None = None
    seconds: float = 0.0  # of a controller


@dataclass(frozen=True)
class Run:
    """One run over the submissions to a lesson.

    `start` makes an executor of `controllers` processes or threads, here or elsewhere; 0 means one for each processor.
    """

    course: Course
    lesson: str
    sandbox: Sandbox
    secret: bytes
    force: bool = False
    controllers: int = 0
    limits: Limits = Limits()
    start: Callable[[int], Executor] = pool.local

    def all(self, students: Collection[str] = (), told: Callable[[Result], None] = lambda _: None) -> list[Result]:
        """Grade the named students (all, if none is named); `told` hears of each as it is done."""
        folders = self._folders(students)
        ready(self.course, self.lesson)
        results: list[Result] = []

        def tell(result: Result) -> None:
            results.append(result)
            if result.status != UNCHANGED:
                words = f"{result.status} in {result.seconds:.2f} s: {result.message}"
                note(self.course, self.lesson, result.student, words)
            told(result)

        controllers = self.controllers or min(pool.cores(), -(-len(folders) // WORTH_A_CONTROLLER)) or 1
        with (
            Writer(self.course, self.lesson) as writer,
            pool.Pool(partial(self.start, controllers), _work, ahead=2 * controllers) as controlled,
        ):
            todo = self._jobs(folders, writer, tell)
            for (job, mark), outcome in controlled.results(todo):
                tell(self._finish(writer, job.student, mark, outcome))
        late.settle(self.course, self.lesson)
        return _with_scores(self.course, self.lesson, results)

    def _folders(self, students: Collection[str]) -> dict[str, Path]:
        folders = self.course.submissions(self.lesson)
        if unknown := sorted(set(students) - set(folders)):
            raise Refused(
                f"{unknown[0]}: handed in nothing for {self.lesson}; look into {self.course.submitted}, or `autograder collect` first"
            )
        return {student: folder for student, folder in folders.items() if not students or student in students}

    def _jobs(
        self, folders: dict[str, Path], writer: Writer, tell: Callable[[Result], None]
    ) -> Iterator[tuple[Job, record.Stamp]]:
        """What is to be graded, each made as it is asked for; the others are told of."""
        for student, folder in folders.items():
            try:
                prepared = self.prepare(student, folder, writer)
            except Exception as error:
                tell(self._failed(writer, student, error))
                continue
            if prepared is None:
                tell(Result(student, UNCHANGED, self._message(student)))
            else:
                yield prepared

    def prepare(self, student: str, folder: Path, writer: Writer) -> tuple[Job, record.Stamp] | None:
        """What a controller needs to grade a submission; None if it was graded before and is unchanged."""
        removed = submission.quarantine(folder, quarantine_of(folder))
        paths = submission.find_notebooks(folder, self._released)
        mark = record.stamp(self.lesson, folder, released_files(self.course, self.lesson))
        if not self.force and not removed and self._graded_before(student, mark, writer):
            return None
        notebooks = {name: submission.content(path) for name, path in paths.items()}
        others, absent = beside(folder, self.limits), sorted(self._released.keys() - paths)
        missing = [f"{name}.ipynb was not handed in; its exercises count nothing" for name in absent]
        notes = submission.notes_on(removed) + others.notes + missing
        others = dataclasses.replace(others, files=others.files | self._files, notes=notes)
        own_seeds = seeds(self.secret, self._course_id, student, self._exercises)
        job = Job(student, folder, notebooks, self._released, others, own_seeds, self.sandbox, self.limits)
        return job, mark

    def _graded_before(self, student: str, mark: record.Stamp, writer: Writer) -> bool:
        kept = read_record(self.course, self.lesson, student)
        return (kept is not None and kept.stamp == mark) or writer.finish(student, mark)

    @cached_property
    def _released(self) -> dict[str, bytes]:
        """The lesson's notebooks, its own first."""
        names = sorted(self.course.released(self.lesson), key=lambda name: (name != self.lesson, name))
        return {name: self.course.released(self.lesson)[name].read_bytes() for name in names}

    @cached_property
    def _files(self) -> dict[str, bytes]:
        """The lesson's files: as at nbgrader's own grading, the instructor's stand in the place of the learner's."""
        return data_files(self.course.source / self.lesson, self.limits)[0]

    @cached_property
    def _exercises(self) -> list[str]:
        return [name for path in self.course.released(self.lesson).values() for name in exercises_of(official(path))]

    @cached_property
    def _course_id(self) -> str:
        return config.directory(config.of(self.course), self.lesson).course_id

    def _finish(self, writer: Writer, student: str, mark: record.Stamp, outcome: Callable[[], Done]) -> Result:
        """In the one thread that writes: into the gradebook, or out of it."""
        try:
            done = outcome()
            writer.write(student, done, mark)
        except Exception as error:
            return self._failed(writer, student, error)
        return Result(student, GRADED, record.of_graded(mark, *done.graded.values()).message, seconds=done.seconds)

    def _failed(self, writer: Writer, student: str, error: Exception) -> Result:
        message = str(error)
        if not isinstance(error, (submission.BadSubmission, Ungraded, NoSandbox)):
            get_logger().error("%s: %s", student, self.lesson, exc_info=error)
            message = (
                f"the grader failed ({type(error).__name__}: {error}); see {log_of(self.course)}, then grade again"
            )
        writer.take_back(student)
        return Result(student, UNGRADED, " ".join(message.replace(f"{self.course.root}{os.sep}", "").split()))

    def _message(self, student: str) -> str:
        kept = read_record(self.course, self.lesson, student)
        return kept.message if kept else ""


def _work(prepared: tuple[Job, record.Stamp]) -> Done:
    return work(prepared[0])


def ready(course: Course, lesson: str) -> None:
    """Make sure that the lesson is built as its source says, and that the gradebook knows it."""
    config.log_to(log_of(course))
    if old := build.stale(course, [lesson]):
        raise Refused(f"{old[0]}: differs from what {course.solutions / lesson} makes; run `autograder build {lesson}`")
    register(course, lesson)


def read_record(course: Course, lesson: str, student: str) -> record.Record | None:
    """What the last grading found, unless it was undone or never finished."""
    return record.read(course.autograded / student / lesson)


def is_fresh(course: Course, lesson: str, student: str) -> bool:
    """Whether the gradebook's score belongs to what is in the submission's folder now."""
    kept = read_record(course, lesson, student)
    now = record.stamp(lesson, course.submitted / student / lesson, released_files(course, lesson))
    return kept is not None and kept.stamp.submission == now.submission


def released_files(course: Course, lesson: str) -> list[Path]:
    """All that learners got of a lesson, as far as it is built."""
    return record.released_from(course.source / lesson, course.release / lesson)


def _with_scores(course: Course, lesson: str, results: list[Result]) -> list[Result]:
    """The results by student, with what the gradebook says."""
    book = gradebook.submissions(course, lesson)
    return [
        dataclasses.replace(r, score=book[r.student].score, max_score=book[r.student].max_score)
        if r.status != UNGRADED and r.student in book
        else r
        for r in sorted(results, key=lambda r: r.student)
    ]
