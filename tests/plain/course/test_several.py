"""A lesson of several notebooks, with files that come with it and files that learners hand in beside."""

import csv
import json
import zipfile

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde

from autograder import build, coursemap
from autograder import export as exporting
from autograder.classroom import evidence, handback, marks
from autograder.collect import collect
from autograder.nbgrading import config, gradebook, pages, preprocessors, run
from autograder.nbgrading.generate import register
from autograder.solved import release_solutions
from tests.plain.course.tiny import LESSON, SOURCE, TRIPLE

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::nbformat.warnings.DuplicateCellId")

MORE = "97-tiny-more"
# What a learner writes: a module of their own in the one notebook, the lesson's file in the other.
ANSWERS = {
    "97-double": "from helper import twice\n\ndef double(x):\n    return twice(x)",
    "97-triple": "import json\n\ndef triple(x):\n    return json.load(open('data/factor.json')) * x",
}
HELPER = "def twice(x):\n    return 2 * x\n"


@pytest.fixture
def released(course):
    """The tiny lesson in two notebooks, with a file."""
    folder = course.solutions / LESSON
    head = SOURCE.partition("Write `double`.")[0].replace("A tiny lesson", "More of it")
    (folder / f"{LESSON}.md").write_text(SOURCE.replace(TRIPLE, ""), encoding="utf-8")
    (folder / f"{MORE}.md").write_text(head + TRIPLE, encoding="utf-8")
    (folder / "files" / "data").mkdir(parents=True)
    (folder / "files" / "data" / "factor.json").write_text("3")
    build.build(course, [])
    register(course, LESSON)
    assert build.stale(course, []) == []
    return course.release / LESSON


@pytest.fixture
def work(released):
    """A learner's notebooks: name → content."""

    def with_answers(*names, answers=ANSWERS):
        made = {}
        for name in names:
            notebook = nbformat.read(released / f"{name}.ipynb", 4)
            for cell in notebook.cells:
                cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
            made[f"{name}.ipynb"] = nbformat.writes(notebook)
        return made

    return with_answers


def test_from_the_build_to_the_feedback(course, released, work, grade, tmp_path):
    assert (released / "data" / "factor.json").read_text() == "3"
    download = tmp_path / "class.zip"
    with zipfile.ZipFile(download, "w") as archive:
        for student, files in {
            "ada": work(LESSON, MORE) | {"helper.py": HELPER, "factor.json": "1000"},
            "bo": {"my 97-tiny-more (1).ipynb": work(MORE)[f"{MORE}.ipynb"]},  # the other was never handed in
            "cy": work(LESSON) | {"helper.py": HELPER},
        }.items():
            for name, content in files.items():
                archive.writestr(f"{student}_1_assignsubmission_file_/{name}", content)
    assert len(collect(course, LESSON, download).new) == 3
    results = grade()
    assert {s: (r.status, r.score, r.max_score) for s, r in results.items()} == {
        "ada": ("graded", 6, 9),
        "bo": ("graded", 3, 9),
        "cy": ("graded", 3, 9),
    }
    assert f"{MORE}.ipynb was not handed in; its exercises count nothing" in results["cy"].message
    with Gradebook(gradebook.db_url(config.of(course))) as book:
        one = book.find_submission(LESSON, "bo")
        assert {n.name: (n.score, n.needs_manual_grade) for n in one.notebooks} == {
            LESSON: (0, False),
            MORE: (3, False),
        }
    assert {r.status for r in grade().values()} == {run.UNCHANGED}

    exporting.export(course, tmp_path / "grades.csv")
    rows = {row["student"]: row for row in csv.DictReader((tmp_path / "grades.csv").open(encoding="utf-8-sig"))}
    assert (rows["ada"]["97-double"], rows["ada"]["97-triple"], rows["ada"]["total"]) == ("3.0", "3.0", "6.0")
    assert {row["status"] for row in rows.values()} == {"graded"}
    group = marks.of(course, LESSON)
    assert set(group.learners[0].answers) == {"97-double", "97-triple"} and group.ungraded == []
    assert set(evidence.read(course.autograded / "ada" / LESSON)) == {"97-double", "97-triple"}
    written, left_out = pages.write_feedback(course, LESSON)
    assert {page.name for page in written if "ada" in page.parts} == {f"{LESSON}.html", f"{MORE}.html"} and not left_out
    handback.pack(course, LESSON, written, tmp_path / "back.zip")
    with zipfile.ZipFile(tmp_path / "back.zip") as archive:
        assert f"ada_1_assignsubmission_file_{MORE}.html" in archive.namelist()

    # another file beside the same notebooks is another submission
    (course.submitted / "ada" / LESSON / "helper.py").write_text("def twice(x):\n    return x\n")
    again = grade()
    assert (again["ada"].status, again["ada"].score, again["cy"].status) == (run.GRADED, 4, run.UNCHANGED)


def test_nbgraders_own_autograde_does_the_same(course, released, work, worker, monkeypatch):
    folder = course.submitted / "ada" / LESSON
    folder.mkdir(parents=True)
    for name, content in (work(LESSON, MORE) | {"helper.py": HELPER}).items():
        (folder / name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(preprocessors, "_sandbox", lambda: worker)
    monkeypatch.setattr(preprocessors, "course_secret", lambda name, root: bytes(32))
    settings = config.of(course)
    config.log_to(course.scratch / "nbgrader.log")
    Autograde(coursedir=config.directory(settings, LESSON), config=settings).start()
    assert gradebook.submissions(course, LESSON)["ada"].score == 6 and run.is_fresh(course, LESSON, "ada")
    assert set(evidence.read(course.autograded / "ada" / LESSON)) == {"97-double", "97-triple"}


def test_the_map_and_the_solutions_have_all_notebooks(course, released, work, tmp_path):
    (released / f"{MORE}-Copy1.ipynb").write_text(json.dumps({"cells": []}))
    stations = coursemap.course_map(course.release).stations
    assert [station.title for station in stations] == ["A tiny lesson", "More of it"]
    release_solutions(course, [LESSON], tmp_path / "solutions.zip", anyway=True)
    with zipfile.ZipFile(tmp_path / "solutions.zip") as archive:
        assert {name.removeprefix(f"solutions/{LESSON}/") for name in archive.namelist()} == {
            f"{LESSON}-solutions.ipynb",
            f"{MORE}-solutions.ipynb",
            "data/factor.json",
        }
