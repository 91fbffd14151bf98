"""The trusted end of the protocol, against workers that send whatever they like."""

import io
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.grading.limits import Limits, Ungraded, WorkerLost
from autograder.grading.session import Ran, Session, Task
from autograder.sandbox import frames

TASK = Task("01-x", [{"seed": 1}, {"seed": 2}])
SEEN = {"kind": "seen", "values": {"a": 1}, "errors": {"call": ["E", "m", "l"]}, "forbidden": ["f"], "written": True}
ASK = {"kind": "ask", "exercise": "01-x"}
DONE = {"kind": "done", "cell": 7, "outputs": []}


class Script:
    """A sandbox whose worker sends these bytes and then ends."""

    isolated = True

    def __init__(self, data, abandoned=False):
        self.data, self.abandoned = data, abandoned

    def start(self):
        return SimpleNamespace(
            from_worker=io.BytesIO(self.data),
            to_worker=io.BytesIO(),
            tree=list,
            kill=lambda: None,
            interrupt=lambda: None,
            last_words=lambda: "",
            isolated=True,
            abandoned=lambda: self.abandoned,
        )


def talk(data, task=TASK):
    """What came of cell 7, and whether the worker was lost."""
    ran = Ran()
    with Session(Script(data), Limits()) as session:
        try:
            session.run(7, "pass", task, ran)
        except WorkerLost as lost:
            return ran, lost
    return ran, None


def packed(*messages):
    return b"".join(map(frames.pack, messages))


def test_an_honest_worker():
    ran, lost = talk(packed(ASK, SEEN, SEEN, DONE))
    assert lost is None
    assert len(ran.seen) == 2
    assert ran.seen[0].values == {"a": 1}
    assert str(ran.seen[0].errors["call"]) == "E: m, at `l`"


BAD = {
    "ends at once": (),
    "an observation that nobody asked for": (SEEN, DONE),
    "too many observations": (ASK, SEEN, SEEN, SEEN, DONE),
    "asks twice": (ASK, ASK, DONE),
    "asks for another exercise": ({**ASK, "exercise": "01-y"}, DONE),
    "the end of another cell": ({**DONE, "cell": 8},),
    "a cell that is no number": ({**DONE, "cell": "7"},),
    "ready again": ({"kind": "ready", "version": 1}, DONE),
    "outputs that are no list": ({**DONE, "outputs": {}},),
    "a score": ({"kind": "score", "score": 5}, DONE),
    "an observation with more in it": (ASK, {**SEEN, "score": 5}, DONE),
    "errors of another shape": (ASK, {**SEEN, "errors": {"call": ["E"]}}, DONE),
    "errors that are no words": (ASK, {**SEEN, "errors": {"call": ["E", 1, "l"]}}, DONE),
    "written by number": (ASK, {**SEEN, "written": 1}, DONE),
    "forbidden that are no words": (ASK, {**SEEN, "forbidden": [1]}, DONE),
}


@pytest.mark.parametrize("messages", BAD.values(), ids=BAD)
def test_whatever_does_not_fit_ends_the_worker(messages):
    ran, lost = talk(packed(*messages))
    assert lost is not None
    assert len(ran.seen) <= 2


def test_the_end_of_the_sandbox_is_not_the_learners_doing():
    with Session(Script(packed(ASK, SEEN), abandoned=True), Limits()) as session, pytest.raises(Ungraded):
        session.run(7, "pass", TASK, Ran())


def test_an_ungraded_cell_gets_no_cases():
    _, lost = talk(packed(ASK, DONE), task=None)
    assert lost is not None


message = st.sampled_from([ASK, SEEN, DONE]) | st.fixed_dictionaries(
    {"kind": st.sampled_from(["ask", "seen", "done", "cases", "ready", "x"])},
    optional={
        "exercise": st.just("01-x") | st.none(),
        "cell": st.just(7) | st.text(),
        "outputs": st.lists(st.none() | st.text()),
        "values": st.dictionaries(st.text(alphabet="ab"), st.integers()),
        "errors": st.dictionaries(st.text(alphabet="ab"), st.none() | st.lists(st.text(), max_size=3)),
        "forbidden": st.lists(st.text() | st.none()),
        "written": st.booleans() | st.none(),
    },
)


@settings(deadline=None)
@given(st.lists(message.map(frames.pack) | st.binary(max_size=30), max_size=6))
def test_no_bytes_do_more_than_lose_the_worker(parts):
    ran, _ = talk(b"".join(parts))
    assert len(ran.seen) <= len(TASK.cases)
    for seen in ran.seen:
        assert isinstance(seen.values, dict) and isinstance(seen.written, bool)


@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=60))
def test_a_worker_that_does_not_start_is_the_graders_fault(data):
    with Session(Script(data), Limits()) as session, pytest.raises(Ungraded):
        session.start({})
