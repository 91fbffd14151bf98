"""A stack of any depth, and what one more layer adds: paired runs, their mean, and how sure it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.evidence import plain
from autograder.judges.lesson_05 import network
from autograder.judges.lesson_05.evidence import all_close, log_of, words

deeper = Exercise(
    "05-one-more-layer",
    "One more layer",
    section="One layer more",
    source="S2, exercise 2",
    minutes=25,
    difficulty="medium",
    hints=(
        "Start with `nn.Sequential(nn.Flatten())` and `add` in a loop: a dense layer and a relu for each width, and after the loop the output layer.",
        "`[*hidden, hidden[-1]]` is a new list with one more layer. `hidden.append(…)` changes the list of whoever called you, and that for every seed again.",
        "For each seed run both networks *with that seed* and take the difference. What both runs share (the data, the luck of the seed) falls out of it.",
        "The standard error of a mean is the deviation of the single differences, with n - 1 in its denominator, divided by √n: `np.std(d, ddof=1) / len(d) ** 0.5`.",
    ),
)


@deeper.cases
def _(rng: np.random.Generator) -> list[Case]:
    stacks = [_stack(rng, hidden) for hidden in ([7, 4, 6], [5, 5, 5], [6], [])]
    return stacks + [_runs(rng, [6], 4), _runs(rng, [8, 3], 6)]


def _stack(rng: np.random.Generator, hidden: list[int]) -> Case:
    return {
        "part": "stack",
        "hidden": hidden,
        "layers": network.layers(rng, 8, *hidden, 3),
        "x": network.images(rng, 5, 2, 4),
        "y": network.labels(rng, 5, 3),
        "lr": float(rng.uniform(0.2, 0.6)),
    }


def _runs(rng: np.random.Generator, hidden: list[int], seeds: int) -> Case:
    """Accuracies that differ much from seed to seed and little within a seed: three epochs, the second one the best.

    The last row is for every seed that was not asked for, so that no set of wrong seeds averages to the right mean.
    """
    luck = rng.permutation(np.linspace(0.55, 0.75, seeds)) + rng.uniform(-0.01, 0.01, seeds)
    luck = np.append(luck, rng.uniform(0.45, 0.5))
    gain = rng.permutation(np.linspace(0.02, 0.06, seeds)) + rng.uniform(-0.002, 0.002, seeds)
    gain = np.append(gain, rng.uniform(0.07, 0.08))
    last = np.stack([luck, luck + gain], axis=1)  # a row for each seed: shallow, deep
    peak = last + rng.uniform(0.05, 0.15, last.shape)
    curves = np.stack([last - rng.uniform(0.1, 0.3, last.shape), peak, last], axis=2)
    numbers = rng.choice(np.arange(10, 99), seeds, replace=False)
    return {"part": "runs", "hidden": hidden, "seeds": [int(n) for n in numbers], "val_acc": curves}


# -- the stack ---------------------------------------------------------------------------------------------------


def _model(case: Case) -> str:
    return f"DeepMLP(num_outputs=3, hidden={case['hidden']}, lr=…), called on X of shape {case['x'].shape}"


def _layers(case: Case, seen: Seen) -> None:
    """No evidence unless the model has the right layers."""
    tried, widths = _model(case), [*case["hidden"], 3]
    for step in ("build the model", "call it"):
        if error := seen.error(step):
            cause = "The model cannot be built, or its layers don't fit each other."
            id = "cannot-be-called"
            if plain(seen.values.get("shapes")) == []:
                id, cause = "not-registered", "No parameters: layers in a Python list are not part of the model."
            raise NoEvidence(Mistake(id, "a model that computes", str(error), cause, tried, error.line))
    wanted = [s for a, b in zip([8, *widths], widths) for s in ([b, a], [b])]
    got = plain(seen["shapes"])
    if not isinstance(got, list) or sorted(map(str, got)) != sorted(map(str, wanted)):
        raise NoEvidence(_other_layers(case, got, wanted, tried))


def _other_layers(case: Case, got: Any, wanted: list[list[int]], tried: str) -> Mistake:
    hidden, expected = case["hidden"], f"{len(wanted)} parameters of shapes {wanted}"
    shapes = got if isinstance(got, list) else []
    id, cause = "wrong-layers", "A hidden layer for each width in the list, and an output layer of `num_outputs` units."
    reverse = [*hidden[::-1], 3]
    if shapes == []:
        id, cause = "not-registered", "No parameters: layers in a Python list are not part of the model."
    elif sorted(map(str, shapes)) == sorted(str(s) for a, b in zip([8, *reverse], reverse) for s in ([b, a], [b])):
        id, cause = "order-reversed", "The widths come in the opposite order."
    elif len(shapes) < len(wanted):
        id, cause = (
            "layers-missing",
            "There are fewer layers than asked for. Is one and the same layer used several times, or one left out?",
        )
    elif len(shapes) > len(wanted):
        id, cause = (
            "layers-too-many",
            "There are more layers than asked for. An empty list means no hidden layer at all.",
        )
    return Mistake(id, expected, f"{len(shapes)} parameters of shapes {got}", cause, tried)


@deeper.criterion("layers", points=2, says="a layer of its own for each width in the list, none for an empty one")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] == "stack":
        _layers(case, seen)
    return None


@deeper.criterion("computes", points=2, says="relu after every hidden layer, nothing after the last; and it trains")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "stack":
        return None
    _layers(case, seen)
    tried = f"{_model(case)}, with known parameters"
    if mistake := network.output_mistake(seen.array("output"), case["x"], case["layers"], tried, _partly(case)):
        return mistake
    expected = f"every parameter moved by lr = {case['lr']:.3f} times its gradient"
    if error := seen.error("train it for a step"):
        return Mistake("cannot-be-trained", expected, str(error), "`lr` is kept by `save_hyperparameters`.", tried)
    wanted = network.after_step(case["x"], case["y"], case["layers"], case["lr"])
    found = seen["trained"]
    if isinstance(found, list) and all(any(network.moved_to(f, w.T) for f in found) for w in wanted):
        return None
    return Mistake("wrong-step", expected, "other values", "One step of training leads elsewhere.", tried)


def _partly(case: Case) -> list[network.Slip]:
    """Scores of stacks in which relu comes only once: (finding, output, cause)."""
    last = len(case["hidden"]) - 1
    if last < 1:
        return []
    cause = "relu follows the {} hidden layer only. Between two layers without it nothing is gained by depth."
    found: list[network.Slip] = []
    for place, word in ((0, "first"), (last, "last")):
        relu_here = iter(place == i for i in range(last + 1))
        scores = network.output(case["x"], case["layers"], lambda h, here=relu_here: h.relu() if next(here) else h)  # type: ignore[misc]
        found.append(("one-relu-only", scores, cause.format(word)))
    return found


# -- the comparison ----------------------------------------------------------------------------------------------


def _tried(case: Case) -> str:
    return (
        f"one_more(fit, hidden={case['hidden']}, seeds={case['seeds']}), for a `fit` that looks results up in a table"
    )


def _runs_of(case: Case, seen: Seen) -> list[tuple[list[int], int]]:
    """The (hidden, seed) of each run, as asked for at that moment."""
    if error := seen.error("compare"):
        cause = "`one_more` stopped. `fit(hidden=…, seed=…)` gives a history: a list of one dictionary for each epoch."
        id = "raised"
        if "no results for" in error.message:
            id, cause = _unknown_network(case, error.message)
        raise NoEvidence(Mistake(id, "two numbers", str(error), cause, _tried(case), error.line))
    return [(entry.get("hidden"), entry.get("seed")) for entry in log_of(seen, "runs")]  # type: ignore[misc]


def _unknown_network(case: Case, message: str) -> tuple[str, str]:
    """A network that is neither the one given nor the one with a layer more."""
    longest = f"{[*case['hidden'], case['hidden'][-1], case['hidden'][-1]]}"
    if longest in message:
        return (
            "hidden-grows",
            "The list itself was changed (`append`), so that it grows with each seed. Make a new list instead.",
        )
    return "not-one-more-layer", "The deeper network has the same hidden layers and one more, as wide as the last."


@deeper.criterion("pairs", points=2, says="for every seed both networks are trained with that seed, once")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "runs":
        return None
    runs, hidden = _runs_of(case, seen), case["hidden"]
    deep = [*hidden, hidden[-1]]
    wanted = [(h, s) for s in case["seeds"] for h in (hidden, deep)]
    if sorted(map(str, runs)) == sorted(map(str, wanted)):
        if plain(seen["hidden_after"]) != hidden:
            cause = "The caller's list is longer now. `[*hidden, …]` makes a new one."
            return Mistake(
                "hidden-grows", f"hidden = {hidden} as before", words(seen["hidden_after"]), cause, _tried(case)
            )
        return None
    shallow_seeds, deep_seeds = ({str(s) for h, s in runs if h == which} for which in (hidden, deep))
    expected = f"{len(wanted)} runs: {hidden} and {deep} with each of the seeds"
    observed = f"{len(runs)} runs: {hidden} with seeds {sorted(shallow_seeds)}, {deep} with {sorted(deep_seeds)}"
    if shallow_seeds != deep_seeds:
        cause = "The two networks were trained with different seeds, so that luck enters the difference."
        return Mistake("seeds-not-paired", expected, observed, cause, _tried(case))
    if len(runs) > len(wanted):
        cause = "Some runs were made twice. Training is what costs; keep the result."
        return Mistake("runs-repeated", expected, observed, cause, _tried(case))
    cause = "Not every seed was used. One run shows what happened once."
    return Mistake("seeds-not-used", expected, observed, cause, _tried(case))


def _gains(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Deep minus shallow, for the seeds that are asked for: [seeds, epochs], and [seeds] of each run's best epoch."""
    curves = case["val_acc"][:-1]
    return curves[:, 1] - curves[:, 0], curves[:, 1].max(axis=1) - curves[:, 0].max(axis=1)


