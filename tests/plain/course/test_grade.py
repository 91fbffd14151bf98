"""Grading a class: each gets what they earned, bad input costs nobody else, nothing stale passes for new."""

import csv
import os
import re

import nbformat
import pytest
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from autograder import export as exporting
from autograder.grading.grade import Ungraded
from autograder.nbgrading import config, gradebook, pages, preprocessors, run, submission, work, write
from autograder.sandbox.base import NoSandbox, Sandbox
from tests.plain.course.tiny import LESSON, RIGHT

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::nbformat.warnings.DuplicateCellId")


class Broken(Sandbox):
    """A sandbox that never starts: the grader's fault."""

    isolated = True

    def start(self):
        raise NoSandbox("the machine is on fire")


def scores(course):
    return {student: one.score for student, one in gradebook.submissions(course, LESSON).items()}


def test_a_class_with_every_kind_of_trouble(course, hand_in, grade, notebook, tmp_path):
    hand_in("ada")
    hand_in("bärbel müller", {"97-double": "def double(x):\n    return x", "97-triple": RIGHT["97-triple"]})
    hand_in("cleo", {})
    hand_in("dan", b"%PDF-1.7 this is no notebook")
    hand_in("eve", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}')
    hand_in("fay", b'{"a": 1}')
    hand_in("gil", b"[" * 100_000)
    hand_in("hal", b" " * (21 << 20))
    (course.submitted / "ida" / LESSON).mkdir(parents=True)
    (course.submitted / "ida" / LESSON / "essay.pdf").write_bytes(b"%PDF")
    other = notebook()
    for cell in other.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.grade_id = "98-" + cell.metadata.nbgrader.grade_id
    hand_in("jim", other)

    results = grade()

    assert {s: (r.status, r.score) for s, r in results.items() if r.status == run.GRADED} == {
        "ada": ("graded", 6),
        "bärbel müller": ("graded", 4),
        "cleo": ("graded", 0),
    }
    assert "97-double: wrong-value" in results["bärbel müller"].message
    assert results["cleo"].message == "nothing written yet"
    said = {
        "dan": "not a notebook",
        "eve": "has no cells",
        "fay": "not a notebook",
        "gil": "nested too deeply",
        "hal": "22 MB, more than 20 MB",
        "ida": "found 'essay.pdf'",
        "jim": "the cells of another lesson",
    }
    for student, words in said.items():
        result = results[student]
        assert (result.status, result.score) == (run.UNGRADED, None)
        assert words in result.message and "\n" not in result.message
        assert result.message.startswith(f"submitted/{student}/{LESSON}"), result.message
        assert re.search(r"; (hand in|rename|in JupyterLab|open it)", result.message), result.message
    assert set(scores(course)) == {"ada", "bärbel müller", "cleo"}


def test_a_second_run_grades_only_what_changed(course, hand_in, grade):
    hand_in("ada")
    hand_in("bo", {})
    grade()
    assert {r.status for r in grade().values()} == {run.UNCHANGED}
    hand_in("bo", RIGHT)
    again = grade()
    assert (again["ada"].status, again["bo"].status, again["bo"].score) == (run.UNCHANGED, run.GRADED, 6)
    assert grade("ada", force=True)["ada"].status == run.GRADED


def test_a_regrade_that_fails_leaves_no_score_that_looks_fresh(course, hand_in, grade):
    path = hand_in("ada")
    hand_in("bo", {"97-double": RIGHT["97-double"]})
    grade()
    with gradebook._opened(course) as book:
        grade_of = book.find_grade("97-why", LESSON, LESSON, "ada")
        grade_of.manual_score, grade_of.needs_manual_grade = 2, False
        book.db.commit()
    failed = grade("ada", force=True, sandbox=Broken())["ada"]
    assert failed.status == run.UNGRADED and "on fire" in failed.message
    one = gradebook.submissions(course, LESSON)["ada"]
    assert one.scores == {"check-97-double": None, "check-97-triple": None, "97-why": 2}, "a person's score stays"
    assert not (course.autograded / "ada" / LESSON).exists()
    assert scores(course)["bo"] == 3
    assert [r["status"] for r in exporting.rows_of(course, LESSON)] == ["ungraded", "graded"]
    again = grade("ada")["ada"]
    assert (again.status, again.score) == (run.GRADED, 8)
    path.write_bytes(b"garbage")
    assert grade("ada")["ada"].status == run.UNGRADED
    assert gradebook.submissions(course, LESSON)["ada"].scores["check-97-double"] is None


