"""Lesson 06: what the judges take and refuse, against torch, and against slips made up here."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import answers
from autograder import lesson as lessons
from autograder.exercise import PUBLIC_SEED, Seen
from autograder.judges.lesson_06 import EXERCISES, own_tape_cases, predictions, update
from autograder.probe import observe
from miniblocks import autograd, nd

SOURCE = Path(__file__).parents[3] / "solutions" / "06-autograd-internals" / "06-autograd-internals.md"
WRITTEN = [id for id, exercise in EXERCISES.items() if not exercise.prediction]
SEEDS = st.integers(0, 2**63)
# Looked at only where a fault shows itself by them: to word a finding, or to notice an error by its absence.
CHOOSE_WORDS = {"multiplications", "watched", "evaluated", "after_first"}


@cache
def seen_of_right():
    """Exercise → its public cases, and what a right answer does on them."""
    lesson, found = lessons.read(SOURCE), {}
    for id in WRITTEN:
        right = next(a for a in answers.of(lesson) if a.exercise == id and a.kind == "right")
        answer = answers.run_answer(lesson, id, right.source)
        cases = EXERCISES[id].draw(PUBLIC_SEED)
        found[id] = cases, [observe(id, answer, case) for case in cases]
    return found


def found_in(id, seed, answer):
    """Criterion → id of its finding, for an answer given as an object."""
    cases = EXERCISES[id].draw(seed)
    report = EXERCISES[id].judge(cases, [observe(id, answer, case) for case in cases])
    return {outcome.name: outcome.mistake.id for outcome in report.outcomes if outcome.mistake}


# -- evidence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", WRITTEN)
def test_every_observed_number_matters(id):
    """Whichever observed array or list of numbers were another, marks would be lost."""
    exercise, (cases, seen) = EXERCISES[id], seen_of_right()[id]
    assert exercise.judge(cases, seen).score == exercise.points
    for name in {n for one in seen for n, v in one.values.items() if _numbers(v)}:
        others = [_with(one, name, _moved(one.values[name])) if name in one.values else one for one in seen]
        assert exercise.judge(cases, others).score < exercise.points or name in CHOOSE_WORDS, name


@pytest.mark.parametrize("id", WRITTEN)
def test_every_missing_observation_costs_marks(id):
    exercise, (cases, seen) = EXERCISES[id], seen_of_right()[id]
    for name in {n for one in seen for n in one.values} - {"after_first"}:
        others = [replace(one, values={k: v for k, v in one.values.items() if k != name}) for one in seen]
        assert exercise.judge(cases, others).score < exercise.points, name


def _numbers(value):
    return isinstance(value, (np.ndarray, float)) or (isinstance(value, list) and any(map(_numbers, value)))


def _moved(value):
    if isinstance(value, list):
        return [_moved(v) for v in value]
    return value + 0.25 if _numbers(value) else value


def _with(seen, name, value):
    return replace(seen, values={**seen.values, name: value})


# -- backward by hand --------------------------------------------------------------------------------------------------


def by_torch_judged(seed, of_hidden=torch.relu, scale=1.0):
    """Criterion → id of its finding, for gradients that torch gives in a learner's place."""
    exercise = EXERCISES["06-backward-by-hand"]
    cases, seen = exercise.draw(seed), []
    for case in cases:
        given_ = {name: torch.tensor(case[name], requires_grad=True) for name in ("x", "y", "w1", "w2")}
        x, y, w1, w2 = given_.values()
        loss = ((of_hidden(x @ w1) @ w2 - y) ** 2).sum()
        found = [loss.item(), *((scale * g).numpy() for g in torch.autograd.grad(loss, (w1, w2)))]
        after = {f"{name}_after": case[name] for name in given_}
        seen.append(Seen({"returned": found, "again": found, **after}))
    return {o.name: o.mistake.id for o in exercise.judge(cases, seen).outcomes if o.mistake}


@given(seed=SEEDS)
@settings(max_examples=5, deadline=None)
def test_torchs_gradients_are_right(seed):
    assert not by_torch_judged(seed)


@given(seed=SEEDS, factor=st.floats(0.5, 2).filter(lambda f: abs(f - 1) > 2e-3))
@settings(max_examples=12, deadline=None)
def test_gradients_a_little_off_are_refused(seed, factor):
    assert set(by_torch_judged(seed, scale=factor)) == {"first layer", "second layer", "at zero"}


