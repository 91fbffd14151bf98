"""Hands the learner's experiment models whose predictions follow a script, and writes down what is done with them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import data, nd, nn, train

EXERCISES = ("05-width",)


class Scripted(train.Classifier):
    """A classifier whose prediction for an example depends on the script, on its mode, and on how long it was trained.

    An example is one number, its place in the script. `script` is (stages, examples): the class it predicts after so
    many epochs; `noisy` is what it predicts in training mode.
    """

    def __init__(self, script: np.ndarray, noisy: np.ndarray, classes: int, steps_per_epoch: int) -> None:
        super().__init__()
        self.lr = 0.1
        self.scale = nn.Parameter(nd.ones((1,)))
        self.script, self.noisy, self.classes, self.steps_per_epoch = script, noisy, classes, steps_per_epoch
        self.trained: list[int] = []  # the examples of each training step, one after another
        self.steps = 0
        self.modes: list[bool] = []  # whether each call came in training mode

    def forward(self, X: nd.Tensor) -> nd.Tensor:
        self.modes.append(self.training)
        places = X.asnumpy().astype(int).ravel()
        stage = min(self.steps // self.steps_per_epoch, len(self.script) - 1)
        predicted = self.noisy[places] if self.training else self.script[stage][places]
        return nd.one_hot(nd.array(predicted), self.classes) * self.scale

    def training_step(self, batch: tuple[nd.Tensor, ...]) -> nd.Tensor:
        loss = super().training_step(batch)
        self.trained += batch[0].asnumpy().astype(int).ravel().tolist()
        self.steps += 1
        return loss


class Watched(train.DataModule):
    """Training and validation examples, each known by its number."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def get_dataloader(self, train: bool) -> Any:
        first = self.case["train"]
        places = np.arange(first) if train else np.arange(first, len(self.case["labels"]))
        examples = data.ArrayDataset(places.astype(np.float32)[:, None], self.case["labels"][places])
        return data.DataLoader(examples, self.case["batch_size"], shuffle=train)


@probe("05-width")
def _(answer: Any, case: Case, see: Observer) -> None:
    accuracy, by_width = answer
    if case["part"] == "accuracy":
        model = Scripted(case["script"], case["noisy"], case["classes"], 1)
        model.train(case["training"])
        with see.attempt("measure the accuracy"):
            see["accuracy"] = accuracy(model, Watched(case).val_dataloader())
        see["modes"], see["mode_after"], see["steps"] = model.modes[:100], model.training, model.steps
        return
    with see.step("run the experiment"):
        for name, seed in (("first", case["seeds"][0]), ("again", case["seeds"][0]), ("other", case["seeds"][1])):
            nd.random.uniform(shape=(3,))  # the generator is somewhere else before each experiment
            see[name] = _experiment(by_width, case, seed)


def _experiment(by_width: Any, case: Case, seed: int) -> dict[str, Any]:
    made: list[tuple[Any, float, Scripted]] = []

    def make(width: Any) -> Scripted:
        start = float(nd.random.uniform(shape=(1,)).asnumpy()[0])  # a real network would draw its weights now
        script = case["script"][case["widths"].index(width)]
        model = Scripted(script, case["noisy"], case["classes"], -(-case["train"] // case["batch_size"]))
        made.append((width, start, model))
        return model

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = by_width(list(case["widths"]), make, Watched(case), case["epochs"], seed)
    runs = [{"width": w, "start": start, "steps": m.steps, "examples": m.trained[:500]} for w, start, m in made[:100]]
    return {"made": runs, "result": [[k, v] for k, v in result.items()] if isinstance(result, dict) else result}
