"""`check` in the notebook: what a learner is told when the check itself stumbles."""

from autograder import check
from autograder.checking import examine
from autograder.exercise import Exercise
from autograder.report import as_html, as_text


def test_the_package_offers_the_function():
    assert check.__module__ == "autograder.checking"


def test_a_check_that_stumbles_says_so_in_words(monkeypatch):
    monkeypatch.setattr(Exercise, "judge", lambda self, cases, seen: [][1])
    report = examine("01-parallel-block", None)
    assert report.score == 0 and report.points == 10
    assert "check itself stumbled" in as_text(report) and "IndexError" in as_html(report)
