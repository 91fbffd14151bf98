"""A made-up lesson, and notebooks that answer it; graded in a real sandbox."""

import importlib.util
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading.files import Beside, beside
from autograder.grading.grade import grade_notebook
from autograder.grading.limits import DEFAULT
from autograder.grading.secret import seeds
from autograder.sandbox.bubblewrap import Bubblewrap
from autograder.sandbox.forkserver import ForkServer

HERE = Path(__file__).parent
SECRET = bytes(range(32))
POINTS = {"99-double": 5, "99-guess": 4}
RIGHT = "def double(x):\n    return x * 2"


@pytest.fixture(scope="session", autouse=True)
def made_up_lesson():
    """Its judges, on the trusted side; its probes reach the sandbox as an extra file."""
    name = "autograder.judges.lesson_99"
    spec = importlib.util.spec_from_file_location(name, HERE / "lesson_99" / "judge.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[name] = module
    yield
    del sys.modules[name]


BOTH = [ForkServer, pytest.param(Bubblewrap, marks=pytest.mark.slow)]


@pytest.fixture(scope="session", params=BOTH, ids=lambda kind: kind.__name__)
def sandbox(request):
    """The sandbox that grades, and in slow runs the one that stands in for it."""
    sandbox = request.param(extra=(("autograder/probes/lesson_99.py", str(HERE / "lesson_99" / "probe.py")),))
    yield sandbox
    sandbox.close()


def check(exercise="99-double", answer="double"):
    """A check cell as the build makes it."""
    marks = {
        "grade": True,
        "solution": False,
        "locked": True,
        "grade_id": f"check-{exercise}",
        "points": POINTS[exercise],
    }
    return new_code_cell(f'check("{exercise}", {answer})', metadata={"nbgrader": {**marks, "schema_version": 3}})


@pytest.fixture(scope="session")
def grade(sandbox):
    """Grade a notebook of these cells: sources, or exercises for their check cells as `("check", id, answer)`."""

    def run(*cells, limits=DEFAULT, folder=None, student="ada", sandbox=sandbox):
        notebook = new_notebook(cells=[check(*c[1:]) if isinstance(c, tuple) else new_code_cell(c) for c in cells])
        others = beside(folder, limits) if folder else Beside()
        own_seeds = seeds(SECRET, "c", student, POINTS)
        return grade_notebook(notebook, seeds=own_seeds, beside=others, sandbox=sandbox, limits=limits)

    return run


@pytest.fixture(scope="session")
def right():
    return RIGHT


CHECK = ("check", "99-double", "double")


@pytest.fixture(scope="session")
def checked():
    return CHECK
