"""Hands the learner's experiments a `fit` whose results are known beforehand, and writes down every call of it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import init, nd, nn

EXERCISES = ("05-learning-rate", "05-joint-search", "05-activations", "05-initialization-matters")

MEASURES = ("train_loss", "val_loss", "val_acc")
MOST = 5000  # calls that are written down


def history(curves: np.ndarray) -> list[dict[str, float]]:
    """Curves (measures, epochs) as a `Trainer` returns them: one dictionary for each epoch."""
    return [dict(zip(MEASURES, map(float, column))) for column in curves.T]


def pairs(value: Any) -> Any:
    """A dictionary as [key, value] pairs, so that its keys keep their type; anything else as it is."""
    return [[k, v] for k, v in value.items()] if isinstance(value, dict) else value


# -- 05-learning-rate --------------------------------------------------------------------------------------------


@probe("05-learning-rate")
def _(answer: Any, case: Case, see: Observer) -> None:
    runs: list[dict[str, Any]] = []

    def fit(lr: Any, epochs: Any) -> list[dict[str, float]]:
        runs.append({"lr": float(lr), "epochs": int(epochs)})
        return history(case["curves"][case["rates"].index(lr)][:, : int(epochs)])

    with see.attempt("run the experiment"):
        result = answer(list(case["rates"]), list(case["epochs"]), fit, case["guessing"])
        best, too_high = result if isinstance(result, (tuple, list)) and len(result) == 2 else (result, "nothing")
        see["best"], see["too_high"] = pairs(best), too_high
    see["runs"] = runs[:MOST]


# -- 05-joint-search ---------------------------------------------------------------------------------------------


@probe("05-joint-search")
def _(answer: Any, case: Case, see: Observer) -> None:
    space = {"lr": tuple(case["rates"]), **{name: list(case[name]) for name in ("num_hiddens", "layers")}}
    if case["part"] == "draws":
        with see.step("search"):
            see["draws"] = _columns(_search(answer, case, space, case["seed_a"])["runs"])
        return
    with see.step("search"):
        for name in ("a", "b"):
            see[f"search_{name}"] = _search(answer, case, space, case[f"seed_{name}"])
        see["again"] = _search(answer, case, space, case["seed_a"])


def _search(answer: Any, case: Case, space: dict[str, Any], seed: int) -> dict[str, Any]:
    """One search: its runs and its tests in the order in which they came, and what it returned."""
    runs: list[dict[str, Any]] = []
    tests: list[dict[str, Any]] = []

    def fit(**config: Any) -> float:
        nd.random.seed(0)  # as any comparable run does
        runs.append(dict(config))
        found = case["val_acc"]
        return float(found[(len(runs) - 1) % len(found)])

    def test(**config: Any) -> float:
        tests.append({"config": dict(config), "runs_before": len(runs)})
        return float(case["test_acc"]) + 0.01 * (len(tests) - 1)

    given = {name: type(values)(values) for name, values in space.items()}
    result = answer(given, fit, test, case["budget"], seed)
    return {"runs": runs[:MOST], "tests": tests[:100], "result": result}


def _columns(runs: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """The values that each hyperparameter took, run by run."""
    return {name: np.array([float(run[name]) for run in runs]) for name in ("lr", "num_hiddens", "layers")}


# -- 05-activations ----------------------------------------------------------------------------------------------


@probe("05-activations")
def _(answer: Any, case: Case, see: Observer) -> None:
    runs: list[list[Any]] = []
    names, rates, seeds = case["activations"], case["rates"], case["seeds"]

    def fit(activation: Any, lr: Any, seed: Any) -> list[dict[str, float]]:
        runs.append([activation, lr, seed])
        row = seeds.index(seed) if seed in seeds else int(seed) % len(seeds)
        return history(case["curves"][names.index(activation), rates.index(lr), row])

    with see.attempt("run the experiment"), np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        see["result"] = pairs(answer(list(names), list(rates), list(seeds), fit))
    see["runs"] = runs[:MOST]


# -- 05-initialization-matters -----------------------------------------------------------------------------------


class Marked(init.Initializer):
    """Writes given numbers into weights, and uses up as many random numbers as some other initializer might."""

    def __init__(self, weights: list[np.ndarray], uses: int) -> None:
        self.weights, self.uses = {w.shape: w for w in weights}, uses

    def _init_weight(self, name: str, data: nd.Tensor) -> None:
        if self.uses:
            nd.random.uniform(shape=(self.uses,))
        data[:] = self.weights[data.shape]


@probe("05-initialization-matters")
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("run the experiment"):
        for name, seed in (("first", case["seeds"][0]), ("other", case["seeds"][1])):
            nd.random.uniform(shape=(3,))  # the generator is somewhere else before each experiment
            see[name] = _compare(answer, case, seed)


def _compare(answer: Any, case: Case, seed: int) -> dict[str, Any]:
    inputs, hiddens, outputs = case["sizes"]
    starts: list[dict[str, Any]] = []
    made: list[nn.Block] = []

    def make() -> nn.Block:
        net = nn.Sequential(nn.Dense(hiddens, activation="relu", in_units=inputs), nn.Dense(outputs, in_units=hiddens))
        made.append(net)
        return net

    def fit(model: Any) -> list[dict[str, float]]:
        values = [p.data().asnumpy() for p in model.collect_params().values()]
        generator = nd.random.generator()
        before = generator.get_state()
        starts.append({"values": values, "draw": float(nd.random.uniform(shape=(1,)).asnumpy()[0])})
        generator.set_state(before)
        for parameter, value in zip(model.collect_params().values(), values):
            parameter.set_data(value + 0.5)  # trained
        nd.random.uniform(shape=(7,))  # shuffled
        which = next((i for i, w in enumerate(case["weights"]) if np.array_equal(w[0], values[0])), len(starts) - 1)
        return history(case["curves"][which % len(case["curves"])])

    given = {name: Marked(weights, uses) for name, weights, uses in zip(case["names"], case["weights"], case["uses"])}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = answer(case["target"], given, make, fit, seed)
    return {"starts": starts[:100], "made": len(made), "result": pairs(result)}
