"""Symmetry: counting the different hidden units through training, and making them different."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import no_evidence
from autograder.judges.lesson_03.evidence import both
from autograder.judges.lesson_03.symmetry_cases import UNITS, repairing, watching

# Two units count as one when their weights and biases agree within SAME. In the cases twins agree up to rounding (1e-6) and
# different units differ by more than 1e-2, so that any sensible tolerance counts alike.
SAME = 1e-4

symmetry = Exercise(
    "03-break-the-symmetry",
    "Break the symmetry",
    section="Symmetry",
    source="S1, section 4.2.2.1 (`Constant(1)`)",
    minutes=20,
    difficulty="medium",
    hints=(
        "Unit i is row i of the weight together with entry i of the bias. `np.unique(a, axis=0)` gives each different row once; round first.",
        "`layer.weight.data()` is a handle on values that go on changing. What you want to compare later has to be counted now.",
        "To repair the network every layer needs weights that differ from unit to unit, at a size that leaves tanh its slope. Which initializer keeps the signal's size? Only weights need it.",
    ),
)


@symmetry.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [watching(s, rng) for s in ("groups", "alike", "outgoing", "bias")] + [repairing(rng) for _ in "12"]


def count(units: np.ndarray) -> int:
    """How many rows are different."""
    found: list[np.ndarray] = []
    for row in units * 1:  # booleans have no differences
        if all(np.abs(row - other).max() > SAME for other in found):
            found.append(row)
    return len(found)


def _record(case: Case, seen: Seen) -> list[int]:
    """The learner's counts, where they are numbers and as many as were asked for."""
    if seen.error("watch"):
        error = seen.error("watch")
        not_written = error is not None and error.message == "not written yet"
        cause = "The other function is judged all the same." if not_written else "The code stopped with an error."
        raise NoEvidence(
            Mistake(
                "watch-not-written" if not_written else "raised",
                "a list of counts",
                str(error),
                cause,
                _tried(case),
                error.line if error else "",
            )
        )
    record, steps, calls = seen["record"], case["steps"], len(_snapshots(case, seen)) - 1
    if not isinstance(record, list):
        cause = "Counts are wanted for every moment, in a list. Is a `return` missing?"
        raise NoEvidence(Mistake("no-record", f"a list of {steps + 1} counts", describe(record), cause, _tried(case)))
    if calls != steps:
        cause = "`train_step()` has to be called once for each step."
        raise NoEvidence(
            Mistake("steps-missed", f"{steps} calls of train_step", f"{calls} calls", cause, _tried(case), "the loop")
        )
    if len(record) != steps + 1:
        cause = "One count belongs before the first step, and one after each."
        raise NoEvidence(
            Mistake(
                "moment-missing",
                f"{steps + 1} counts for {steps} steps",
                f"{len(record)} counts",
                cause,
                _tried(case),
                "what is counted before the loop",
            )
        )
    try:
        return [int(np.asarray(n).item()) for n in record]
    except (TypeError, ValueError, OverflowError):
        raise NoEvidence(
            Mistake(
                "no-counts", "numbers of units", describe(record), "The list should hold whole numbers.", _tried(case)
            )
        ) from None


def _snapshots(case: Case, seen: Seen) -> np.ndarray:
    """The layer before training and after each step: a row for each unit, its weights and then its bias."""
    snapshots = seen.array("snapshots")
    if snapshots.ndim != 3 or snapshots.shape[1:] != (UNITS, case["weight"].shape[1] + 1):
        shown = describe(snapshots)
        raise NoEvidence(
            Mistake("layer-changed", f"a layer of {UNITS} units", shown, "The layer was changed.", _tried(case))
        )
    return snapshots


