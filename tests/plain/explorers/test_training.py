"""Runs taken a batch at a time: the same as a trainer's loop, and nothing left behind."""

import asyncio
import json
import math
import signal
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from explorers import playground, training_board
from explorers.state.playground import CONTROLS, PLANES, RATES, Settings, Task, own_task, plane, task_of
from explorers.state.training import Loaders, Run, accuracy_chart, loss_chart, norm_chart, smoothed
from explorers.view.training import PACES, Playground, TrainingBoard
from explorers.view.training_still import BoardStill
from explorers.view.widget import interruptible
from miniblocks import data, loss, nd, nn, optim, train


class MLP(train.Classifier):
    def __init__(self, lr: float = 0.2) -> None:
        super().__init__()
        self.lr = lr
        self.net = nn.Sequential(nn.Flatten(), nn.Dense(12, activation="relu"), nn.Dense(10))


def few_digits() -> train.ArrayData:
    images, labels = data.digits(True)[:96]
    return train.ArrayData((images, labels), (images[:40], labels[:40]), 32)


def block() -> nn.Sequential:
    net = nn.Sequential(nn.Flatten(), nn.Dense(12, activation="relu", in_units=64), nn.Dense(10, in_units=12))
    net.initialize()
    return net


def to_the_end(run: Run) -> Run:
    while not run.over:
        run.advance()
    return run


def test_a_run_is_the_trainers_loop() -> None:
    """Losses, validation, and the values at the end are those of `Trainer.fit`."""
    made = []
    for _ in range(2):
        nd.random.seed(3)
        model = MLP()
        model.initialize()
        model(data.digits(True)[:1][0])
        made.append(model)
    run = to_the_end(Run("run", made[0], Loaders(few_digits()), max_epochs=3, seed=7))
    nd.random.seed(7)
    history = train.Trainer(max_epochs=3, display=False).fit(made[1], few_digits())
    assert run.steps == 9 and run.epochs == 3 and not run.problem
    for epoch, measures in enumerate(history):
        assert np.mean(run.losses[3 * epoch : 3 * epoch + 3]) == pytest.approx(measures["train_loss"])
        assert run.validations[epoch] == (3 * epoch + 3, {k: v for k, v in measures.items() if k != "train_loss"})
    for one, other in zip(*(m.collect_params().values() for m in made), strict=True):
        assert np.array_equal(one.data().asnumpy(), other.data().asnumpy())


def test_norms_and_accuracy_are_torchs() -> None:
    net = block()
    x, y = data.digits(True)[:20]
    weights = [p.data().raw.detach().clone().requires_grad_() for p in net.collect_params().values()]
    w1, b1, w2, b2 = weights
    scores = torch.relu(x.raw.reshape(20, -1) @ w1.T + b1) @ w2.T + b2
    expected = torch.nn.functional.cross_entropy(scores, y.raw)
    expected.backward()
    run = Run("run", net, Loaders((x, y), batch_size=20))
    run.advance()
    assert run.losses[0] == pytest.approx(expected.item(), rel=1e-5)
    norms = [math.sqrt(sum(float((p.grad**2).sum()) for p in pair)) for pair in ((w1, b1), (w2, b2))]  # type: ignore[union-attr]
    assert [values[0] for values in run.norms.values()] == pytest.approx(norms, rel=1e-4)
    assert run.accuracies[0] == (1, float((scores.argmax(1) == y.raw).double().mean()))


def test_a_compiled_model_trains_by_its_own_step() -> None:
    class Net(train.Model):
        def __init__(self) -> None:
            super().__init__()
            self.net = block()
            self.trained = 0

        def forward(self, x: Any) -> Any:
            return self.net(x)

        def train_step(self, x: Any, y: Any) -> float:
            self.trained += 1
            return super().train_step(x, y)

    model = Net()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    run = to_the_end(Run("run", model, Loaders(few_digits()), max_epochs=2))
    assert model.trained == run.steps == 6 and run.norms["net.1"][-1] > 0
    assert set(run.validations[0][1]) == {"val_loss", "val_accuracy"}