def _answer(case: Case, seen: Seen) -> list[Any]:
    _runs_of(case, seen)
    result = seen["result"]
    if isinstance(result, list) and len(result) == 2:
        return result
    cause = "Two numbers are asked for, (mean, standard error). Is a `return` missing?"
    raise NoEvidence(Mistake("not-two-numbers", "two numbers", words(result), cause, _tried(case)))


@deeper.criterion("mean", points=2, says="the mean of the differences in validation accuracy after the last epoch")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "runs":
        return None
    got, (gains, of_the_best) = _answer(case, seen)[0], _gains(case)
    d = gains[:, -1]
    if all_close([got], [d.mean()]):
        return None
    slips = {
        "sign-reversed": (-d.mean(), "Without minus with: a gain comes out negative."),
        "first-epoch": (gains[:, 0].mean(), "This is the first epoch; `history[-1]` is the last."),
        "best-epoch-picked": (
            of_the_best.mean(),
            "The best epoch of each run was picked. The largest of several noisy numbers is too large, and by an unknown amount.",
        ),
        "not-the-mean": (d.sum(), "The differences were added up and not divided by their number."),
        "one-seed-only": (d[0], "Only the first seed's difference came out."),
        "one-seed-only ": (d[-1], "Only the last seed's difference came out."),
        "loss-not-accuracy": ((-2 * gains[:, -1]).mean(), "This is the loss. The accuracy is `val_acc`."),
        "loss-not-accuracy ": (
            (-4 * gains[:, -1]).mean(),
            "This is the training loss. The accuracy on validation data is `val_acc`.",
        ),
    }
    expected = f"{d.mean():.4f}, the mean of {words([float(v) for v in d.round(4)])}"
    for id, (value, cause) in slips.items():
        if all_close([got], [value]):
            return Mistake(id.strip(), expected, words(got), cause, _tried(case))
    cause = "The mean of (accuracy with - accuracy without) over the seeds, each after the last epoch."
    return Mistake("wrong-mean", expected, words(got), cause, _tried(case))


