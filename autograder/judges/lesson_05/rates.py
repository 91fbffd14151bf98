"""Learning rates: the best one for each number of epochs, and the lowest one that is too high."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_05.evidence import close, log_of, number, words

learning_rate = Exercise(
    "05-learning-rate",
    "Learning rates",
    section="How fast?",
    source="S2, exercise 4",
    minutes=20,
    difficulty="medium",
    hints=(
        "One run of 12 epochs has seen what a run of 5 epochs would see: its first five entries. So each rate is trained once.",
        "`history[0]` is the first epoch. After n epochs: `history[n - 1]`.",
        "nan is neither smaller nor greater than anything. `min` keeps it when it comes first; `np.argmin` always picks it. `math.isfinite(loss)` finds it, or put `math.inf` in its place.",
        "A loss that is not below guessing comes in two ways: a rate so low that it has hardly started, and one so high that it has lost its way. Only one of them is too high.",
    ),
)

EPOCHS = [2, 12, 5]  # asked for in this order; a case's curves are given at 1, 2, …, 12
ROLES = ("tiny", "slow", "overfit", "mid", "proud", "fast", "bouncy", "dead", "nan", "deader")  # by rising rate
BEST = {2: "fast", 5: "mid", 12: "slow"}
# Validation loss after 2, 5 and 12 epochs; it goes in a straight line between.
LOSSES = {
    "tiny": (2.9, 2.8, 2.6),
    "slow": (1.9, 1.2, 0.3),
    "overfit": (1.5, 1.0, 0.7),
    "mid": (1.3, 0.5, 0.45),
    "proud": (1.4, 0.9, 0.6),
    "fast": (0.8, 0.75, 0.72),
    "bouncy": (1.6, 1.1, 0.9),
    "dead": (2.5, 2.5, 2.5),
    "nan": (2.7, 2.7, 2.7),
    "deader": (3.5, 3.5, 3.5),
}


@learning_rate.cases
def _(rng: np.random.Generator) -> list[Case]:
    rates = np.round(np.geomspace(0.001, 10, len(ROLES)) * rng.uniform(0.8, 1.2, len(ROLES)), 6)
    order = [ROLES.index("nan"), *(i for i in rng.permutation(len(ROLES)) if ROLES[i] != "nan")]  # nan comes first
    guessing = float(rng.uniform(2.2, 2.3))
    curves = np.stack([_curves(rng, ROLES[i], guessing) for i in order])
    named = {ROLES[i]: float(rates[i]) for i in order}
    return [{"rates": list(named.values()), "roles": named, "epochs": EPOCHS, "guessing": guessing, "curves": curves}]


def _curves(rng: np.random.Generator, role: str, guessing: float) -> np.ndarray:
    """(train_loss, val_loss, val_acc) for each of twelve epochs."""
    epochs = np.arange(1, 13)
    loss = np.interp(epochs, [2, 5, 12], LOSSES[role]) + rng.uniform(-0.02, 0.02, 12)
    train = loss + 0.1
    accuracy = np.clip(1 - loss / 3, 0.1, 0.9)
    if role == "overfit":
        train = np.linspace(0.5, 0.01, 12)
    if role == "proud":
        accuracy = np.linspace(0.93, 0.99, 12)
    if role == "bouncy":
        loss[[0, 3, 7]] = rng.uniform(0.05, 0.1, 3)
    if role in ("tiny", "dead", "deader"):
        train[-1] = guessing + {"tiny": 0.4, "dead": 0.05, "deader": 0.9}[role]
    if role == "nan":
        train[1:] = loss[1:] = np.nan
    return np.stack([train, loss, accuracy])


def _tried(case: Case) -> str:
    return f"learning_rates(rates, epochs={EPOCHS}, fit, guessing={case['guessing']:.3f}) for {len(ROLES)} rates with known histories of {max(EPOCHS)} epochs; one run is nan from its second epoch on"


def _ran(case: Case, seen: Seen) -> None:
    """No evidence where the experiment stopped."""
    if error := seen.error("run the experiment"):
        id, cause = "raised", "`learning_rates` stopped with an error."
        if error.type == "IndexError":
            id = "epoch-miscounted"
            cause = "A history of n epochs has the entries 0 to n - 1. After n epochs means `history[n - 1]`, and each run must be as long as the longest that is asked for."
        raise NoEvidence(Mistake(id, "best rates, and one too high", str(error), cause, _tried(case), error.line))


def _is_run(run: dict[str, Any]) -> bool:
    return isinstance(run.get("lr"), float) and type(run.get("epochs")) is int


@learning_rate.criterion(
    "runs", points=2, says="each rate is trained once, for as many epochs as the longest asked for"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if error := seen.error("run the experiment"):
        if error.type != "IndexError":
            _ran(case, seen)
    runs = log_of(seen, "runs")
    asked = sorted((run["lr"], run["epochs"]) for run in runs if _is_run(run))
    if asked == sorted((rate, max(EPOCHS)) for rate in case["rates"]):
        return None
    expected, observed = f"{len(ROLES)} runs of {max(EPOCHS)} epochs", f"{len(runs)} runs"
    if len(runs) > len(ROLES):
        cause = "A run of 12 epochs contains the runs of 2 and of 5. Training is what costs: train each rate once and read the history."
        return Mistake("trained-again", expected, observed, cause, _tried(case))
    lengths = sorted({str(run.get("epochs")) for run in runs})
    cause = "Every rate is run once, for max(epochs) epochs (the list need not be sorted)."
    return Mistake("wrong-runs", expected, f"{observed} of {', '.join(lengths)} epochs", cause, _tried(case))


def _best(case: Case, seen: Seen) -> dict[Any, Any]:
    """The learner's choice: number of epochs → rate, all of them among the rates."""
    _ran(case, seen)
    try:
        found = {int(n): number(rate) for n, rate in seen["best"]}
    except (TypeError, ValueError, OverflowError):
        found = {}
    if set(found) != set(EPOCHS):
        cause = "A pair is asked for: a dictionary {number of epochs: best rate}, and the rate that is too high. Is a `return` missing?"
        raise NoEvidence(
            Mistake("no-best-rates", f"a rate for each of {EPOCHS}", words(seen["best"]), cause, _tried(case))
        )
    return found


