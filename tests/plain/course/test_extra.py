"""An extra exercise: its points come on top, in nbgrader's own field for extra credit, everywhere where points are told."""

import csv

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade

from autograder import build, coursemap
from autograder import export as exporting
from autograder.checking import check
from autograder.classroom import marks
from autograder.exercise import load
from autograder.nbgrading import config, gradebook, pages
from autograder.nbgrading.generate import register
from tests.plain.course.tiny import LESSON, RIGHT

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::nbformat.warnings.DuplicateCellId")


@pytest.fixture
def released(course, monkeypatch):
    """The tiny lesson, of which `97-triple` is extra."""
    monkeypatch.setattr(load("97-triple"), "extra", True)
    build.build(course, [])
    register(course, LESSON)
    return course.release / LESSON / f"{LESSON}.ipynb"


def test_extra_points_come_on_top_in_gradebook_export_feedback_and_report(course, hand_in, grade, tmp_path):
    hand_in("ada")
    hand_in("bo", {"97-double": RIGHT["97-double"]})
    hand_in("cy", RIGHT | {"97-triple": "def triple(x):\n    return x"})
    results = grade()
    assert {s: (r.score, r.max_score) for s, r in results.items()} == {"ada": (6, 6), "bo": (3, 6), "cy": (4, 6)}

    with Gradebook(gradebook.db_url(config.of(course))) as book:  # as nbgrader and its formgrader see it
        grades = {s: book.find_grade("check-97-triple", LESSON, LESSON, s) for s in results}
        assert {s: (g.auto_score, g.extra_credit, g.max_score) for s, g in grades.items()} == {
            "ada": (0, 3, 0),
            "bo": (0, 0, 0),
            "cy": (0, 1, 0),
        }
        submitted = {s: book.find_submission(LESSON, s) for s in results}
        assert {s: (one.score, one.max_score) for s, one in submitted.items()} == {
            s: (r.score, 6) for s, r in results.items()
        }
        assert not any(g.needs_manual_grade for g in grades.values())

    exporting.export(course, tmp_path / "grades.csv")
    rows = {row["student"]: row for row in csv.DictReader((tmp_path / "grades.csv").open(encoding="utf-8-sig"))}
    assert (rows["cy"]["97-triple"], rows["cy"]["total"], rows["cy"]["max"]) == ("1.0", "4.0", "6.0")
    written, _ = pages.write_feedback(course, LESSON)
    text = next(page for page in written if "cy" in page.parts).read_text(encoding="utf-8")
    assert "+1 (extra)" in text and "1 of 3 extra points" in text and "4 of 6 points" in text
    [item] = [one for one in marks.items(marks.of(course, LESSON)) if one.exercise == "97-triple"]
    assert (item.possible, item.full, item.part, item.unwritten) == (3, 1, 1, 1)

    with Gradebook(gradebook.db_url(config.of(course))) as book:
        book.find_grade("check-97-double", LESSON, LESSON, "ada").extra_credit = 1.5  # a grader's, on an ordinary cell
        book.db.commit()
    hand_in("ada", RIGHT | {"97-triple": "nothing"})
    hand_in("bo", b"garbage")
    assert grade()["ada"].score == 4.5
    taken = gradebook.submissions(course, LESSON)["bo"]
    assert taken.score == 0, "what is taken back is taken back altogether"


@pytest.mark.parametrize("answer, points", [(RIGHT["97-triple"], 3), ("def triple(x):\n    return x", 1)])
def test_in_the_notebook_nbgrader_takes_it_for_passed_and_the_map_for_what_it_is(released, answer, points):
    namespace = {}
    exec(answer, namespace)
    result = check("97-triple", namespace["triple"])
    assert (result, repr(result)) == (points, f"{points} of 3 extra points")

    notebook = nbformat.read(released, 4)
    [cell] = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "check-97-triple"]
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": repr(result)}, execution_count=1)]
    assert determine_grade(cell) == (0, 0)
    nbformat.write(notebook, released)
    [station] = coursemap.course_map(released.parents[1]).stations
    [task] = [task for task in station.tasks if task.extra]
    assert (task.earned, task.points, task.state) == (points, 3, "done" if points == 3 else "part")
    assert (station.earned, station.points) == (points, 6)
