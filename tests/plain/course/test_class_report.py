"""A class's page: its figures against other people's arithmetic, its likeness of answers, and nothing on it that acts.

The figures are those of the demo's class, which is really graded here, once.
"""

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr

from autograder import demo
from autograder.classroom import explain, marks, report, similar
from autograder.collect import collect
from autograder.course import Course
from autograder.nbgrading import gradebook, pages, run
from autograder.sandbox.unsandboxed import Unsandboxed

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

ROOT = Path(__file__).resolve().parents[3]
SECRET = bytes(range(32))
TINY = "97-tiny"


@pytest.fixture(scope="module")
def handed_in():
    """What each of the demo's class hands in to lesson 01, and deserves."""
    text = (demo.CLASSES / "01.toml").read_text(encoding="utf-8")
    return {submission["student"]: submission for submission in tomllib.loads(text)["submission"]}


@pytest.fixture(scope="module")
def demo_course(tmp_path_factory):
    """The demo's class, collected from a platform's zip and graded."""
    course = Course(ROOT, tmp_path_factory.mktemp("demo"))
    one = demo._hand_in(course, "01")
    collect(course, one.lesson, demo._download(course, one))
    run.Run(course, one.lesson, Unsandboxed(), SECRET, limits=one.limits).all()
    return course


@pytest.fixture(scope="module")
def group(demo_course):
    return marks.of(demo_course, demo_course.lesson("01"))


# --- figures ----------------------------------------------------------------------------------------------


def test_the_class_is_complete_and_has_the_scores_it_deserves(group, handed_in):
    assert {learner.student: learner.total for learner in group.learners} == {
        student: submission["score"] for student, submission in handed_in.items() if "score" in submission
    }
    assert group.ungraded == [student for student, submission in handed_in.items() if "score" not in submission]


def test_facility_and_discrimination_are_those_of_the_gradebook_by_scipy(demo_course, group):
    book = gradebook.submissions(demo_course, group.lesson)
    for item in marks.items(group):
        key = f"check-{item.exercise}"
        points = np.array([one.scores[key] for one in book.values()])
        rest = np.array([one.score for one in book.values()]) - points
        assert item.facility == pytest.approx(points.mean() / item.possible)
        assert item.discrimination == pytest.approx(pearsonr(points, rest).statistic)
        assert item.full + item.part + item.none + item.unwritten + item.undecided == len(group.learners)


def test_mistakes_are_counted_once_a_learner(group, handed_in):
    found = {(m.exercise, m.id): m.students for m in marks.common_mistakes(group)}
    for student, submission in handed_in.items():
        for exercise, mistake in re.findall(r"(01-[\w-]+): ([a-z][\w-]+)$", "\n".join(submission["says"]), re.M):
            assert found[exercise, mistake] == [student]
    assert found["01-parallel-block", "raised: SyntaxError"] == ["Hugo"]
    assert not [key for key in found if key[1] == "not-written-yet"]


@given(st.lists(st.floats(-5, 100) | st.integers(0, 100), min_size=1), st.floats(0.5, 100))
def test_a_histogram_holds_everyone(totals, possible):
    bins = report.histogram(totals, possible)
    assert sum(bin.count for bin in bins) == len(totals)
    assert all(a.high == b.low for a, b in zip(bins, bins[1:])) and bins[-1].high >= possible


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), max_size=30))
def test_a_correlation_is_scipys_or_there_is_none(points):
    a, b = [float(p[0]) for p in points], [float(p[1]) for p in points]
    found = marks.correlation(a, b)
    if len(points) < marks.FEWEST or len(set(a)) < 2 or len(set(b)) < 2:
        assert found is None
    else:
        assert found == pytest.approx(pearsonr(a, b).statistic, abs=1e-9)


# --- every mark of the demo's class can be explained ---------------------------------------------------------


def test_every_mark_can_be_told_again_and_the_judge_agrees(demo_course, group):
    for learner in group.learners:
        for exercise in learner.points:
            told = explain.explain(demo_course, learner.student, exercise, SECRET)
            assert told.same_work and told.same_cases and told.kept.whole and told.agrees()
            text = explain.as_text(told)
            assert all(mistake.id in text for mistake in told.report.mistakes)
            assert len(explain.as_text(told, full=True)) >= len(text) - 200


def numbers_in(values):
    """The arrays of a case, at whatever depth, as flat lists of numbers."""
    if isinstance(values, np.ndarray):
        return [values.ravel()]
    inner = values.values() if isinstance(values, dict) else values if isinstance(values, list) else ()
    return [array for value in inner for array in numbers_in(value)]


