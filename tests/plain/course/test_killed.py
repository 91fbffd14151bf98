"""A grading run that is killed (SIGKILL) anywhere is resumed by running it again: nothing twice, nothing lost, nothing stale."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.nbgrading import gradebook, run

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX"),
]

HERE = Path(__file__).parent
LESSON = "97-tiny"
ONE_WRONG = {"97-double": "def double(x):\n    return x", "97-triple": "def triple(x):\n    return x + x + x"}

# Where the second submission's writer is killed, and whether its scores are in the gradebook by then.
POINTS = {
    "taking back what was there": ("autograder.nbgrading.write.Writer.take_back", False),
    "writing the notebook aside": ("nbconvert.writers.FilesWriter.write", False),
    "before the commit": ("autograder.nbgrading.transaction._HeldBack.end", False),
    "within the commit": ("sqlalchemy.engine.default.DefaultDialect.do_commit", False),
    "before the move into place": ("autograder.nbgrading.write.Writer._into_place", True),
    "within the move into place": ("os.replace", True),
    "before it is told": ("autograder.nbgrading.run.note", True),
}
IN_EVERY_RUN = ("within the commit", "within the move into place")

GRADER = """
import importlib.util, os, pkgutil, signal, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
here, root, point = map(str, sys.argv[1:])
for half in ("judge", "probe"):
    name = f"autograder.{half}s.lesson_97"
    spec = importlib.util.spec_from_file_location(name, Path(here, "lesson_97", f"{half}.py"))
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
from autograder.course import Course
from autograder.nbgrading import run, write
from autograder.sandbox.unsandboxed import Unsandboxed

owner, _, name = point.rpartition(".")
owner = pkgutil.resolve_name(owner)
original, begun = getattr(owner, name), []

def killing(*arguments, **keywords):
    if len(begun) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **keywords)

real_write = write.Writer.write

def counting(self, student, *rest):
    begun.append(student)
    print(student, flush=True)
    real_write(self, student, *rest)

write.Writer.write = counting
original = getattr(owner, name)
setattr(owner, name, killing)
worker = Unsandboxed(extra=(("autograder/probes/lesson_97.py", str(Path(here, "lesson_97", "probe.py"))),))
course = Course(Path(root), Path(root))
run.Run(course, "97-tiny", worker, bytes(range(32)), False, 1, start=ThreadPoolExecutor).all()
"""


def killed_run(course, point):
    """The students in the order in which they were written; the last one's writer was killed."""
    command = [sys.executable, "-c", GRADER, HERE, course.root, POINTS[point][0]]
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    return ran.stdout.split()


@pytest.mark.parametrize("point", [p if p in IN_EVERY_RUN else pytest.param(p, marks=pytest.mark.slow) for p in POINTS])
def test_a_killed_run_is_resumed(course, hand_in, grade, point):
    for student in ("ada", "bo", "cy"):
        hand_in(student)
    first, second = killed_run(course, point)
    assert run.is_fresh(course, LESSON, first)
    if run.is_fresh(course, LESSON, second):
        assert gradebook.submissions(course, LESSON)[second].score == 6, "what counts as graded has its scores"
    results = grade()
    committed = POINTS[point][1]
    statuses = {first: run.UNCHANGED, second: run.UNCHANGED if committed else run.GRADED}
    assert {s: r.status for s, r in results.items()} == {**dict.fromkeys(("ada", "bo", "cy"), run.GRADED), **statuses}
    assert {r.score for r in results.values()} == {6}
    assert {r.status for r in grade().values()} == {run.UNCHANGED}
    assert not list((course.scratch / "grading").glob("*/*")), "nothing half-written is left"


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_no_old_score_passes_for_new(course, hand_in, grade, point):
    for student in ("ada", "bo"):
        hand_in(student)
    grade()
    for student in ("ada", "bo"):
        hand_in(student, ONE_WRONG)
    _, second = killed_run(course, point)
    if run.is_fresh(course, LESSON, second):
        assert gradebook.submissions(course, LESSON)[second].score == 4
    assert {r.score for r in grade().values()} == {4}
