"""Lesson 08: its judges against torch, against answers made at random, and against evidence from a hostile process."""

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
from autograder.judges.lesson_08 import EXERCISES
from autograder.probe import observe
from miniblocks import data, nd, nn, optim
from miniblocks.data import pretrained

SOURCE = (
    Path(__file__).parents[3] / "solutions" / "08-models-and-residual-networks" / "08-models-and-residual-networks.md"
)
SEEDS = st.integers(0, 2**63)
QUICK = [id for id in EXERCISES if id not in ("08-small-resnet", "08-how-many-parameters")]


def judged(id, answer, seed=PUBLIC_SEED):
    """(score, the findings) of an answer."""
    report = answers.report_on(id, answer, seed)
    return report.score, {mistake.id for mistake in report.mistakes}


# -- residual blocks: the judge is right about any network made of two paths ----------------------------------------


class Paths(nn.Block):
    """a · input + b · main path, with a relu after the layers that are told."""

    a, b, relus = 1.0, 1.0, None

    def __init__(self, layers, width):
        super().__init__()
        self.hidden = nn.Sequential(*[self.layer(width) for _ in range(layers)])

    def layer(self, width):
        return nn.Dense(width)

    def forward(self, x):
        h = x
        for i, layer in enumerate(self.hidden):
            h = nd.relu(layer(h)) if self.relus is None or i in self.relus else layer(h)
        return self.a * x + self.b * h


class ConvPaths(Paths):
    def layer(self, width):
        return nn.Conv2D(width, 3, padding=1)


@settings(max_examples=15)
@given(
    seed=SEEDS,
    id=st.sampled_from(["08-cnn-residual", "08-dnn-residual"]),
    a=st.sampled_from([0.0, 0.5, 1.0, -1.0, 2.0]),
    b=st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    relus=st.sampled_from([None, (), (0,), (0, 1)]),
)
def test_a_block_earns_full_marks_just_when_it_is_input_plus_main_path(seed, id, a, b, relus):
    base = Paths if id == "08-dnn-residual" else ConvPaths
    score, findings = judged(id, type("Answer", (base,), {"a": a, "b": b, "relus": relus}), seed)
    right = (a, b, relus) == (1.0, 1.0, None)
    assert (score == EXERCISES[id].points) == right
    assert right or findings


# -- Adam: any optimizer of torch's earns the points of Adam just when it takes Adam's steps -------------------------


def torchs(make):
    """An answer that hands each step to an optimizer of torch's."""

    class Answer:
        def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
            self.params = list(params.values())
            self.tensors = [torch.tensor(p.data().asnumpy(), dtype=torch.float64) for p in self.params]
            self.inner = make(self.tensors, lr, betas, epsilon)

        def step(self):
            for tensor, parameter in zip(self.tensors, self.params):
                tensor.grad = torch.tensor(parameter.grad().asnumpy(), dtype=torch.float64)
            self.inner.step()
            for tensor, parameter in zip(self.tensors, self.params):
                parameter.set_data(tensor.numpy())

    return Answer


@settings(max_examples=15)
@given(SEEDS, st.floats(0, 0.99), st.floats(0.5, 0.9999))
def test_adams_steps_with_any_other_betas_are_refused(seed, b1, b2):
    assume(abs(b1 - 0.9) > 0.02 or abs(b2 - 0.999) > 0.002)
    exercise = EXERCISES["08-adam-by-hand"]
    cases = exercise.draw(seed)
    seen = [forged_steps(case, betas=(b1, b2)) for case in cases]
    outcomes = {o.name: o.mistake for o in exercise.judge(cases, seen).outcomes}
    assert outcomes["many"] is not None and outcomes["first"] is None


def forged_steps(case, **other):
    """What a probe would see of torch's Adam (with other options) in a learner's place."""

    def run(starts, gradients, **more):
        options = {"lr": 0.001, **case["options"], **other, **more}
        options["eps"] = options.pop("epsilon", 1e-8)
        params = [torch.tensor(s) for s in starts]
        optimizer, values = torch.optim.Adam(params, **options), []
        for step in gradients:
            for p, g in zip(params, step):
                p.grad = torch.tensor(g)
            optimizer.step()
            values.append([p.numpy().copy() for p in params])
        return values

    starts, gradients = case["starts"], case["gradients"]
    lr = case["options"].get("lr", 0.001)
    return Seen(
        {
            "values": run(starts, gradients),
            "again": run(starts, gradients),
            "alone": run(starts[-1:], [g[-1:] for g in gradients]),
            "doubled": run(starts, gradients, lr=2 * lr),
            "other betas": run(starts, gradients, betas=case["other betas"]),
            "gradients after": gradients,
        }
    )