def _roles(case: Case, best: dict[Any, Any]) -> list[str | None]:
    return [next((role for role, rate in case["roles"].items() if close(best[n], rate)), None) for n in EPOCHS]


@learning_rate.criterion(
    "best", points=3, says="for each number of epochs the rate with the lowest validation loss then"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    found, roles = _best(case, seen), case["roles"]
    chosen = _roles(case, found)
    wanted = {n: roles[BEST[n]] for n in EPOCHS}
    if chosen == [BEST[n] for n in EPOCHS]:
        return None
    slips = {
        "slow": (
            "last-epoch-for-all",
            "The end of each run decided for all numbers of epochs. After 2 epochs `history[1]` counts.",
        ),
        "fast": ("first-epochs-for-all", "The first epochs decided for all. What leads early need not lead late."),
        "overfit": (
            "chosen-by-training-loss",
            "The training loss decided. What counts is `val_loss`, on data that was not trained on.",
        ),
        "proud": ("chosen-by-accuracy", "The accuracy decided. The lowest `val_loss` was asked for."),
        "bouncy": (
            "best-so-far",
            "The lowest loss of all epochs up to n decided. A run that once was low and is not any more is no good run of n epochs.",
        ),
        "nan": (
            "nan-chosen",
            "The run that has failed was chosen: nothing is smaller than nan, so `min` keeps it where it comes first. Leave out losses that are not finite.",
        ),
        "deader": ("highest-loss", "The highest loss was chosen."),
    }
    id, cause = "wrong-best", 'For n epochs: the rate whose `history[n - 1]["val_loss"]` is lowest.'
    if len(set(chosen)) == 1 and chosen[0] in slips:
        id, cause = slips[chosen[0]]
    return Mistake(id, words(wanted), words(found), cause, _tried(case))


@learning_rate.criterion("diverged", points=2, says="a run whose loss is nan is never the best")
def _(case: Case, seen: Seen) -> Mistake | None:
    found = _best(case, seen)
    chosen = _roles(case, found)
    if "nan" in chosen:
        cause = "The run that has failed was chosen: nothing is smaller than nan, so `min` keeps it where it comes first. Leave out losses that are not finite."
        expected = words({n: case["roles"][BEST[n]] for n in EPOCHS})
        return Mistake("nan-chosen", expected, words(found), cause, _tried(case))
    if None in chosen:
        cause = "The best rates are among those that were tried."
        return Mistake("no-such-rate", "rates of the list", words(found), cause, _tried(case))
    return None


@learning_rate.criterion(
    "too high", points=3, says="too high is the lowest rate, above the best, that ends no better than guessing"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    _ran(case, seen)
    got, roles = number(seen["too_high"]), case["roles"]
    if close(got, roles["dead"]):
        return None
    slips = {
        "tiny": (
            "too-low-is-not-too-high",
            "This rate is the lowest of all: it has not started to learn yet. Too high are rates above the best one.",
        ),
        "nan": (
            "only-nan-counts",
            "This is the run that became nan. A network can fail in silence, too: here a lower rate ends with a finite loss that is no better than guessing.",
        ),
        "deader": ("not-the-lowest", "This rate is too high, but a lower one is so already."),
    }
    id, cause = (
        "wrong-too-high",
        "Of the rates above the best one for the longest run: the lowest whose training loss after the last epoch is not below `guessing`.",
    )
    for role, slip in slips.items():
        if close(got, roles[role]):
            id, cause = slip
    if got is None or isinstance(got, str):
        id, cause = (
            "nothing-too-high",
            "There are rates that fail. nan < x is False, and so is nan > x: ask whether the loss *is* below, and negate.",
        )
    expected = f"{roles['dead']:.4g}, whose training loss ends above {case['guessing']:.3f}"
    return Mistake(id, expected, words(got), cause, _tried(case))
