"""Grading: ours against stock `nbgrader autograde`, on the same notebooks, in turn.

Times are wall-clock seconds a submission, once a run is under way. Two notebooks: a short one (three exercises of
lesson 01, its imports, nothing else) and lesson 01 as it is. The stock side is nbgrader's own `Autograde`
with its own steps, a kernel for each notebook, in one process; it grades the same cells, whose `check` then decides in the
learner's own kernel.
"""

import logging
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import Course
from autograder.grading import session
from autograder.nbgrading import work, write
from autograder.nbgrading.gradebook import submissions
from autograder.nbgrading.run import Run, ready
from autograder.sandbox.find import find_sandbox
from benchmarks import _drills
from benchmarks.timing import Row, quartiles

SECRET = bytes(range(32))
BATCH, QUICK_BATCH = 16, 6
WARM = 2  # submissions of a run that are not counted: by then all that starts has started
BUDGET = 0.080

Times = dict[str, list[float]]


@dataclass
class Bench:
    """A course with a class that hands in right answers, and what was measured on it."""

    course: Course
    lesson: str
    students: list[str]
    times: Times = field(default_factory=dict)

    def took(self, what: str, seconds: float) -> None:
        self.times.setdefault(what, []).append(seconds)


def run(quick: bool = False) -> list[Row]:
    short, whole = measured(quick)
    return [*rows(short, "short notebook"), *rows(whole, "lesson 01")]


def measured(quick: bool) -> list[Bench]:
    """Every side once a round, so that a machine that is shared slows all."""
    project, batch = Course.here(), QUICK_BATCH if quick else BATCH
    with tempfile.TemporaryDirectory() as scratch:
        short = _drills.course(Path(scratch, "short"), project, ["01"], exercises=3)
        benches = [Bench(short, _drills.drill("01"), _drills.hand_in(short, project, "01", batch, right=True))]
        whole = Course(project.project, Path(scratch, "whole"))
        benches.append(Bench(whole, project.lesson("01"), _hand_in_lesson(whole, project.lesson("01"), batch)))
        for bench in benches:
            ready(bench.course, bench.lesson)
            shutil.copy(bench.course.root / "gradebook.db", bench.course.root / "stock.db")
        for _ in range(2 if quick else 5):
            for bench in benches:
                one_round(bench)
        for bench in benches:
            _agree(bench)
    return benches


def _hand_in_lesson(course: Course, lesson: str, count: int) -> list[str]:
    from autograder.demo.students import notebook_of
    from autograder.lesson import read

    text = notebook_of({}, course, read(course.solutions / lesson / f"{lesson}.md"))
    students = [f"student-{number:04d}" for number in range(count)]
    for student in students:
        folder = course.submitted / student / lesson
        folder.mkdir(parents=True)
        (folder / f"{lesson}.ipynb").write_text(text, encoding="utf-8")
    return students


def one_round(bench: Bench) -> None:
    stock(bench, bench.students[:2])
    alone(bench, bench.students[:4])
    for controllers in (1, 2):
        end_to_end(bench, controllers)


# -- the sides ----------------------------------------------------------------------------------


def stock(bench: Bench, students: list[str]) -> None:
    """nbgrader as it comes: no setting of ours but where the files lie."""
    c, course = Config(), bench.course
    c.CourseDirectory.root = str(course.root)
    c.CourseDirectory.course_id = "blocks"
    c.CourseDirectory.source_directory, c.CourseDirectory.release_directory = str(course.source), str(course.release)
    c.CourseDirectory.autograded_directory = str(course.root / "stock")
    c.CourseDirectory.db_url = f"sqlite:///{course.root / 'stock.db'}"
    for student in students:
        directory = CourseDirectory(config=c)
        directory.assignment_id, directory.student_id = bench.lesson, student
        converter = Autograde(coursedir=directory, config=c)
        converter.force = True
        converter.log.setLevel(logging.CRITICAL)
        begin = time.perf_counter()
        converter.start()
        bench.took("stock", time.perf_counter() - begin)


