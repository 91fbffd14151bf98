"""Lesson 09: what the judges of measurements refuse and let pass, on machines, and against oracles, that no learner's code made."""

import statistics
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils import benchmark

from autograder import answers, lesson
from autograder.exercise import PUBLIC_SEED, Seen
from autograder.judges.lesson_09 import EXERCISES, everywhere, evidence, memory
from autograder.probe import observe
from autograder.probes.lesson_09.compare import Course
from autograder.probes.lesson_09.machines import Machine
from miniblocks import nd

SOURCE = Path(__file__).resolve().parents[3] / "solutions" / "09-devices-and-speed" / "09-devices-and-speed.md"
WRITTEN = [id for id, exercise in EXERCISES.items() if not exercise.prediction]
SEEDS = st.integers(0, 2**63)


def refused(report):
    return {outcome.name: outcome.mistake.id for outcome in report.outcomes if outcome.mistake}


def judged(id, seed, answer):
    """Criterion → finding, for an answer under a seed."""
    cases = EXERCISES[id].draw(seed)
    return refused(EXERCISES[id].judge(cases, [observe(id, answer, case) for case in cases]))


# -- the timer --------------------------------------------------------------------------------------------------------


@given(
    launches=st.lists(st.floats(1e-6, 1e-2), min_size=1, max_size=8),
    works=st.lists(st.floats(0, 1e-1), min_size=1, max_size=8),
)
@settings(deadline=None)
def test_a_machine_never_loses_work(launches, works):
    """Whatever was launched, waiting takes the clock to the moment when a queue worked off in order is empty."""
    machine = Machine(launches, works)
    host = done = 0.0
    for launch, work in zip(launches, works):
        machine.function()
        host += launch
        done = max(done, host) + work
    assert machine.clock() == pytest.approx(host) and machine.pending[-1] == pytest.approx(max(0.0, done - host))
    machine.synchronize()
    assert machine.clock() == pytest.approx(max(host, done)) and machine.pending[-1] == 0


def pytorchs_timer(function, clock, synchronize, calls, repeats, warm_up):
    """torch.utils.benchmark, on the clock of the check (its own code decides when the clock is read)."""

    def waited():
        synchronize()
        return clock()

    timer = benchmark.Timer("f()", globals={"f": function}, timer=waited)
    for _ in range(warm_up):
        function()
    samples = [timer._timeit(calls) / calls for _ in range(repeats)]
    return {"median": float(np.median(samples)), "samples": samples}


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_pytorchs_own_timer_earns_full_marks(seed):
    assert not judged("09-trustworthy-timer", seed, pytorchs_timer)


@given(seed=SEEDS, factor=st.sampled_from([0.99, 1.01, 2.0, 1e3]))
@settings(max_examples=20, deadline=None)
def test_a_sample_that_is_one_percent_off_is_refused(seed, factor):
    def scaled(*args, **numbers):
        found = pytorchs_timer(*args, **numbers)
        return {name: np.array(value) * factor for name, value in found.items()}

    assert judged("09-trustworthy-timer", seed, scaled).keys() == {"per call"}


@given(seed=SEEDS, quantile=st.sampled_from([0.0, 0.25, 0.45, 0.55, 0.75, 1.0]))
@settings(max_examples=20, deadline=None)
def test_every_other_quantile_is_told_from_the_median(seed, quantile):
    def other(*args, **numbers):
        found = pytorchs_timer(*args, **numbers)
        return {**found, "median": float(np.quantile(found["samples"], quantile))}

    assert judged("09-trustworthy-timer", seed, other).keys() == {"median"}


@given(st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=9))
def test_the_median_is_that_of_numpy(samples):
    middle = float(np.median(samples))
    assert evidence.wrong_median(middle, samples, "") is None
    assert evidence.wrong_median(middle * 1.001, samples, "") is not None


# -- the comparison ---------------------------------------------------------------------------------------------------


def fair(make_framework, make_scratch, sizes, stopwatch, rounds, begins=None, middle=np.median):
    """In rounds over all sizes; `begins` says in which rounds from-scratch begins."""
    steps = {n: (make_framework(n), make_scratch(n)) for n in sizes}
    times = {(n, side): [] for n in sizes for side in (0, 1)}
    for k in range(rounds):
        for n in sizes:
            turned = k % 2 if begins is None else begins[k % len(begins)]
            for side in (1, 0) if turned else (0, 1):
                times[n, side].append(stopwatch(steps[n][side]))
    found = {}
    for n in sizes:
        a, b = (float(middle(times[n, side])) for side in (0, 1))
        found[n] = {"framework": a, "scratch": b, "ratio": a / b}
    return found


