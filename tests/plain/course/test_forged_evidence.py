"""What every exercise owes a hostile process: whatever it sends, a report comes back, and nothing is earned by junk.

`Seen` comes from a process that belongs to the learner. A judge that stumbles over it would leave the submission ungraded.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import answers, lesson, wire
from autograder.exercise import PUBLIC_SEED, Error, Seen, load
from autograder.probe import observe

SOLUTIONS = Path(__file__).resolve().parents[3] / "solutions"
SOURCES = [lesson.read(path) for path in sorted(SOLUTIONS.glob("*/*.md")) if path.stem == path.parent.name]
EXERCISES = {name: source for source in SOURCES for name in source.cells("check")}
WRITTEN = [name for name in EXERCISES if load(name).prediction is None]
SEEDS = st.integers(0, 1 << 62)

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 99),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(
        [np.zeros(0), np.zeros((2, 0, 3)), np.full((3, 4), np.nan), np.arange(6), np.array(True), np.ones(1)]
    ),
)
ODD_VALUES = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
)

ERRORS = st.builds(
    Error, st.sampled_from(["ValueError", "ShapeError", "KeyError", "CheckpointError"]), st.text(max_size=4)
)

each = pytest.mark.parametrize("name", EXERCISES)


@cache
def truly_seen(name):
    """The public cases, and what is seen of the lesson's own solution."""
    source = EXERCISES[name]
    made = answers.run_answer(source, name, source.cells("answer")[name].source)
    cases = load(name).draw(PUBLIC_SEED)
    return cases, [observe(name, made, case) for case in cases]


@cache
def steps_asked_for(name):
    """The steps of which the judge asks whether they ended in an error."""
    steps = set()

    class Asked(Seen):
        def error(self, step):
            steps.add(step)
            return super().error(step)

    cases, seen = truly_seen(name)
    load(name).judge(cases, [Asked(**vars(one)) for one in seen])
    return sorted(steps)


@each
def test_without_evidence_there_are_no_marks(name):
    cases = load(name).draw(PUBLIC_SEED)
    for seen in ([], [Seen(written=False) for _ in cases], [Seen() for _ in cases]):
        assert load(name).judge(cases, seen).score == 0


@each
@given(data=st.data())
@settings(max_examples=25, derandomize=True)
def test_no_observation_makes_a_judge_stumble(name, data):
    cases, seen = truly_seen(name)
    position = data.draw(st.integers(0, len(seen) - 1))
    values = dict(seen[position].values)
    if not values:
        return
    part = data.draw(st.sampled_from(sorted(values)))
    values[part] = with_a_part(values[part], data)
    steps = steps_asked_for(name)
    errors = data.draw(st.dictionaries(st.sampled_from(steps), ERRORS, max_size=1)) if steps else {}
    one = replace(seen[position], values=values, errors=seen[position].errors | errors)
    others = [*seen[:position], one, *seen[position + 1 :]]
    assert load(name).judge(cases, others).score <= load(name).points


def with_a_part(value, data):
    """The whole value replaced by something odd, or a part of it, at any depth."""
    if isinstance(value, (dict, list)) and value and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(list(value) if isinstance(value, dict) else list(range(len(value)))))
        copied = value.copy()
        copied[key] = with_a_part(value[key], data)
        return copied
    return data.draw(ODD_VALUES)


@pytest.mark.parametrize("name", WRITTEN)
@given(data=st.data())
@settings(max_examples=8, derandomize=True)
def test_junk_earns_nothing(name, data):
    cases, seen = truly_seen(name)
    forged = [Seen({part: data.draw(ODD_VALUES) for part in one.values}) for one in seen]
    assert load(name).judge(cases, forged).score == 0


@each
@given(seed=SEEDS)
@settings(max_examples=3, derandomize=True)
def test_only_numbers_vary_between_cases_and_a_wire_carries_them(name, seed):
    cases = load(name).draw(seed)
    assert [form(case) for case in cases] == [form(case) for case in load(name).draw(PUBLIC_SEED)]
    assert form(wire.decode(wire.encode(cases))) == form(cases)


def form(value):
    """A value without its numbers, sizes and words: what kind, in which order, how many axes."""
    if isinstance(value, dict):
        if value and all(isinstance(v, float) for v in value.values()):
            return [float]  # numbers by number, such as accuracies by width
        return {k: form(v) for k, v in value.items()}
    if isinstance(value, list):
        forms = [form(v) for v in value]
        return forms[:1] if all(one == forms[0] for one in forms) else forms
    return (value.ndim, value.dtype.name) if isinstance(value, np.ndarray) else type(value).__name__