def test_feedback_describes_hidden_inputs_and_never_prints_them(demo_course, group):
    written, _ = pages.write_feedback(demo_course, group.lesson)
    assert len(written) == len(group.learners)
    looked_for = 0
    for learner, page in zip(sorted(group.learners, key=lambda x: x.student), sorted(written)):
        html = page.read_text(encoding="utf-8")
        shown = np.array([float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", html)])
        rows = np.lib.stride_tricks.sliding_window_view(shown, 3)
        for exercise in learner.points:
            for array in numbers_in(explain.explain(demo_course, learner.student, exercise, SECRET).cases):
                if array.size >= 3 and array.dtype.kind == "f":
                    looked_for += 1
                    assert not np.isclose(rows, array[:3], rtol=6e-3).all(axis=1).any(), (page, exercise)
    assert looked_for > 100


# --- likeness ---------------------------------------------------------------------------------------------


def test_who_copied_is_listed_and_nobody_else(demo_course, group):
    given = report._given(demo_course.released(group.lesson)[group.lesson])
    found = similar.pairs({learner.student: learner.answers for learner in group.learners}, given)
    assert [(pair.first, pair.second) for pair in found] == [("Bong-joon", "Pia")]
    assert "01-parallel-n-ways" in found[0].alike, "names changed and words added, and alike all the same"


ANSWER = """\
class Net(nn.Block):
    def forward(self, x):
        {a} = self.{b}(x)  # {c}
        for {d} in self.blocks:
            {a} = nd.relu({d}({a}) + {a} * 2)
        return nd.concat({a}, x, dim=1)
"""
NAMES = st.lists(
    st.sampled_from("alpha beta gamma delta eps total h z out tmp".split()), min_size=4, max_size=4, unique=True
)


@given(NAMES, NAMES, st.text(alphabet="abc xyz", max_size=20))
def test_other_names_comments_and_layout_change_nothing(ours, theirs, words):
    first, second = (ANSWER.format(**dict(zip("abd", names)), c=words) for names in (ours, theirs))
    assert similar.tokens(first) == similar.tokens(second.replace("\n        ", "\n\n        ").replace(" = ", "="))


def test_another_operation_or_number_is_another_answer():
    source = ANSWER.format(a="a", b="b", c="c", d="d")
    for other in (source.replace("relu", "tanh"), source.replace("* 2", "* 3"), source.replace("dim=1", "dim=0")):
        assert similar.tokens(other) != similar.tokens(source)


@given(st.text(max_size=300), st.text(max_size=100))
def test_no_source_is_too_broken(source, handed_out):
    assert all(isinstance(token, str) for token in similar.tokens(source, handed_out))
    assert similar.tokens(source, source) == []


def test_what_was_handed_out_does_not_count():
    handed_out = ANSWER.format(a="a", b="b", c="c", d="d")
    assert similar.tokens(handed_out + "\nprint(1)", handed_out) == similar.tokens("print(1)")


def test_the_usual_answer_is_no_evidence_and_a_copied_unusual_one_is_found_among_many():
    rng = np.random.default_rng(0)
    usual = ANSWER.format(a="h", b="body", c="", d="block")

    def own():
        steps = [
            f"nd.{rng.choice(list('abcdefgh'))}",
            "x + y",
            "-y",
            "y[1:]",
            "(x @ y) ** 2",
            "y if x else -x",
            "[x, y]",
        ]
        lines = (f"    y = {' * '.join(rng.choice(steps, rng.integers(1, 4)))}" for _ in range(12))
        return "def f(x):\n" + "\n".join(lines) + "\n    return y"

    group = {f"usual-{i}": {"e": usual} for i in range(40)} | {f"own-{i:03d}": {"e": own()} for i in range(100)}
    group["copy"] = {"e": group["own-007"]["e"].replace("y", "other")}
    assert [(p.first, p.second) for p in similar.pairs(group, {})] == [("copy", "own-007")]


# --- the page ---------------------------------------------------------------------------------------------


class Seen(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.text = set(), [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.text.append(data)


def assert_inert(html):
    page = Seen(html)
    assert not page.tags & {
        "script",
        "img",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "form",
        "a",
        "use",
        "image",
        "foreignobject",
    }
    for name, value in page.attributes:
        assert not name.startswith("on") and name not in ("href", "src", "xlink:href"), name
        assert not re.search(r"javascript:|url\(|https?:|expression", value or ""), (name, value)
    assert "default-src 'none'" in html
    assert not re.search(r"@import|url\(", html)
    return page


def test_the_demos_page_says_it_all_in_words_too(demo_course, group, tmp_path):
    target = tmp_path / "new" / "page.html"
    report.write_report(demo_course, group.lesson, target)
    html = target.read_text(encoding="utf-8")
    page = assert_inert(html)
    text = " ".join(" ".join(page.text).split())
    for item in marks.items(group):
        assert f"{item.exercise} {item.title} {item.possible:g} {100 * item.facility:.0f} %" in text
    for mistake in marks.common_mistakes(group):
        assert mistake.id in text
    assert "Bong-joon and Pia" in text and "Noor" in text
    assert html.count('role="img"') == html.count("</desc>") == 2, "each picture has a text of its own"


def test_hostile_names_and_code_are_shown_and_do_nothing(course, hand_in, grade, tmp_path):
    evil = "</pre></svg><script>alert(1)</script><img src=x onerror=alert(2)>\u202e"
    lines = "\n".join(f"    y = [x, {i}, '{evil}'][0]" for i in range(12))
    answer = f"def double(x):\n{lines}\n    raise type('<script>alert(3)</script>', (Exception,), {{}})('{evil}')"
    for student in ("<b>mallory", "<svg onload=alert(4)>", "bo", "cy", "di"):
        hand_in(student, {"97-double": answer})
    for student in ("ed", "flo", "gus"):
        hand_in(student)
    grade()
    target = tmp_path / "page.html"
    group = report.write_report(course, TINY, target)
    assert len(group.learners) == 8
    html = target.read_text(encoding="utf-8")
    text = " ".join(assert_inert(html).text)
    assert "<b>mallory" in text and "raised: <script>alert(3)</script>" in text
    assert "\u202e" not in html

    pair = similar.Pair("<b>mallory", "<svg onload=alert(4)>", {"97-double": 1.0}, 100.0)
    text = " ".join(assert_inert(report.render(group, [pair])).text)
    assert "<script>alert(1)</script>" in text and "\u202e" not in text


def test_nobody_at_all_makes_a_page_too(course, released, tmp_path):
    report.write_report(course, TINY, tmp_path / "page.html")
    assert "0 submissions graded" in (tmp_path / "page.html").read_text(encoding="utf-8")
