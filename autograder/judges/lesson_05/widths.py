"""Accuracy against width: how accuracy is measured, and what makes runs comparable.

The models of a case follow a script (see the probe), so every accuracy that could come out is known beforehand: after
each epoch, in training mode, on the training data.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import no_evidence, plain
from autograder.judges.lesson_05.evidence import close, number, words

width = Exercise(
    "05-width",
    "Accuracy against width",
    section="How wide?",
    source="S2, exercise 1",
    minutes=25,
    difficulty="medium",
    hints=(
        "Count: right predictions in one number, examples in another, over all batches; divide at the end. The last batch may be a short one.",
        "`model.eval()` before, `model.train(…)` with the old value of `model.training` after. `with autograd.no_grad():` saves the record.",
        "Each turn of the loop is an experiment of its own: seed, model, trainer, measurement, in this order, nothing left over from the turn before.",
        "`nd.random.seed` restarts the numbers that weights and shuffling are drawn from. How often, and before what, must that happen?",
    ),
)

CLASSES = 3
TRAIN, VALIDATION, BATCH, EPOCHS = 12, 10, 4, 3
STEPS = EPOCHS * 3


@width.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_measuring(rng, training=True), _measuring(rng, training=False), _experimenting(rng)]


def _predictions(rng: np.random.Generator, labels: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Predictions that are right where asked, and wrong elsewhere."""
    return np.where(right, labels, (labels + rng.integers(1, CLASSES, len(labels))) % CLASSES)


def _some(rng: np.random.Generator, length: int, right: int) -> np.ndarray:
    return rng.permutation(np.arange(length) < right)


def _validated(rng: np.random.Generator, right: int) -> np.ndarray:
    """Which validation examples are right: all of the first batch, some of the second, none of the short last one."""
    return np.concatenate([np.ones(4, bool), _some(rng, 4, right), np.zeros(2, bool)])


def _common(rng: np.random.Generator) -> Case:
    """What both kinds of case hold; in training mode 8 of 10 validation examples come out right."""
    labels = rng.integers(0, CLASSES, TRAIN + VALIDATION)
    noisy = _predictions(rng, labels, np.concatenate([_some(rng, TRAIN, 4), _some(rng, VALIDATION, 8)]))
    return {"labels": labels, "noisy": noisy, "classes": CLASSES, "train": TRAIN, "batch_size": BATCH}


def _measuring(rng: np.random.Generator, training: bool) -> Case:
    common = _common(rng)
    right = np.concatenate([np.ones(TRAIN, bool), _validated(rng, int(rng.integers(2, 4)))])
    script = _predictions(rng, common["labels"], right)[None]
    return {"part": "accuracy", "training": training, "script": script, **common}


def _experimenting(rng: np.random.Generator) -> Case:
    """Untrained 1 of 10 are right, after one epoch 2, after two (the best) 9, at the end 5, 6 or 7."""
    common, scripts = _common(rng), []
    for last in rng.permutation([1, 2, 3]):
        validated = [*(_some(rng, VALIDATION, n) for n in (1, 2, 9)), _validated(rng, int(last))]
        known = [_some(rng, TRAIN, n) for n in (4, 8, 10, 11)]
        right = [np.concatenate(both) for both in zip(known, validated)]
        scripts.append(np.stack([_predictions(rng, common["labels"], r) for r in right]))
    widths = [int(n) for n in rng.choice([4, 8, 16, 32, 64, 128], 3, replace=False)]
    seeds = [int(n) for n in rng.choice(np.arange(10, 99), 2, replace=False)]
    return {"part": "widths", "script": np.stack(scripts), "widths": widths, "seeds": seeds, "epochs": EPOCHS, **common}


def _hits(case: Case, predictions: np.ndarray) -> np.ndarray:
    """Which validation examples these predictions get right."""
    return predictions[case["train"] :] == case["labels"][case["train"] :]


def _mean_of_batches(hits: np.ndarray) -> float:
    return float(np.mean([hits[:4].mean(), hits[4:8].mean(), hits[8:].mean()]))


# -- accuracy ----------------------------------------------------------------------------------------------------


def _measured(case: Case, seen: Seen) -> tuple[float, str]:
    mode = "training" if case["training"] else "evaluation"
    tried = f"accuracy(model, batches) for a model in {mode} mode and batches of 4, 4 and 2 examples"
    if error := seen.error("measure the accuracy"):
        cause = "`accuracy` stopped. A batch is a pair (X, y); `model(X)` gives a row of scores for each example."
        raise NoEvidence(Mistake("accuracy-stopped", "a number", str(error), cause, tried, error.line))
    value = number(seen["accuracy"])
    if not isinstance(value, float):
        cause = "One number is asked for. Is a `return` missing?"
        raise NoEvidence(Mistake("no-accuracy", "a number", describe(value), cause, tried))
    return value, tried