@given(seed=SEEDS, begins=st.lists(st.booleans(), min_size=6, max_size=6))
@settings(max_examples=40, deadline=None)
def test_turns_are_asked_for_and_nothing_else_depends_on_them(seed, begins):
    def answer(*args, rounds):
        return fair(*args, rounds=rounds, begins=begins)

    alternating = all(a != b for a, b in zip(begins, begins[1:]))
    assert judged("09-framework-against-scratch", seed, answer) == ({} if alternating else {"turns": "same-side-first"})


@pytest.mark.parametrize("middle", [np.mean, np.min, np.max, lambda v: np.quantile(v, 0.6), lambda v: v[0]])
@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_no_other_middle_passes_for_the_median(middle, seed):
    def answer(*args, rounds):
        return fair(*args, rounds=rounds, middle=middle)

    assert judged("09-framework-against-scratch", seed, answer).keys() == {"medians"}


@given(seed=SEEDS)
@settings(max_examples=40, deadline=None)
def test_no_round_has_the_ratio_of_the_medians(seed):
    """Else a median of ratios would pass under some secrets."""
    for case in EXERCISES["09-framework-against-scratch"].draw(seed):
        for ours, theirs in zip(*(case["times"][side] for side in ("framework", "scratch"))):
            each = [a / b for a, b in zip(ours, theirs)]
            assert abs(statistics.median(each) / (statistics.median(ours) / statistics.median(theirs)) - 1) > 1e-4


def test_a_course_that_is_given_no_function_says_so():
    with pytest.raises(TypeError, match="takes a function"):
        Course([1], {}).stopwatch(None)


# -- products and memory ----------------------------------------------------------------------------------------------


@given(seed=SEEDS, factor=st.sampled_from([0.98, 1.02, 0.5, 4.0]))
@settings(max_examples=20, deadline=None)
def test_a_speed_that_is_off_is_refused(seed, factor):
    def answer(sizes, stopwatch, device):
        pairs = {n: nd.random.normal(shape=(n, n), ctx=device) for n in sizes}
        return {n: factor * 2 * n**3 / stopwatch(lambda a=a: a @ a) / 1e9 for n, a in pairs.items()}

    assert judged("09-aligned-products", seed, answer).keys() == {"speed"}


@given(seed=SEEDS)
@settings(max_examples=50, deadline=None)
def test_bytes_are_those_of_torchs_own_arrays(seed):
    for case in EXERCISES["09-memory-bus"].draw(seed):
        arrays = [torch.zeros(s, dtype=getattr(torch, d)) for s, d in zip(case["shapes"], case["dtypes"])]
        assert memory.moved(case) == [a.nelement() * a.element_size() for a in arrays]


@given(seed=SEEDS)
@settings(max_examples=50, deadline=None)
def test_what_bounds_an_operation_is_never_close(seed):
    kinds = []
    for case in EXERCISES["09-memory-bus"].draw(seed):
        needs = memory.times(case)
        assert not 0.4 < needs["memory"] / needs["arithmetic"] < 2.5
        kinds.append(max(needs, key=needs.get))
    assert kinds == ["memory", "memory", "arithmetic", "memory"]


def test_the_prediction_follows_the_machine():
    """With a slower processor or a wider bus another letter is right: the outcome is worked out, not stored."""
    [case] = EXERCISES["09-predict-bound"].draw(PUBLIC_SEED)
    numbers = {k: v for k, v in case.items() if k != "seed"}
    assert memory.bound_outcome(**numbers)[0] == "d"
    assert memory.bound_outcome(**{**numbers, "itemsize": 1})[0] == "b"
    assert memory.bound_outcome(**{**numbers, "bandwidth": 1e14})[0] == "a"


# -- devices ----------------------------------------------------------------------------------------------------------


@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_a_training_by_torch_earns_full_marks_and_one_with_momentum_none(seed):
    def torchs(case, momentum=0.0):
        layers = []
        for planted in case["layers"]:
            units, inputs = planted["weight"].shape
            layers.append(torch.nn.Linear(inputs, units, dtype=torch.float64))
            layers[-1].load_state_dict({k: torch.tensor(planted[k]) for k in ("weight", "bias")})
        net = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1])
        trainer, losses = torch.optim.SGD(net.parameters(), lr=case["step"], momentum=momentum), []
        for x, y in case["batches"]:
            error = torch.nn.functional.mse_loss(net(torch.tensor(x, dtype=torch.float64)), torch.tensor(y).double())
            trainer.zero_grad()
            error.backward()
            trainer.step()
            losses.append(error.item())
        final = [{k: v.detach().numpy() for k, v in layer.named_parameters()} for layer in layers]
        return {"losses": losses, "final": final}

    cases, seen = truly_seen("09-same-everywhere", seed)
    for momentum, criteria in ((0.0, set()), (0.9, {"trained"})):
        others = [replace(one, values={**one.values, **torchs(c, momentum)}) for c, one in zip(cases, seen)]
        assert refused(EXERCISES["09-same-everywhere"].judge(cases, others)).keys() == criteria


