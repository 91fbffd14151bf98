"""A course with a lesson handed in, and a Jupyter server on the loopback address that opens it."""

import shutil

import nbformat
import pytest

from autograder import build
from autograder.course import Course
from autograder.nbgrading.generate import register
from tests.jupyter import ROOT, Server

LESSON = "01-layers-and-blocks"


@pytest.fixture(scope="session")
def course(tmp_path_factory) -> Course:
    """A course of one real lesson, known to its gradebook."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "solutions" / LESSON, root / "solutions" / LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    made = Course(root, root)
    build.build(made, [])
    register(made, LESSON)
    return made


@pytest.fixture(scope="session")
def hand_in(course):
    """Hand the lesson in with these words in the place of an exercise's answer."""

    def put(student: str, exercise: str, answer: str) -> None:
        notebook = nbformat.read(course.release / LESSON / f"{LESSON}.ipynb", 4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise:
                cell.source = answer
        folder = course.submitted / student / LESSON
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{LESSON}.ipynb")

    return put


@pytest.fixture
def serve(course, tmp_path):
    """Start a server with these options; it ends with the test."""
    running = []

    def start(*options: str) -> Server:
        running.append(Server("jupyter server", tmp_path, course.root, "--ServerApp.disable_check_xsrf=True", *options))
        return running[-1]

    yield start
    for one in running:
        one.stop()