@width.criterion("accuracy", points=2, says="`accuracy` is the share of right predictions over all examples")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "accuracy":
        return None
    got, tried = _measured(case, seen)
    for predictions in (case["script"][0], case["noisy"]):  # in which mode is the other criterion's question
        if close(got, float(_hits(case, predictions).mean())):
            return None
    hits = _hits(case, case["script"][0])
    expected = f"{hits.mean():.4f}: {int(hits.sum())} of {len(hits)}"
    slips = {
        "mean-of-batches": (
            _mean_of_batches(hits),
            "The accuracies of the batches were averaged as if all batches were equally long. The last one is short, and counts too much.",
        ),
        "counted-not-divided": (hits.sum(), "The right ones were counted and not divided by the number of examples."),
        "last-batch-only": (hits[8:].mean(), "This is the last batch alone."),
        "first-batch-only": (
            hits[:4].mean(),
            "This is the first batch alone: does the `return` stand inside the loop?",
        ),
        "errors-not-hits": (1 - hits.mean(), "This is the share of wrong predictions."),
        "divided-by-batches": (hits.sum() / 3, "Divided by the number of batches, not of examples."),
        "percent": (100 * hits.mean(), "This is in percent."),
    }
    for id, (value, cause) in slips.items():
        if close(got, float(value)):
            return Mistake(id, expected, f"{got:.4f}", cause, tried)
    cause = "The prediction for an example is the class with the greatest score, `scores.argmax(1)`."
    return Mistake("wrong-accuracy", expected, f"{got:.4f}", cause, tried)


@width.criterion("mode", points=2, says="it measures in evaluation mode, and leaves the model's mode as it was")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "accuracy":
        return None
    got, tried = _measured(case, seen)
    right, noisy = (float(_hits(case, p).mean()) for p in (case["script"][0], case["noisy"]))
    modes = plain(seen["modes"])
    if not isinstance(modes, list) or not modes:
        return Mistake("nothing-measured", f"{right:.4f}", f"{got:.4f}", "The model was never called.", tried)
    if any(modes) or close(got, noisy):
        cause = "The model was measured as it behaves in training, where some blocks (dropout, say) behave differently. Call `model.eval()` before."
        expected, observed = f"{right:.4f}, as in use", f"{got:.4f}, as in training"
        return Mistake("measured-in-training-mode", expected, observed, cause, tried)
    if plain(seen["steps"]) != 0:
        cause = "Measuring trains nothing."
        return Mistake("trains-while-measuring", "no step of training", words(seen["steps"]), cause, tried)
    after = seen["mode_after"]
    if after is not case["training"]:
        was = "training" if case["training"] else "evaluation"
        cause = "Keep `model.training` before, and put it back afterwards: whoever trained on would go on in the wrong mode."
        observed = "in training mode" if after is True else "in evaluation mode"
        return Mistake("mode-not-restored", f"the model in {was} mode again", observed, cause, tried)
    return None


# -- accuracy by width -------------------------------------------------------------------------------------------


def _tried(case: Case) -> str:
    return f"accuracy_by_width({case['widths']}, make, data, epochs={case['epochs']}, seed={case['seeds'][0]})"


def _experiment(case: Case, seen: Seen, name: str) -> tuple[list[dict[str, Any]], Any]:
    """The models made in one experiment, and what it returned."""
    if error := seen.error("run the experiment"):
        cause = "The experiment stopped. `make(width)` gives an untrained model, `train.Trainer(epochs).fit(model, data)` trains it."
        raise NoEvidence(Mistake("experiment-stopped", "a dictionary", str(error), cause, _tried(case), error.line))
    value = seen[name]
    made = value.get("made") if isinstance(value, dict) else None
    if not isinstance(made, list) or not all(isinstance(run, dict) for run in made):
        raise no_evidence("models made", value)
    return plain(made), value.get("result")


@width.criterion("fresh", points=2, says="each width gets a new model, trained for all epochs on the training data")
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if case["part"] == "accuracy" else _fresh(case, seen)


def _fresh(case: Case, seen: Seen) -> Mistake | None:
    made, _ = _experiment(case, seen, "first")
    asked = [run.get("width") for run in made]
    if asked != case["widths"]:
        id, cause = "not-one-model-each", "A model of each width is made once: `make(width)`, in the loop."
        if len(asked) == 1:
            id, cause = (
                "one-model-for-all",
                "One model was made and trained again and again. The other widths were never tried.",
            )
        return Mistake(id, f"models of widths {case['widths']}", f"widths {words(asked)}", cause, _tried(case))
    return next(filter(None, (_training(case, run) for run in made)), None)


def _training(case: Case, run: dict[str, Any]) -> Mistake | None:
    """What is wrong with how one model was trained."""
    steps, examples = run.get("steps"), run.get("examples")
    expected, observed = f"{STEPS} steps on training data", f"{words(steps)} steps"
    if steps == 0:
        cause = "This model was never trained. `Trainer.fit` was not called, or was called for another one."
        return Mistake("not-trained", expected, observed, cause, _tried(case))
    if not isinstance(examples, list) or any(not isinstance(i, int) or i >= case["train"] for i in examples):
        cause = "It was trained on validation examples. What has been learned by heart cannot be asked."
        return Mistake("trained-on-validation", expected, f"{observed}, some on others", cause, _tried(case))
    if steps != STEPS:
        cause = f"{EPOCHS} epochs are {STEPS} steps here. Is `epochs` handed to the trainer, and `fit` called once for each model?"
        return Mistake("wrong-epochs", expected, observed, cause, _tried(case))
    return None


