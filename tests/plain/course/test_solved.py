"""Solutions go out when nobody can hand in any more, and nothing goes with them."""

import zipfile
from datetime import UTC, datetime, timedelta

import nbformat
import pytest

from autograder.classroom import deadlines
from autograder.course import Refused
from autograder.nbgrading import gradebook, submission
from autograder.solved import release_solutions

LESSON = "97-tiny"


def in_hours(hours):
    """Counted from the call: a long run may reach this test hours after it was read."""
    return datetime.now(UTC) + timedelta(hours=hours)


@pytest.fixture
def solutions(course, released, tmp_path):
    """Release them; the one notebook that is in the zip."""
    answers = course.solutions / LESSON / "answers"
    answers.mkdir()
    (answers / "97-double.py").write_text("# %% wrong: adds one\n# finding: wrong-value\ndef double(x): return x + 1\n")

    def do(**how):
        target = tmp_path / "solutions.zip"
        release_solutions(course, [LESSON], target, **how)
        with zipfile.ZipFile(target) as archive:
            assert archive.namelist() == [f"solutions/{LESSON}/{LESSON}-solutions.ipynb"]
            return nbformat.reads(archive.read(archive.namelist()[0]).decode(), as_version=4)

    return do


def test_they_wait_for_the_due_date_and_for_every_extension(course, solutions):
    with pytest.raises(Refused, match="no due date; set it with `autograder due"):
        solutions()
    gradebook.set_due(course, LESSON, in_hours(1))
    with pytest.raises(Refused, match="can be handed in until"):
        solutions()
    gradebook.set_due(course, LESSON, in_hours(-1))
    deadlines.extend(course, "98-another", "ada", in_hours(24))
    deadlines.extend(course, LESSON, "bo", in_hours(-2))
    solutions()
    deadlines.extend(course, LESSON, "ada", in_hours(24))
    with pytest.raises(Refused, match="and ada until"):
        solutions()
    solutions(anyway=True)


def test_every_solution_is_in_them_and_neither_rubric_nor_marks_nor_known_wrong_answers(solutions, tmp_path):
    notebook = solutions(anyway=True)
    nbformat.validate(notebook)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "return 2 * x" in text and "return 3 * x" in text and "Because f(ax + by)" in text
    assert (
        "###" not in text
        and "a straight line" not in text
        and "adds one" not in text
        and "NotImplementedError" not in text
    )
    assert not [cell for cell in notebook.cells if set(cell.metadata) & {"nbgrader", "autograder"}]
    assert "a straight line" in "\n".join(cell.source for cell in solutions(anyway=True, rubric=True).cells)


def test_handed_in_again_they_are_nobodys_work(solutions, released, tmp_path):
    with pytest.raises(submission.BadSubmission, match="none of the lesson's cells"):
        submission.mend(solutions(anyway=True), nbformat.read(released, 4), tmp_path / "x.ipynb")