@given(SEEDS)
def test_torchs_own_adam_in_single_precision_earns_every_point(seed):
    exercise = EXERCISES["08-adam-by-hand"]
    cases = exercise.draw(seed)
    assert exercise.judge(cases, [forged_steps(case) for case in cases]).score == exercise.points


@pytest.mark.parametrize(
    "make",
    [
        lambda p, lr, betas, eps: torch.optim.RMSprop(p, lr, betas[1], eps),
        lambda p, lr, betas, eps: torch.optim.SGD(p, lr, momentum=betas[0]),
        lambda p, lr, betas, eps: torch.optim.Adagrad(p, lr, eps=eps),
        lambda p, lr, betas, eps: torch.optim.NAdam(p, lr, betas, eps),
        lambda p, lr, betas, eps: torch.optim.Adamax(p, lr, betas, eps),
    ],
    ids=["RMSprop", "momentum", "Adagrad", "NAdam", "Adamax"],
)
def test_other_rules_are_told_from_adam(make):
    score, findings = judged("08-adam-by-hand", torchs(make))
    assert score < EXERCISES["08-adam-by-hand"].points - 2 and findings


def test_the_bundled_adam_is_what_the_judge_calls_adam():
    """The lesson's oracle and its framework agree: on the cases the bundled optimizer takes torch's steps."""
    for case in EXERCISES["08-adam-by-hand"].draw(3):
        tensors = [nd.array(s) for s in case["starts"]]
        for tensor in tensors:
            tensor.attach_grad()
        optimizer = optim.Adam(tensors, **case["options"])
        for step, wanted in zip(case["gradients"], forged_steps(case).values["values"]):
            for tensor, gradient in zip(tensors, step):
                tensor.grad = nd.array(gradient)
            optimizer.step()
            for tensor, value in zip(tensors, wanted):
                np.testing.assert_allclose(tensor.asnumpy(), value, atol=1e-6)


# -- the data loader -------------------------------------------------------------------------------------------------


class Ordered:
    """A loader that goes through given numbers in pieces."""

    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.size, self.shuffle, self.passes = dataset, batch_size, shuffle, 0

    def order(self, n):
        return np.random.permutation(n) if self.shuffle else np.arange(n)

    def __len__(self):
        return math.ceil(len(self.dataset) / self.size)

    def __iter__(self):
        order = self.order(len(self.dataset))
        for start in range(0, len(order), self.size):
            yield self.dataset[order[start : start + self.size]]


@given(SEEDS)
def test_any_permutation_passes(seed):
    assert judged("08-data-loader", Ordered, seed)[0] == 10


@settings(max_examples=25)
@given(seed=SEEDS, leave=st.integers(0, 2), again=st.integers(0, 2))
def test_what_is_left_out_or_comes_again_is_noticed(seed, leave, again):
    assume(leave or again)

    class Answer(Ordered):
        def order(self, n):
            order = super().order(n)
            return np.concatenate([order[: n - leave], order[:again]])

    _, findings = judged("08-data-loader", Answer, seed)
    assert findings & {"with-replacement", "examples-missing", "examples-repeated"}


@pytest.mark.parametrize("shift", [1, 7])
def test_a_rotation_or_a_fixed_order_is_not_shuffled_anew(shift):
    class Rotated(Ordered):
        def order(self, n):
            return np.roll(np.arange(n), shift) if self.shuffle else np.arange(n)

    score, findings = judged("08-data-loader", Rotated)
    assert score == 8 and findings == {"same-each-pass"}


# -- the network with a loop, and the small residual network ---------------------------------------------------------


@settings(max_examples=8)
@given(SEEDS, st.integers(0, 6))
def test_the_number_of_rounds_is_read_off_the_output(seed, rounds):
    right = next(a for a in known() if a.exercise == "08-my-residual" and a.kind == "right")
    source = right.source.replace("range(3)", f"range({rounds})")
    assert source != right.source or rounds == 3
    answer = answers.run_answer(source_lesson(), "08-my-residual", source)
    score, findings = judged("08-my-residual", answer, seed)
    assert score == (12 if rounds == 3 else 9 if rounds == 0 else 10), findings


@pytest.mark.parametrize("silent", ["first", "second", "third"])
def test_each_shortcut_is_judged_by_itself(silent):
    """A main path that is cut off shows as such, whatever the others do."""
    cases, seen = truly_seen("08-small-resnet")
    key = f"without the {silent} main path"
    flat = np.zeros_like(seen[0].values[key])
    report = EXERCISES["08-small-resnet"].judge(
        cases, [replace(seen[0], values={**seen[0].values, key: flat}), seen[1]]
    )
    assert [o.name for o in report.outcomes if o.mistake] == [f"{silent} shortcut"]


