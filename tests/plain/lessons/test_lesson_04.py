"""Lesson 04: what the judges of ties refuse and let pass, against networks that torch.nn ties by itself."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import answers, lesson
from autograder.exercise import PUBLIC_SEED, Seen
from autograder.judges.lesson_04 import EXERCISES, embedding, gradient_sum, predict, watch
from autograder.probe import observe

SOURCE = Path(__file__).resolve().parents[3] / "solutions" / "04-tied-parameters" / "04-tied-parameters.md"
WRITTEN = [id for id, exercise in EXERCISES.items() if not exercise.prediction]
# Observed to choose the words of a finding once marks are lost.
CHOOSE_WORDS = {"class_name", "started", "first_table"}
SEEDS = st.integers(0, 2**63)


# -- torch.nn as the oracle: modules that share ---------------------------------------------------------------------


def modules(layers, groups):
    """nn.Linear modules in double precision with these values; the places of a group are one module."""
    made = []
    for layer in layers:
        units, inputs = layer["weight"].shape
        made.append(torch.nn.Linear(inputs, units, dtype=torch.float64))
        with torch.no_grad():
            made[-1].weight.copy_(torch.tensor(layer["weight"]))
            made[-1].bias.copy_(torch.tensor(layer["bias"]))
    first = {place: group[0] for group in groups for place in group}
    return [made[first.get(place, place)] for place in range(len(made))]


def run(net, x):
    x = torch.tensor(x, dtype=torch.float64)
    for layer in net[:-1]:
        x = torch.tanh(layer(x))
    return net[-1](x)


def array(tensor):
    return tensor.detach().numpy().astype(np.float32)


def shown(net, what):
    return [{kind: array(what(getattr(layer, kind))) for kind in ("weight", "bias")} for layer in net]


def found(id, seed, see):
    """Criterion → its mistake, for what `see(case)` gives in a learner's place."""
    exercise = EXERCISES[id]
    cases = exercise.draw(seed)
    report = exercise.judge(cases, [Seen(see(case)) for case in cases])
    return {outcome.name: outcome.mistake for outcome in report.outcomes}


def refused(mistakes):
    return {name: mistake.id for name, mistake in mistakes.items() if mistake}


def torchs_sums(case, change=lambda name, gradient: gradient):
    """What a learner's dictionary holds when torch.nn has tied the layers."""
    net, twin = modules(case["layers"], case["groups"]), modules(case["layers"], [])
    for one in (net, twin):
        (run(one, case["x"]) * torch.tensor(case["weigh"])).sum().backward()
    names = {gradient_sum.name_of(i, kind): getattr(layer, kind).grad for i, layer in enumerate(net) for kind in ("weight", "bias")}  # fmt: skip
    held = {name: change(name, array(gradient)) for name, gradient in names.items()}
    return {"first": held, "second": held, "gradients_after": shown(twin, lambda p: p.grad), "values_after": shown(twin, lambda p: p)}  # fmt: skip


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_gradients_of_modules_that_torch_ties_earn_full_marks(seed):
    assert not refused(found("04-gradient-is-a-sum", seed, torchs_sums))


@given(seed=SEEDS, name=st.sampled_from(["dense1_weight", "dense2_bias"]), factor=st.sampled_from([0.97, 1.03]))
@settings(max_examples=25, deadline=None)
def test_a_tied_gradient_three_percent_off_is_refused(seed, name, factor):
    off = found("04-gradient-is-a-sum", seed, lambda c: torchs_sums(c, lambda n, g: g * factor if n == name else g))
    kind = "weights" if "weight" in name else "biases"
    assert refused(off)[kind] == "wrong-gradient"
    assert refused(off).keys() <= {kind, "others"}  # in the case without groups it is a layer's own gradient


