"""Every notebook runs in a real kernel: untouched to its end without points, with the solutions to every point."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder import lesson
from autograder.exercise import load

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(p for p in (ROOT / "solutions").glob("*/*.md") if p.stem == p.parent.name)
PAGES = sorted((ROOT / "course").glob("*.ipynb"))


def run(notebook, folder):
    """Execute as Run All does: the first error ends it, and fails the test."""
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def points(notebook):
    """Exercise → what its check cell returned."""
    found = {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.startswith("check-"):
            [result] = [o for o in cell.outputs if o.output_type == "execute_result"]
            found[name.removeprefix("check-")] = int(result.data["text/plain"])
    return found


def said(notebook):
    return "\n".join(o.data.get("text/plain", "") for c in notebook.cells for o in c.get("outputs", ()) if "data" in o)


@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)
def test_the_untouched_notebook_runs_to_its_end_and_every_check_says_so(path, tmp_path):
    notebook = run(nbformat.read(ROOT / "course" / path.stem / f"{path.stem}.ipynb", 4), tmp_path)
    earned = points(notebook)
    assert set(earned) == set(lesson.read(path).cells("check")) and set(earned.values()) == {0}
    assert said(notebook).count("not written yet, 0 of") == len(earned)


@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)
def test_the_solutions_earn_every_point_and_print_nothing_on_stderr(path, tmp_path):
    notebook = run(lesson.for_nbgrader(lesson.read(path)), tmp_path)
    assert points(notebook) == {name: load(name).points for name in lesson.read(path).cells("check")}
    checks = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("locked")]
    assert not [o for c in checks for o in c.outputs if o.output_type == "stream" and o.name == "stderr"]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_a_page_runs_to_its_end(path, tmp_path):
    run(nbformat.read(path, 4), tmp_path)