def test_a_step_is_measured_on_its_own_batch() -> None:
    """A compiled model that cannot be wrong any more shows an accuracy of 1 at every step."""
    model = train.Model()
    model.net = nn.Dense(3, in_units=3, use_bias=False)
    model.forward = lambda x: model.net(x)  # type: ignore[method-assign]
    model.compile("sgd", "sparse_categorical_crossentropy", lr=0.01)
    model.initialize()
    model.net.weight.set_data(10 * np.eye(3, dtype=np.float32))
    labels = np.random.default_rng(0).integers(0, 3, 60)
    run = to_the_end(Run("run", model, Loaders((np.eye(3, dtype=np.float32)[labels], labels)), max_epochs=2))
    assert not run.problem and {share for _, share in run.accuracies} == {1.0}


@pytest.mark.parametrize("optimizer", [optim.Adam, lambda params: optim.SGD(params, lr=0.3, momentum=0.9)])
def test_a_loss_and_an_optimizer_of_ones_own(optimizer: Any) -> None:
    net = nn.Dense(1, in_units=2)
    net.initialize()
    x = nd.random.normal(shape=(64, 2))
    run = Run("run", net, Loaders((x, x.sum(axis=1, keepdims=True))), loss.L2Loss(), optimizer, max_epochs=20)
    to_the_end(run)
    assert run.losses[-1] < run.losses[0] and not run.accuracies and not run.problem


def test_hooks_are_there_for_a_step_only_and_the_learners_numbers_go_on() -> None:
    net = block()
    run = Run("run", net, Loaders(few_digits()))
    before = nd.random.generator().get_state()
    for _ in range(5):
        run.advance()
    assert torch.equal(nd.random.generator().get_state(), before)
    assert not net._forward_hooks and all(not p.data().hooks for p in net.collect_params().values())


class Third(nn.Block):
    """A model whose third call does something else."""

    def __init__(self, third: Callable[[], Any]) -> None:
        super().__init__()
        self.net, self.calls, self.third = block(), 0, third

    def forward(self, x: Any) -> Any:
        self.calls += 1
        if self.calls == 3:
            self.third()
        return self.net(x)


def raise_a_key_error() -> None:
    raise KeyError("third call")


def test_what_goes_wrong_becomes_a_sentence() -> None:
    run = to_the_end(Run("mine", Third(raise_a_key_error), Loaders(few_digits())))
    assert run.steps == 2 and run.problem == "stopped at step 3: KeyError: 'third call'"
    assert "third call" in run.words() and run.over
    ends = to_the_end(Run("ends", Third(lambda: sys.exit("enough")), Loaders(few_digits())))
    assert ends.steps == 2 and ends.problem == "stopped at step 3: SystemExit: enough"
    wild = to_the_end(Run("wild", block(), Loaders(few_digits()), lr=1e20))
    assert "the loss is" in wild.problem and "learning rate" in wild.problem


def test_charts_hold_the_runs_numbers() -> None:
    run = to_the_end(Run("run", block(), Loaders(few_digits()), max_epochs=2))
    assert [s.label for s in loss_chart([run]).series] == ["training", "validation"]
    assert list(loss_chart([run]).series[0].y) == run.losses
    assert loss_chart([run]).series[1].x == (3, 6)
    assert [s.label for s in norm_chart(run).series] == ["1", "2"] and norm_chart(run).log
    assert accuracy_chart([run, run]).series[1].label == "run: validation"
    assert smoothed([1, 2, 3, 4], over=2) == [1, 1.5, 2.5, 3.5]


def test_of_many_layers_some_are_drawn_and_it_is_said() -> None:
    net = nn.Sequential(*(nn.Dense(4, in_units=4) for _ in range(20)))
    net.initialize()
    run = Run("run", net, Loaders((nd.ones((4, 4)), nd.zeros((4,)).astype("int64"))))
    run.advance()
    chart = norm_chart(run)
    assert [s.label for s in chart.series] == ["0", "4", "8", "11", "15", "19"] and "6 of 20 layers" in chart.note


