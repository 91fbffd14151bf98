"""The map of the course shows what the saved notebooks say, whatever lies in the folder."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import lesson
from autograder.coursemap import course_map
from autograder.exercise import load

ROOT = Path(__file__).resolve().parents[3]
points = st.lists(st.tuples(st.integers(1, 20), st.none() | st.integers(0, 20)), max_size=6)


def notebook(tasks):
    """A lesson with these (points, earned) exercises, as JupyterLab saves it."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# 5 A lesson\n\nText.")])
    for number, (most, earned) in enumerate(tasks):
        cell = nbformat.v4.new_code_cell(f"check({number})")
        cell.metadata["nbgrader"] = {"grade": True, "solution": False, "grade_id": f"check-05-{number}", "points": most}
        if earned is not None:
            cell.outputs = [
                nbformat.v4.new_output("display_data", data={"text/plain": "a report: 3 of 9 points"}),
                nbformat.v4.new_output("execute_result", data={"text/plain": str(earned)}),
            ]
        made.cells.append(cell)
    return made


def put(folder, name, text):
    (folder / name).mkdir(exist_ok=True)
    (folder / name / f"{name}.ipynb").write_text(text, encoding="utf-8")


@given(points)
def test_points_and_marks_are_those_of_the_saved_checks(tmp_path_factory, tasks):
    folder = tmp_path_factory.mktemp("course")
    put(folder, "05-a-lesson", nbformat.writes(notebook(tasks)))
    [station] = course_map(folder).stations
    assert station.title == "5 A lesson"
    assert station.points == sum(most for most, _ in tasks)
    assert station.earned == sum(min(most, earned or 0) for most, earned in tasks)
    states = [
        "open" if earned is None else "done" if earned >= most else "part" if earned else "tried"
        for most, earned in tasks
    ]
    assert [task.state for task in station.tasks] == states
    following = course_map(folder).next
    assert (following and following[1].state) == next((state for state in states if state != "done"), None)


def test_the_real_course_is_mapped_in_order_with_all_its_exercises():
    stations = course_map(ROOT / "course").stations
    assert [s.link for s in stations] == sorted(
        p.relative_to(ROOT / "course").as_posix() for p in (ROOT / "course").glob("[0-9]*/*.ipynb")
    )
    for station in stations:
        source = lesson.read(ROOT / "solutions" / Path(station.link).parent / f"{Path(station.link).stem}.md")
        checked = {task.id: task.points for task in station.tasks if not task.by_hand}
        assert checked == {name: load(name).points for name in source.cells("check")}
        assert {task.id for task in station.tasks if task.by_hand} == set(source.cells("manual"))


@pytest.mark.parametrize("broken", ["", "{}", "[]", '{"cells": 3}', '{"cells": [1, {}]}', "\0", "[" * 10_000])
def test_a_damaged_notebook_is_a_lesson_without_exercises(tmp_path, broken):
    put(tmp_path, "02-broken", broken)
    [station] = course_map(tmp_path).stations
    assert (station.title, station.tasks) == ("02-broken", ())


def test_what_a_notebook_says_is_shown_and_never_run(tmp_path):
    made = notebook([(3, 3)])
    made.cells[0].source = "# <script>alert(1)</script>"
    put(tmp_path, "05-a-lesson", json.dumps(made))
    shown = course_map(tmp_path)._repr_mimebundle_()
    assert "<script" not in shown["text/html"] and "&lt;script&gt;" in shown["text/html"]
    assert "3 of 3 points" in shown["text/plain"] and re.search(r"Every check passes", shown["text/html"])


def test_an_empty_folder_is_said_to_be_empty(tmp_path):
    assert "no lesson" in repr(course_map(tmp_path))