def torchs_records(case, slip=""):
    """What a learner's records hold when torch.optim has trained modules that share."""
    net = modules(case["layers"], case["groups"])
    parameters = {id(p): p for layer in net for p in layer.parameters()}
    descent = torch.optim.SGD(parameters.values(), lr=case["rate"])
    records = []
    for batch in case["batches"]:
        if slip != "never-zeroed":
            descent.zero_grad()
        loss = torch.nn.functional.cross_entropy(run(net, batch["x"]), torch.tensor(batch["y"]))
        loss.backward()
        record = {"loss": loss.item(), "values": _by_place(net, lambda p: p), "gradients": _by_place(net, lambda p: p.grad)}  # fmt: skip
        records.append(record)
        for _ in range(2 if slip == "two-steps" else 1):
            descent.step()
        if slip == "after-the-update":
            record["values"] = _by_place(net, lambda p: p)
    return {"records": records, "final": shown(net, lambda p: p)}


def _by_place(net, what):
    return {f"{i}.{kind}": value for i, one in enumerate(shown(net, what)) for kind, value in one.items()}


@given(seed=SEEDS)
@settings(max_examples=6, deadline=None)
def test_a_descent_by_torchs_optimizer_earns_full_marks(seed):
    assert not refused(found("04-train-and-watch", seed, torchs_records))


@given(seed=SEEDS)
@settings(max_examples=6, deadline=None)
def test_a_slip_in_the_descent_costs_its_own_points(seed):
    late = found("04-train-and-watch", seed, lambda case: torchs_records(case, "after-the-update"))
    assert refused(late) == {"values": "after-the-update"}
    summed = found("04-train-and-watch", seed, lambda case: torchs_records(case, "never-zeroed"))
    assert refused(summed) == {"gradients": "gradients-accumulated", "trained": "never-zeroed"}
    twice = found("04-train-and-watch", seed, lambda case: torchs_records(case, "two-steps"))
    assert twice["trained"] is not None


@pytest.mark.parametrize("kind", watch.KINDS)
@given(seed=SEEDS)
@settings(max_examples=5, deadline=None)
def test_every_other_descent_is_told_from_the_right_one(kind, seed):
    """However the cases fall, no wrong update ends where the right one does."""
    for case in EXERCISES["04-train-and-watch"].draw(seed):
        right, other = (watch.descent(case, one)[-1].after for one in ("right", kind))
        assert max(np.abs(a[k] - b[k]).max() for a, b in zip(right, other) for k in a) > 0.01


def torchs_words(case, uses="both", scale=1.0):
    """What a word model out of torch.nn shows, with gradients from one of its uses or both."""
    table = torch.nn.Embedding.from_pretrained(torch.tensor(case["table"], dtype=torch.float64), freeze=False)
    [hidden] = modules([{"weight": case["hidden"], "bias": case["hidden_bias"]}], [])

    def scores(ids):
        weight = table.weight if uses == "both" else table.weight.detach()
        h = torch.tanh(hidden(table(torch.tensor(case[ids]))))
        return scale * torch.nn.functional.linear(h, weight, torch.tensor(case["bias"], dtype=torch.float64))

    (scores("ids") * torch.tensor(case["weigh"])).sum().backward()
    gradient, first, sequences = array(table.weight.grad), array(scores("ids")), array(scores("sequences"))
    with torch.no_grad():
        table.weight.copy_(torch.tensor(case["other"]))
    shapes = [list(case[name].shape) for name in ("table", "hidden", "hidden_bias", "bias")]
    return {
        "scores": first,
        "sequence_scores": sequences,
        "gradient": gradient,
        "shapes": shapes,
        "after_each": [array(scores("ids"))],
    }


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_a_word_model_out_of_torch_earns_full_marks_and_loses_what_it_lacks(seed):
    assert not refused(found("04-tied-embedding", seed, torchs_words))
    one_use = found("04-tied-embedding", seed, lambda case: torchs_words(case, uses="reading"))
    assert refused(one_use) == {"gradient": "one-use-contributes"}
    scaled = found("04-tied-embedding", seed, lambda case: torchs_words(case, scale=1.1))
    assert scaled["scores"].id == "wrong-scores"


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_the_slips_of_a_word_model_look_different_in_every_case(seed):
    for case in EXERCISES["04-tied-embedding"].draw(seed):
        looks = [embedding._scores(case, slip=slip) for slip in ("", *embedding.SLIPS)]
        apart = [np.abs(a - b).max() for i, a in enumerate(looks) for b in looks[:i]]
        assert min(apart) > 0.02


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_no_relu_of_a_case_is_dead_or_on_the_edge(seed):
    """A dead unit would hide a missing bias; a value near 0 would let rounding decide."""
    for case in EXERCISES["04-tie-two-layers"].draw(seed):
        h = case["x"]
        for layer in case["layers"][:-1]:
            h = h @ layer["weight"].T + layer["bias"]
            assert np.abs(h).min() > 9e-4 and (h > 0).any(axis=0).all()
            h = np.maximum(h, 0)