@given(seed=SEEDS)
@settings(max_examples=5, deadline=None)
def test_another_slope_at_zero_costs_its_own_criterion_alone(seed):
    """At a tie torch gives `maximum` half of the gradient, as central differences do."""
    found = by_torch_judged(seed, of_hidden=lambda hidden: torch.maximum(hidden, torch.zeros_like(hidden)))
    assert found == {"at zero": "passes-at-zero"}


# -- training ----------------------------------------------------------------------------------------------------------


def torchs_train(parameters, loss_of, batches, rate, every=1):
    """torch.optim's steps, on gradients that miniblocks gives for one batch at a time."""
    mirrors = [torch.nn.Parameter(p.raw.clone()) for p in parameters]
    optimizer, losses = torch.optim.SGD(mirrors, lr=rate), []
    for i, batch in enumerate(batches, 1):
        loss = loss_of(batch)
        losses.append(loss.item())
        for mirror, g in zip(mirrors, autograd.grad(loss, parameters)):
            mirror.grad = g.raw if mirror.grad is None else mirror.grad + g.raw
        if i % every == 0 or i == len(batches):
            optimizer.step()
            optimizer.zero_grad()
            with autograd.no_grad():
                for p, mirror in zip(parameters, mirrors):
                    p[:] = nd.array(mirror)
    return losses


@given(seed=SEEDS)
@settings(max_examples=5, deadline=None)
def test_torchs_optimizer_earns_full_marks(seed):
    assert not found_in("06-accumulation", seed, torchs_train)


@given(seed=SEEDS, factor=st.sampled_from([0.8, 0.95, 1.05, 1.3]))
@settings(max_examples=5, deadline=None)
def test_another_rate_is_refused(seed, factor):
    found = found_in("06-accumulation", seed, lambda p, f, b, rate, every: torchs_train(p, f, b, rate * factor, every))
    assert {"each batch", "groups", "the rest"} <= set(found)


@given(seed=SEEDS)
@settings(max_examples=5, deadline=None)
def test_where_w_should_be_is_what_torch_reaches(seed):
    for case in EXERCISES["06-no-grad-update"].draw(seed):
        w, average = torch.tensor(case["w"], dtype=torch.float64, requires_grad=True), torch.tensor(case["w"]).double()
        optimizer = torch.optim.SGD([w], lr=case["rate"])
        for _ in range(case["steps"]):
            optimizer.zero_grad()
            (torch.tensor(case["steepness"]) * (w - torch.tensor(case["lowest"])) ** 2).sum().backward()
            optimizer.step()
            average = case["decay"] * average + (1 - case["decay"]) * w.detach()
        np.testing.assert_allclose(update._after(case, case["steps"]), w.detach().numpy(), rtol=1e-9)
        np.testing.assert_allclose(update._averaged(case, case["decay"]), average.numpy(), rtol=1e-9)


# -- the tape ----------------------------------------------------------------------------------------------------------


@given(seed=SEEDS)
@settings(max_examples=5, deadline=None)
def test_derivatives_of_the_expressions_are_torchs(seed):
    for case in own_tape_cases.cases(np.random.default_rng(seed)):
        values = []
        for kind, *args in case["steps"]:
            if kind == "leaf":
                values.append(torch.tensor(args[0], dtype=torch.float64, requires_grad=True))
            else:
                a, b = (values[i] for i in args)
                values.append(a + b if kind == "add" else a * b)
        for k in range(case.get("rounds", 0)):
            values.append((values[-1] if k else values[0]) * values[1])
            values.append(values[-1] + values[2])
        wanted = [
            torch.autograd.grad(values[i], [values[j] for j in case["leaves"]], retain_graph=True, allow_unused=True)
            for i in case["outputs"]
        ]
        outputs, shares = own_tape_cases.derivatives(case)
        np.testing.assert_allclose(outputs, [values[i].item() for i in case["outputs"]], rtol=1e-9)
        np.testing.assert_allclose(shares, [[0.0 if g is None else g.item() for g in row] for row in wanted], rtol=1e-7)


class OnMiniblocks:
    """Values that the framework's own tape differentiates."""

    def __init__(self, data, tensor=None):
        if tensor is None:
            tensor = nd.array([data], dtype="float64")
            tensor.requires_grad = True
        self.tensor = tensor

    data = property(lambda self: self.tensor.item())
    grad = property(lambda self: 0.0 if self.tensor.grad is None else self.tensor.grad.item())

    def __add__(self, other):
        return OnMiniblocks(None, self.tensor + other.tensor)

    def __mul__(self, other):
        return OnMiniblocks(None, self.tensor * other.tensor)

    def backward(self):
        self.tensor.backward(retain_graph=True)


