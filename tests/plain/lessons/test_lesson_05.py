"""Lesson 05: judges against torch and scipy, experiments against other ways of doing them, and hostile evidence."""

from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from autograder import answers
from autograder import lesson as lessons
from autograder.exercise import PUBLIC_SEED, Seen
from autograder.judges.lesson_05 import EXERCISES, activations, initializers, network, one_neuron, rates, widths
from autograder.probe import observe
from miniblocks import nd

SOURCE = Path(__file__).parents[3] / "solutions" / "05-multilayer-perceptrons" / "05-multilayer-perceptrons.md"
PREDICTIONS = [id for id, exercise in EXERCISES.items() if exercise.prediction]
WRITTEN = [id for id in EXERCISES if id not in PREDICTIONS]
SEEDS = st.integers(0, 2**63)


@cache
def source():
    return lessons.read(SOURCE)


@cache
def known():
    return answers.of(source())


@cache
def seen_of_right(id):
    """The public cases of an exercise, and what a right answer does on them."""
    right = next(a for a in known() if a.exercise == id and a.kind == "right")
    answer, cases = answers.run_answer(source(), id, right.source), EXERCISES[id].draw(PUBLIC_SEED)
    return cases, [observe(id, answer, case) for case in cases]


def found_by(id, seed, look):
    """Criterion → its finding, or None, on the values that `look(case)` gives in a learner's place."""
    cases = EXERCISES[id].draw(seed)
    outcomes = EXERCISES[id].judge(cases, [Seen(look(case)) for case in cases]).outcomes
    return {outcome.name: outcome.mistake and outcome.mistake.id for outcome in outcomes}


# -- relu ----------------------------------------------------------------------------------------------------------


def torchs(function):
    def look(case):
        x = torch.tensor(case["x"], requires_grad=True)
        y = function(x)
        (y * torch.tensor(case["weigh"])).sum().backward()
        return {"output": y.detach().numpy(), "x_after": x.detach().numpy(), "gradient": x.grad.numpy()}

    return look


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_torchs_relu_is_right_and_its_relatives_go_wrong_at_zero_alone(seed):
    assert not any(found_by("05-relu-by-hand", seed, torchs(torch.relu)).values())
    for function, finding in {
        lambda x: torch.max(x, torch.zeros_like(x)): "half-at-zero",
        lambda x: x.clamp(min=0): "one-at-zero",
        lambda x: (x + x.abs()) / 2: "half-at-zero",
    }.items():
        found = found_by("05-relu-by-hand", seed, torchs(function))
        assert {name: id for name, id in found.items() if id} == {"at 0": finding}


@pytest.mark.parametrize(
    "function", [torch.tanh, torch.nn.functional.elu, torch.nn.functional.gelu, torch.nn.functional.leaky_relu]
)
def test_no_other_activation_passes_for_relu(function):
    found = found_by("05-relu-by-hand", PUBLIC_SEED, torchs(function))
    assert found["values"] and found["gradient"] and found["at 0"]


# -- networks: the judges' own arithmetic against torch.nn and torch.optim --------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=5), st.integers(0, 2**31), st.floats(0.01, 1))
def test_outputs_and_steps_are_those_of_torchs_modules(sizes, seed, lr):
    rng = np.random.default_rng(seed)
    layers, x, y = network.layers(rng, *sizes), network.images(rng, 4, sizes[0]), network.labels(rng, 4, sizes[-1])
    model = torch.nn.Sequential()
    for i, one in enumerate(layers):
        linear = torch.nn.Linear(*one["weight"].shape).double()
        linear.weight.data[:], linear.bias.data[:] = torch.tensor(one["weight"].T), torch.tensor(one["bias"])
        model.append(linear)
        if i < len(layers) - 1:
            model.append(torch.nn.ReLU())
    scores = model(torch.tensor(x).double())
    np.testing.assert_allclose(network.output(x, layers), scores.detach().numpy(), atol=1e-10)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    torch.nn.CrossEntropyLoss()(scores, torch.tensor(y)).backward()
    optimizer.step()
    for mine, theirs in zip(network.after_step(x, y, layers, lr), model.parameters(), strict=True):
        np.testing.assert_allclose(mine.T, theirs.detach().numpy(), atol=1e-10)


# -- experiments -----------------------------------------------------------------------------------------------------


def runs_of(case):
    deep = [*case["hidden"], case["hidden"][-1]]
    return [{"hidden": hidden, "seed": seed} for seed in case["seeds"] for hidden in (case["hidden"], deep)]


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_the_standard_error_is_scipys(seed):
    case = EXERCISES["05-one-more-layer"].draw(seed)[-1]
    last = case["val_acc"][:-1, :, -1]  # the last row is for other seeds
    gains = last[:, 1] - last[:, 0]

    def found(*result):
        seen = Seen({"runs": runs_of(case), "hidden_after": case["hidden"], "result": list(result)})
        mistakes = (c.holds(case, seen) for c in EXERCISES["05-one-more-layer"].criteria)
        return {mistake.id for mistake in mistakes if mistake}

    assert found(float(gains.mean()), float(stats.sem(gains))) == set()
    assert found(float(gains.mean()), float(stats.sem(gains, ddof=0))) == {"n-not-n-minus-1"}
    unpaired = np.sqrt((stats.sem(last) ** 2).sum())
    assert found(float(-gains.mean()), float(unpaired)) == {"sign-reversed", "pairs-ignored"}