# -- predictions: the truth is found by trying ------------------------------------------------------------------------


def test_what_a_loop_does_is_found_by_trying(monkeypatch):
    [case] = EXERCISES["04-predict-loop"].draw(PUBLIC_SEED)
    happened = lambda: predict.loop_outcome(case["x"], case["layer"])[0]  # noqa: E731
    assert happened() == "b"

    def only_the_last(self, x):
        for _ in range(2):
            x = self.dense(x).detach()
        return self.dense(x)

    def mean(self, x):
        return all_three(self, x) / 3

    def stops(self, x):
        raise RecursionError

    all_three = predict.Loop.forward
    for forward, letter in ((only_the_last, "d"), (mean, "c"), (stops, "e")):
        monkeypatch.setattr(predict.Loop, "forward", forward)
        assert happened() == letter


def test_what_an_update_does_is_found_by_trying(monkeypatch):
    [case] = EXERCISES["04-predict-update"].draw(PUBLIC_SEED)
    happened = lambda: predict.update_outcome(case["x"], case["layers"], case["rate"])[0]  # noqa: E731
    assert happened() == "c"
    for tied, twin, letter in ((0, 0, "a"), (1, 1, "b"), (1, 0, "d")):
        monkeypatch.setattr(predict, "_apart_after_a_step", lambda *args, t=tied, u=twin: t if args[-1] else u)
        assert happened() == letter


# -- evidence counts, and nothing else --------------------------------------------------------------------------------


@cache
def truly_seen():
    """For each exercise its public cases, and what a right answer does on them."""
    source, found = lesson.read(SOURCE), {}
    for id in WRITTEN:
        right = next(a for a in answers.of(source) if a.exercise == id and a.kind == "right")
        cases = EXERCISES[id].draw(PUBLIC_SEED)
        answer = answers.run_answer(source, id, right.source)
        found[id] = cases, [observe(id, answer, case) for case in cases]
    return found


@pytest.mark.parametrize("id", WRITTEN)
def test_every_observation_matters(id):
    """None is decoration: whichever were missing or another, marks would be lost."""
    exercise, (cases, seen) = EXERCISES[id], truly_seen()[id]
    assert exercise.judge(cases, seen).score == exercise.points
    for name in {name for one in seen for name in one.values} - CHOOSE_WORDS:
        without = [replace(one, values={k: v for k, v in one.values.items() if k != name}) for one in seen]
        assert exercise.judge(cases, without).score < exercise.points, name
        moved = [replace(one, values={k: _moved(v) if k == name else v for k, v in one.values.items()}) for one in seen]
        assert exercise.judge(cases, moved).score < exercise.points, name


def _moved(value):
    if isinstance(value, dict):
        return {k: _moved(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_moved(v) for v in value]
    return not value if isinstance(value, bool) else value + (1 if isinstance(value, int) else 0.25)