@given(st.integers(0, 397))
def test_accuracy_is_counted_on_the_secret_labels(right):
    """So many test digits read rightly, the others wrongly; the threshold is seventy percent of them."""
    cases, seen = truly_seen("08-small-resnet")
    labels = np.asarray(cases[1]["labels"])[data.digits(train=False).arrays[1].asnumpy()]
    said = np.where(np.arange(len(labels)) < right, labels, (labels + 1) % 10)
    scores = np.eye(10, dtype=np.float32)[said] - 0.5
    report = EXERCISES["08-small-resnet"].judge(
        cases, [seen[0], replace(seen[1], values={**seen[1].values, "scores": scores})]
    )
    learned = next(o for o in report.outcomes if o.name == "learns")
    assert (learned.mistake is None) == (right / len(labels) >= 0.7)


# -- the parameters that come with the course ------------------------------------------------------------------------


def test_the_bundled_parameters_read_what_they_were_trained_on():
    net = pretrained.network()
    net.load_parameters(pretrained.FILE)
    images, labels = pretrained.only(pretrained.SEEN, train=False).arrays
    share = float((net(images).argmax(1) == labels).mean().item())
    assert share > 0.98 and pretrained.FILE.stat().st_size < 300_000


def test_training_them_anew_gives_as_good_a_network():
    images, labels = pretrained.only(pretrained.SEEN, train=False).arrays
    assert float((pretrained.trained()(images).argmax(1) == labels).mean().item()) > 0.97


# -- evidence --------------------------------------------------------------------------------------------------------


@cache
def source_lesson():
    return lessons.read(SOURCE)


@cache
def known():
    return answers.of(source_lesson())


@cache
def truly_seen(id):
    """Cases, and what the probe sees of a right answer."""
    right = next(a for a in known() if a.exercise == id and a.kind == "right")
    cases = EXERCISES[id].draw(5)
    answer = answers.run_answer(source_lesson(), id, right.source)
    return cases, [observe(id, answer, case) for case in cases]


JUNK = st.sampled_from(
    [None, True, 0, -1, 3.5, float("nan"), "words", [], [1, "a"], [[1]], [[]], [[], []], {}, {"a": 1}]
    + [np.zeros(0, np.float32), np.zeros((2, 2), np.float32), np.full((3, 1), np.nan), np.zeros(3, bool), np.array(7)]
    + [[np.zeros(3)], [[np.zeros((2, 3)), np.zeros(2)]], [[np.full((1, 3), np.nan), np.zeros(1)]]]
)


def test_no_exercise_gives_points_for_nothing():
    for exercise in EXERCISES.values():
        cases = exercise.draw(1)
        assert exercise.judge(cases, [Seen() for _ in cases]).score == 0
        assert exercise.judge(cases, [Seen(written=False) for _ in cases]).score == 0


@settings(max_examples=150)
@given(id=st.sampled_from(sorted(EXERCISES)), data=st.data())
def test_forged_evidence_stops_no_judge(id, data):
    """Some values of one case are replaced, and the judge comes to an end: what it cannot read is no evidence."""
    cases, seen = truly_seen(id)
    k = data.draw(st.integers(0, len(cases) - 1))
    forged = data.draw(st.dictionaries(st.sampled_from(sorted(seen[k].values)), JUNK, min_size=1))
    observed = [*seen[:k], replace(seen[k], values={**seen[k].values, **forged}), *seen[k + 1 :]]
    assert EXERCISES[id].judge(cases, observed).score <= EXERCISES[id].points


def test_a_residual_network_may_give_one_number_for_a_batch_and_is_told_so():
    cases, seen = truly_seen("08-small-resnet")
    forged = [replace(one, values={**one.values, "in a batch": np.array(7.0), "alone": np.array(7.0)}) for one in seen]
    mistakes = [outcome.mistake for outcome in EXERCISES["08-small-resnet"].judge(cases, forged).outcomes]
    assert [mistake.id for mistake in mistakes if mistake] == ["wrong-shape", "wrong-shape"]


@settings(max_examples=50)
@given(id=st.sampled_from(sorted(EXERCISES)), data=st.data())
def test_junk_earns_nothing(id, data):
    cases, seen = truly_seen(id)
    forged = [replace(one, values={name: data.draw(JUNK) for name in one.values}) for one in seen]
    assert EXERCISES[id].judge(cases, forged).score == 0


@pytest.mark.parametrize("id", sorted(EXERCISES))
def test_every_missing_observation_costs_marks(id):
    """No observation is decoration. (`calls`, `maps` and `dense made when built` choose words once marks are lost.)"""
    exercise, (cases, seen) = load(id), truly_seen(id)
    assert exercise.judge(cases, seen).score == exercise.points
    for name in {name for one in seen for name in one.values} - {"calls"}:
        others = [replace(one, values={k: v for k, v in one.values.items() if k != name}) for one in seen]
        assert exercise.judge(cases, others).score < exercise.points, name
