"""Comparing activations fairly: each at its own best learning rate, over several seeds."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_05.evidence import close, number, words

activations = Exercise(
    "05-activations",
    "Which activation?",
    section="Which activation?",
    source="S2, exercise 8",
    minutes=20,
    difficulty="medium",
    hints=(
        "Three loops, one inside the other: activations, rates, seeds. What is compared is the mean over the seeds.",
        'Inside the loop over activations there is a choice of its own: the rate with the lowest mean of `history[-1]["val_loss"]`.',
        "A rate at which one seed in three fails is no good rate. A mean with a nan in it is nan, and an `np.nanmean` forgets the failure. What does `min` do with nan?",
    ),
)

# What distinguishes the rates of an activation: the losses of three seeds after the last epoch (the mean decides).
ROLES = {
    "right": (0.50, 0.40, 0.30),
    "first seed": (0.15, 0.80, 0.85),
    "lucky": (0.90, 0.90, 0.10),
    "accurate": (0.70, 0.75, 0.80),
    "fitted": (0.75, 0.70, 0.80),
    "early": (0.80, 0.75, 0.85),
    "dip": (0.85, 0.90, 0.80),
    "common": (0.45, 0.46, 0.47),  # the same rate for all activations
}
NAMES = ["relu", "tanh", "sigmoid"]


@activations.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_sound(rng), _failing(rng)]


def _case(rng: np.random.Generator, part: str, rates: int) -> Case:
    values = np.round(np.geomspace(0.01, 2, rates) * rng.uniform(0.85, 1.15, rates), 5)
    seeds = [int(n) for n in rng.choice(np.arange(10, 99), 3, replace=False)]
    return {
        "part": part,
        "activations": [NAMES[i] for i in rng.permutation(3)],
        "rates": [float(v) for v in values],
        "seeds": seeds,
    }


def _curves(rng: np.random.Generator, role: str, losses: tuple[float, ...]) -> np.ndarray:
    """(seeds, measures, epochs): train_loss, val_loss, val_acc over three epochs."""
    last = np.array(losses) + rng.uniform(-0.01, 0.01, 3)
    loss = np.stack([last + 1, last + 0.5, last], axis=1)
    train = loss + 0.2
    spread = np.array([[0.03], [0.06], [-0.06]])  # the second seed is the luckiest, the last one the least lucky
    accuracy = 0.62 + spread + rng.uniform(-0.005, 0.005, (3, 3))
    if role == "early":
        loss[:, 0] = 0.2
    if role == "dip":
        loss[:, 1] = 0.02
    if role == "fitted":
        train[:, -1] = 0.01
    if role == "accurate":
        accuracy[:, -1] += 0.3
    return np.stack([train, loss, accuracy], axis=1)


def _sound(rng: np.random.Generator) -> Case:
    """No run fails; the right rate is another one for each activation."""
    case = _case(rng, "sound", len(ROLES))
    moving = [role for role in ROLES if role != "common"]
    common = int(rng.integers(len(ROLES)))
    order = rng.permutation(len(moving))
    roles = []
    for shift in range(3):
        turned = [moving[order[(i + shift) % len(moving)]] for i in range(len(moving))]
        roles.append([*turned[:common], "common", *turned[common:]])
    curves = np.stack([np.stack([_curves(rng, role, ROLES[role]) for role in row]) for row in roles])
    return {**case, "curves": curves, "roles": roles}


def _failing(rng: np.random.Generator) -> Case:
    """The first rate looks best and fails: for one seed, by nan; for one, by infinity; for all seeds."""
    case = _case(rng, "failing", 4)
    roles = [["fails", *(("right", "lucky", "early")[i] for i in rng.permutation(3))] for _ in NAMES]
    curves = np.zeros((3, 4, 3, 3, 3))
    for a, row in enumerate(roles):
        for r, role in enumerate(row):
            curves[a, r] = _curves(rng, role, ROLES.get(role, (0.05, 0.05, 0.05)))
    curves[0, 0, 2, :2, 1:] = np.nan
    curves[1, 0, 1, :2, 1:] = np.inf
    curves[2, 0, :, :2, 1:] = np.nan
    return {**case, "curves": curves, "roles": roles}


def _tried(case: Case) -> str:
    fails = "; at the first rate some runs end in nan or infinity" if case["part"] == "failing" else ""
    return f"compare_activations({case['activations']}, {len(case['rates'])} rates, seeds={case['seeds']}, fit), with known histories{fails}"


def _found(case: Case, seen: Seen) -> dict[str, tuple[Any, Any]]:
    """activation → (rate, accuracy), where they have this form."""
    if error := seen.error("run the experiment"):
        cause = "`compare_activations` stopped. `fit(activation=…, lr=…, seed=…)` gives a history."
        raise NoEvidence(Mistake("comparison-stopped", "a dictionary", str(error), cause, _tried(case), error.line))
    value = seen["result"]
    try:
        found = {str(name): (number(both[0]), number(both[1])) for name, both in value}
    except (TypeError, ValueError, IndexError, KeyError):
        found = {}
    if set(found) == set(case["activations"]):
        return found
    cause = "A dictionary {activation: (rate, accuracy)} is asked for, with all activations in it. Is a `return` missing, or inside the loop?"
    raise NoEvidence(Mistake("no-comparison", words(case["activations"]), words(value), cause, _tried(case)))


def _chosen(case: Case, found: dict[str, tuple[Any, Any]]) -> list[int | None]:
    """The place of the rate that was chosen for each activation."""
    return [
        next((i for i, rate in enumerate(case["rates"]) if close(found[name][0], rate)), None)
        for name in case["activations"]
    ]


@activations.criterion("runs", points=2, says="every activation is run at every rate with every seed, once")
def _(case: Case, seen: Seen) -> Mistake | None:
    _found(case, seen)
    runs = seen["runs"]
    wanted = sorted(str([a, r, s]) for a in case["activations"] for r in case["rates"] for s in case["seeds"])
    made = [str(run) for run in runs] if isinstance(runs, list) else []
    if sorted(made) == wanted:
        return None
    expected, observed = f"{len(wanted)} different runs", f"{len(made)} runs, {len(set(made))} different"
    if len(set(made)) < len(made):
        cause = "Some runs were made more than once. Keep what a run gave."
        return Mistake("runs-repeated", expected, observed, cause, _tried(case))
    if len({run.split(",")[-1] for run in made}) < len(case["seeds"]):
        cause = "Not all seeds were used: one run tells luck and merit not apart."
        return Mistake("seeds-not-used", expected, observed, cause, _tried(case))
    cause = "Some combinations were never tried. Each activation gets the same chances."
    return Mistake("runs-missing", expected, observed, cause, _tried(case))


@activations.criterion(
    "own rate",
    points=3,
    says="each activation is shown at its own best rate: the lowest mean validation loss at the end",
)
def _(case: Case, seen: Seen) -> Mistake | None:
    found = _found(case, seen)
    if case["part"] != "sound":
        return None
    chosen = _chosen(case, found)
    roles = [None if i is None else row[i] for i, row in zip(chosen, case["roles"])]
    if roles == ["right"] * 3:
        return None
    wanted = {a: case["rates"][row.index("right")] for a, row in zip(case["activations"], case["roles"])}
    slips = {
        "common": (
            "one-rate-for-all",
            "One rate was chosen for all. What suits one activation may starve another: you compared how well they suit that rate.",
        ),
        "first seed": ("one-seed-decides", "The first seed alone decided."),
        "lucky": (
            "luckiest-seed-decides",
            "The luckiest seed decided: the lowest single loss. The mean over the seeds is asked for.",
        ),
        "accurate": (
            "chosen-by-accuracy",
            "The accuracy decided. The lowest `val_loss` was asked for, which also counts how sure the network is.",
        ),
        "fitted": (
            "chosen-by-training-loss",
            "The training loss decided. `val_loss` is on data that the network has not seen.",
        ),
        "early": ("first-epoch-decides", "The first epoch decided. `history[-1]` is the last."),
        "dip": ("best-epoch-decides", "The best epoch decided. What counts is how the run ended."),
    }
    id, cause = (
        "wrong-rate",
        'For each activation: the rate whose mean of `history[-1]["val_loss"]` over the seeds is lowest.',
    )
    if len(set(roles)) == 1 and roles[0] in slips:
        id, cause = slips[roles[0]]  # type: ignore[index]
    elif len({str(i) for i in chosen}) == 1:
        id, cause = slips["common"]
    return Mistake(id, words(wanted), words({a: found[a][0] for a in wanted}), cause, _tried(case))


@activations.criterion("accuracy", points=2, says="with the mean accuracy over the seeds at that rate")
def _(case: Case, seen: Seen) -> Mistake | None:
    found = _found(case, seen)
    if case["part"] != "sound":
        return None
    for name, place, curves in zip(case["activations"], _chosen(case, found), case["curves"]):
        if place is None:
            cause = "The rates that come back are among those that were tried."
            return Mistake("no-such-rate", "a rate of the list", words(found[name][0]), cause, _tried(case))
        if mistake := _wrong_value(case, name, found[name][1], curves[place]):
            return mistake
    return None


def _wrong_value(case: Case, name: str, got: Any, runs: np.ndarray) -> Mistake | None:
    """`runs` is (seeds, measures, epochs) at the rate that was chosen."""
    loss, accuracy = runs[:, 1], runs[:, 2]
    if close(got, float(accuracy[:, -1].mean())):
        return None
    slips = {
        "luckiest-seed-shown": (
            accuracy[:, -1].max(),
            "The best of the seeds was shown. That is how luck enters tables.",
        ),
        "one-seed-shown": (accuracy[0, -1], "Only one seed was shown."),
        "one-seed-shown ": (accuracy[-1, -1], "Only one seed was shown: the last."),
        "loss-not-accuracy": (loss[:, -1].mean(), "This is the loss; `val_acc` is the accuracy."),
        "best-epoch-shown": (accuracy.max(axis=1).mean(), "The best epoch of each run was shown."),
        "not-the-mean": (accuracy[:, -1].sum(), "The sum over the seeds was not divided by their number."),
    }
    expected = f"{accuracy[:, -1].mean():.4f} for {name}"
    for id, (value, cause) in slips.items():
        if close(got, float(value)):
            return Mistake(id.strip(), expected, words(got), cause, _tried(case))
    cause = 'The mean of `history[-1]["val_acc"]` over the seeds.'
    return Mistake("wrong-accuracy", expected, words(got), cause, _tried(case))


@activations.criterion("failed", points=2, says="a rate at which a run fails is not chosen, whichever seed it was")
def _(case: Case, seen: Seen) -> Mistake | None:
    found = _found(case, seen)
    if case["part"] != "failing":
        return None
    chosen = _chosen(case, found)
    kinds = ("one seed in three ended in nan", "one seed in three ended in infinity", "every seed ended in nan")
    for name, place, kind, runs in zip(case["activations"], chosen, kinds, case["curves"]):
        if place == 0:
            id = "failure-chosen"
            cause = "nan is not greater than anything, so `min` keeps it where it comes first, and `np.argmin` always picks it. Let a mean that is not finite count as infinite."
            with np.errstate(invalid="ignore"):
                finite = np.isfinite(runs[0, :, 1, -1])
            if finite.any() and close(found[name][1], float(runs[0, finite, 2, -1].mean())) and not finite.all():
                id = "failure-forgotten"
            if finite.any() and name == case["activations"][0] and chosen[2] != 0:
                id = "failure-forgotten"
            if id == "failure-forgotten":
                cause = "The failed run was left out of the mean (as `np.nanmean` does), and what is left looks best of all. A rate that fails one time in three is no good rate."
            return Mistake(id, "another rate", f"rate {words(found[name][0])} for {name}: {kind}", cause, _tried(case))
    if None in chosen:
        cause = "Where one rate fails there are others: the best of them is asked for."
        return Mistake(
            "no-such-rate", "a rate of the list", words([found[a][0] for a in case["activations"]]), cause, _tried(case)
        )
    return None
