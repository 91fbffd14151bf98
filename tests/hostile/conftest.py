"""One class of attackers for all tests, graded once by each command."""

import json
from collections.abc import Iterator

import pytest

from autograder.nbgrading import gradebook
from tests.hostile.attacks import ATTACKS
from tests.hostile.course import LESSON, Hostile, Outcome
from tests.hostile.listener import Listener


@pytest.fixture(scope="session")
def listener() -> Iterator[Listener]:
    with Listener() as server:
        yield server


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory, listener: Listener) -> tuple[Hostile, Outcome]:
    """Everybody graded by `autograder grade --jobs 2`, in one run; then feedback, the class report and the table of grades."""
    course = Hostile(tmp_path_factory.mktemp("ours"), ATTACKS.values(), listener)
    course.submit()
    graded = course.type("autograder", "grade", LESSON, "--jobs", "2", "--json")
    assert graded.returncode in (0, 2), graded.stderr  # 2: some cannot be graded
    for command in (["feedback", LESSON], ["report", LESSON], ["export", LESSON, "-o", "grades.csv"]):
        done = course.type("autograder", *command)
        assert done.returncode == 0, done.stderr
    return course, course.outcome({r["student"]: r for r in json.loads(graded.stdout)["results"]})


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory, listener: Listener) -> tuple[Hostile, Outcome]:
    """The same through nbgrader's own commands: exchange, collect, autograde, generate_feedback."""
    course = Hostile(tmp_path_factory.mktemp("stock"), ATTACKS.values(), listener)
    course.submit_to_exchange()
    for command, *options in (["generate_assignment", "--force"], ["collect"], ["autograde"], ["generate_feedback"]):
        done = course.type("nbgrader", command, LESSON, *options)
        (course.root / f"{command}.log").write_text(done.stdout + done.stderr)
    book = gradebook.submissions(course.course, LESSON)
    results = {student: {"score": one.score} for student, one in book.items() if not one.open}
    return course, course.outcome(results)
