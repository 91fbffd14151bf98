"""nbgrader's exchange with hostile learners in it: plain files of their owners come in, and everybody else's work does too."""

import os
import pwd

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.exchange_factory import ExchangeFactory

from autograder.nbgrading import config, submission

LESSON = "97-tiny"
WHEN = "2026-01-31 12:00:00 UTC"
ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def inbound(tmp_path):
    folder = tmp_path / "exchange" / "blocks" / "inbound"
    folder.mkdir(parents=True)
    (tmp_path / "exchange").chmod(0o777)
    return folder


@pytest.fixture
def hand_in(inbound):
    """A folder in the exchange, as `nbgrader submit` makes it."""

    def put(student, when=WHEN):
        folder = inbound / f"{student}+{LESSON}+{when}+x1"
        folder.mkdir()
        (folder / f"{LESSON}.ipynb").write_text(f"the work of {student}")
        (folder / "timestamp.txt").write_text(WHEN)
        return folder

    return put


@pytest.fixture
def step(course, inbound, released):
    """A step of the exchange, as the class that the course's configuration names."""

    def run(name, **options):
        settings = config.of(course)
        settings.Exchange.root = str(inbound.parents[1])
        settings.ExchangeCollect.update({"check_owner": False} | options)
        directory = CourseDirectory(config=settings)
        directory.assignment_id = LESSON
        kind = getattr(ExchangeFactory(config=settings), name)
        kind(coursedir=directory, authenticator=Authenticator(config=settings), config=settings, parent=None).start()

    return run


def collected(course):
    return {
        str(path.relative_to(course.submitted)): path.read_bytes()
        for path in course.submitted.rglob("*")
        if path.is_file() and path.name != "timestamp.txt"
    }


def theirs(student):
    return {f"{student}/{LESSON}/{LESSON}.ipynb": f"the work of {student}".encode()}


def test_links_and_special_files_stay_where_they_are(course, hand_in, step, tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "id_rsa").write_text("PRIVATE KEY")
    hand_in("ada")
    folder = hand_in("mallory")
    (folder / "data.txt").symlink_to(tmp_path / "keys" / "id_rsa")
    (folder / "sub").mkdir()
    (folder / "sub" / "more.txt").write_text("mine")
    (folder / "sub" / "home").symlink_to(tmp_path / "keys")
    os.mkfifo(folder / "pipe")
    with (folder / "holes").open("wb") as file:
        file.truncate(1 << 40)
    (hand_in("zoe").parent / f"link+{LESSON}+{WHEN}+x1").symlink_to(tmp_path / "keys")
    step("Collect")
    assert collected(course) == theirs("ada") | theirs("mallory") | theirs("zoe") | {
        f"mallory/{LESSON}/sub/more.txt": b"mine"
    }


@pytest.mark.parametrize(
    "name", ["mallory+{}+no time+x1", "mallory+{}+2026-01-31 12:00:00 +99999999999+x", "..+{}+{}+x", "+{}+{}+x"]
)
def test_a_name_that_is_none_is_nobodys_loss(course, hand_in, inbound, step, name):
    (inbound / name.format(LESSON, WHEN)).mkdir()
    (inbound / f"file+{LESSON}+{WHEN}+x").write_text("x")
    hand_in("ada")
    step("Collect")
    assert collected(course) == theirs("ada")
    assert not (course.root / LESSON).exists()


def test_nobody_hands_in_for_another(course, hand_in, step):
    """A later folder under another's name does not count, and does not stand in the way of the true one."""
    true = hand_in(ME)
    forged = hand_in(ME, "2027-01-31 12:00:00 UTC")
    (forged / f"{LESSON}.ipynb").write_text("a forgery")
    other = hand_in("ada")
    if os.getuid() != 0:
        pytest.skip("folders of another user: only root can make them")
    os.chown(forged, 12345, 12345)
    step("Collect", check_owner=True)
    assert collected(course) == theirs(ME)
    assert true.exists() and other.exists()