def test_the_frameworks_own_tape_earns_full_marks():
    assert not found_in("06-own-tape", 3, OnMiniblocks)


# -- Functions -----------------------------------------------------------------------------------------------------------


def as_function(forward, derivative):
    """A Function made of two numpy functions: the value at x, and g times the derivative."""

    class Made(autograd.Function):
        @staticmethod
        def forward(ctx, x, *bounds):
            ctx.x, ctx.bounds = x.asnumpy(), bounds
            return nd.array(forward(ctx.x, *bounds), dtype=x.dtype)

        @staticmethod
        def backward(ctx, g):
            found = derivative(g.asnumpy(), ctx.x, *ctx.bounds)
            return nd.array(found, dtype=g.dtype), *(None for _ in ctx.bounds)

    return Made


def by_torch(function):
    """Value and gradient of a torch function, as two numpy functions."""

    def value(x, *bounds):
        return function(torch.tensor(x), *bounds).numpy()

    def gradient(g, x, *bounds):
        at = torch.tensor(x, requires_grad=True)
        function(at, *bounds).backward(torch.tensor(g))
        return at.grad.numpy()

    return value, gradient


def binarized(x):
    """The sign, with the gradient of a clamp: what is added to the constant sign is 0."""
    soft = x.clamp(-1, 1)
    return torch.where(x >= 0, 1.0, -1.0) + (soft - soft.detach())


def log_sum_exp(x):
    m = x.detach().amax(-1, keepdim=True)
    return (m + (x - m).exp().sum(-1, keepdim=True).log()).squeeze(-1)


def stable(x):
    return (1 + torch.tanh(x / 2)) / 2


ORACLES = {
    "06-stable-sigmoid": stable,
    "06-clamp": torch.clamp,
    "06-logsumexp": log_sum_exp,
    "06-straight-through": binarized,
}


@pytest.mark.parametrize("id", ORACLES)
@given(seed=SEEDS)
@settings(max_examples=8, deadline=None)
def test_torchs_functions_are_right(id, seed):
    assert not found_in(id, seed, as_function(*by_torch(ORACLES[id])))


@pytest.mark.parametrize("id", ORACLES)
@given(seed=SEEDS, factor=st.sampled_from([-1.0, 0.5, 0.999, 1.001, 2.0]))
@settings(max_examples=8, deadline=None)
def test_a_gradient_a_thousandth_off_is_refused(id, seed, factor):
    value, gradient = by_torch(ORACLES[id])
    found = found_in(id, seed, as_function(value, lambda g, *at: (factor * gradient(g, *at)).astype(g.dtype)))
    assert "gradient" in found and "values" not in found


# -- predictions ---------------------------------------------------------------------------------------------------------


def test_which_leaves_get_a_gradient_is_found_by_trying(monkeypatch):
    assert predictions.leaves_outcome([2.0, 3.0, 4.0, 5.0])[0] == "b"
    monkeypatch.setattr(nd.Tensor, "detach", lambda self: self)
    monkeypatch.setattr(autograd, "no_grad", autograd.record)
    assert predictions.leaves_outcome([2.0, 3.0, 4.0, 5.0])[0] == "e"


def test_what_a_loop_without_zeroing_does_is_found_by_trying(monkeypatch):
    assert predictions.loop_outcome(1.0, 3.0, 0.1)[0] == "d"
    backward = nd.Tensor.backward

    def replacing(self):
        for node in autograd.recorded(self):
            if node.leaf is not None:
                node.leaf.grad = None
        backward(self)

    monkeypatch.setattr(nd.Tensor, "backward", replacing)
    assert predictions.loop_outcome(1.0, 3.0, 0.1)[0] == "a"


def test_a_prediction_stands():
    for id, right in (("06-which-leaves", "b"), ("06-predict-accumulation", "d")):
        [case] = EXERCISES[id].draw(PUBLIC_SEED)
        assert EXERCISES[id].judge([case], [Seen({"answer": right})]).score == EXERCISES[id].points
        assert EXERCISES[id].judge([{**case, "committed": "a"}], [Seen({"answer": right})]).score == 0