def drawn(case, lr, hiddens=None, layers=None):
    rng, size = np.random.default_rng(case["seed"]), case["budget"]
    columns = {
        "lr": lr.rvs(size, random_state=rng),
        "num_hiddens": rng.choice(case["num_hiddens"], size, p=hiddens).astype(float),
        "layers": rng.choice(case["layers"], size, p=layers).astype(float),
    }
    criterion = next(c for c in EXERCISES["05-joint-search"].criteria if c.name == "draws")
    mistake = criterion.holds(case, Seen({"draws": columns}))
    return mistake and mistake.id


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_scipys_log_uniform_draws_pass_and_slightly_other_ones_do_not(seed):
    case = EXERCISES["05-joint-search"].draw(seed)[-1]
    low, high = case["rates"]
    assert drawn(case, stats.loguniform(low, high)) is None
    assert drawn(case, stats.uniform(low, high - low)) == "uniform-not-log"
    assert drawn(case, stats.loguniform(low * 1.5, high)) == "wrong-scale"
    assert drawn(case, stats.loguniform(low, high), hiddens=[0.4, 0.2, 0.2, 0.2]) == "choices-uneven"
    assert drawn(case, stats.loguniform(low, high), layers=[0.2, 0.4, 0.4]) == "choices-uneven"


def apart(*rows):
    """Whether no two lists of numbers could be taken for each other."""
    return all(not np.allclose(a, b, rtol=1e-4) for a, b in combinations(rows, 2))


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_no_slip_can_pass_for_the_right_result_or_for_another_slip(seed):
    """What a case makes of each mistake is told apart from all others, whatever the secret."""
    for case in EXERCISES["05-width"].draw(seed)[2:]:
        right = [float(widths._hits(case, script[-1]).mean()) for script in case["script"]]
        assert apart(right, *(values for values, _ in widths._other_accuracies(case).values()))
    [case] = EXERCISES["05-learning-rate"].draw(seed)
    assert len(set(case["roles"].values())) == len(rates.ROLES)
    for n, role in rates.BEST.items():
        losses = {r: case["curves"][case["rates"].index(rate)][1, n - 1] for r, rate in case["roles"].items()}
        assert min((v, r) for r, v in losses.items() if np.isfinite(v))[1] == role
    sound, _ = EXERCISES["05-activations"].draw(seed)
    for row, curves in zip(sound["roles"], sound["curves"]):
        end = curves[:, :, :, -1].mean(axis=1)  # (rates, measures)
        assert row[end[:, 1].argmin()] == "right" and row[end[:, 2].argmax()] == "accurate"
        assert row[end[:, 0].argmin()] == "fitted" and row[curves[:, :, 1, -1].min(axis=1).argmin()] == "lucky"
        accuracy = curves[row.index("right"), :, 2, -1]
        assert apart([accuracy.mean()], [accuracy.max()], [accuracy[0]], [accuracy[-1]])
    one_for_all = sound["curves"][..., 1, -1].mean(axis=(0, 2)).argmin()
    assert [row[one_for_all] for row in sound["roles"]] == ["common"] * len(activations.NAMES)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_runs_get_to_the_target_when_they_are_said_to(seed):
    [case] = EXERCISES["05-initialization-matters"].draw(seed)
    for run, curves in zip(case["runs"], case["curves"]):
        below = np.flatnonzero(curves[1] <= initializers.TARGET) + 1
        assert (below[0] if below.size else None) == initializers.RUNS[run][1]
        if below.size:
            assert len({below[0], below[-1], int(np.argmin(curves[1])) + 1}) >= 2


# -- the prediction ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activation", "letter"),
    [
        (nd.relu, "d"),
        (lambda x: nd.relu(x) - 0.01 * nd.relu(-x), "a"),  # leaky: a dead neuron comes back
        (lambda x: nd.sign(x) * -1, "c"),  # flat, and not 0
    ],
    ids=["relu", "leaky relu", "a step"],
)
def test_what_a_dead_neuron_leaves_is_found_by_trying(monkeypatch, activation, letter):
    [case] = EXERCISES["05-one-neuron"].draw(7)
    monkeypatch.setattr(one_neuron.nd, "relu", activation if letter == "d" else _before_patching(activation))
    assert one_neuron.moved(case) == one_neuron.MOVING[letter]
    assert EXERCISES["05-one-neuron"].judge([case], [Seen({"answer": letter})]).score == 2


def _before_patching(activation):
    """The activation, with the relu that it calls being the library's."""
    original = nd.relu

    def call(x):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(nd, "relu", original)
            return activation(x)

    return call


def test_a_prediction_stands():
    [case] = EXERCISES["05-one-neuron"].draw(PUBLIC_SEED)
    assert EXERCISES["05-one-neuron"].judge([{**case, "committed": "a"}], [Seen({"answer": "d"})]).score == 0


# -- evidence from a hostile process -----------------------------------------------------------------------------------

# Observed to choose the words of a finding, or to notice a fault by its presence.
CHOOSE_WORDS = {"shapes_before", "start"}


@pytest.mark.parametrize("id", WRITTEN)
def test_every_missing_observation_costs_marks(id):
    exercise, (cases, seen) = EXERCISES[id], seen_of_right(id)
    assert exercise.judge(cases, seen).score == exercise.points
    for name in {name for one in seen for name in one.values} - CHOOSE_WORDS:
        others = [replace(one, values={k: v for k, v in one.values.items() if k != name}) for one in seen]
        assert exercise.judge(cases, others).score < exercise.points, name
