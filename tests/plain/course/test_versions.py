"""Notebooks that are not as the lesson is now: cells deleted, an older version, a corrected exercise."""

import pytest
from nbgrader.api import Gradebook

import autograder
from autograder import build
from autograder import export as exporting
from autograder.course import Refused
from autograder.exercise import Mistake, load
from autograder.nbgrading import config, gradebook, pages, record, run
from autograder.nbgrading.generate import register
from tests.plain.course.tiny import LESSON, RIGHT, TRIPLE

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::nbformat.warnings.DuplicateCellId")


def named(notebook):
    return {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}


def grades(course, student):
    """Grade id → (automatic score, score by hand, does a person have to look, comments), as nbgrader has them."""
    with Gradebook(gradebook.db_url(config.of(course))) as book:
        [notebook] = book.find_submission(LESSON, student).notebooks
        said = {comment.name: comment.comment for comment in notebook.comments}
        return {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade, said.get(g.name)) for g in notebook.grades}


def test_deleted_cells_count_nothing_and_say_why_and_nothing_waits(course, hand_in, grade, notebook):
    made = notebook()
    for name in ("97-double", "check-97-double", "97-why"):
        made.cells.remove(named(made)[name])
    hand_in("ada", made)
    made = notebook()
    made.cells.remove(named(made)["97-triple"])
    hand_in("bo", made)
    results = grade()
    assert (results["ada"].score, results["bo"].score) == (3, 3)
    assert grades(course, "ada") == {
        "check-97-double": (0, None, False, None),
        "check-97-triple": (3, None, False, None),
        "97-why": (0, None, False, "No response."),
    }
    assert not [one for student in ("ada", "bo") for one in grades(course, student).values() if one[2]], "nothing waits"
    assert [row["status"] for row in exporting.rows_of(course, LESSON)] == ["graded", "graded"]
    written, left_out = pages.write_feedback(course, LESSON)
    ada, bo = (page.read_text(encoding="utf-8") for page in written)
    assert "find your answer, whose cell is missing from the notebook you handed in" in ada
    assert (
        "cell 97-double, the answer, is missing" in ada and "cell 97-why was missing" in ada and "No response." in ada
    )
    assert "NameError" in bo and "cell 97-triple, the answer, is missing" in bo


def test_an_older_version_is_graded_by_the_lesson_as_it_is_now(course, source, hand_in, grade, notebook):
    """The learner had a lesson with one exercise less, another given part, and a check that has changed since."""
    path = course.solutions / LESSON / f"{LESSON}.md"
    old = source.replace(TRIPLE, "").replace('check("97-double", double)', 'check("97-double",  double)')
    assert old != source.replace(TRIPLE, "")
    path.write_text(old.replace("# A tiny lesson", "# A tiny lesson with a typpo"), encoding="utf-8")
    build.build(course, [], force=True)
    hand_in("ada", notebook(RIGHT | {"97-why": "It is."}))
    path.write_text(source, encoding="utf-8")
    build.build(course, [], force=True)
    hand_in("bo", RIGHT)
    results = grade()
    assert (results["ada"].score, results["bo"].score) == (3, 6)
    assert "97-triple, the answer, is missing (deleted, or not in that version of the lesson)" in results["ada"].message
    assert "check-97-double differed from the lesson's (another version, or edited)" in results["ada"].message
    assert grades(course, "ada")["check-97-triple"] == (0, None, False, None)
    # With work graded, the set of exercises is settled: nbgrader's gradebook cannot take another one.
    path.write_text(source.replace(TRIPLE, ""), encoding="utf-8")
    build.build(course, [], force=True)
    with pytest.raises(Refused, match="give the lesson a new name"):
        register(course, LESSON)
    # A correction of the text is no other set.
    path.write_text(source.replace("# A tiny lesson", "# A tiny, corrected lesson"), encoding="utf-8")
    build.build(course, [], force=True)
    assert {r.status for r in grade().values()} == {run.GRADED}


def test_a_corrected_exercise_is_graded_again_for_this_lesson_alone_and_decisions_stay(
    course, hand_in, grade, monkeypatch
):
    hand_in("ada", RIGHT | {"97-why": "It is."})
    hand_in("bo", RIGHT | {"97-why": "It is not."})
    grade()
    with Gradebook(gradebook.db_url(config.of(course))) as book:
        for name, points in (("97-why", 2), ("check-97-triple", 1)):
            one = book.find_grade(name, LESSON, LESSON, "ada")
            one.manual_score, one.needs_manual_grade = points, False
        book.find_comment("97-why", LESSON, LESSON, "ada").manual_comment = "Say why."
        book.db.commit()
    # The judge of 97-double was too kind: it asks for more now. Its file is what the stamp is made of.
    criterion = load("97-double").criteria[-1]
    strict = type(criterion)(criterion.name, criterion.points, criterion.says, lambda *_: Mistake("no", "", "", ""))
    monkeypatch.setattr(load("97-double"), "criteria", [*load("97-double").criteria[:-1], strict])
    assert {r.status for r in grade().values()} == {run.UNCHANGED}, "the files say that nothing has changed"
    stamp = record.stamp
    monkeypatch.setattr(record, "stamp", lambda *a: record.Stamp(stamp(*a).submission, "the corrected judges"))
    results = grade()
    assert {s: (r.status, r.score) for s, r in results.items()} == {"ada": ("graded", 1 + 1 + 2), "bo": ("graded", 4)}
    assert {r.status for r in grade().values()} == {run.UNCHANGED}
    assert grades(course, "ada") == {
        "check-97-double": (1, None, False, None),
        "check-97-triple": (3, 1, False, None),
        "97-why": (None, 2, False, "Say why."),
    }
    assert grades(course, "bo")["97-why"] == (None, None, True, None), "what nobody has decided still waits"
    # Another answer is another matter: nbgrader asks the grader to look again, and keeps what was given until then.
    hand_in("ada", RIGHT | {"97-why": "Because it is."})
    grade()
    assert grades(course, "ada")["97-why"] == (None, 2, True, "Say why.")


def test_the_stamp_is_of_the_lessons_own_judges_and_probes(course, released, hand_in, tmp_path, monkeypatch):
    """A change of a judge's or probe's file changes the stamp of its lesson, and of no other."""
    package = tmp_path / "autograder"
    for half in ("judges", "probes"):
        for lesson in ("97", "98"):
            (package / half / f"lesson_{lesson}").mkdir(parents=True)
            (package / half / f"lesson_{lesson}" / "one.py").write_text("before")
    monkeypatch.setattr(autograder, "__file__", str(package / "__init__.py"))
    folder = hand_in("ada").parent
    before = record.stamp(LESSON, folder, [released])
    (package / "judges" / "lesson_98" / "one.py").write_text("after")
    assert record.stamp(LESSON, folder, [released]) == before
    (package / "probes" / "lesson_97" / "one.py").write_text("after")
    after = record.stamp(LESSON, folder, [released])
    assert (after.submission == before.submission, after.graders == before.graders) == (True, False)