def test_a_fault_inside_the_writing_is_one_learners_only(course, hand_in, grade, monkeypatch):
    hand_in("ada")
    hand_in("bo")
    real_write = write.Writer.write

    def failing(self, student, graded, mark):
        if student == "ada":
            raise OSError("disk full")
        real_write(self, student, graded, mark)

    monkeypatch.setattr(write.Writer, "write", failing)
    results = grade()
    assert results["ada"].status == run.UNGRADED and "disk full" in results["ada"].message
    assert (results["bo"].status, results["bo"].score) == (run.GRADED, 6)


def test_links_and_special_files_are_taken_away_before_anything_is_copied(course, hand_in, grade, tmp_path):
    secret = tmp_path / "id_rsa"
    secret.write_text("PRIVATE KEY")
    path = hand_in("ada")
    (path.parent / "data.txt").symlink_to(secret)
    (path.parent / "sub").mkdir()
    (path.parent / "sub" / "home").symlink_to(tmp_path)
    os.mkfifo(path.parent / "timestamp.txt")
    hand_in("bo").unlink()
    (course.submitted / "bo" / LESSON / f"{LESSON}.ipynb").symlink_to(path)
    (course.submitted / "cy").mkdir()
    (course.submitted / "cy" / LESSON).symlink_to(path.parent)
    results = grade()
    assert results["ada"].status == run.GRADED and results["ada"].message.count("it was removed") == 3
    assert results["bo"].status == results["cy"].status == run.UNGRADED
    assert not [
        p
        for p in course.root.rglob("*")
        if p.is_file() and not p.is_symlink() and "PRIVATE" in p.read_text("utf-8", "replace")
    ]


def test_a_learners_metadata_cannot_change_points_or_hide_a_check(course, hand_in, grade, notebook):
    made = notebook({"97-double": RIGHT["97-double"]})
    for cell in made.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name == "check-97-double":
            cell.metadata.nbgrader.points = 1000
        if name == "check-97-triple":
            cell.metadata.nbgrader.grade = False
            cell.metadata.nbgrader.locked = False
            cell.source = "3"
    result = grade_one(hand_in, grade, made)
    assert (result.score, result.max_score) == (3, 9)
    assert "check-97-triple differed" in result.message


def grade_one(hand_in, grade, what):
    hand_in("ada", what)
    return grade()["ada"]


def test_a_missing_check_is_put_back_and_a_repeated_one_dropped(course, hand_in, grade, notebook):
    made = notebook()
    cells = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in made.cells}
    made.cells.remove(cells["check-97-double"])
    made.cells.append(nbformat.from_dict(cells["check-97-triple"]))
    made.cells.append(nbformat.from_dict(cells["97-triple"]))
    made.cells[-1].source = "def triple(x):\n    return 4 * x"
    result = grade_one(hand_in, grade, made)
    assert "check-97-double was missing; it was put back" in result.message
    assert "check-97-triple was there more than once" in result.message
    # the last answer counts, the wrong one, though the last check stands before it
    assert "check-97-triple stood before its answer" in result.message
    assert result.score == 4


def test_an_answer_moved_to_a_cell_of_its_own_is_judged(hand_in, grade, notebook):
    made = notebook({"97-triple": RIGHT["97-triple"]})
    cells = {c.metadata.get("nbgrader", {}).get("grade_id"): i for i, c in enumerate(made.cells)}
    mine = nbformat.v4.new_code_cell(RIGHT["97-double"])
    made.cells[cells["97-double"] : cells["check-97-double"] + 1] = [mine]
    result = grade_one(hand_in, grade, made)
    assert result.score == 6 and "the answer, is missing" in result.message


def test_checks_that_exchanged_their_places_are_judged_after_their_answers(hand_in, grade, notebook):
    made = notebook()
    cells = {c.metadata.get("nbgrader", {}).get("grade_id"): i for i, c in enumerate(made.cells)}
    one, other = cells["check-97-double"], cells["check-97-triple"]
    made.cells[one], made.cells[other] = made.cells[other], made.cells[one]
    result = grade_one(hand_in, grade, made)
    assert result.score == 6 and "check-97-triple stood before its answer" in result.message


def test_another_kernel_and_an_old_notebook_format_are_graded(hand_in, grade, notebook):
    made = notebook()
    made.metadata.kernelspec = {"name": "ir", "language": "R", "display_name": "R"}
    made.nbformat_minor = 2
    for cell in made.cells:
        del cell["id"]
    result = grade_one(hand_in, grade, made)
    assert result.score == 6 and "kernel" in result.message


def test_more_cells_of_the_lesson_than_the_learner_had(hand_in, grade, notebook):
    """A check added after work was handed in: judged on what there is."""
    made = notebook()
    made.cells = [c for c in made.cells if "triple" not in c.metadata.get("nbgrader", {}).get("grade_id", "")]
    assert grade_one(hand_in, grade, made).score == 3