def end_to_end(bench: Bench, controllers: int) -> None:
    """`autograder grade --force --jobs N`: from what was collected to gradebook and graded notebook."""
    at: list[float] = []
    grading = Run(bench.course, bench.lesson, find_sandbox(), SECRET, True, controllers)
    grading.all(told=lambda result: at.append(time.perf_counter()))
    bench.took(f"run, {controllers}", (at[-1] - at[WARM * controllers - 1]) / (len(at) - WARM * controllers))


def alone(bench: Bench, students: list[str]) -> None:
    """One after the other in this process: the executor alone, and each part by itself."""
    spent: dict[str, float] = {}
    sandbox = find_sandbox()
    grading = Run(bench.course, bench.lesson, sandbox, SECRET, True, 1, start=ThreadPoolExecutor)
    folders = bench.course.submissions(bench.lesson)
    with write.Writer(bench.course, bench.lesson) as writer, _watched(spent):
        for student in [students[0], *students]:  # the first starts the zygote
            spent.update(dict.fromkeys(spent, 0.0))
            begin = time.perf_counter()
            prepared = grading.prepare(student, folders[student], writer)
            assert prepared is not None
            done = work.work(prepared[0])
            writer.write(student, done, prepared[1])
            spent["all"] = time.perf_counter() - begin
        bench.took("executor", spent["executor"])
        bench.took("overhead", spent["all"] - spent["cells"])


@contextmanager
def _watched(spent: dict[str, float]) -> Iterator[None]:
    """Adds up the seconds in the executor (sandbox, cells, observations) and in the learner's cells alone."""
    from autograder.grading import grade

    watched = ((session.Session, "run", "cells"), (grade._Run, "all", "executor"))
    originals = [getattr(owner, name) for owner, name, _ in watched]
    for (owner, name, what), original in zip(watched, originals):
        setattr(owner, name, _timed(original, spent, what))
    try:
        yield
    finally:
        for (owner, name, _), original in zip(watched, originals):
            setattr(owner, name, original)


def _timed(function: Callable[..., None], spent: dict[str, float], what: str) -> Callable[..., None]:
    def timed(*arguments: object) -> None:
        begin = time.perf_counter()
        try:
            function(*arguments)
        finally:
            spent[what] = spent.get(what, 0.0) + time.perf_counter() - begin

    return timed


def _agree(bench: Bench) -> None:
    """Both sides gave full marks, or the comparison means nothing."""
    ours = submissions(bench.course, bench.lesson)
    with Gradebook(f"sqlite:///{bench.course.root / 'stock.db'}") as book:
        for student in bench.students[:2]:
            theirs = book.find_submission(bench.lesson, student)
            assert ours[student].score == theirs.score > 0, (student, ours[student], theirs.score)


# -- the rows -----------------------------------------------------------------------------------


def rows(bench: Bench, notebook: str) -> list[Row]:
    times = bench.times
    peer = "stock nbgrader autograde"
    return [
        row(f"{notebook}: executor alone", times["executor"], times["stock"], peer, "reach 1/40 = 0.025"),
        row(f"{notebook}: end to end", times["run, 1"], times["stock"], peer, "reach 1/20 = 0.050"),
        row(f"{notebook}: two controllers", times["run, 2"], times["run, 1"], "one controller", "reach 1/1.7 = 0.59"),
        row(f"{notebook}: overhead beyond its cells", times["overhead"], [BUDGET], "a budget of 80 ms", "reach 1.00"),
    ]


def row(name: str, ours: list[float], peer: list[float], peer_name: str, note: str) -> Row:
    theirs = statistics.median(peer)
    low, middle, high = quartiles([seconds / theirs for seconds in ours])
    return Row(
        name=name,
        ours=statistics.median(ours),
        peer=theirs,
        ratio=middle,
        ratio_low=low,
        ratio_high=high,
        rounds=len(ours),
        clock="wall-clock time",
        peer_name=peer_name,
        note=note,
    )
