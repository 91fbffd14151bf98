"""Joint search: random configurations within a budget, chosen by validation, tested once."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import no_evidence, plain
from autograder.judges.lesson_05.evidence import close, number, words
from autograder.judges.statistics import association, distribution_fits, proportion_fits

joint_search = Exercise(
    "05-joint-search",
    "Joint search within a budget",
    section="All at once",
    source="S2, exercise 5",
    minutes=25,
    difficulty="challenging",
    hints=(
        "`rng = np.random.default_rng(seed)` is a generator of your own: nobody restarts it behind your back.",
        "A tuple (low, high) is a range: draw the logarithm evenly, `math.exp(rng.uniform(math.log(low), math.log(high)))`. A list is a choice: `values[rng.integers(len(values))]`.",
        "Make a new dictionary for each run. One that is changed and used again makes all your notes say the same.",
        "The test data answer one question, once: how good is the winner? If they take part in choosing it, they are validation data.",
    ),
)

RATES, HIDDENS, LAYERS = [0.003, 1.0], [16, 32, 64, 128], [1, 2, 3]
NAMES = ("lr", "num_hiddens", "layers")
MANY = 3000  # draws: a uniform rate for a log-uniform one, or a choice twice as likely as others, is told for certain


@joint_search.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_small(rng, 9, best=4), _small(rng, 6, best=3), _draws(rng)]


def _space(rng: np.random.Generator) -> Case:
    scale = float(rng.uniform(0.8, 1.2))
    return {"rates": [RATES[0] * scale, RATES[1] * scale], "num_hiddens": HIDDENS, "layers": LAYERS}


def _small(rng: np.random.Generator, budget: int, best: int) -> Case:
    """Accuracies of the runs in their order: the first is nan, and the best is known."""
    accuracies = rng.uniform(0.5, 0.8, budget)
    accuracies[0], accuracies[best] = np.nan, rng.uniform(0.85, 0.95)
    a, b = (int(n) for n in rng.choice(np.arange(10, 10_000), 2, replace=False))
    shared = {"budget": budget, "val_acc": accuracies, "test_acc": float(rng.uniform(0.7, 0.8)), "best": best}
    return {"part": "search", "seed_a": a, "seed_b": b, **shared, **_space(rng)}


def _draws(rng: np.random.Generator) -> Case:
    shared = {"budget": MANY, "val_acc": rng.uniform(0.5, 0.8, 7), "test_acc": 0.7}
    return {"part": "draws", "seed_a": int(rng.integers(1 << 31)), **shared, **_space(rng)}


def _tried(case: Case) -> str:
    low, high = case["rates"]
    space = f"lr: ({low:.4f}, {high:.3f}), num_hiddens: {HIDDENS}, layers: {LAYERS}"
    return f"random_search({{{space}}}, fit, test, budget={case['budget']}, seed={case['seed_a']})"


def _searched(case: Case, seen: Seen, name: str = "search_a") -> dict[str, Any]:
    """One search: its runs, its tests, its result."""
    if error := seen.error("search"):
        cause = "`random_search` stopped. `fit` and `test` take the hyperparameters by name: `fit(**config)`."
        raise NoEvidence(Mistake("search-stopped", "a search", str(error), cause, _tried(case), error.line))
    value = seen[name]
    if not isinstance(value, dict) or not all(isinstance(value.get(key), list) for key in ("runs", "tests")):
        raise no_evidence("a search", value)
    return value


@joint_search.criterion(
    "budget", points=2, says="`fit` is called `budget` times, with every hyperparameter from its place in the space"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "search":
        return None
    runs, budget = _searched(case, seen)["runs"], case["budget"]
    if len(runs) != budget:
        cause = (
            "A budget is spent, and not exceeded: so many runs, no more and no fewer. The winner is not trained again."
        )
        id = "over-budget" if len(runs) > budget else "budget-left"
        return Mistake(id, f"{budget} runs", f"{len(runs)} runs", cause, _tried(case))
    return next(filter(None, (_outside(case, run) for run in runs)), None)


def _outside(case: Case, run: Any) -> Mistake | None:
    """What is wrong with a single configuration."""
    if not isinstance(run, dict) or set(run) != set(NAMES):
        cause = "Each run gets a value for each hyperparameter: `fit(lr=…, num_hiddens=…, layers=…)`."
        return Mistake("hyperparameters-missing", ", ".join(NAMES), words(run), cause, _tried(case))
    low, high = case["rates"]
    lr = number(run["lr"])
    if not isinstance(lr, float) or not 0.999 * low <= lr <= 1.001 * high:
        cause = "This lies outside of the range. To draw on a logarithmic scale, take the logarithms of *both* ends, and the exponential of the draw."
        return Mistake("outside-space", f"lr from {low:.4f} to {high:.3f}", words(run["lr"]), cause, _tried(case))
    for name in NAMES[1:]:
        if plain(number(run[name])) not in case[name]:
            cause = "A list holds the only values there are."
            return Mistake("outside-space", f"{name} out of {case[name]}", words(run[name]), cause, _tried(case))
    return None


@joint_search.criterion(
    "draws",
    points=2,
    says="all are drawn anew for each run: rates evenly on a logarithmic scale, choices evenly, independently",
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "draws":
        return None
    if seen.error("search"):
        _searched(case, seen)
    draws = seen["draws"]
    found = [draws.get(name) if isinstance(draws, dict) else None for name in NAMES]
    columns = [c for c in found if isinstance(c, np.ndarray) and c.dtype.kind == "f" and c.ndim == 1]
    if len(columns) < len(NAMES) or len(set(map(len, columns))) > 1 or len(columns[0]) < 0.9 * MANY:
        cause = f"With a budget of {MANY}, as many runs are made, each with all hyperparameters."
        return Mistake("too-few-runs", f"{MANY} runs", describe(found[0]), cause, _tried(case))
    lr, hiddens, layers = columns
    runs = zip(lr[:200].tolist(), hiddens.tolist(), layers.tolist())
    if mistake := next(filter(None, (_outside(case, dict(zip(NAMES, run))) for run in runs)), None):
        return mistake
    return _uneven(case, lr, hiddens, layers)


def _uneven(case: Case, lr: np.ndarray, hiddens: np.ndarray, layers: np.ndarray) -> Mistake | None:
    low, high = np.log(case["rates"])
    values, counts = np.unique(lr, return_counts=True)
    runs, often = len(lr), int(counts.max())
    expected = "other values in each run"
    if often > 0.9 * runs:
        cause = "All runs are the same. `fit` restarts `nd.random` for its own purposes, so draws from it repeat; or the draw stands before the loop."
        return Mistake(
            "same-again", expected, f"lr = {values[counts.argmax()]:.4g} in {often} of {runs} runs", cause, _tried(case)
        )
    if often > runs / 5:
        cause = "One hyperparameter was changed at a time, the others held. Optima that lie off these lines are never seen: they depend on each other."
        return Mistake(
            "one-at-a-time",
            expected,
            f"lr = {values[counts.argmax()]:.4g} in {often} of {runs} runs",
            cause,
            _tried(case),
        )
    if len(values) < 0.9 * runs:
        cause = "The rates come from a short list, as in a grid. A random search tries another rate each time, which is its advantage."
        return Mistake("few-rates", f"{runs} different rates", f"{len(values)} different rates", cause, _tried(case))
    if not (np.isfinite(lr).all() and lr.min() > 0 and distribution_fits(np.log(lr), stats.uniform(low, high - low))):
        return _wrong_scale(case, lr)
    for name, column in (("num_hiddens", hiddens), ("layers", layers)):
        for choice in case[name]:
            times = int(np.sum(column == choice))
            if not proportion_fits(times, runs, 1 / len(case[name])):
                cause = "Some values are drawn more often than others, or never."
                share = f"{name} = {choice} in {1 / len(case[name]):.1%} of the runs"
                return Mistake("choices-uneven", share, f"in {times / runs:.1%}", cause, _tried(case))
    thirds = np.searchsorted(np.quantile(lr, [1 / 3, 2 / 3]), lr)
    for pair in ((thirds, hiddens), (thirds, layers), (hiddens, layers)):
        if association(*pair):
            cause = "Two hyperparameters go together: one random number decides both. Each needs a draw of its own."
            return Mistake(
                "varied-together", "independent draws", "values that depend on each other", cause, _tried(case)
            )
    return None


def _wrong_scale(case: Case, lr: np.ndarray) -> Mistake:
    low, high = case["rates"]
    expected = f"half of the rates below {np.sqrt(low * high):.3f}, the geometric middle"
    observed = f"{np.mean(lr < np.sqrt(low * high)):.1%} of them"
    if distribution_fits(lr, stats.uniform(low, high - low)):
        cause = "The rates are even on the ordinary scale: nine tenths of them are above a tenth of the range, and the small ones are hardly ever tried. Draw the logarithm."
        return Mistake("uniform-not-log", expected, observed, cause, _tried(case))
    return Mistake("wrong-scale", expected, observed, "The logarithms of the rates are not even.", _tried(case))


def _result(case: Case, seen: Seen) -> tuple[dict[str, Any], Any]:
    value = _searched(case, seen).get("result")
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], dict):
        return value[0], value[1]
    cause = "A pair is asked for: the best configuration (a dictionary), and its test accuracy. Is a `return` missing?"
    raise NoEvidence(Mistake("no-result", "(configuration, test accuracy)", words(value), cause, _tried(case)))


def _alike(a: Any, b: Any) -> bool:
    return (
        isinstance(a, dict)
        and isinstance(b, dict)
        and set(a) == set(b)
        and all(close(number(a[k]), number(b[k])) for k in a)
    )


@joint_search.criterion(
    "best", points=3, says="the winner has the highest validation accuracy; a run that failed never wins"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "search":
        return None
    runs, (config, _) = _searched(case, seen)["runs"], _result(case, seen)
    places = [i for i, run in enumerate(runs[: case["budget"]]) if _alike(run, config)]
    if case["best"] in places:
        return None if len(places) < case["budget"] - 1 else _searched_nothing(case, places)
    accuracies = case["val_acc"]
    expected = f"run {case['best']} of 0 to {case['budget'] - 1}, accuracy {accuracies[case['best']]:.3f}"
    if not places:
        cause = "The configuration that came back was never tried."
        return Mistake("never-tried", expected, words(config), cause, _tried(case))
    place = places[0]
    observed = f"run {place}, accuracy {accuracies[place]:.3f}"
    if np.isnan(accuracies[place]):
        cause = "The winner is a run whose accuracy is nan. Nothing is greater than nan, so `max` keeps it where it comes first: leave such runs out."
        return Mistake("nan-wins", expected, observed, cause, _tried(case))
    if place == int(np.nanargmin(accuracies)):
        return Mistake("worst-not-best", expected, observed, "The lowest accuracy was chosen.", _tried(case))
    if place == case["budget"] - 1:
        cause = "This is the last run. Is the dictionary with the best values the same object as the one that is changed for the next run?"
        return Mistake("last-not-best", expected, observed, cause, _tried(case))
    cause = "Another run has a higher validation accuracy."
    return Mistake("not-the-best", expected, observed, cause, _tried(case))


def _searched_nothing(case: Case, places: list[int]) -> Mistake:
    cause = "Several runs have the same configuration, so that nothing was searched. `fit` restarts `nd.random`; draw from a generator of your own."
    return Mistake("same-again", "other values in each run", f"the same in {len(places)} runs", cause, _tried(case))


@joint_search.criterion("test once", points=2, says="the test data are asked once, at the end, for the winner")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "search":
        return None
    tests, (config, accuracy) = _searched(case, seen)["tests"], _result(case, seen)
    expected, observed = "one call of `test`, after the last run", f"{len(tests)} calls"
    if not tests:
        cause = "The accuracy that won is a maximum, and so flatters. Only data that took no part in choosing tell how good the winner is: `test(**best)`."
        return Mistake("never-tested", expected, observed, cause, _tried(case))
    if len(tests) > 1:
        cause = "Test data that are asked for many configurations take part in the search. Then nothing is left to test with."
        return Mistake("test-data-searched", expected, observed, cause, _tried(case))
    [test] = tests
    if not isinstance(test, dict) or plain(test.get("runs_before")) != len(_searched(case, seen)["runs"]):
        cause = "The test came before the search was over."
        return Mistake(
            "tested-too-soon",
            expected,
            f"after {test.get('runs_before') if isinstance(test, dict) else '?'} runs",
            cause,
            _tried(case),
        )
    if not _alike(test.get("config"), config):
        cause = "Another configuration was tested than the one that came back."
        return Mistake("another-one-tested", words(config), words(test.get("config")), cause, _tried(case))
    if not close(number(accuracy), case["test_acc"]):
        cause = "The second part of the answer is the winner's accuracy on the test data."
        return Mistake("not-the-test-accuracy", f"{case['test_acc']:.4f}", words(accuracy), cause, _tried(case))
    return None


@joint_search.criterion("seed", points=1, says="the same seed tries the same configurations again, another one others")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "search":
        return None
    a, b, again = (_searched(case, seen, name)["runs"] for name in ("search_a", "search_b", "again"))
    if len(a) != len(again) or not all(map(_alike, a, again)) or not a:
        cause = "A search that cannot be repeated cannot be checked. Make the generator from `seed`."
        return Mistake("not-repeatable", "the same configurations again", "others", cause, _tried(case))
    if len(a) == len(b) and all(map(_alike, a, b)):
        cause = "Another seed tried the very same configurations: `seed` is not used."
        return Mistake(
            "seed-ignored",
            "other configurations",
            "the same ones",
            cause,
            f"{_tried(case)}, then with seed={case['seed_b']}",
        )
    return None
