"""Which attempt counts: the latest, the latest in time, or the best; none is ever lost."""

import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from autograder.classroom import attempts
from autograder.collect import collect
from autograder.nbgrading import gradebook, run
from autograder.nbgrading.best import Best
from autograder.nbgrading.late import deadline
from tests.plain.course.tiny import LESSON, RIGHT

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::nbformat.warnings.DuplicateCellId")

NB = f"{LESSON}.ipynb"
HALF = {"97-double": RIGHT["97-double"]}
DUE = datetime(2026, 3, 8, 12, tzinfo=UTC)


@pytest.fixture
def take_in(course, tmp_path):
    """Collect these contents, student → notebook, as a platform's download has them."""

    def do(work, **how):
        path = tmp_path / "download.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for student, content in work.items():
                archive.writestr(f"{student}/{NB}", content)
        return collect(course, LESSON, path, **how)

    return do


def counts(course):
    return {p.parts[-3]: p.read_text() for p in course.submitted.glob(f"*/{LESSON}/{NB}")}


def test_the_latest_counts_and_what_was_before_is_kept(course, take_in):
    (course.submitted / "bo" / LESSON).mkdir(parents=True)
    (course.submitted / "bo" / LESSON / NB).write_text("by nbgrader's exchange")
    take_in({"ada": "1", "bo": "1"}, as_of=DUE)
    assert take_in({"ada": "1", "bo": "1"}, as_of=DUE + timedelta(days=1)).same == ["ada", "bo"]
    assert take_in({"ada": "2", "bo": "1"}, as_of=DUE + timedelta(days=2)).changed == ["ada"]
    assert counts(course) == {"ada": "2", "bo": "1"}
    kept = {s: [(one.files[NB], one.handed_in) for one in attempts.of(course, LESSON, s)] for s in ("ada", "bo")}
    assert kept == {
        "ada": [(b"1", DUE), (b"2", DUE + timedelta(days=2))],
        "bo": [(b"by nbgrader's exchange", None), (b"1", DUE)],
    }
    # handing in what one had before is an attempt, too
    assert take_in({"ada": "1"}).changed == ["ada"] and counts(course)["ada"] == "1"


def test_in_time_counts_the_latest_before_each_ones_own_deadline(course, take_in):
    def until(student):
        return DUE + timedelta(days=2) if student == "extended" else DUE

    for day, words in ((-2, "early"), (-1, "in time"), (1, "late")):
        work = {"ada": words, "extended": words} | ({"always late": words} if day > 0 else {})
        collected = take_in(work, as_of=DUE + timedelta(days=day), until=until)
    assert counts(course) == {"ada": "in time", "extended": "late", "always late": "late"}
    assert "ada: handed in again after the deadline; the attempt before it counts" in collected.problems
    stamp = (course.submitted / "ada" / LESSON / "timestamp.txt").read_text()
    assert stamp == f"{DUE - timedelta(days=1):%Y-%m-%d %H:%M:%S} UTC"


def test_the_best_counts_and_nothing_is_graded_twice(course, take_in, notebook, worker, configure, monkeypatch):
    def work(answers):
        return json.dumps(notebook(answers))

    gradebook.set_due(course, LESSON, DUE)
    configure("c.LatePenalty.percent_per_day = 60")
    assert deadline(course, LESSON)("ada") == DUE
    take_in({"ada": work(RIGHT), "bo": work(HALF), "cy": work(HALF), "dan": work(HALF)}, as_of=DUE)
    take_in({"ada": work(HALF), "bo": work(RIGHT), "cy": "garbage"}, as_of=DUE - timedelta(hours=1))
    take_in({"bo": work({})}, as_of=DUE)
    take_in({"cy": work(RIGHT)}, as_of=DUE + timedelta(hours=1))  # 6 points, of which 40 % stay: less than 3

    monkeypatch.setattr(run, "ready", lambda *_: None)  # the lesson is built, and known to the gradebook
    graded = []
    real = run.Run.prepare
    monkeypatch.setattr(
        run.Run, "prepare", lambda self, s, *rest: (p := real(self, s, *rest)) and graded.append(s) or p
    )

    def best():
        graded.clear()
        ordinary = run.Run(course, LESSON, worker, bytes(range(32)), False, 2, start=ThreadPoolExecutor)
        return {result.student: result.score for result in Best(ordinary).all()}

    assert best() == {"ada": 6, "bo": 6, "cy": 3, "dan": 3}
    assert (graded.count("dan"), graded.count("bo")) == (1, 4), (
        "each attempt once, and the best once more if it was not last"
    )
    assert best() == {"ada": 6, "bo": 6, "cy": 3, "dan": 3} and graded == []
    take_in({"dan": work(RIGHT)}, as_of=DUE)
    assert best()["dan"] == 6 and graded == ["dan"]
    assert set(counts(course)) == {"ada", "bo", "cy", "dan"}
