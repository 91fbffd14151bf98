"""The cases of every exercise can be sent to a sandbox, whatever the seed."""

import importlib
import pkgutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograder.judges
from autograder.exercise import load
from autograder.sandbox import frames

LESSONS = [m.name for m in pkgutil.iter_modules(autograder.judges.__path__) if m.name.startswith("lesson_")]
IDS = [id for name in LESSONS for id in importlib.import_module(f"autograder.judges.{name}").EXERCISES]


def plain(value):
    """Whether a probe gets this just as it was drawn: no tuple, which would arrive as a list."""
    if isinstance(value, dict):
        return all(map(plain, value.values()))
    return not isinstance(value, tuple) and (not isinstance(value, list) or all(map(plain, value)))


@pytest.mark.parametrize("exercise", IDS)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, (1 << 64) - 1))
def test_cases_can_be_sent(exercise, seed):
    cases = load(exercise).draw(seed)
    assert cases
    frames.pack({"kind": "cases", "cases": cases})
    assert plain(cases), "use lists: a tuple arrives as a list"


@pytest.mark.parametrize("exercise", IDS)
def test_a_probe_is_there_for_every_judge(exercise):
    probes = importlib.import_module(f"autograder.probes.lesson_{exercise[:2]}")
    assert exercise in probes.EXERCISES