def test_what_cannot_be_copied_is_its_owners_loss_alone(course, hand_in, step, monkeypatch):
    hand_in("ada")
    folder = hand_in("mallory")
    (folder / "timestamp.txt").write_text("2026-99-99 00:00:00 /etc/passwd")
    for number in range(1000):
        (folder / f"{number}.txt").write_text("x")
    hand_in("zoe")
    step("Collect")
    step("Collect", update=True)
    there = collected(course)
    assert there.items() >= (theirs("ada") | theirs("mallory") | theirs("zoe")).items()
    assert len(there) < 600


def test_an_update_brings_the_newer_work(course, hand_in, step):
    hand_in("ada")
    step("Collect")
    (hand_in("ada", "2026-02-01 12:00:00 UTC") / f"{LESSON}.ipynb").write_text("newer")
    step("Collect", update=True)
    assert collected(course) == {f"ada/{LESSON}/{LESSON}.ipynb": b"newer"}


def test_feedback_without_a_time_or_a_secret_keeps_nobody_elses_back(course, step, inbound):
    for student in ("ada", "mallory", "zoe"):
        folder = course.feedback / student / LESSON
        folder.mkdir(parents=True)
        (folder / f"{LESSON}.html").write_text(student)
        if student != "mallory":
            (folder / "timestamp.txt").write_text(WHEN)
            (folder / "submission_secret.txt").write_text(f"secret of {student}")
    step("ReleaseFeedback")
    pages = (inbound.parent / "feedback").glob("*.html")
    assert sorted(page.read_text() for page in pages) == ["ada", "zoe"]


TIMES = {
    WHEN: True,
    "2026-01-31 12:00:00.123456 CET": True,
    "2026-01-31 12:00:00 +0900": True,
    "2026-02-31 12:00:00 UTC": False,
    "9999-12-31 23:59:59 -9999": False,
    "2026-01-31 12:00:00 /etc/shadow": False,
    "": False,
    "yesterday": False,
}


@pytest.mark.parametrize(("text", "good"), TIMES.items())
def test_what_is_taken_for_a_time_nbgrader_can_read(text, good, course):
    assert submission.is_time(text.encode()) is good
    if good:
        (course.root / "timestamp.txt").write_text(text)
        assert CourseDirectory().get_existing_timestamp(str(course.root)) is not None


def test_what_must_not_be_copied_is_moved_away(tmp_path):
    folder = tmp_path / "ada" / LESSON
    folder.mkdir(parents=True)
    (folder / f"{LESSON}.ipynb").write_text("work")
    (folder / "data.csv").write_text("1")
    (folder / "timestamp.txt").write_text("never")
    (folder / "grading.evidence").mkdir()
    (folder / f"{LESSON}.html").mkdir()
    with (folder / "holes").open("wb") as file:
        file.truncate(1 << 40)
    here = os.open(folder, os.O_RDONLY)
    for _ in range(60):  # a path longer than the system allows
        os.mkdir("d" * 100, dir_fd=here)
        here = os.open("d" * 100, os.O_RDONLY, dir_fd=here)
    os.symlink("/etc/passwd", "passwd", dir_fd=here)
    moved = submission.quarantine(folder, tmp_path / "away")
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [f"{LESSON}.ipynb", "data.csv"]
    assert {why.split(":")[0] for why in moved.values()} == {
        "is no time of a hand-in", "is a folder with the name of a file", "is too much", "is in too many folders"
    }  # fmt: skip
    assert submission.quarantine(folder, tmp_path / "away") == {}
    for number in range(submission.MAX_STUDENTS_FILES + 100):
        (folder / f"{number}.txt").write_text("x")
    notes = submission.notes_on(submission.quarantine(folder, tmp_path / "away"))
    assert len(notes) == submission.MAX_NOTES + 1 and notes[-1] == "96 more were removed"
