"""Does the initializer matter? The same network from several starts, and after how many epochs each is there."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.evidence import no_evidence, plain, same, single
from autograder.judges.lesson_05.evidence import close, number, words

initialization = Exercise(
    "05-initialization-matters",
    "Does the initializer matter?",
    section="From where?",
    source="S2, exercise 9",
    minutes=20,
    difficulty="medium",
    hints=(
        "A model made in the loop is new each time. Outside of it, it is the one that the last run has trained.",
        "`model.initialize(init=…, force_reinit=True)` gives the first values; `fit(model)` then finds them there.",
        "Initializers draw different amounts of random numbers. What is the state of the generator when `fit` begins to shuffle, and how do you make it the same for all?",
        "`enumerate(history, start=1)` counts epochs from 1. Where the loop ends without finding one there is a third answer, None.",
    ),
)

TARGET = 0.5
EPOCHS = 8
# Validation loss epoch by epoch, and the first epoch in which it is at most the target. One run dips and rises again.
RUNS: dict[str, tuple[tuple[float, ...], int | None]] = {
    "quick": ((0.45, 0.40, 0.35, 0.33, 0.30, 0.29, 0.24, 0.28), 1),
    "third": ((1.90, 0.80, 0.45, 0.60, 0.55, 0.44, 0.36, 0.40), 3),
    "never": ((2.30, 2.20, 2.00, 1.50, 1.10, 0.90, 0.80, 0.70), None),
    "fails": ((2.30, 1.50, 0.90, np.nan, np.nan, np.nan, np.nan, np.nan), None),
    "sixth": ((2.20, 1.80, 1.20, 0.90, 0.70, 0.48, 0.42, 0.46), 6),
}


@initialization.cases
def _(rng: np.random.Generator) -> list[Case]:
    sizes, order = [6, 5, 3], [list(RUNS)[i] for i in rng.permutation(len(RUNS))]
    inputs, hiddens, outputs = sizes
    weights = [[single(rng.normal(size=s)) for s in ((hiddens, inputs), (outputs, hiddens))] for _ in order]
    names = ["constant", "normal", "xavier", "he", "orthogonal"]
    seeds = [int(n) for n in rng.choice(np.arange(10, 99), 2, replace=False)]
    curves = np.stack([_curves(rng, name) for name in order])
    return [
        {"names": names, "runs": order, "weights": weights, "uses": [0, 45, 60, 33, 72]}
        | {"sizes": sizes, "curves": curves, "seeds": seeds, "target": TARGET}
    ]


def _curves(rng: np.random.Generator, name: str) -> np.ndarray:
    """(train_loss, val_loss, val_acc): the training loss gets below the target earlier, or at all."""
    loss = np.array(RUNS[name][0]) + rng.uniform(-0.01, 0.01, EPOCHS)
    train = loss - np.where(np.arange(EPOCHS) < 1, 0, 0.45)
    return np.stack([train, loss, np.clip(1 - loss / 3, 0, 1)])


def _tried(case: Case) -> str:
    return f"epochs_to_reach({TARGET}, initializers, make, fit, seed={case['seeds'][0]}), for {len(case['names'])} initializers that write known weights, and a `fit` with known histories"


def _experiment(case: Case, seen: Seen, name: str = "first") -> tuple[list[dict[str, Any]], Any]:
    """How each training started, and what came back."""
    if error := seen.error("run the experiment"):
        cause = "`epochs_to_reach` stopped. `make()` gives a model without values, `model.initialize(init=…)` gives it some, `fit(model)` trains it."
        id = "raised"
        if error.type in ("InitializationError", "DeferredInitializationError"):
            id, cause = (
                "not-initialized",
                "`fit` got a model without values: it was not initialized, or another one was.",
            )
        if error.type == "IndexError" or error.type == "StopIteration":
            id, cause = (
                "never-not-handled",
                "A run that never gets there leaves nothing to take the first of. The answer then is None.",
            )
        raise NoEvidence(Mistake(id, "a dictionary", str(error), cause, _tried(case), error.line))
    value = seen[name]
    starts = value.get("starts") if isinstance(value, dict) else None
    if not isinstance(starts, list) or not all(isinstance(start, dict) for start in starts):
        raise no_evidence("trainings", value)
    if len(starts) != len(case["names"]):
        cause = "`fit` is called once for each initializer."
        raise NoEvidence(
            Mistake("wrong-runs", f"{len(case['names'])} runs", f"{len(starts)} runs", cause, _tried(case))
        )
    return starts, value.get("result")


@initialization.criterion(
    "start", points=3, says="each training starts from what its initializer wrote, untouched by the others"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong_start(case, seen)


def _wrong_start(case: Case, seen: Seen) -> Mistake | None:
    starts, _ = _experiment(case, seen)
    hiddens, outputs = case["sizes"][1:]
    tried = f"{_tried(case)}; the parameters looked at when `fit` is called"
    for i, (name, start) in enumerate(zip(case["names"], starts)):
        values = start.get("values")
        hidden, out = case["weights"][i]
        wanted = [hidden, np.zeros(hiddens), out, np.zeros(outputs)]
        if isinstance(values, list) and len(values) == 4 and all(map(same, values, wanted)):
            continue
        found = values if isinstance(values, list) and len(values) == 4 else [None] * 4
        expected = f"the weights that {name!r} wrote, biases 0"
        if i and any(same(found[0], w[0] + k / 2) for w in case["weights"] for k in range(1, i + 1)):
            cause = "The model had been trained before: it is the one of the last run. Make a new one each time (or insist with `force_reinit=True`)."
            return Mistake("trained-before", expected, "trained weights", cause, tried)
        if same(found[0], wanted[0]) and same(found[2], wanted[2]):
            cause = "Weights as asked, biases not: they were written as well, or left over."
            return Mistake("biases-not-zero", expected, "biases other than 0", cause, tried)
        if same(found[0], wanted[0]) or same(found[2], wanted[2]):
            return Mistake(
                "one-layer-only", expected, "another layer left out", "Only one layer was initialized so.", tried
            )
        if any(same(found[0], w[0]) for w in case["weights"]):
            cause = "These are the weights of another initializer."
            return Mistake("wrong-initializer", expected, "those of another one", cause, tried)
        cause = "The initializer never got to the weights: `model.initialize(init=initializer, force_reinit=True)`, before `fit`."
        return Mistake("initializer-unused", expected, "other weights", cause, tried)
    return None


@initialization.criterion(
    "same data", points=2, says="and every training sees the batches in the same order, the seed's"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    draws = {
        name: [plain(start.get("draw")) for start in _experiment(case, seen, name)[0]] for name in ("first", "other")
    }
    first, other = draws["first"], draws["other"]
    tried = f"{_tried(case)}; the generator's next number looked at when `fit` is called"
    expected = "the same number for all"
    if not first or not all(isinstance(d, float) for d in first):
        raise no_evidence(expected, first)
    if len(set(first)) > 1:
        uses = case["uses"]
        id = "shuffled-differently"
        cause = "The initializers draw different amounts of random numbers, so that shuffling starts elsewhere: two things change at once. Seed (again) after initializing."
        if len(set(uses)) == len(set(first)) and len({str(d) for d in first} & {str(d) for d in other}) == 0:
            cause += " Or was nothing seeded in the loop at all?"
        return Mistake(id, expected, words(first), cause, tried)
    if first == other:
        cause = "Another seed was asked for, and the batches come in the same order: `seed` is not used."
        return Mistake("seed-ignored", "another number for another seed", "the same", cause, tried)
    return None


def _result(case: Case, seen: Seen) -> dict[Any, Any]:
    _, result = _experiment(case, seen)
    try:
        found = {key: number(value) for key, value in result}
    except (TypeError, ValueError):
        found = {}
    if set(found) == set(case["names"]):
        return found
    cause = "A dictionary {name: epoch or None} is asked for, with every name in it. Is a `return` missing, or inside the loop?"
    raise NoEvidence(Mistake("no-dictionary", words(case["names"]), words(result), cause, _tried(case)))


@initialization.criterion(
    "first epoch", points=3, says="counted is the first epoch, from 1, whose validation loss is at most the target"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    found = _result(case, seen)
    if _wrong_start(case, seen) is not None:
        wanted = None  # which history belongs to which name cannot be told then; any right count will do
    else:
        wanted = {n: RUNS[run][1] for n, run in zip(case["names"], case["runs"]) if RUNS[run][1] is not None}
    if wanted is None:
        return _wrong_start(case, seen)
    got = {name: found[name] for name in wanted}
    if all(close(got[name], float(w)) for name, w in wanted.items() if w is not None):
        return None
    curves = {name: case["curves"][case["names"].index(name)] for name in wanted}
    below = {name: np.flatnonzero(c[1] <= TARGET) + 1 for name, c in curves.items()}
    trained = {name: np.flatnonzero(c[0] <= TARGET) + 1 for name, c in curves.items()}
    slips = {
        "counted-from-zero": (
            {n: b[0] - 1 for n, b in below.items()},
            "Python counts from 0; the first epoch is epoch 1.",
        ),
        "training-loss": ({n: t[0] for n, t in trained.items()}, "The training loss decided: `val_loss` is asked for."),
        "last-not-first": (
            {n: b[-1] for n, b in below.items()},
            "This is the last epoch below the target, not the first.",
        ),
        "epochs-below-counted": (
            {n: len(b) for n, b in below.items()},
            "Counted is how many epochs are below the target.",
        ),
        "epochs-above-counted": (
            {n: EPOCHS - len(b) for n, b in below.items()},
            "Counted is how many epochs are above the target.",
        ),
        "lowest-not-first": (
            {n: int(np.argmin(c[1])) + 1 for n, c in curves.items()},
            "This is the epoch with the lowest loss.",
        ),
        "loss-not-epoch": (
            {n: c[1][-1] for n, c in curves.items()},
            "This is a loss. The number of the epoch is asked for.",
        ),
        "one-too-many": ({n: b[0] + 1 for n, b in below.items()}, "One epoch too many."),
    }
    for id, (values, cause) in slips.items():
        if all(close(got[name], float(values[name])) for name in wanted):
            return Mistake(id, words(wanted), words(got), cause, _tried(case))
    cause = f"The first epoch, counted from 1, in which `val_loss` is at most {TARGET}."
    return Mistake("wrong-epoch", words(wanted), words(got), cause, _tried(case))


@initialization.criterion("never", points=2, says="None where it never gets there, or fails on the way")
def _(case: Case, seen: Seen) -> Mistake | None:
    found = _result(case, seen)
    if mistake := _wrong_start(case, seen):
        return mistake
    names = dict(zip(case["runs"], case["names"]))
    if all(found[name] is None for name in case["names"]):
        return Mistake("always-none", "None for two of them", "None for all", "Some runs do get there.", _tried(case))
    if found[names["fails"]] is not None and found[names["never"]] is None:
        cause = "A run that became nan was counted as arrived: nan is not greater than the target either. Ask whether it *is* at most the target."
        return Mistake("nan-arrives", "None where the loss is nan", words(found[names["fails"]]), cause, _tried(case))
    if found[names["never"]] is not None:
        cause = "The loss never came down to the target. A number here would be taken for an epoch: None is the answer that says so."
        return Mistake("never-is-none", "None", words(found[names["never"]]), cause, _tried(case))
    return None
