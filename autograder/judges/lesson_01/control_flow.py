"""S0, exercise 2: control flow made right in both forms, dynamic and captured."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.evidence import single, stopped
from autograder.judges.lesson_01.evidence import scaled

rescale = Exercise(
    "01-control-flow",
    "Control flow that survives capture",
    section="Why Python is the bottleneck, and what hybridize does",
    source="S0, exercise 2",
    minutes=20,
    difficulty="challenging",
    hints=(
        "A graph cannot choose which operations to run, but an operation can choose between two values: `nd.where(condition, a, b)`.",
        "A loop of unknown length can become a loop of fixed length in which most steps change nothing. How many halvings can a norm below 2**20 need?",
        "Each decision looks at the tensor as it is by then. The second one, about 0.8, comes after all halvings.",
    ),
)

BANDS = {
    "just right": (0.85, 0.95),
    "small": (0.3, 0.5),
    "one halving": (1.7, 1.9),
    "three halvings, then small": (5.0, 6.0),
    "ten halvings": (900.0, 1000.0),
    "twenty halvings, then small": (600_000.0, 700_000.0),
}


def _uneven(rng: np.random.Generator, low: float, high: float) -> np.ndarray:
    """An array with one number that is nearly as large as its norm, so that deciding number by number shows."""
    x = rng.uniform(0.6, 1.4, (3, 4)) * rng.choice([-1, 1], (3, 4))
    x[1, 2] = 14
    return scaled(x, rng.uniform(low, high))


@rescale.cases
def _(rng: np.random.Generator) -> list[Case]:
    names = list(BANDS)
    drawn: list[Case] = [
        {"xs": np.stack([_uneven(rng, *BANDS[name]) for name in names]), "record": names.index(first)}
        for first in ("one halving", "small", "ten halvings")
    ]
    return [{**case, "weigh": single(rng.uniform(0.5, 1.5, case["xs"][0].shape))} for case in drawn]


def _factor(norm: float) -> float:
    """What an input of this norm is multiplied by."""
    halvings = max(0, int(np.ceil(np.log2(norm))))
    left = norm / 2**halvings
    return (10 if left < 0.8 else 1) / 2**halvings


def _explain(x: np.ndarray, output: np.ndarray, band: str) -> Mistake | None:
    """Why the output of the uncaptured block is not x times its factor."""
    norm = float(np.linalg.norm(x))
    wanted = _factor(norm)
    expected = f"x multiplied by {wanted:.6g}"
    tried = f"x of shape {x.shape} with norm {norm:.6g} ({band})"
    if output.shape != x.shape:
        return Mistake(
            "wrong-shape",
            f"shape {x.shape}",
            f"shape {output.shape}",
            "The result is x, rescaled: return the tensor itself, not its norm or sum.",
            tried,
        )
    ratios = np.float64(output) / x
    got = float(ratios.mean())
    if np.allclose(ratios, wanted, rtol=1e-3):
        return None
    if not np.allclose(ratios, got, rtol=1e-3):
        cause = (
            "Some numbers were changed differently from others: the decision is one for the whole tensor, by its norm."
        )
        return Mistake(
            "decides-per-number", expected, f"factors from {ratios.min():.4g} to {ratios.max():.4g}", cause, tried
        )
    observed = f"x multiplied by {got:.6g}"
    return _named(norm, wanted, got, expected, observed, tried)


def _named(norm: float, wanted: float, got: float, expected: str, observed: str, tried: str) -> Mistake:
    def mistake(id: str, cause: str) -> Mistake:
        return Mistake(id, expected, observed, cause, tried)

    if np.isclose(got * norm, 1, rtol=1e-3):
        return mistake(
            "normalized", "x was divided by its norm. Halving is asked for: the norm may end anywhere in (½, 1]."
        )
    if np.isclose(got, wanted * 10, rtol=1e-3):
        return mistake(
            "times-ten-too-often", "The factor 10 is for a norm below 0.8 after the halvings, and for no other."
        )
    if np.isclose(got, wanted / 10, rtol=1e-3):
        return mistake(
            "times-ten-forgotten",
            "A norm below 0.8 asks for a factor of 10. Is it looked at after the halvings, on the halved tensor?",
        )
    halvings = -np.log2(got) if got > 0 else -1.0
    if np.isclose(halvings, round(halvings)) and got * norm > 1:
        return mistake("too-few-halvings", "The norm was still above 1 when the halving ended.")
    return mistake("wrong-factor", "Halve as long as the norm is above 1; then multiply by 10 if it is below 0.8.")


@rescale.criterion(
    "dynamic", points=2, says="run as usual, it halves while the norm is above 1 and takes ten times what is below 0.8"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    failed = stopped(seen, "run it as usual", "stops-when-run", "Rescale()(x)", "The dynamic run stops with an error.")
    if failed:
        return failed
    return _first_wrong(case, seen, "dynamic")


def _wrong_captured(case: Case, seen: Seen) -> Mistake | None:
    failed = _capture_failed(case, seen)
    if failed:
        return failed
    wrong = _first_wrong(case, seen, "captured")
    already = _first_wrong(case, seen, "dynamic")
    if wrong is None or already:
        return wrong and already
    recorded = float(np.linalg.norm(case["xs"][case["record"]]))
    cause = (
        f"The dynamic run is right, and the captured graph repeats the decisions that the first input (norm {recorded:.4g}) led to: "
        "an `if` or `while` on a value of the tensor was decided once, by Python, while the graph was recorded."
    )
    return Mistake(
        "branch-frozen",
        wrong.expected,
        wrong.observed,
        cause,
        f"captured with norm {recorded:.4g}, called with {wrong.tried}",
    )


def _results(case: Case, seen: Seen, name: str) -> np.ndarray:
    """One result for each x; anything else is no evidence."""
    found = seen.array(name)
    if found.ndim == 0 or len(found) != len(case["xs"]):
        cause = "Each result should have the shape of its x."
        raise NoEvidence(Mistake("wrong-shape", f"shape {case['xs'].shape}", f"shape {found.shape}", cause))
    return found


def _first_wrong(case: Case, seen: Seen, name: str) -> Mistake | None:
    outputs = _results(case, seen, name)
    found = (_explain(x, out, band) for x, out, band in zip(case["xs"], outputs, BANDS))
    return next((m for m in found if m), None)


@rescale.criterion("captured", points=1, says="after hybridize() your Python code is no longer run")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _capture_failed(case, seen)


def _capture_failed(case: Case, seen: Seen) -> Mistake | None:
    tried = f"hybridize(), then {len(case['xs']) + 1} calls with inputs of one shape"
    failed = stopped(
        seen,
        "capture it",
        "capture-stops",
        tried,
        "The block cannot be captured. What in `forward` needs a value that a graph does not have yet?",
    )
    if failed:
        return failed
    runs = seen.number("python_runs")
    if runs <= 2:
        return None
    cause = "`forward` ran in Python again and again, so nothing was gained: does the class switch capture off or go around it?"
    return Mistake(
        "not-captured", "`forward` run in Python once or twice, to capture it", f"{runs:.0f} runs", cause, tried
    )


@rescale.criterion("recorded branch", points=1, says="captured, it is right for the input it was captured with")
def _(case: Case, seen: Seen) -> Mistake | None:
    failed = _capture_failed(case, seen)
    if failed:
        return failed
    i = case["record"]
    return _explain(case["xs"][i], _results(case, seen, "captured")[i], list(BANDS)[i])


@rescale.criterion("other branches", points=3, says="captured with one input, it is right for all others")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong_captured(case, seen)


@rescale.criterion("gradients", points=2, says="gradients are right in both forms")
def _(case: Case, seen: Seen) -> Mistake | None:
    wrong = _wrong_gradient(case, seen, "dynamic_gradients", "run as usual")
    if wrong:
        return _first_wrong(case, seen, "dynamic") or wrong
    wrong = _wrong_gradient(case, seen, "captured_gradients", "captured")
    return wrong and (_wrong_captured(case, seen) or wrong)


def _gradients(case: Case, seen: Seen, name: str) -> np.ndarray:
    found = seen.array(name)
    if found.shape != case["xs"].shape:
        cause = "A gradient has the shape of what it belongs to."
        raise NoEvidence(Mistake("gradient-lost", f"shape {case['xs'].shape}", f"shape {found.shape}", cause))
    return found


def _wrong_gradient(case: Case, seen: Seen, name: str, form: str) -> Mistake | None:
    cause = "No gradient gets through: did the numbers leave the framework (asnumpy, asscalar) and come back?"
    failed = stopped(seen, f"take gradients, {form}", "gradient-lost", f"backward, {form}", cause)
    if failed:
        return failed
    for x, gradient, band in zip(case["xs"], _gradients(case, seen, name), BANDS):
        factor = _factor(float(np.linalg.norm(x)))
        if not np.allclose(gradient, factor * case["weigh"], rtol=1e-3):
            cause = "Within a branch the result is x times a fixed factor, and so is the gradient; what decides (the norm) adds nothing to it."
            ratio = float((gradient / case["weigh"]).mean())
            return Mistake(
                "wrong-gradient",
                f"a gradient of {factor:.6g} times the incoming one",
                f"{ratio:.6g} times",
                cause,
                f"{form}: {band}",
            )
    return None


@rescale.criterion("input intact", points=1, says="the caller's x is left as it was")
def _(case: Case, seen: Seen) -> Mistake | None:
    after = seen.array("x_after")
    if np.array_equal(after, case["xs"]):
        return None
    cause = "`x /= 2` writes into the tensor that the caller passed in. `x = x / 2` makes a new one."
    return Mistake("changes-its-input", "x unchanged by the call", "x changed", cause, "net(x), then a look at x")
