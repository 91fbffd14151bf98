"""Grading: ours against stock `nbgrader autograde`, on the same notebooks, in turn.

Two notebooks: a short one (three exercises of lesson 01, its imports, nothing else) and lesson 01 as it is. The stock side is
nbgrader's own `Autograde` with its own steps, a kernel for each notebook, in one process; it grades the same cells, whose
`check` then decides in the learner's own kernel. Every submission is a new one to both gradebooks.

All is per submission, once a run is under way. The *executor* is what runs a notebook: nbgrader's `Execute`, and our sandbox with its cells and
observations. *Overhead* is everything but the cells (checks among them): reading, drawing cases, starting and ending
a worker, judging, writing. *Two workers* on two processors are compared with one in a run as it is, where the writer already works beside one
worker, and in a run that writes nothing. Each is given in wall-clock time, as a run takes it, and in CPU time of all processes, since on a
machine that others use the wall clock mostly tells what the others do.
"""

import logging
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from traitlets.config import Config

from autograder.course import Course
from autograder.grading import grade, session
from autograder.nbgrading import work, write
from autograder.nbgrading.gradebook import submissions
from autograder.nbgrading.run import Run, ready
from autograder.nbgrading.transaction import replace
from autograder.sandbox.find import find_sandbox
from benchmarks import _drills
from benchmarks.timing import Row, quartiles

SECRET = bytes(range(32))
BATCH, QUICK_BATCH = 16, 6
WARM = 2  # submissions of a run that are not counted: by then all that starts has started
BUDGET = 0.080
WALL, CPU = "wall-clock time", "CPU time"

Times = dict[tuple[str, str], float]  # by what and clock


@dataclass
class Bench:
    """A course with a class that hands in right answers, and the seconds measured on it, by what and clock."""

    course: Course
    lesson: str
    students: list[str]
    times: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def took(self, spent: Times) -> None:
        for what, seconds in spent.items():
            self.times.setdefault(what, []).append(seconds)

    def fresh(self, book: str, graded: str) -> None:
        """Nobody has handed in before: a gradebook as it was when the lesson was registered."""
        shutil.rmtree(self.course.root / graded, ignore_errors=True)
        shutil.copy(self.course.root / "registered.db", self.course.root / book)


def run(quick: bool = False) -> list[Row]:
    short, whole = measured(quick)
    return [*rows(short, "short notebook"), *rows(whole, "lesson 01")]


def measured(quick: bool) -> list[Bench]:
    """Every side once a round, so that a machine that is shared slows all."""
    project, batch = Course.here(), QUICK_BATCH if quick else BATCH
    with tempfile.TemporaryDirectory() as scratch:
        short = _drills.course(Path(scratch, "short"), project, ["01"], exercises=3)
        benches = [Bench(short, _drills.drill("01"), _drills.hand_in(short, project, "01", 3 * batch, right=True))]
        whole = Course(project.project, Path(scratch, "whole"))
        benches.append(Bench(whole, project.lesson("01"), _hand_in_lesson(whole, project.lesson("01"), batch)))
        for bench in benches:
            ready(bench.course, bench.lesson)
            shutil.copy(bench.course.root / "gradebook.db", bench.course.root / "registered.db")
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
    alone(bench, bench.students[:5])
    for writing in (False, True):
        for controllers in (1, 2):
            end_to_end(bench, controllers, writing)


# -- the sides ----------------------------------------------------------------------------------


def stock(bench: Bench, students: list[str]) -> None:
    """nbgrader as it comes: no setting of ours but where the files lie."""
    bench.fresh("stock.db", "stock")
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
        converter.log.setLevel(logging.CRITICAL)
        with _watched(cpu, (Execute, "preprocess", "stock executor")) as spent:
            begin = time.perf_counter(), cpu()
            converter.start()
            spent["stock", WALL], spent["stock", CPU] = time.perf_counter() - begin[0], cpu() - begin[1]
        bench.took(spent)


def end_to_end(bench: Bench, controllers: int, writing: bool = True) -> None:
    """`autograder grade --jobs N`: from what was collected to gradebook and graded notebook; or all but the writing."""
    bench.fresh("gradebook.db", "autograded")
    at: list[float] = []
    grading = Run(bench.course, bench.lesson, find_sandbox(), SECRET, controllers=controllers)
    with ExitStack() as undo:
        if not writing:
            replace(undo, write.Writer, "write", lambda *_: None)
        grading.all(told=lambda result: at.append(time.perf_counter()))
    seconds = (at[-1] - at[WARM * controllers - 1]) / (len(at) - WARM * controllers)
    bench.took({(f"{'run' if writing else 'workers'}, {controllers}", WALL): seconds})


