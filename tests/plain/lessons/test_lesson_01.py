"""Lesson 01 beyond its known answers: evidence counts and nothing else, and the judges find the truth by trying."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import answers, lesson
from autograder.exercise import PUBLIC_SEED, Seen
from autograder.judges.lesson_01 import EXERCISES, missing_super, predict_control_flow
from autograder.probe import observe
from miniblocks import nd, nn

SOURCE = Path(__file__).parents[3] / "solutions" / "01-layers-and-blocks" / "01-layers-and-blocks.md"
PREDICTIONS = [id for id, exercise in EXERCISES.items() if exercise.prediction]
WRITTEN = [id for id in EXERCISES if id not in PREDICTIONS]
# Observed to choose the words of a finding once marks are lost, or to notice a fault by its presence.
CHOOSE_WORDS = {"bases", "class_name", "mentions_super", "block_init", "calls_after", "slice_kinds"}
SEEDS = st.integers(0, 2**63)


@pytest.fixture(scope="module")
def source():
    return lesson.read(SOURCE)


@pytest.fixture(scope="module")
def known(source):
    return answers.of(source)


@pytest.fixture(scope="module")
def seen_of_right(source, known):
    """For each exercise its public cases, and what a right answer does on them."""
    found = {}
    for id in WRITTEN:
        right = next(a for a in known if a.exercise == id and a.kind == "right")
        answer = answers.run_answer(source, id, right.source)
        cases = EXERCISES[id].draw(PUBLIC_SEED)
        found[id] = cases, [observe(id, answer, case) for case in cases]
    return found


@pytest.mark.parametrize("id", WRITTEN)
def test_every_observed_array_matters(id, seen_of_right):
    """No observation is decoration: whichever array were another, marks would be lost."""
    exercise, (cases, seen) = EXERCISES[id], seen_of_right[id]
    assert exercise.judge(cases, seen).score == exercise.points
    names = {name for one in seen for name, value in one.values.items() if _arrays(value)}
    for name in names:
        others = [_with(one, name, _moved(one.values[name])) if name in one.values else one for one in seen]
        assert exercise.judge(cases, others).score < exercise.points, name


@pytest.mark.parametrize("id", WRITTEN)
def test_every_missing_observation_costs_marks(id, seen_of_right):
    exercise, (cases, seen) = EXERCISES[id], seen_of_right[id]
    read = {name for one in seen for name in one.values} - CHOOSE_WORDS
    for name in read:
        others = [replace(one, values={k: v for k, v in one.values.items() if k != name}) for one in seen]
        assert exercise.judge(cases, others).score < exercise.points, name


def _arrays(value):
    if isinstance(value, list):
        return any(map(_arrays, value))
    return isinstance(value, np.ndarray) and value.size > 0


def _moved(value):
    if isinstance(value, list):
        return [_moved(v) for v in value]
    return value + 0.25 if isinstance(value, np.ndarray) else value


def _with(seen: Seen, name: str, value) -> Seen:
    return replace(seen, values={**seen.values, name: value})


@given(data=st.data(), seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_an_answer_scores_the_same_whatever_the_seed(data, seed, source, known):
    answer = data.draw(st.sampled_from(known))
    made = answers.run_answer(source, answer.exercise, answer.source)
    report = answers.report_on(answer.exercise, made, seed)
    assert report.score == (report.points if answer.kind == "right" else answer.score)


def test_what_happens_without_super_is_found_by_trying(monkeypatch):
    assert missing_super.without_super(3)[0] == "a"
    monkeypatch.setattr(nn.Block, "__setattr__", object.__setattr__)
    assert missing_super.without_super(3)[0] == "b"
    monkeypatch.setattr(nn.Block, "initialize", lambda self: None)
    assert missing_super.without_super(3)[0] == "c"


@pytest.mark.parametrize(("truth", "letter"), [(TypeError, "a"), (ValueError, "b"), (True, "d"), (False, "e")])
def test_what_a_dynamic_branch_does_is_found_by_trying(monkeypatch, truth, letter):
    [case] = EXERCISES["01-control-flow-predict-dynamic"].draw(7)
    assert predict_control_flow.dynamic_outcome(case["x"])[0] == "c"

    def in_another_framework(self):
        if isinstance(truth, bool):
            return truth
        raise truth("no truth value")

    monkeypatch.setattr(nd.Tensor, "__bool__", in_another_framework)
    assert predict_control_flow.dynamic_outcome(case["x"])[0] == letter


@given(seed=SEEDS)
@settings(max_examples=50, deadline=None)
def test_what_a_captured_branch_does_is_found_by_trying(seed):
    [case] = EXERCISES["01-control-flow-predict-static"].draw(seed)
    assert predict_control_flow.static_outcome(case["recorded"], case["x"])[0] == "c"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(predict_control_flow.Gate, "hybridize", lambda self, active=True: None)
        assert predict_control_flow.static_outcome(case["recorded"], case["x"])[0] == "a"


def test_a_prediction_stands():
    """A second answer, right as it may be, earns nothing."""
    exercise = EXERCISES["01-missing-super-predict"]
    [case] = exercise.draw(PUBLIC_SEED)
    happened = missing_super.without_super(case["units"])[0]
    seen = [Seen({"answer": happened})]
    assert exercise.judge([deepcopy(case)], seen).score == exercise.points
    assert exercise.judge([{**case, "committed": "d"}], seen).score == 0
