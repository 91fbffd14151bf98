"""Lesson 10: its judges against torch and statistics, against answers made at random, and against hostile evidence."""

import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograder import answers
from autograder import lesson as lessons
from autograder.exercise import PUBLIC_SEED, Seen, load
from autograder.judges.lesson_10 import EXERCISES, reader, reader_network
from autograder.probe import observe
from miniblocks import init, nd, nn

NAME = "10-a-library-of-your-own"
SOURCE = Path(__file__).parents[3] / "solutions" / NAME / f"{NAME}.md"
SEEDS = st.integers(0, 2**63)


@cache
def lesson():
    return lessons.read(SOURCE)


@cache
def solution(id):
    return answers.run_answer(lesson(), id, lesson().cells("answer")[id].source)


def judged(id, answer, seed=PUBLIC_SEED):
    """(score, the findings) of an answer."""
    report = answers.report_on(id, answer, seed)
    return report.score, {mistake.id for mistake in report.mistakes}


# -- the container: any way to merge earns the points of a merge just when torch merges so ---------------------------


@settings(max_examples=25)
@given(
    seed=SEEDS,
    weights=st.lists(st.sampled_from([0.0, 0.5, 1.0, -1.0]), min_size=3, max_size=3),
    divided=st.booleans(),
)
def test_only_the_plain_sum_and_the_plain_mean_pass(seed, weights, divided):
    class Weighted(solution("10-parallel-container")):
        def forward(self, x):
            if self.merge not in ("sum", "mean"):
                return super().forward(x)
            outputs = [weight * branch(x) for weight, branch in zip(weights, self.children())]
            total = sum(outputs[1:], outputs[0])
            return total / len(outputs) if divided else total

    report = answers.report_on("10-parallel-container", Weighted, seed)
    outcomes = {o.name: o.mistake is None for o in report.outcomes}
    equal = weights == [1.0, 1.0, 1.0]
    assert outcomes["sum"] == (equal and not divided) and outcomes["mean"] == (equal and divided)
    assert outcomes["concat"] and outcomes["list"] and outcomes["registered"]


# -- the initializer: torch's own, and scales that are a little off --------------------------------------------------


class Torchs(init.Initializer):
    """Fills by torch's generators, at a scale that may be off."""

    off = 1.0

    def __init__(self, gain=1.0, fan="in", kind="normal"):
        if fan not in ("in", "out", "avg") or kind not in ("normal", "uniform"):
            raise ValueError(f"{fan} {kind}")
        self.gain, self.fan, self.kind = gain, fan, kind

    def _init_weight(self, name, data):
        into, out = torch.nn.init._calculate_fan_in_and_fan_out(data.raw)
        n = {"in": into, "out": out, "avg": (into + out) / 2}[self.fan]
        std = self.off * self.gain / math.sqrt(n)
        drawn = torch.randn(data.shape) if self.kind == "normal" else (2 * torch.rand(data.shape) - 1) * math.sqrt(3)
        data[:] = nd.array(drawn * std)


@settings(max_examples=20)
@given(SEEDS)
def test_torchs_draws_of_the_right_variance_always_pass(seed):
    assert judged("10-scaled-initializer", Torchs, seed) == (EXERCISES["10-scaled-initializer"].points, set())


@settings(max_examples=20)
@given(seed=SEEDS, off=st.floats(0.3, 3))
def test_a_deviation_that_is_seven_percent_off_is_refused_in_each_mode(seed, off):
    assume(abs(math.log(off)) > 0.07)
    report = answers.report_on("10-scaled-initializer", type("Off", (Torchs,), {"off": off}), seed)
    wrong = {o.name for o in report.outcomes if o.mistake}
    assert wrong == {"in", "out", "avg"}, wrong  # the gain, the form and the independence are right


# -- the builder: a right one builds any specification as the walk does, and names any place -------------------------