def alone(bench: Bench, students: list[str]) -> None:
    """One after the other in this process; the first, which starts the zygote, does not count."""
    bench.fresh("gradebook.db", "autograded")
    grading = Run(bench.course, bench.lesson, find_sandbox(), SECRET, controllers=1, start=ThreadPoolExecutor)
    folders = bench.course.submissions(bench.lesson)
    parts = ((session.Session, "run", "cells"), (grade._Run, "all", "executor"))
    with write.Writer(bench.course, bench.lesson) as writer:
        for number, student in enumerate(students):
            with _watched(time.process_time, *parts) as spent, _notebooks(spent):
                begin = _clocks()
                prepared = grading.prepare(student, folders[student], writer)
                assert prepared is not None
                writer.write(student, work.work(prepared[0]), prepared[1])
                wall, own, seen = (end - start for end, start in zip(_clocks(), begin))
            if number:
                bench.took(_parts(spent, wall, own, seen))


def _clocks() -> tuple[float, float, float]:
    return time.perf_counter(), time.process_time(), cpu()


def _parts(spent: Times, wall: float, own: float, seen: float) -> Times:
    """What a submission took in all, in the executor, and as overhead."""
    around, notebook = seen - own, spent["notebook", CPU]  # the zygote's side, and the worker's own process
    return {
        ("executor", WALL): spent["executor", WALL],
        ("executor", CPU): spent["executor", CPU] + around + notebook,
        ("all", CPU): seen + notebook,
        ("overhead", WALL): wall - spent["cells", WALL],
        ("overhead", CPU): seen - spent["cells", CPU],
    }


# -- clocks -------------------------------------------------------------------------------------


def cpu() -> float:
    """CPU seconds of this process, of its ended children, and of its living descendants with theirs."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    alive = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(sum(times[:4]) for times in alive)


@contextmanager
def _notebooks(spent: Times) -> Iterator[None]:
    """Adds up the CPU time of the processes that run notebooks: they are killed, and then nobody's children."""
    close = session.Session.close

    def closed(one: session.Session) -> None:
        tasks = [task for process in one.worker.tree()[1:] for task in Path(f"/proc/{process.pid}/task").iterdir()]
        seconds = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
        spent["notebook", CPU] = spent.get(("notebook", CPU), 0.0) + seconds
        close(one)

    with ExitStack() as undo:
        replace(undo, session.Session, "close", closed)
        yield


@contextmanager
def _watched(cpu_clock: Callable[[], float], *parts: tuple[Any, str, str]) -> Iterator[Times]:
    """Adds up the seconds in some methods: (owner, name, what)."""
    spent: Times = {}
    with ExitStack() as undo:
        for owner, name, what in parts:
            replace(undo, owner, name, _timed(getattr(owner, name), spent, what, cpu_clock))
        yield spent


def _timed(function: Callable[..., Any], spent: Times, what: str, cpu_clock: Callable[[], float]) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Any:
        begin = time.perf_counter(), cpu_clock()
        try:
            return function(*arguments)
        finally:
            end = time.perf_counter(), cpu_clock()
            for clock, seconds in zip((WALL, CPU), (end[0] - begin[0], end[1] - begin[1])):
                spent[what, clock] = spent.get((what, clock), 0.0) + seconds

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
    stock = "stock nbgrader autograde"
    made = []
    for clock, whole in ((WALL, "run, 1"), (CPU, "all")):
        made += [
            _row(bench, f"{notebook}: executor alone", "executor", "stock executor", clock, "nbgrader's Execute", 40),
            _row(bench, f"{notebook}: end to end", whole, "stock", clock, stock, 20),
            _row(bench, f"{notebook}: overhead", "overhead", "budget", clock, "a budget of 80 ms", 1),
        ]
    return [
        *made,
        _row(bench, f"{notebook}: two workers, nothing written", "workers, 2", "workers, 1", WALL, "one worker", 1.7),
        _row(
            bench, f"{notebook}: two workers, end to end", "run, 2", "run, 1", WALL, "one worker, and the writer", 1.7
        ),
    ]


def _row(bench: Bench, name: str, ours: str, peer: str, clock: str, peer_name: str, asked: float) -> Row:
    times = bench.times[ours, clock]
    theirs = statistics.median(bench.times.get((peer, clock), [BUDGET]))
    low, middle, high = quartiles([seconds / theirs for seconds in times])
    return Row(
        name=name,
        ours=statistics.median(times),
        peer=theirs,
        ratio=middle,
        ratio_low=low,
        ratio_high=high,
        rounds=len(times),
        clock=clock,
        peer_name=peer_name,
        note=f"asked {1 / asked:.3f}, {asked:g} times as fast; reached {1 / middle:.3g}",
    )