@deeper.criterion("error", points=2, says="the standard error of that mean, from the differences within each seed")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "runs":
        return None
    got, (gains, of_the_best) = _answer(case, seen)[1], _gains(case)
    d, last = gains[:, -1], case["val_acc"][:-1, :, -1]
    n = len(d)
    wanted = d.std(ddof=1) / n**0.5
    errors = [v.std(ddof=1) / n**0.5 for v in (d, gains[:, 0], of_the_best, 2 * d, 4 * d)]
    if any(all_close([got], [error]) for error in errors):
        return None  # of whatever was averaged: which number belongs there is the other criterion's question
    slips = {
        "n-not-n-minus-1": (
            d.std() / n**0.5,
            "`np.std` divides by n unless told `ddof=1`. The mean was taken from these same numbers, which costs one of them.",
        ),
        "deviation-not-error": (
            d.std(ddof=1),
            "This is the deviation of one difference. The mean of n of them is surer by √n.",
        ),
        "deviation-not-error ": (
            d.std(),
            "This is the deviation of one difference. The mean of n of them is surer by √n.",
        ),
        "divided-by-n": (d.std(ddof=1) / n, "Divided by n and not by its root."),
        "pairs-ignored": (
            float(np.sqrt(last.var(axis=0, ddof=1).sum() / n)),
            "The spread of each network over the seeds was taken, as if the runs had nothing to do with each other. The luck of a seed is in both, and falls out of the differences.",
        ),
        "variance-not-deviation": (d.var(ddof=1) / n, "A square root is missing: this is a variance."),
    }
    for id, (value, cause) in slips.items():
        if all_close([got], [value]):
            return Mistake(id.strip(), f"{wanted:.5f}", words(got), cause, _tried(case))
    cause = "The deviation of the differences (with n - 1), divided by √n."
    return Mistake("wrong-error", f"{wanted:.5f}", words(got), cause, _tried(case))