@pytest.mark.parametrize("wrong", [3, nd.ones((3, 2)), iter([1]), None])
def test_what_is_no_data_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match="DataModule"):
        Loaders(wrong)


# -- the playground's networks and data ---------------------------------------------------------------------------------


def test_tied_hidden_layers_are_one_parameter() -> None:
    apart, tied = (Settings(depth=4, tying=tying).network(2, 2) for tying in ("each its own", "tied"))
    assert len(apart.collect_params()) == 10 and len(tied.collect_params()) == 6
    assert tied[1].weight is tied[2].weight is tied[3].weight and tied[0].weight is not tied[1].weight


def test_equal_settings_make_equal_runs() -> None:
    task = task_of("exclusive or")
    runs = [task.run(label, Settings()) for label in "AB"]
    for run in runs:
        for _ in range(20):
            run.advance()
    assert runs[0].losses == runs[1].losses


def test_settings_stay_within_their_ranges() -> None:
    settings = Settings().accept({"width": 1000, "depth": -3, "rate": "10", "other": 1})
    assert (settings.width, settings.depth, settings.lr) == (64, 0, 10.0)
    with pytest.raises(ValueError, match="activation is one of"):
        Settings().accept({"activation": "magic"})
    assert {control.key for control in CONTROLS} == set(vars(Settings()))
    assert Settings().rate in RATES


@pytest.mark.parametrize("name", PLANES)
def test_each_plane_can_be_learned(name: str) -> None:
    run = task_of(name).run("A", Settings())
    for _ in range(1500):
        run.advance()
    assert run.validations[-1][1]["val_acc"] > 0.9


def test_a_map_says_what_the_network_says() -> None:
    net = nn.Dense(2, in_units=2)
    net.initialize()
    net.weight.set_data(nd.array([[0.0, 0.0], [0.0, 10.0]]))  # class 1 above, class 0 below
    shown = plane(net)
    assert (shown.cells[0] > 0.9).all() and (shown.cells[-1] < -0.9).all() and shown.limit == 1


def test_own_data_are_taken_and_checked() -> None:
    x, y = np.random.default_rng(0).normal(size=(50, 3, 2)), np.arange(50) % 3
    task = own_task((x, y))
    assert task.x.shape == (40, 6) and task.validation is not None and len(task.validation[1]) == 10
    assert task.classes == 3 and not task.is_plane
    for wrong in ((x, y[:-1]), (x, y + 0.5), (x, -y)):
        with pytest.raises(ValueError, match="a class 0, 1, 2"):
            own_task(wrong)
    with pytest.raises(TypeError, match="own data are"):
        own_task(3)


# -- live, with a mock front end -------------------------------------------------------------------------------------------


def tell(explorer: TrainingBoard, **command: object) -> None:
    explorer._handle_custom_msg({**command, "ticket": ["view", 1]}, [])


def test_step_train_pause_and_resume() -> None:
    board = TrainingBoard([Run("run", block(), Loaders(few_digits()), max_epochs=1000)], "title")

    async def learner() -> None:
        tell(board, do="step")
        assert board.runs[0].steps == 1 and not board.running and "loss" in board.picture
        tell(board, do="train")
        assert board.running
        while board.runs[0].steps < 10:
            await asyncio.sleep(0)
        tell(board, do="pause")
        paused = board.runs[0].steps
        for _ in range(5):
            await asyncio.sleep(0.01)
        assert board.runs[0].steps == paused and board._training is None and "Paused" in board.status
        tell(board, do="train")
        while board.runs[0].steps == paused:
            await asyncio.sleep(0)
        board.close()

    asyncio.run(learner())
    assert not board.running