@pytest.mark.parametrize("error", [Ungraded("the host was too slow"), RuntimeError("boom")])
def test_a_graders_fault_is_never_a_zero(course, hand_in, grade, monkeypatch, error):
    def fail(*args, **kw):
        raise error

    monkeypatch.setattr(work, "grade_notebook", fail)
    hand_in("ada")
    result = grade()["ada"]
    assert (result.status, result.score) == (run.UNGRADED, None) and str(error) in result.message
    assert scores(course) == {}


def test_feedback_reaches_out_to_nobody_and_runs_nothing(course, hand_in, grade):
    evil = '<script>alert(1)</script><img src="https://evil.example/x.png" onerror="alert(2)">'
    answer = f"""def double(x):
    return 2 * x
from IPython.display import HTML, display, Markdown
print({evil!r})
display(HTML({evil!r}))
display(Markdown({evil!r}))
HTML({evil!r})"""
    hand_in(
        "<b>mallory",
        {
            "97-double": answer,
            "97-triple": "def triple(x):\n    raise ValueError('<script>alert(3)</script>')",
            "97-why": f"Because {evil} [x](javascript:alert(4)) ![y](https://evil.example/y)",
        },
    )
    grade()
    written, left_out = pages.write_feedback(course, LESSON)
    assert len(written) == 1 and not left_out
    html = written[0].read_text(encoding="utf-8")
    tags = re.findall(r"<\s*([a-zA-Z]+)([^>]*)>", html)
    assert not {name.lower() for name, _ in tags} & {
        "script",
        "img",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "form",
        "svg",
    }
    assert not [attributes for _, attributes in tags if re.search(r"\bon\w+\s*=|javascript:|https?:|url\(", attributes)]
    assert "default-src 'none'" in html
    assert "&lt;script&gt;alert(3)" in html and "3 of 9 points" in html


def test_export_has_a_row_for_everyone_and_a_column_an_exercise(course, hand_in, grade, tmp_path):
    hand_in("ada")
    hand_in("=cmd()", b"no")
    grade()
    target = tmp_path / "out" / "grades.csv"
    exporting.export(course, target)
    rows = {row["student"]: row for row in csv.DictReader(target.open(encoding="utf-8-sig"))}
    assert rows["ada"] == {
        "student": "ada", "lesson": LESSON, "status": "graded", "total": "6.0", "max": "9.0", "late": "",
        "97-double": "3.0", "97-triple": "3.0", "97-why": "0.0",
    }  # fmt: skip
    assert rows["'=cmd()"]["status"] == "ungraded" and rows["'=cmd()"]["total"] == ""


def autograde(course, monkeypatch, worker, student="*", force=False):
    """What `nbgrader autograde` and the formgrader's button do."""
    monkeypatch.setattr(preprocessors, "_sandbox", lambda: worker)
    monkeypatch.setattr(preprocessors, "course_secret", lambda name, root: bytes(32))
    settings = config.of(course)
    config.log_to(course.scratch / "nbgrader.log")
    converter = Autograde(coursedir=config.directory(settings, LESSON, student), config=settings)
    converter.force = force
    converter.start()


def test_nbgraders_own_autograde_is_as_safe_and_as_fair(course, hand_in, released, worker, monkeypatch, tmp_path):
    path = hand_in("ada", {"97-double": RIGHT["97-double"]})
    secret = tmp_path / "id_rsa"
    secret.write_text("PRIVATE KEY")
    (path.parent / "data.txt").symlink_to(secret)
    autograde(course, monkeypatch, worker)
    one = gradebook.submissions(course, LESSON)["ada"]
    assert one.scores == {"check-97-double": 3, "check-97-triple": 0, "97-why": 0}
    assert run.is_fresh(course, LESSON, "ada")
    assert not (course.autograded / "ada" / LESSON / "data.txt").exists()
    path.write_bytes(b"garbage")
    with pytest.raises(NbGraderException):
        autograde(course, monkeypatch, worker, "ada", force=True)
    assert gradebook.submissions(course, LESSON)["ada"].scores["check-97-double"] is None


def test_nbgraders_own_autograde_stops_where_a_submission_cannot_be_made_safe(
    course, hand_in, released, worker, monkeypatch
):
    hand_in("ada")

    def fail(*_):
        raise PermissionError("not yours")

    monkeypatch.setattr(submission, "quarantine", fail)
    with pytest.raises(SystemExit, match="cannot be made safe"):
        autograde(course, monkeypatch, worker)
    assert not (course.autograded / "ada" / LESSON).exists()
