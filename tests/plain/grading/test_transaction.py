"""What nbgrader's steps find within a transaction is what nbgrader finds without one."""

import os
import shutil

import pytest
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy import event

from autograder.nbgrading.config import SCRIPTS
from autograder.nbgrading.transaction import FINDS, Shared

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


KEYS = {
    "find_assignment": ("lesson",),
    "find_notebook": ("one", "lesson"),
    "find_student": ("ada",),
    "find_submission": ("lesson", "ada"),
    "find_submission_notebook": ("one", "lesson", "ada"),
}


@pytest.mark.parametrize("find", FINDS)
def test_what_was_found_stays_found_and_is_asked_for_once(url, find):
    with Gradebook(url) as book:
        theirs = getattr(book, find)(*KEYS[find]).id
    with Shared(url) as shared:
        asked = []
        event.listen(shared._engine, "before_cursor_execute", lambda *_: asked.append(1))
        with shared.transaction(), Gradebook(url) as book:
            first, queries = getattr(book, find)(*KEYS[find]), len(asked)
            with Gradebook(url) as again:
                assert getattr(again, find)(*KEYS[find]) is first and first.id == theirs
            assert len(asked) == queries
        with shared.transaction(), Gradebook(url) as book:
            assert getattr(book, find)(*KEYS[find]) is not first, (
                "nothing is remembered from one transaction to the next"
            )


def test_what_was_removed_or_was_not_there_is_asked_for_again(url):
    with Shared(url) as shared, shared.transaction(), Gradebook(url) as book:
        with pytest.raises(MissingEntry):
            book.find_student("eve")
        book.add_student("eve")
        assert book.find_student("eve").id == "eve"
        book.find_submission("lesson", "ada")
        book.remove_submission("lesson", "ada")
        with pytest.raises(MissingEntry):
            book.find_submission("lesson", "ada")


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
