"""What a mark rests on is kept at grading: what was seen, bounded, out of learners' reach."""

import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import wire
from autograder.classroom import evidence
from autograder.exercise import Error, Seen, load
from autograder.grading.grade import Judged
from autograder.grading.secret import seed
from autograder.nbgrading import pages

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

LESSON = "97-tiny"
SECRET = bytes(range(32))
WORDS = st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace").decode())
ARRAYS = hnp.arrays(st.sampled_from(wire.DTYPES), hnp.array_shapes(max_dims=3, max_side=4))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | ARRAYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
SEEN = st.builds(
    Seen,
    st.dictionaries(WORDS, VALUES, max_size=4),
    st.dictionaries(WORDS, st.builds(Error, WORDS, WORDS, WORDS), max_size=2),
    st.lists(WORDS, max_size=2).map(tuple),
    st.booleans(),
)


def kept(folder, seen, cases=({"seed": 1, "x": 2.5},)):
    evidence.keep(folder, {"97-double": Judged(list(cases), list(seen))})
    return evidence.read(folder)["97-double"]


@given(seen=st.lists(SEEN, max_size=3))
def test_what_was_seen_comes_back_as_it_was(tmp_path_factory, seen):
    one = kept(tmp_path_factory.mktemp("graded"), seen)
    assert one.whole
    np.testing.assert_equal([vars(a) for a in one.seen], [vars(a) for a in seen])


def test_too_much_is_left_out_by_name_and_the_rest_stays(tmp_path):
    noise = np.random.default_rng(0).normal(size=(400, 400))
    one = kept(tmp_path, [Seen({"big": noise, "small": np.arange(3.0), "words": "x" * 9_000_000})])
    assert not one.whole and "float64 (400, 400)" in one.seen[0].values["big"]
    np.testing.assert_equal(one.seen[0].values["small"], np.arange(3.0))
    assert (tmp_path / evidence.FILE).stat().st_size < evidence.MAX_EXERCISE


def test_no_observation_is_too_much(tmp_path):
    noise = [{f"{i}-{j}": "y" * 500 + str(i * j) for j in range(300)} for i in range(3000)]
    assert not kept(tmp_path, [Seen({"nested": noise})] * 3).whole
    assert (tmp_path / evidence.FILE).stat().st_size < evidence.MAX_EXERCISE


def test_a_digest_is_of_the_cases_drawn_and_not_of_the_prediction(tmp_path):
    cases = [{"seed": 1, "x": np.ones(3)}]
    committed = [{**case, "committed": "a"} for case in cases]
    one = kept(tmp_path, [], committed)
    assert one.cases == evidence.digest(cases) and one.committed == "a"
    assert one.cases != evidence.digest([{"seed": 1, "x": np.zeros(3)}])


def test_nothing_and_rubbish_are_no_evidence(tmp_path):
    assert evidence.read(tmp_path) == {}
    for rubbish in (b"", b"rubbish", b"x\x9c" + b"\0" * 50):
        (tmp_path / evidence.FILE).write_bytes(rubbish)
        assert evidence.read(tmp_path) == {}


def test_grading_keeps_it_and_nothing_of_it_reaches_the_feedback(course, hand_in, grade):
    answer = hand_in("ada")
    (answer.parent / evidence.FILE).write_bytes(b"forged")
    grade()
    graded = course.autograded / "ada" / LESSON
    one = evidence.read(graded)["97-double"]
    cases = load("97-double").draw(seed(SECRET, "blocks", "ada", "97-double"))
    assert one.whole and one.cases == evidence.digest(cases)
    assert one.seen[0].values == {"y": 2 * cases[0]["x"]}
    pages.write_feedback(course, LESSON)
    assert not [p for p in course.feedback.rglob("*") if p.suffix == ".evidence"]
    shutil.rmtree(graded)
    assert evidence.read(graded) == {}
