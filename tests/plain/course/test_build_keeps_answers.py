"""Building never erases what somebody has written into the notebooks of `course/`."""

import nbformat
import pytest

from autograder import build as builder
from autograder.course import Refused
from autograder.lesson import STUB


def notebook(source):
    cell = nbformat.v4.new_code_cell(source, metadata={"nbgrader": {"solution": True, "grade_id": "01-x"}})
    return nbformat.writes(nbformat.v4.new_notebook(cells=[cell]))


EMPTY = notebook(f"def f():\n    {STUB}")


@pytest.mark.parametrize(
    "there, holds",
    [
        (notebook("def f():\n    return 1"), True),
        (EMPTY, False),
        (notebook(f"def f(changed_by_the_author):\n    {STUB}"), False),
        ("not a notebook", False),
        (None, False),
    ],
)
def test_answers_are_told_from_stubs(tmp_path, there, holds):
    target = tmp_path / "lesson.ipynb"
    if there is not None:
        target.write_text(there)
    assert builder._holds_answers(target, EMPTY.encode()) is holds


def test_a_build_refuses_and_force_overwrites(tmp_path, monkeypatch):
    target = tmp_path / "lesson.ipynb"
    target.write_text(notebook("def f():\n    return 1"))
    monkeypatch.setattr(builder, "_made", lambda course, names: {target: EMPTY.encode()})
    with pytest.raises(Refused, match="build with --force"):
        builder.build(None, [])
    assert "return 1" in target.read_text()
    assert builder.build(None, [], force=True) == [target] and "return 1" not in target.read_text()
