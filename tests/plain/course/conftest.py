"""A tiny lesson of its own, with an exercise that needs no framework, in a course of its own."""

import importlib.util
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from autograder import build
from autograder.course import Course
from autograder.nbgrading import config, run
from autograder.nbgrading.generate import register
from autograder.sandbox.unsandboxed import Unsandboxed
from tests.plain.course.tiny import LESSON, RIGHT, SOURCE

HERE = Path(__file__).parent


@pytest.fixture(autouse=True, scope="session")
def made_up_lesson():
    """Its judges and probes, found where those of a real lesson are."""
    names = {f"autograder.{half}s.lesson_97": half for half in ("judge", "probe")}
    for name, half in names.items():
        spec = importlib.util.spec_from_file_location(name, HERE / "lesson_97" / f"{half}.py")
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    yield
    for name in names:
        del sys.modules[name]


@pytest.fixture
def source():
    return SOURCE


@pytest.fixture
def course(tmp_path):
    """A course in a folder with a space and a letter beyond ASCII in its name."""
    root = tmp_path / "Kurs ä"
    write_lesson(root)
    return Course(root, root)


@pytest.fixture
def configure(course):
    """Give the course the project's own configuration, with an instructor's own lines below."""

    def put(*lines):
        ours = (HERE.parents[2] / config.CONFIG).read_text(encoding="utf-8")
        (course.root / config.CONFIG).write_text("\n".join([ours, *lines]), encoding="utf-8")

    return put


def write_lesson(root):
    folder = root / "solutions" / LESSON
    folder.mkdir(parents=True)
    (folder / f"{LESSON}.md").write_text(SOURCE, encoding="utf-8")


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The tiny lesson, built once and known to a gradebook."""
    root = tmp_path_factory.mktemp("built")
    write_lesson(root)
    course = Course(root, root)
    build.build(course, [])
    register(course, LESSON)
    return root


@pytest.fixture
def released(course, built):
    """The learner's notebook of the tiny lesson, in a course that is ready to grade."""
    shutil.copytree(built, course.root, dirs_exist_ok=True)
    return course.release / LESSON / f"{LESSON}.ipynb"


@pytest.fixture
def notebook(released):
    """A fresh copy of the learner's notebook, and one with these answers in it."""

    def with_answers(answers=RIGHT):
        made = nbformat.read(released, 4)
        for cell in made.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = answers.get(name, cell.source)
        return made

    return with_answers


@pytest.fixture
def hand_in(course, notebook):
    """Put a notebook (or bytes, or answers) where submissions lie."""

    def put(student, what=RIGHT):
        folder = course.submitted / student / LESSON
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{LESSON}.ipynb"
        if isinstance(what, bytes):
            path.write_bytes(what)
        else:
            nbformat.write(notebook(what) if isinstance(what, dict) and "cells" not in what else what, path)
        return path

    return put


@pytest.fixture(scope="session")
def worker():
    """Our own trusted submissions need no walls: an ordinary process."""
    return Unsandboxed(extra=(("autograder/probes/lesson_97.py", str(HERE / "lesson_97" / "probe.py")),))


@pytest.fixture
def grade(course, released, worker):
    """Grade the class; student → result."""

    def do(*students, force=False, sandbox=worker):
        # In threads, which know the made-up lesson.
        results = run.Run(course, LESSON, sandbox, bytes(range(32)), force, 2, start=ThreadPoolExecutor).all(students)
        return {result.student: result for result in results}

    return do