@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_the_weighted_mean_is_that_of_numpy(seed):
    for case in EXERCISES["09-same-everywhere"].draw(seed):
        for i, x in enumerate(case["x"]):
            weights = np.exp(-case["rate"] * np.arange(x.shape[1])[::-1])
            wanted = np.average(x - case["offset"], axis=1, weights=weights)
            np.testing.assert_allclose(everywhere.recency(case, i)[0], wanted, rtol=1e-5, atol=1e-6)


def test_a_check_leaves_no_trace_of_logical_devices(monkeypatch):
    monkeypatch.setattr(nd.Tensor, "logical_devices", False)
    for id in ("09-same-everywhere", "09-aligned-products"):
        cases, seen = truly_seen(id, 5)
        assert EXERCISES[id].judge(cases, seen).score == EXERCISES[id].points
        assert nd.Tensor.logical_devices is False


# -- evidence counts, and nothing else --------------------------------------------------------------------------------


@cache
def solution(id):
    source = lesson.read(SOURCE)
    return answers.run_answer(source, id, source.cells("answer")[id].source)


@cache
def truly_seen(id, seed=PUBLIC_SEED):
    """The cases of a seed, and what the lesson's own answer does on them."""
    cases = EXERCISES[id].draw(seed)
    return cases, [observe(id, solution(id), case) for case in cases]


@pytest.mark.parametrize("id", EXERCISES)
def test_without_evidence_there_are_no_marks(id):
    exercise = EXERCISES[id]
    cases = exercise.draw(PUBLIC_SEED)
    assert exercise.judge(cases, []).score == 0
    assert exercise.judge(cases, [Seen(written=False) for _ in cases]).score == 0


# Chooses the words of a finding once marks are lost.
ASIDE = {"collected"}


@pytest.mark.parametrize("id", WRITTEN)
def test_every_observation_matters(id):
    """None is decoration: whichever were missing or another, marks would be lost."""
    exercise, (cases, seen) = EXERCISES[id], truly_seen(id)
    assert exercise.judge(cases, seen).score == exercise.points
    names = {name for one in seen for name in one.values} - ASIDE
    for name in names - ({"returned"} if "rows" in names else set()):  # the rows are what was returned
        without = [replace(one, values={k: v for k, v in one.values.items() if k != name}) for one in seen]
        assert exercise.judge(cases, without).score < exercise.points, name
        moved = [replace(one, values={k: _moved(v) if k == name else v for k, v in one.values.items()}) for one in seen]
        assert exercise.judge(cases, moved).score < exercise.points, name


def _moved(value):
    if isinstance(value, dict):
        return {k: _moved(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_moved(v) for v in value]
    if isinstance(value, str):
        return value[::-1] + "c"
    if value is None:
        return 1
    return not value if isinstance(value, bool) else value + (1 if isinstance(value, int) else 0.25 + abs(value))


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(
        [np.zeros(0), np.full((3, 4), np.nan), np.arange(6), np.array(True), np.array([0.5]), np.zeros((2, 0, 3)), 0.0]
    ),
)
ODD_VALUES = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
)


@given(id=st.sampled_from(WRITTEN), data=st.data())
@settings(max_examples=400, deadline=None)
def test_no_observation_makes_a_judge_stumble(id, data):
    """Whatever a submission sends, it gets a report; a fault of the judge would leave it ungraded."""
    exercise, (cases, seen) = EXERCISES[id], truly_seen(id)
    position = data.draw(st.integers(0, len(seen) - 1))
    values = dict(seen[position].values)
    name = data.draw(st.sampled_from(sorted(values)))
    values[name] = _with_a_part(values[name], data)
    others = [*seen[:position], replace(seen[position], values=values), *seen[position + 1 :]]
    assert exercise.judge(cases, others).score <= exercise.points


def _with_a_part(value, data):
    """The whole value replaced by something odd, or a part of it, at any depth."""
    if isinstance(value, (dict, list)) and value and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(list(value) if isinstance(value, dict) else list(range(len(value)))))
        copied = value.copy()
        copied[key] = _with_a_part(value[key], data)
        return copied
    return data.draw(ODD_VALUES)


@pytest.mark.parametrize("id", EXERCISES)
@given(seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_only_numbers_vary_between_cases(id, seed):
    exercise = EXERCISES[id]
    assert [_form(case) for case in exercise.draw(seed)] == [_form(case) for case in exercise.draw(PUBLIC_SEED)]


def _form(value):
    """A value without its numbers: what kind, how many, how many axes."""
    if isinstance(value, dict):
        return {k: _form(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_form(v) for v in value]
    return (value.ndim, value.dtype.name) if isinstance(value, np.ndarray) else type(value).__name__