def test_training_ends_by_itself_and_nobody_looking_ends_it() -> None:
    board = TrainingBoard([Run("run", block(), Loaders(few_digits()), max_epochs=2)], "title")
    other = TrainingBoard([Run("run", block(), Loaders(few_digits()), max_epochs=10**6)], "title")

    async def learner() -> None:
        tell(board, do="train")
        while board.running:
            await asyncio.sleep(0)
        other._view_count = 1
        tell(other, do="train")
        while not other.runs[0].steps:
            await asyncio.sleep(0)
        other._view_count = 0
        while other._training is not None:
            await asyncio.sleep(0)

    asyncio.run(learner())
    assert board.over and board.runs[0].epochs == 2 and "over" in board.status and not other.running


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def test_an_interrupt_pauses_training_and_no_more() -> None:
    """An interrupt in a callback of the kernel's event loop would end the kernel."""
    board = TrainingBoard([Run("run", Third(interrupt), Loaders(few_digits()), max_epochs=1000)], "title")

    async def learner() -> None:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a kernel between two cells
        tell(board, do="train")
        while board.running:
            await asyncio.sleep(0)
        assert board.runs[0].steps == 2 and board.status == "Paused."
        tell(board, do="train")
        while board.runs[0].steps < 5:
            await asyncio.sleep(0)
        board.close()
        assert signal.signal(signal.SIGINT, before) == signal.SIG_IGN

    asyncio.run(learner())


def test_a_command_can_be_interrupted() -> None:
    board = TrainingBoard([Run("run", Third(interrupt), Loaders(few_digits()))], "title")
    with interruptible():
        for _ in range(3):
            tell(board, do="step")
    assert board.runs[0].steps == 2 and board.status == "Interrupted." and board.answered == ["view", 1]
    tell(board, do="step")
    assert board.runs[0].steps == 3 and board.status == "Paused."


def test_a_step_at_a_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    board = TrainingBoard([Run("run", block(), Loaders(few_digits()))], "title")
    tell(board, do="hurry", pace="4 steps a second")
    board._slice()
    assert board.runs[0].steps == 1
    tell(board, do="hurry", pace="headlong")
    assert "none of" in board.status and board.pace in PACES


def test_without_an_event_loop_the_learner_is_told() -> None:
    board = TrainingBoard([Run("run", block(), Loaders(few_digits()))], "title")
    tell(board, do="train")
    assert "notebook" in board.status and not board.running


def test_the_playground_takes_settings() -> None:
    explorer = Playground()
    assert json.dumps(explorer.get_state(["settings", "playground", "data", "paces"]))
    tell(explorer, do="step")
    tell(explorer, do="choose", run="A", rate="0.01")
    assert explorer.runs[0].steps == 1 and explorer.runs[0].optimizer.lr == 0.01  # at once
    tell(explorer, do="choose", run="A", width=3)
    assert explorer.runs[0].steps == 0 and explorer.runs[1].steps == 1
    assert explorer.runs[0].model[0].weight.shape == (3, 2)
    tell(explorer, do="learn", data="digits")
    assert explorer.runs[1].model[0].weight.shape == (16, 64) and "plane" not in explorer.picture
    tell(explorer, do="choose", run="C", width=3)
    assert "no 'C'" in explorer.status
    assert Playground(Task("your own", np.zeros((9, 2), np.float32), np.arange(9) % 2)).data == "your own"


def test_without_a_kernel_nothing_is_trained() -> None:
    net = block()
    before = net[1].weight.data().asnumpy()
    still = training_board({"one": net, "two": MLP()}, few_digits())
    assert isinstance(still, BoardStill) and "no step taken yet" in repr(still)
    assert np.array_equal(net[1].weight.data().asnumpy(), before)
    shown = playground()._repr_mimebundle_()  # type: ignore[union-attr]
    assert "<svg" in shown["text/html"] and "<script" not in shown["text/html"] and "Playground" in shown["text/plain"]
    with pytest.raises(TypeError, match=r"training_board\(Dense\(\)\)"):
        training_board(nn.Dense, few_digits())
