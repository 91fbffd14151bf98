"""An appeal: what was asked, expected and seen, as it was at grading, and whether that can still be relied upon."""

import pytest

from autograder.classroom import evidence
from autograder.classroom.explain import as_text, explain
from autograder.course import Refused
from autograder.exercise import load
from autograder.grading.secret import seed
from autograder.progress import printable

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

LESSON = "97-tiny"
SECRET = bytes(range(32))
WRONG = {
    "97-double": "def double(x):\n    return x + 1000",
    "97-triple": "def triple(x):\n    raise ValueError('\x1b[2Jno')",
}


def test_it_tells_the_case_the_expectation_and_what_was_seen(course, hand_in, grade):
    hand_in("ada", WRONG)
    grade()
    told = explain(course, "ada", "97-double", SECRET)
    asked = load("97-double").draw(seed(SECRET, "blocks", "ada", "97-double"))
    assert told.cases == asked and told.same_cases and told.agrees() and told.same_work
    x = asked[0]["x"]
    text = as_text(told)
    for words in (
        "1 of 3 points",
        "first in case 1: wrong-value",
        f"x: {x}",
        f"y: {x + 1000}",
        f"expected:     {2 * x}",
    ):
        assert words in text, words
    assert "For the instructor only" in text and "return x + 1000" in text and "Judged again now: the same" in text


def test_an_error_is_told_and_nothing_of_it_reaches_a_terminal(course, hand_in, grade):
    hand_in("ada", WRONG)
    grade()
    text = printable(as_text(explain(course, "ada", "97-triple", SECRET)))
    assert "while trying to call it: ValueError" in text and "\x1b" not in text


def test_another_secret_is_noticed(course, hand_in, grade):
    hand_in("ada", WRONG)
    grade()
    told = explain(course, "ada", "97-double", bytes(range(1, 33)))
    assert not told.same_cases and told.agrees() is None
    assert "NOT THOSE OF THE GRADING" in as_text(told)


def test_a_judge_that_has_changed_is_noticed(course, hand_in, grade, monkeypatch):
    hand_in("ada")
    grade()
    exercise = load("97-double")
    lenient = [type(c)(c.name, c.points, c.says, lambda case, seen: None) for c in exercise.criteria]
    assert explain(course, "ada", "97-double", SECRET).agrees()
    hand_in("ada", WRONG)
    grade()
    monkeypatch.setattr(exercise, "criteria", lenient)
    told = explain(course, "ada", "97-double", SECRET)
    assert told.agrees() is False and "THE RESULT IS ANOTHER ONE" in as_text(told)


def test_work_that_changed_since_and_evidence_that_is_gone_are_said(course, hand_in, grade):
    hand_in("ada", WRONG)
    grade()
    hand_in("ada")
    (course.autograded / "ada" / LESSON / evidence.FILE).unlink()
    text = as_text(explain(course, "ada", "97-double", SECRET))
    assert "is not what was graded" in text and "No observations were kept" in text and "wrong-value" in text


@pytest.mark.parametrize(
    "student, exercise, said",
    [("ada", "97-nothing", "no exercise of"), ("bo", "97-double", "has no graded"), ("ada", "77-x", "no such lesson")],
)
def test_what_there_is_not_is_refused_in_a_line(course, hand_in, grade, student, exercise, said):
    hand_in("ada")
    grade()
    with pytest.raises(Refused, match=said):
        explain(course, student, exercise, SECRET)
