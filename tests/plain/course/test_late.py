"""Due dates, extensions and penalties: nbgrader's own fields and steps, with ours in their place."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from autograder import export as exporting
from autograder.classroom import deadlines
from autograder.classroom.naming import student_id
from autograder.course import Course, Refused
from autograder.nbgrading import config, gradebook, late, pages
from autograder.nbgrading.generate import register

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::nbformat.warnings.DuplicateCellId")

LESSON = "97-tiny"
DUE = datetime(2026, 3, 8, 12, tzinfo=UTC)


@pytest.fixture
def settings(course, released, configure):
    """The course with an instructor's own lines in nbgrader_config.py, and a due date."""

    def put(*lines):
        configure(*lines)
        gradebook.set_due(course, LESSON, DUE)

    return put


@pytest.fixture
def hand_in_at(hand_in):
    """Hand in right work so long after the due date."""

    def put(student, after, *what):
        path = hand_in(student, *what)
        (path.parent / "timestamp.txt").write_text(f"{DUE + after:%Y-%m-%d %H:%M:%S} UTC", encoding="utf-8")

    return put


def scores(course):
    return {row["student"]: (row["total"], row["late"]) for row in exporting.rows_of(course, LESSON)}


def test_a_penalty_by_the_day_with_grace_and_a_cap(course, settings, hand_in_at, grade):
    settings("c.LatePenalty.percent_per_day = 10", "c.LatePenalty.grace_minutes = 30", "c.LatePenalty.at_most = 25")
    for student, after in {
        "in time": timedelta(hours=-1),
        "within grace": timedelta(minutes=30),
        "a day": timedelta(hours=24),
        "two days": timedelta(hours=25),
        "a week": timedelta(days=7),
    }.items():
        hand_in_at(student, after)
    results = grade()
    expected = {"in time": 6, "within grace": 6, "a day": 5.4, "two days": 4.8, "a week": 4.5}
    assert {student: result.score for student, result in results.items()} == expected
    assert scores(course) == {s: (score, "" if s == "in time" else "late") for s, score in expected.items()}
    # and as nbgrader itself tells it
    with Gradebook(gradebook.db_url(config.of(course))) as book:
        assert {s: 6 - book.find_submission(LESSON, s).late_submission_penalty for s in expected} == expected


@given(score=st.floats(0, 1000), late_by=st.floats(0, 1e8), percent=st.floats(0.1, 200), cap=st.floats(0, 100))
def test_a_penalty_never_shrinks_with_time_and_never_exceeds_its_cap(score, late_by, percent, cap):
    settings = Config(LatePenalty={"percent_per_day": percent, "at_most": cap})
    plugin = late.LatePenalty(config=settings)
    penalty = plugin.late_submission_penalty("ada", score, late_by) or 0
    later = plugin.late_submission_penalty("ada", score, late_by + 3600) or 0
    assert 0 <= penalty <= later <= score * cap / 100 + 0.01


def test_nbgraders_own_method_still_holds_where_none_of_ours_is_set(course, settings, hand_in_at, grade):
    settings()
    hand_in_at("ada", timedelta(days=1))
    assert grade()["ada"].score == 6
    settings("c.LateSubmissionPlugin.penalty_method = 'zero'")
    assert scores(course) == {"ada": (0, "late")}


def test_an_extension_counts_at_once_and_for_one_student_alone(course, settings, hand_in_at, grade):
    settings("c.LatePenalty.percent_per_day = 50")
    hand_in_at("ada", timedelta(days=2))
    hand_in_at("bo", timedelta(days=2))
    grade()
    assert scores(course) == {"ada": (0, "late"), "bo": (0, "late")}
    deadlines.extend(course, LESSON, "ada", DUE + timedelta(days=1))
    deadlines.extend(course, LESSON, "zoe", DUE + timedelta(days=1))  # has not handed in, and nothing hangs for her
    assert scores(course) == {"ada": (3, "late"), "bo": (0, "late")}
    deadlines.extend(course, LESSON, "ada", DUE + timedelta(days=3))
    assert scores(course)["ada"] == (6, "")
    # at the next grading by nbgrader's own steps, too
    assert grade("ada", force=True)["ada"].score == 6
    gradebook.set_due(course, LESSON, None)
    assert scores(course) == {"ada": (6, ""), "bo": (6, "")}


def test_points_given_by_hand_after_the_grading_are_penalised_alike(course, settings, hand_in_at, grade):
    settings("c.LatePenalty.percent_per_day = 10")
    hand_in_at("ada", timedelta(hours=1), {"97-double": "def double(x):\n    return 2 * x", "97-why": "It is."})
    assert grade()["ada"].score == pytest.approx(2.7)
    with Gradebook(gradebook.db_url(config.of(course))) as book:
        book.find_grade("97-why", LESSON, LESSON, "ada").manual_score = 2
        book.db.commit()
    written, _ = pages.write_feedback(course, LESSON)
    assert "4.5 of 9 points" in written[0].read_text(encoding="utf-8")
    assert "a late penalty of 0.5" in written[0].read_text(encoding="utf-8")
    assert scores(course)["ada"] == (4.5, "late")


def test_the_formgrader_shows_the_same_due_date_and_building_again_keeps_it(course, settings):
    settings()
    register(course, LESSON)
    assert gradebook.due(course, LESSON) == DUE
    api = NbGraderAPI(config.directory(config.of(course), ""), config=config.of(course))
    assert api.get_assignment(LESSON)["duedate"] == "2026-03-08T12:00:00"


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles"])
def test_moments_are_of_this_machines_zone(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        hours = {"Europe/Berlin": 1, "America/Los_Angeles": -8}[zone]
        assert deadlines.moment("2026-03-01 18:00") == datetime(2026, 3, 1, 18, tzinfo=UTC) - timedelta(hours=hours)
        assert deadlines.moment("2026-03-01") == datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC) - timedelta(hours=hours)
        assert deadlines.moment("2026-03-01T18:00+02:00") == datetime(2026, 3, 1, 16, tzinfo=UTC)
    finally:
        monkeypatch.undo()
        time.tzset()


NAMES = st.text(min_size=1, max_size=20).filter(lambda s: s == student_id(s))


@given(st.dictionaries(NAMES, st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), max_size=4))
def test_extensions_are_read_as_they_were_written(tmp_path_factory, granted):
    root = tmp_path_factory.mktemp("course")
    wanted = {(LESSON, who): when.replace(microsecond=0, tzinfo=UTC) for who, when in granted.items()}
    for (lesson, who), when in wanted.items():
        deadlines.extend(Course(root, root), lesson, who, when)
    assert deadlines.extensions(root) == wanted


@pytest.mark.parametrize(
    "text, said", [("who,when\na,b\n", "lesson,student,until"), ("lesson,student,until\na,b,soon\n", "csv:2")]
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path, text, said):
    (tmp_path / "extensions.csv").write_text(text)
    with pytest.raises(Refused, match=said):
        deadlines.extensions(tmp_path)