LAYERS = st.sampled_from([{"kind": "dense", "units": 3}, {"kind": "act", "name": "tanh"}, []])
SPECS = st.recursive(
    LAYERS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.builds(lambda n, b: {"kind": "repeat", "times": n, "body": b}, st.integers(1, 2), inner)
        | st.builds(lambda a, b: {"kind": "parallel", "branches": {"z": a, "a": b}, "merge": "concat"}, inner, inner)
    ),
    max_leaves=6,
)


def places(spec, where=()):
    """Every place of an entry with a kind, and the entry."""
    if isinstance(spec, list):
        for i, one in enumerate(spec):
            yield from places(one, (*where, i))
    else:
        yield where, spec
        if spec["kind"] == "repeat":
            yield from places(spec["body"], (*where, "body"))
        for name, branch in spec.get("branches", {}).items():
            yield from places(branch, (*where, "branches", name))


@settings(max_examples=60)
@given(spec=SPECS, data=st.data())
def test_the_lessons_build_names_the_place_of_any_fault(spec, data):
    from autograder.probes.lesson_10.builder import kinds

    spec = json.loads(json.dumps([spec]))
    found = list(places(spec))
    assume(found)
    where, entry = data.draw(st.sampled_from(found))
    entry["kind"] = "nonsense"
    with pytest.raises(ValueError, match="nonsense") as caught:
        solution("10-build-from-a-specification")(spec, kinds({"dense": "dense", "act": "act"}))
    assert "/".join(map(str, where)) in str(caught.value)


# -- the reader: the judge's count is the library's count, and it reads any data without stumbling -------------------


def library():
    """The lesson's own kinds, as its notebook puts them together."""
    cell = next(c for c in lesson().notebook.cells if c.cell_type == "code" and "def library()" in c.source)
    around = {"nn": nn, "Scaled": solution("10-scaled-initializer"), "Transposed": solution("10-tied-part")}
    around |= {"Parallel": solution("10-parallel-container"), "build": solution("10-build-from-a-specification")}
    exec(cell.source, around)
    return around["make"]


def reader_specs():
    return [answers.run_answer(lesson(), "10-reader", a.source)() for a in known("10-reader") if a.kind == "right"]


@cache
def known(id):
    return answers.read(SOURCE.parent / "answers" / f"{id}.py")


@pytest.mark.parametrize("number", range(3))
def test_the_judge_counts_what_the_library_builds(number):
    spec = reader_specs()[number]
    net = library()(spec)
    net.initialize()
    assert net(nd.ones((2, 64))).shape == (2, 10)
    assert net.collect_params().count() == reader_network.read(json.dumps(spec)).count


@pytest.mark.parametrize("number", range(3))
def test_the_judge_computes_what_the_library_computes(number):
    """The same numbers in both: a specification means the same in torch and in the lesson's own parts."""
    spec = reader_specs()[number]
    ours, theirs = library()(spec), reader_network.read(json.dumps(spec))
    ours.initialize()
    x = np.random.default_rng(number).normal(size=(5, 64)).astype(np.float32)
    ours(nd.array(x))
    parameters = list(ours.collect_params().values())
    assert [p.shape for p in parameters] == [tuple(p.shape) for p in theirs.parameters]
    for mine, other in zip(parameters, theirs.parameters):
        mine.set_data(other.detach().numpy())
    np.testing.assert_allclose(ours(nd.array(x)).asnumpy(), theirs.forward(torch.tensor(x)).detach(), atol=1e-4)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 10**9) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
HOSTILE = st.builds(
    lambda kind, options: {"kind": kind, **options},
    st.sampled_from(["dense", "transposed", "parallel", "repeat"]),
    st.dictionaries(
        st.sampled_from(["units", "activation", "gain", "fan", "of", "branches", "merge", "times", "body"]), JSON
    ),
)


@settings(max_examples=200)
@given(HOSTILE | JSON)
def test_any_data_is_read_or_refused_with_a_place(spec):
    try:
        network = reader_network.read(json.dumps(spec))
    except reader_network.Fault as fault:
        assert fault.id in reader.CAUSES and fault.place
    else:
        assert network.count <= reader_network.MOST_PARAMETERS and network.width <= reader_network.MOST_WIDTH


