"""Lesson 03: what the judges of random answers refuse and let pass, against distributions that no one here wrote."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from autograder.exercise import Mistake, Seen, load
from autograder.judges import statistics
from autograder.judges.lesson_03.symmetry import count

DRAWN = ("03-xavier-by-hand", "03-he-by-hand", "03-orthogonal", "03-three-way-initializer")


def judged(exercise_id: str, seed: int, fill) -> dict[str, Mistake | None]:
    """Criterion → its finding, on weights that `fill(case, slope)` gives in a learner's place."""
    exercise = load(exercise_id)
    cases = exercise.draw(seed)
    seen = []
    for case in cases:
        values = {"first": fill(case), "second": fill(case), "bias": np.zeros(32, np.float32)}
        if "slope" in case:
            values["relu"] = fill({**case, "slope": 0.0})
        seen.append(Seen(values))
    return {outcome.name: outcome.mistake for outcome in exercise.judge(cases, seen).outcomes}


def torchs_xavier(case):
    fill = {"uniform": torch.nn.init.xavier_uniform_, "normal": torch.nn.init.xavier_normal_}[case["kind"]]
    return fill(torch.empty(case["shape"])).numpy()


def torchs_he(case):
    fill = {"uniform": torch.nn.init.kaiming_uniform_, "normal": torch.nn.init.kaiming_normal_}[case["kind"]]
    return fill(torch.empty(case["shape"]), a=case["slope"]).numpy()


def torchs_orthogonal(case):
    return torch.nn.init.orthogonal_(torch.empty(case["shape"]), case["gain"]).numpy()


def numpys_three_ways(case):
    rng = np.random.default_rng()
    shape = case["shape"]
    return (rng.uniform(5, 10, shape) * rng.choice([-1, 0, 0, 1], shape)).astype(np.float32)


ORACLES = dict(zip(DRAWN, (torchs_xavier, torchs_he, torchs_orthogonal, numpys_three_ways)))


@pytest.mark.parametrize("exercise_id", DRAWN)
def test_another_librarys_weights_earn_full_marks(exercise_id):
    for seed in range(10):
        torch.manual_seed(seed)
        assert not any(judged(exercise_id, seed, ORACLES[exercise_id]).values())


@pytest.mark.parametrize("exercise_id", DRAWN[:3])
def test_a_scale_a_tenth_off_is_refused(exercise_id):
    """The power that the thresholds leave: ten percent in the deviation is seen in every stratum."""
    for seed, factor in itertools.product(range(5), (0.9, 1.1)):
        found = judged(exercise_id, seed, lambda case, f=factor: ORACLES[exercise_id](case) * np.float32(f))
        refused = {name for name, mistake in found.items() if mistake}
        assert refused == ({"gain"} if exercise_id == "03-orthogonal" else {"dense", "kernels"})


# -- the statistics, at a threshold where refusals can be counted ---------------------------------------------------

N, TRIALS = 400, 2000


def refusals(fits, draw) -> float:
    rng = np.random.default_rng(11)
    return sum(not fits(draw(rng)) for _ in range(TRIALS)) / TRIALS


@pytest.mark.parametrize(
    ("fits", "draw"),
    [
        (lambda w: statistics.normal_scale_fits(w, 2.0), lambda rng: rng.normal(0, 2, N)),
        (lambda w: statistics.uniform_scale_fits(w, 3.0), lambda rng: rng.uniform(-3, 3, N)),
        (lambda w: statistics.distribution_fits(w, stats.uniform(5, 5)), lambda rng: rng.uniform(5, 10, N)),
        (lambda k: statistics.proportion_fits(int(k), N, 0.25), lambda rng: rng.binomial(N, 0.25)),
        (lambda ab: statistics.variance_ratio_fits(*ab, 4), lambda rng: (rng.normal(0, 2, N), rng.normal(0, 1, N))),
        (lambda ab: not statistics.association(*ab), lambda rng: rng.choice([-1, 0, 0, 1], (2, 40 * N))),
    ],
    ids=["normal scale", "uniform scale", "distribution", "proportion", "variance ratio", "association"],
)
def test_right_samples_are_refused_no_more_often_than_stated(fits, draw, monkeypatch):
    """With ALPHA at 2 % instead of 10⁻⁹ the share of refusals can be counted; it may not exceed 2 %."""
    monkeypatch.setattr(statistics, "ALPHA", 0.02)
    most = stats.binom.ppf(1 - 1e-6, TRIALS, 0.02) / TRIALS
    assert refusals(fits, draw) <= most


def test_the_exact_tests_use_the_whole_of_their_threshold(monkeypatch):
    """Too timid a test would let wrong answers pass: the exact ones refuse as often as they may."""
    monkeypatch.setattr(statistics, "ALPHA", 0.02)
    share = refusals(lambda w: statistics.normal_scale_fits(w, 2.0), lambda rng: rng.normal(0, 2, N))
    assert share >= stats.binom.ppf(1e-6, TRIALS, 0.02) / TRIALS


@given(st.integers(1, 9), st.integers(2, 9), st.integers(0, 1))
def test_no_value_stands_in_two_pairs(rows, columns, axis):
    values = np.arange(rows * columns).reshape(rows, columns)
    first, second = statistics.pairs_along(values, axis)
    assert len(set(first) | set(second)) == 2 * len(first)
    assert set(second - first) <= ({columns} if axis == 0 else {1})


@settings(deadline=None)
@given(st.integers(0, 2**31), st.floats(0, 1), st.integers(2, 4))
def test_association_is_scipys_chi_square(seed, share, kinds):
    rng = np.random.default_rng(seed)
    first = rng.integers(-1, kinds - 1, 600)
    second = np.where(rng.random(600) < share, first, rng.integers(-1, kinds - 1, 600))
    test = stats.chi2_contingency(stats.contingency.crosstab(first, second).count, correction=False)
    expected = test.statistic / 600 if test.pvalue < statistics.ALPHA else 0
    assert statistics.association(first, second) == pytest.approx(expected)


def test_the_axis_that_is_repeated_is_named():
    row = np.random.default_rng(0).choice([-1, 0, 0, 1], (1, 300))
    assert statistics.dependent_axis(np.repeat(row, 60, axis=0)) == 0
    assert statistics.dependent_axis(np.repeat(row.T, 60, axis=1)) == 1
    assert statistics.dependent_axis(np.random.default_rng(0).choice([-1, 0, 0, 1], (60, 300))) is None


# -- symmetry -----------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.integers(0, 2**31))
def test_units_are_counted_up_to_rounding_and_order(kinds, seed):
    rng = np.random.default_rng(seed)
    units = np.eye(5)[kinds] + rng.uniform(-1e-6, 1e-6, (len(kinds), 5))
    assert count(units) == len(set(kinds)) == count(rng.permutation(units))
