"""What nbgrader's steps find within a transaction is what nbgrader finds without one."""

import os
import shutil

import pytest
from nbgrader.api import Gradebook, MissingEntry

from autograder.nbgrading.config import SCRIPTS
from autograder.nbgrading.transaction import Shared

STUDENTS, NOTEBOOKS = ("ada", "grace"), ("one", "two")


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """Two students' submissions of two notebooks; cells of one name stand in both."""
    file = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    url = f"sqlite:///{file}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", SCRIPTS, prepend=os.pathsep)  # nbgrader calls `alembic` by name
        _fill(url)
    return file


@pytest.fixture
def url(gradebook, tmp_path):
    return f"sqlite:///{shutil.copy(gradebook, tmp_path)}"


def _fill(url):
    with Gradebook(url) as book:
        book.add_assignment("lesson")
        for notebook in NOTEBOOKS:
            book.add_notebook(notebook, "lesson")
            book.add_grade_cell("check", notebook, "lesson", max_score=2, cell_type="code")
            book.add_solution_cell("answer", notebook, "lesson")
            book.add_task_cell("task", notebook, "lesson", max_score=3, cell_type="markdown")
        for student in STUDENTS:
            book.add_student(student)
            book.add_submission("lesson", student)


@pytest.mark.parametrize("find", ["find_grade", "find_comment"])
def test_the_same_rows_are_found(url, find):
    cells = {"find_grade": ("check", "task"), "find_comment": ("answer", "task")}[find]
    wanted = [(cell, notebook, "lesson", student) for cell in cells for notebook in NOTEBOOKS for student in STUDENTS]
    with Gradebook(url) as book:
        theirs = [getattr(book, find)(*key).id for key in wanted]
    with Shared(url) as shared, shared.transaction(), Gradebook(url) as book:
        ours = [getattr(book, find)(*key).id for key in wanted]
    assert ours == theirs and len(set(ours)) == len(wanted)


@pytest.mark.parametrize(
    ("find", "key"),
    [
        ("find_grade", ("answer", "one", "lesson", "ada")),
        ("find_comment", ("check", "one", "lesson", "ada")),
        ("find_grade", ("check", "three", "lesson", "ada")),
        ("find_grade", ("check", "one", "lesson", "nobody")),
    ],
)
def test_the_same_is_missed(url, find, key):
    with Gradebook(url) as book, pytest.raises(MissingEntry):
        getattr(book, find)(*key)
    with Shared(url) as shared, shared.transaction(), Gradebook(url) as book, pytest.raises(MissingEntry):
        getattr(book, find)(*key)


def test_what_is_written_to_a_row_is_there_afterwards(url):
    with Shared(url) as shared:
        with shared.transaction(), Gradebook(url) as book:
            book.find_grade("check", "one", "lesson", "ada").auto_score = 2
            book.find_comment("answer", "one", "lesson", "ada").auto_comment = "No response."
            book.db.commit()
        with pytest.raises(ZeroDivisionError), shared.transaction(), Gradebook(url) as book:
            book.find_grade("check", "one", "lesson", "grace").auto_score = 1
            book.db.commit()
            raise ZeroDivisionError
    with Gradebook(url) as book:
        assert book.find_grade("check", "one", "lesson", "ada").auto_score == 2
        assert book.find_comment("answer", "one", "lesson", "ada").auto_comment == "No response."
        assert book.find_grade("check", "one", "lesson", "grace").auto_score is None, "nothing of a failed transaction"
