"""`autograder build`: reproducible, complete, and strict about a lesson's source."""

import json
import re

import nbformat
import pytest

from autograder import build, lesson
from autograder.course import Course, Refused


def built(course):
    build.build(course, [])
    return course.release / "97-tiny" / "97-tiny.ipynb"


def test_the_learners_notebook_holds_stubs_and_no_solution(course):
    text = built(course).read_text(encoding="utf-8")
    assert (
        "return 2 * x" not in text
        and "SOLUTION" not in text
        and "Because f(ax" not in text
        and "straight line" not in text
    )
    notebook = nbformat.reads(text, 4)
    nbformat.validate(notebook)
    assert sum(lesson.STUB in cell.source for cell in notebook.cells) == 2


def test_points_and_locks_come_from_the_exercise(course):
    notebook = nbformat.read(built(course), 4)
    marks = {c.metadata.nbgrader.grade_id: c.metadata for c in notebook.cells if "nbgrader" in c.metadata}
    assert list(marks) == ["97-double", "check-97-double", "97-triple", "check-97-triple", "97-why"]
    assert marks["check-97-double"].nbgrader.points == 3 and marks["97-why"].nbgrader.points == 3
    assert marks["check-97-double"].editable is False and marks["97-double"].deletable is False
    assert not marks["97-double"].nbgrader.grade


def test_the_same_source_makes_the_same_bytes_elsewhere(course, tmp_path):
    first = built(course).read_bytes()
    other = tmp_path / "elsewhere"
    (other / "solutions/97-tiny").mkdir(parents=True)
    (other / "solutions/97-tiny/97-tiny.md").write_bytes((course.solutions / "97-tiny/97-tiny.md").read_bytes())
    assert built(Course(other, other)).read_bytes() == first
    assert str(tmp_path) not in first.decode()


def test_building_again_changes_nothing_and_makes_no_gradebook(course):
    built(course)
    assert build.build(course, []) == []
    assert not (course.root / "gradebook.db").exists()


def test_stale_names_a_notebook_that_differs_or_has_no_source(course):
    path = built(course)
    assert build.stale(course, []) == []
    path.write_text(path.read_text(encoding="utf-8").replace("The end.", "An end."), encoding="utf-8")
    orphan = course.release / "98-gone" / "98-gone.ipynb"
    orphan.parent.mkdir()
    orphan.write_text("{}")
    assert build.stale(course, []) == [path, orphan]


def test_a_page_beside_the_lessons_is_built_without_nbgrader(course):
    (course.solutions / "00-start-here.md").write_text("# Welcome\n", encoding="utf-8")
    build.build(course, [])
    page = nbformat.read(course.release / "00-start-here.ipynb", 4)
    assert page.cells[0].source == "# Welcome"


def test_cell_ids_are_unique_and_say_where_they_come_from(course):
    ids = [cell.id for cell in nbformat.read(built(course), 4).cells]
    assert len(set(ids)) == len(ids)
    assert any(i.startswith("check-97-double") for i in ids) and all("97-" in i for i in ids)


FAULTS = {
    "an unknown exercise": (
        ':check: 97-double\ncheck("97-double"',
        ':check: 97-dobule\ncheck("97-dobule"',
        "no such exercise",
    ),
    "an answer without a check": (
        '```{code-cell} ipython3\n:check: 97-double\ncheck("97-double", double)\n```',
        "",
        "has no cell with `check: 97-double`",
    ),
    "a check without an answer": (":answer: 97-double\n", ":tags: [x]\n", "has no cell with `answer: 97-double`"),
    "a repeated id": ("97-triple", "97-double", "stands here again"),
    "a region outside a function": (
        "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
        "### BEGIN SOLUTION\ndouble = None\n### END SOLUTION",
        "must lie inside a function",
    ),
    "a region without an end": ("    return 2 * x\n    ### END SOLUTION", "    return 2 * x", "it has 1 and 0"),
    "no region": (
        "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
        "    return 2 * x",
        "needs a region",
    ),
    "a check that does more": (
        'check("97-double", double)',
        'x = check("97-double", double)',
        "one call and nothing else",
    ),
    "a manual cell without points": (', "points": 3', "", "needs its points"),
    "a region in no answer": ("Write `double`.", "### BEGIN SOLUTION", "in a cell that is no answer"),
}


@pytest.mark.parametrize("old, new, said", FAULTS.values(), ids=FAULTS)
def test_a_fault_in_the_source_is_a_line_with_file_line_and_mend(course, source, old, new, said):
    path = course.solutions / "97-tiny" / "97-tiny.md"
    path.write_text(source.replace(old, new), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        build.build(course, [])
    lines = str(refused.value).splitlines()
    assert any(said in line for line in lines), lines
    assert all(re.match(rf"{re.escape(str(path))}:\d+: .+", line) for line in lines)
    number = int(next(line for line in lines if said in line).removeprefix(str(path)).split(":")[1])
    assert number > 1 or said == "in a cell that is no answer"


def test_a_source_that_is_no_notebook_is_told_in_a_line(course):
    (course.solutions / "97-tiny" / "97-tiny.md").write_text("---\n: [\n---\n", encoding="utf-8")
    with pytest.raises(Refused):
        build.build(course, [])


def test_no_local_version_in_the_metadata(course):
    assert set(json.loads(built(course).read_text("utf-8"))["metadata"]) == {
        "kernelspec",
        "language_info",
        "autograder",
    }