def _counts(situations: tuple[str, ...], case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "watch" or case["situation"] not in situations:
        return None
    record, snapshots = _record(case, seen), _snapshots(case, seen)
    right = [count(units) for units in snapshots]
    if record == right:
        return None
    weights = snapshots[:, :, :-1]
    numbers = [len(np.unique(np.round(units, 4))) for units in weights]
    alike_but_for_biases = case["situation"] == "bias"  # at first; how soon the weights part is a matter of tolerance
    slips = {
        "numbers-counted": (numbers, "Different numbers were counted. A unit is a whole row of them."),
        "columns-counted": (
            [count(units.T) for units in weights],
            "Columns were compared, which are the inputs. A unit is a row.",
        ),
        "bias-ignored": (
            record if alike_but_for_biases and record[0] == 1 else [],
            "Only the weights were compared. Two units with other biases are different units.",
        ),
        "only-the-end": (
            right[-1:] * len(right),
            "All counts are those of the end. `data()` is a handle on values that change: count at once, or copy.",
        ),
        "only-the-start": (right[:1] * len(right), "All counts are those of the start. Count again after each step."),
        "after-not-before": (
            [*right[1:], right[-1]],
            "The counts are one step ahead: the first belongs before any training.",
        ),
    }
    for id, (value, cause) in slips.items():
        if record == value:
            return Mistake(id, str(right), str(record), cause, _tried(case))
    rounding = [len(np.unique(units, axis=0)) for units in snapshots]
    if record == rounding:
        cause = "Units that differ in the last bit were counted as two. Sums are rounded: compare with a tolerance."
        return Mistake("no-tolerance", str(right), str(record), cause, _tried(case))
    return Mistake(
        "wrong-counts",
        str(right),
        str(record),
        "Two units are the same when all their incoming weights and their bias agree.",
        _tried(case),
    )


def _tried(case: Case) -> str:
    if case["part"] == "repair":
        return f"repair(net); net: Dense({case['hidden'][0]}, tanh), Dense({case['hidden'][1]}, tanh), Dense(1), all weights {case['value']:.3f}"
    how = {
        "alike": "all alike",
        "groups": "alike in groups",
        "outgoing": "alike, with different outgoing weights",
        "bias": "of the same weights and different biases",
    }[case["situation"]]
    return f"watch {case['units']} units, at first {how}, through {case['steps']} steps"


@symmetry.criterion("twins", points=3, says="`watch` counts units: twins once, through all of training")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _counts(("alike", "groups"), case, seen)


@symmetry.criterion("parting", points=2, says="`watch` sees units that part, and biases that differ")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _counts(("outgoing", "bias"), case, seen)


def _repaired(case: Case, seen: Seen) -> list[np.ndarray]:
    """The weights of the hidden layers after the repair."""
    if error := seen.error("repair"):
        not_written = error.message == "not written yet"
        cause = "The other function is judged all the same." if not_written else "The code stopped with an error."
        raise NoEvidence(
            Mistake(
                "repair-not-written" if not_written else "raised",
                "a repaired network",
                str(error),
                cause,
                _tried(case),
                error.line,
            )
        )
    before, after = both(seen)
    if [after[name].shape[:1] for name in _hidden(after)] != [(n,) for n in case["hidden"]]:
        found = ", ".join(f"{name} {value.shape}" for name, value in after.items())
        cause = "The network's layers were changed."
        raise NoEvidence(
            Mistake("network-changed", f"hidden layers of {case['hidden']} units", found, cause, _tried(case))
        )
    if all(np.array_equal(before[name], after[name]) for name in before):
        cause = "This network is as it was. Was another one made and returned, or was `force_reinit=True` forgotten?"
        raise NoEvidence(
            Mistake("nothing-changed", "other weights", f"all weights still {case['value']:.3f}", cause, _tried(case))
        )
    return [after[name] for name in _hidden(after)]


def _hidden(values: dict[str, np.ndarray]) -> list[str]:
    return [name for name in values if name.endswith("weight") and values[name].ndim == 2][:-1]


@symmetry.criterion("apart", points=3, says="after `repair` no two units of a hidden layer have the same weights")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "repair":
        return None
    layers = _repaired(case, seen)
    found = [count(weight) for weight in layers]
    if found == case["hidden"]:
        return None
    expected, observed = f"{case['hidden']} different units", f"{found} different units"
    if found[0] == case["hidden"][0]:
        cause = "The first layer is repaired and the second is not. Every hidden layer has the same trouble."
        return Mistake("first-layer-only", expected, observed, cause, _tried(case))
    biases = [value for name, value in both(seen)[1].items() if name.endswith("bias")]
    if any(np.unique(b).size > 1 for b in biases):
        cause = "The biases differ now, and the weights are as alike as before: all units still look in one direction."
        return Mistake("only-biases", expected, observed, cause, _tried(case))
    if any(np.ptp(weight) > SAME for weight in layers):
        if all(count(weight.T) > 1 for weight in layers):
            cause = "The weights differ from input to input and not from unit to unit: every row is the same row."
            return Mistake("same-row", expected, observed, cause, _tried(case))
    elif any(np.ptp(weight) > 0 for weight in layers):
        spread = max(float(np.ptp(weight)) for weight in layers)
        cause = "The differences are too small to matter: rounding is hardly smaller."
        return Mistake(
            "too-small", expected, f"{observed}: weights differ by {spread:.2g} at most", cause, _tried(case)
        )
    if not any(weight.any() for weight in layers):
        cause = "Zero is a constant like any other, and with tanh no gradient reaches the hidden weights at all."
        return Mistake("zeros", expected, f"{observed}: all weights are 0", cause, _tried(case))
    cause = "Another constant is a constant still. Equal units get equal gradients, so only different starting values part them."
    return Mistake("still-constant", expected, observed, cause, _tried(case))


@symmetry.criterion(
    "sound", points=2, says="the network keeps biases of 0 and a signal that neither vanishes nor saturates, and learns"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "repair":
        return None
    layers = _repaired(case, seen)
    biases = [value for name, value in both(seen)[1].items() if name.endswith("bias")]
    if any(b.any() for b in biases):
        largest = max(float(np.abs(b).max()) for b in biases)
        cause = "Biases were changed. They need no repair: different weights suffice."
        return Mistake("biases-touched", "biases of 0", f"a bias of size {largest:.3g}", cause, _tried(case))
    sizes = [float(np.sqrt(np.mean(weight**2) * weight.shape[1])) for weight in layers]
    if max(sizes) > 8 or not np.isfinite(sizes).all():
        cause = "So large that tanh is flat for nearly every input, and its gradient 0."
        return Mistake(
            "saturated",
            "std · √fan_in of 8 at most",
            f"{max(sizes):.3g}",
            cause,
            _tried(case),
            "the scale of the initializer",
        )
    if min(sizes) < 0.005:
        cause = "So small that hardly any signal passes."
        return Mistake(
            "vanishing",
            "std · √fan_in of 0.005 at least",
            f"{min(sizes):.2g}",
            cause,
            _tried(case),
            "the scale of the initializer",
        )
    if [count(weight) for weight in layers] != case["hidden"]:
        return _no_gain(case, layers)
    losses = seen.array("losses")
    if losses.ndim != 1 or not losses.size:
        raise no_evidence("a loss for each step", losses)
    if not np.isfinite(losses).all() or losses[-1] >= losses[0]:
        cause = "Twenty small steps of gradient descent did not lower the loss."
        observed = f"from {losses[0]:.3g} to {losses[-1]:.3g}"
        return Mistake("does-not-learn", "a loss that falls", observed, cause, _tried(case))
    return None


def _no_gain(case: Case, layers: list[np.ndarray]) -> Mistake:
    found = [count(weight) for weight in layers]
    cause = "Units that start alike stay alike, so the layers compute less than their width."
    return Mistake("twins-left", f"{case['hidden']} different units to train", f"{found}", cause, _tried(case))