@pytest.mark.parametrize(
    "spec",
    [
        json.loads("[" * 50 + "]" * 50),
        {
            "kind": "repeat",
            "times": 20,
            "body": {"kind": "repeat", "times": 20, "body": {"kind": "repeat", "times": 20, "body": []}},
        },
        {"kind": "repeat", "times": 20, "body": {"kind": "parallel", "branches": {"a": [], "b": []}}},
        {"kind": "repeat", "times": 20, "body": {"kind": "dense", "units": 512}},
    ],
    ids=["deep", "long", "wide", "heavy"],
)
def test_what_would_be_too_large_is_refused_before_it_is_made(spec):
    with pytest.raises(reader_network.Fault) as caught:
        reader_network.read(json.dumps(spec))
    assert caught.value.id == "too-large"


def test_a_right_reader_is_far_from_the_threshold_and_the_number_is_always_the_same():
    text = json.dumps(solution("10-reader")())
    share = reader_network.accuracy(text)
    reader_network.accuracy.cache_clear()
    assert share == reader_network.accuracy(text) > reader.SHARE + 0.05


# -- the report: the rows worked out from a plan are torch's counts --------------------------------------------------


@given(SEEDS)
def test_the_expected_rows_agree_with_torchs_count_of_operations(seed):
    from torch.utils.flop_counter import FlopCounterMode

    from autograder.judges.lesson_10.report import expected

    case = next(c for c in EXERCISES["10-layer-report"].draw(seed) if c["what"] == "convolutions")
    a, _, b, _, last = case["plan"]
    net = torch.nn.Sequential(
        torch.nn.Conv2d(a["inside"], a["channels"], a["k"]),
        torch.nn.BatchNorm2d(a["channels"]),
        torch.nn.Conv2d(b["inside"], b["channels"], b["k"]),
        torch.nn.Flatten(),
        torch.nn.Linear(last["inputs"], last["units"]),
    )
    with FlopCounterMode(display=False) as counter:
        net(torch.tensor(case["x"][:1]))
    rows = expected(case)
    assert 2 * sum(row[4] for row in rows) == counter.get_total_flops()
    statistics = 2 * a["channels"]  # torch keeps them as buffers
    assert sum(row[3] for row in rows) == sum(p.numel() for p in net.parameters()) + statistics


# -- the export: whatever the tolerance, a file stays just when the difference is within it --------------------------


@settings(max_examples=20)
@given(seed=SEEDS, factor=st.floats(0.1, 10))
def test_a_file_stays_just_when_the_difference_is_within_the_tolerance(seed, factor):
    """The judge's own number for the difference, against the lesson's export with a tolerance around it."""
    from autograder.judges.lesson_10.exporting import _apart

    assume(abs(factor - 1) > 0.01)
    case = next(c for c in EXERCISES["10-checked-export"].draw(seed) if c["what"] == "tolerant")
    case = {**case, "tolerance": float(np.abs(_apart(case)).max()) * factor}
    seen = observe("10-checked-export", solution("10-checked-export"), case)
    assert isinstance(seen.values["file"], np.ndarray) == (factor > 1)
    assert (seen.error("export it") is None) == (factor > 1)


# -- evidence --------------------------------------------------------------------------------------------------------


@cache
def truly_seen(id):
    cases = EXERCISES[id].draw(5)
    return cases, [observe(id, solution(id), case) for case in cases]


@pytest.mark.parametrize("id", sorted(EXERCISES))
def test_every_missing_observation_costs_marks(id):
    """No observation is decoration."""
    exercise, (cases, seen) = load(id), truly_seen(id)
    assert exercise.judge(cases, seen).score == exercise.points
    for name in {name for one in seen for name in one.values}:
        others = [replace(one, values={k: v for k, v in one.values.items() if k != name}) for one in seen]
        assert exercise.judge(cases, others).score < exercise.points, name


def test_no_exercise_gives_points_for_an_empty_process():
    for exercise in EXERCISES.values():
        cases = exercise.draw(1)
        assert exercise.judge(cases, [Seen() for _ in cases]).score == 0