@width.criterion("same start", points=2, says="every model starts from the same seed, the one asked for")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] == "accuracy":
        return None
    tried = f"{_tried(case)}; a random number drawn at the moment when each model is made"
    first, again, other = (_starts(case, seen, name, tried) for name in ("first", "again", "other"))
    if len(first) < len(case["widths"]):
        return _fresh(case, seen)
    expected = f"the same number {len(first)} times"
    if first != again:
        cause = "Nothing was seeded before the model was made, so that each experiment comes out differently: `nd.random.seed(seed)`, first of all."
        return Mistake("not-seeded", expected, f"{words(first)}, and {words(again)} when repeated", cause, tried)
    if len(set(first)) > 1:
        cause = "The seed was set once, before the loop. The first model uses numbers up, so that the second starts elsewhere: luck and width are mixed up."
        if not close(first[0], _first_draw(case["seeds"][0])):
            cause = "Each model starts from a seed of its own. What differs then is width and luck together."
            return Mistake("seeds-differ", expected, words(first), cause, tried)
        return Mistake("seeded-once", expected, words(first), cause, tried)
    if first == other:
        cause = "Another seed was asked for, and everything started in the same place: `seed` is not used."
        return Mistake("seed-ignored", "another start for another seed", "the same one", cause, tried)
    return None


def _starts(case: Case, seen: Seen, name: str, tried: str) -> list[float]:
    starts = [run.get("start") for run in _experiment(case, seen, name)[0]]
    if starts and all(isinstance(start, float) for start in starts):
        return starts  # type: ignore[return-value]
    raise NoEvidence(Mistake("no-models", "models made by `make(width)`", "none", "No model was made.", tried))


def _first_draw(seed: int) -> float:
    """The first uniform number after `nd.random.seed(seed)`."""
    return torch.empty(1).uniform_(generator=torch.Generator().manual_seed(seed)).item()


@width.criterion("validated", points=2, says="the result is each width's accuracy on validation data, at the end")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] == "accuracy":
        return None
    _, result = _experiment(case, seen, "first")
    tried, wanted = _tried(case), [float(_hits(case, script[-1]).mean()) for script in case["script"]]
    expected = words(dict(zip(case["widths"], wanted)))
    try:
        found = {key: number(value) for key, value in result}
    except (TypeError, ValueError):
        cause = "A dictionary {width: accuracy} is asked for. Is a `return` missing?"
        return Mistake("no-dictionary", expected, describe(result), cause, tried)
    if set(found) != set(case["widths"]):
        cause = "The keys are the widths, all of them. Does the `return` stand inside the loop?"
        return Mistake("widths-missing", expected, words(found), cause, tried)
    got = [found[w] for w in case["widths"]]
    if all(map(close, got, wanted)):
        return None
    for id, (values, cause) in _other_accuracies(case).items():
        if all(map(close, got, values)):
            return Mistake(id, expected, words(found), cause, tried)
    if len(set(map(str, got))) == 1:
        cause = "All widths have the same accuracy: one and the same model was measured."
        return Mistake("same-for-all", expected, words(found), cause, tried)
    cause = "Measure the model that was trained, after training."
    return Mistake("wrong-accuracies", expected, words(found), cause, tried)


def _other_accuracies(case: Case) -> dict[str, tuple[list[float], str]]:
    """Accuracies of the same models, taken in another way: finding → (values, cause)."""
    scripts, known = case["script"], slice(0, case["train"])
    curves = [[float(_hits(case, stage).mean()) for stage in script] for script in scripts]
    noisy = float(_hits(case, case["noisy"]).mean())
    return {
        "measured-on-training-data": (
            [float((s[-1][known] == case["labels"][known]).mean()) for s in scripts],
            "This is the accuracy on the training data. `data.val_dataloader()` has examples that the model has not seen.",
        ),
        "best-epoch-picked": (
            [max(curve[1:]) for curve in curves],
            "The best epoch was picked. The largest of several noisy numbers is too large; take the one after the last epoch.",
        ),
        "measured-before-training": (
            [curve[0] for curve in curves],
            "The model was measured before it was trained.",
        ),
        "first-epoch": ([curve[1] for curve in curves], "This is the accuracy after the first epoch."),
        "measured-in-training-mode": ([noisy] * len(scripts), "The models were measured in training mode."),
        "mean-of-batches": (
            [_mean_of_batches(_hits(case, s[-1])) for s in scripts],
            "The accuracies of the batches were averaged; the short last batch counts too much.",
        ),
    }
