"""What a learner gets back: complete, beside the own work, offline; and the ways on which it reaches them."""

import re
import shutil
import zipfile
from html.parser import HTMLParser

import nbformat
import pytest
from nbgrader import exchange
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory

from autograder.classroom import evidence, roster
from autograder.classroom.handback import pack
from autograder.nbgrading import config, gradebook, pages

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning", "ignore::nbformat.warnings.DuplicateCellId")

LESSON = "97-tiny"
HALF = {
    "97-double": "def double(x):\n    print('mine')\n    return 2 * x\ndouble(3)",
    "97-triple": "def triple(x):\n    return x",
}


class Text(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.words = []
        self.feed(html)

    def handle_data(self, data):
        self.words.append(data)


def page_of(course, student):
    path = course.feedback / student / LESSON / f"{LESSON}.html"
    return path.read_text(encoding="utf-8")


def test_each_exercise_has_answer_outputs_and_findings_together(course, hand_in, grade):
    hand_in("ada", {**HALF, "97-why": "Because *of the line*."})
    grade()
    with gradebook._opened(course) as book:
        book.find_comment("97-why", LESSON, LESSON, "ada").manual_comment = "Which **line**?"
        book.db.commit()
    pages.write_feedback(course, LESSON)
    html = page_of(course, "ada")
    sections = dict(re.findall(r'<section id="([^"]+)">(.*?)</section>', html, re.S))
    assert list(sections) == ["97-double", "97-triple", "97-why"]
    double, triple, why = (" ".join(" ".join(Text(s).words).split()) for s in sections.values())
    assert "return 2 * x" in double and "mine 6" in double and "all right" in double
    for words in (
        "return x",
        "1 of 3 points",
        "tried x =",
        "expected",
        "came out",
        "likely cause Multiply.",
        "section “Tiny”",
    ):
        assert words in triple, words
    assert "Because of the line ." in why and "Your instructor writes: Which line ?" in why
    assert "4 of 9 points" in html and "<script" not in html and not re.search(r'(src|href)="(?!#|data:)', html)


def test_an_answer_that_is_missing_and_a_cell_that_failed_are_shown(course, hand_in, grade, notebook):
    made = notebook(HALF)
    made.cells = [c for c in made.cells if c.metadata.get("nbgrader", {}).get("grade_id") != "97-triple"]
    made.cells[0].update(cell_type="code", source="1 / 0 # \u202eevil", outputs=[], execution_count=None)
    hand_in("ada", made)
    grade()
    pages.write_feedback(course, LESSON)
    html = page_of(course, "ada")
    assert "The cell of this answer was missing" in html and "A cell that ended in an error" in html
    assert "ZeroDivisionError" in html and "\u202e" not in html


# --- zips for platforms -----------------------------------------------------------------------------------


def as_moodle_reads(name):
    """The participant and the file that mod/assign/feedback/file/importziplib.php finds in a name."""
    info = name.split("_", 4)
    return (int(info[1]), (info[2], info[3]), info[4]) if len(info) == 5 and info[1].isdecimal() else None


def as_canvas_reads(name):
    """User and attachment: the first two numbers between underscores (infer_comment_context_from_filename)."""
    return [part for part in name.split("_") if part.isdecimal()][:2]


def test_the_zip_goes_back_to_whom_the_platform_knows(course, hand_in, grade, tmp_path):
    people = {
        "Ada L_ovelace": roster.Origin("moodle", "4711", "Ada L_ovelace", "Ada L ovelace_4711_assignsubmission_file_"),
        "lovelaceada-123": roster.Origin("canvas", "123", "lovelaceada", "lovelaceada_LATE_123_456789_"),
        "by mail": roster.Origin(name="by mail"),
    }
    for student in people:
        hand_in(student)
    roster.keep(course, LESSON, people)
    grade()
    written, _ = pages.write_feedback(course, LESSON)
    target = tmp_path / "out" / "feedback.zip"
    told = pack(course, LESSON, written, target)
    assert told == [f"by mail: came from no platform; the page is in the zip as by mail/{LESSON}.html"]
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        assert archive.testzip() is None and all(b"6 of 9 points" in archive.read(name) for name in names)
    assert len(names) == 3 and f"by mail/{LESSON}.html" in names
    assert [as_moodle_reads(n) for n in names if as_moodle_reads(n)] == [
        (4711, ("assignsubmission", "file"), f"{LESSON}.html")
    ]
    assert ["123", "456789"] in [as_canvas_reads(n) for n in names]


def test_without_a_platform_each_learner_has_a_folder(course, hand_in, grade, tmp_path):
    hand_in("ada")
    grade()
    written, _ = pages.write_feedback(course, LESSON)
    assert pack(course, LESSON, written, tmp_path / "f.zip") == []
    assert zipfile.ZipFile(tmp_path / "f.zip").namelist() == [f"ada/{LESSON}.html"]


# --- nbgrader's exchange ----------------------------------------------------------------------------------


@pytest.fixture
def through(course, tmp_path, monkeypatch):
    """A step of nbgrader's exchange, in a real exchange folder, as the instructor or as a learner."""
    root, hers = tmp_path / "exchange", tmp_path / "learner"
    root.mkdir()
    hers.mkdir()
    root.chmod(0o777)

    def step(kind):
        settings = config.of(course)
        settings.Exchange.root = str(root)
        settings.Exchange.cache = str(tmp_path / "cache")
        settings.Exchange.assignment_dir = str(hers)
        directory = CourseDirectory(config=settings)
        directory.assignment_id = LESSON
        monkeypatch.chdir(hers)
        kind(coursedir=directory, authenticator=Authenticator(config=settings), config=settings).start()

    step.hers = hers
    return step


def test_release_feedback_and_fetch_feedback(course, grade, notebook, through, released):
    """The whole way of a lesson through nbgrader's exchange, our grading and feedback in the middle; then once more."""
    for kind in ("ReleaseAssignment", "FetchAssignment"):
        through(getattr(exchange.default, f"Exchange{kind}"))
    for answers, score in (({}, 0), (HALF, 4)):
        nbformat.write(notebook(answers), through.hers / LESSON / f"{LESSON}.ipynb")
        through(exchange.default.ExchangeSubmit)
        shutil.rmtree(course.submitted, ignore_errors=True)
        through(exchange.default.ExchangeCollect)
        (student,) = course.submissions(LESSON)  # whoever runs this test
        assert grade()[student].score == score
        assert gradebook.submissions(course, LESSON)[student].late is False
        written, left_out = pages.write_feedback(course, LESSON)
        assert len(written) == 1 and not left_out
        through(exchange.default.ExchangeReleaseFeedback)
        through(exchange.default.ExchangeFetchFeedback)
        fetched = sorted((through.hers / LESSON / "feedback").rglob("*.html"))  # by the time of the hand-in
        assert f"{score} of 9 points" in fetched[-1].read_text(encoding="utf-8")
        assert fetched[-1].read_text(encoding="utf-8") == page_of(course, student)
    assert len(fetched) == 2
    everything = [*through.hers.rglob("*"), *(through.hers.parent / "exchange").rglob("*")]
    assert not [p for p in everything if p.name == evidence.FILE], "what the mark rests on stays with the instructor"
