"""relu by hand: its values, and its gradient away from 0 and at 0."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.evidence import numbers, same, single
from autograder.judges.lesson_05.evidence import away_from_zero

relu = Exercise(
    "05-relu-by-hand",
    "relu by hand",
    section="The activation, by hand",
    source="S2, section 5.2.1.2",
    minutes=15,
    hints=(
        "For every number there is a choice between the number itself and 0. A comparison such as `x > 0` is a tensor of the same shape.",
        "`nd.where(condition, a, b)` chooses number by number, and its gradient flows to what was chosen. A product with the comparison does as well.",
        "Watch 0 itself: is it on the side that is kept, or on the other one? And the maximum of two equal numbers: to which of them does its gradient go?",
        "Build a new tensor. Whoever writes into x changes what the caller holds.",
    ),
)

# Where the number 0 stands in the cases of the stratum "zeros": the same places in each, so that only numbers vary.
ZEROS = (1, 4, 9, 10)


@relu.cases
def _(rng: np.random.Generator) -> list[Case]:
    shapes = {"matrix": (4, 6), "zeros": (3, 5), "vector": (7,), "images": (2, 3, 2, 2)}
    xs = {kind: away_from_zero(rng, shape) for kind, shape in shapes.items()}
    xs["zeros"].ravel()[list(ZEROS)] = 0
    return [{"kind": kind, "x": x, "weigh": away_from_zero(rng, x.shape)} for kind, x in xs.items()]


def _tried(case: Case) -> str:
    zeros = f", {len(ZEROS)} of its numbers 0" if case["kind"] == "zeros" else ""
    return f"relu(x) for x of shape {case['x'].shape}{zeros}"


def _values(case: Case, seen: Seen) -> Mistake | None:
    x, tried = case["x"], _tried(case)
    if error := seen.error("call it"):
        cause = "The code stopped with an error."
        id = "raised"
        if "truth value" in error.message:
            id = "one-decision-for-all"
            cause = "An `if` decides once, and each number needs a decision of its own. `nd.where` decides number by number."
        return Mistake(id, "an output", str(error), cause, tried, error.line)
    got, wanted = seen.array("output"), np.maximum(x, 0)
    if same(got, wanted):
        return None
    if got.shape != x.shape:
        cause = "The shape has changed: numbers were compared with each other (along an axis, as in `nd.max(x, 0)`), not each with 0."
        return Mistake("shape-changed", f"shape {x.shape}", f"shape {got.shape}", cause, tried)
    slips = {
        "negatives-kept": (
            np.minimum(x, 0),
            "The negative numbers were kept and the positive ones cleared: turn it round.",
        ),
        "absolute-value": (
            np.abs(x),
            "This is the absolute value: negative numbers become positive, and should become 0.",
        ),
        "mask-not-values": ((x > 0), "This is the mask, 1 where x is positive. The number itself belongs there."),
        "unchanged": (x, "x has come back as it was."),
        "softened": (
            np.log1p(np.exp(x)),
            "This is softplus, log(1 + exp(x)): a smooth relative of relu, and not 0 for negative numbers.",
        ),
    }
    for id, (value, cause) in slips.items():
        if same(got, value):
            return Mistake(id, numbers(wanted), numbers(got), cause, tried)
    if same(got[x > 0], x[x > 0]):
        cause = "Negative numbers leave a trace. relu makes each of them 0 (what leaks is called a leaky relu)."
        return Mistake("negatives-leak", "0 for every negative number", numbers(got[x < 0]), cause, tried)
    return Mistake("wrong-values", numbers(wanted), numbers(got), "Positive numbers stay, all others become 0.", tried)


@relu.criterion("values", points=2, says="positive numbers stay and all others become 0, in tensors of any shape")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _values(case, seen)


def _gradient(case: Case, seen: Seen) -> np.ndarray:
    """The gradient that came to x, once it is right wherever x is not 0."""
    x, weigh, tried = case["x"], case["weigh"], f"{_tried(case)}, then the gradient of (relu(x) * g).sum()"
    if seen.error("call it"):
        raise NoEvidence(_values(case, seen))  # type: ignore[arg-type]
    if seen.error("take its gradient") or seen.values.get("gradient") is None:
        cause = "No gradient comes back to x. Was the result made of numbers taken out of x (by `asnumpy`, say, or `detach`)? The record ends there."
        shown = str(seen.error("take its gradient") or "no gradient")
        raise NoEvidence(Mistake("gradient-lost", "a gradient for x", shown, cause, tried))
    got = seen.array("gradient")
    away = x != 0
    if got.shape == x.shape and same(got[away], (weigh * (x > 0))[away]):
        return got
    raise NoEvidence(_wrong_gradient(case, got, tried))


def _wrong_gradient(case: Case, got: np.ndarray, tried: str) -> Mistake:
    x, weigh = case["x"], case["weigh"]
    expected = f"g where x is positive, 0 where it is negative: {numbers(weigh * (x > 0))}"
    away = x != 0
    slips = {
        "upstream-ignored": (
            (x > 0) * 1.0,
            "The gradient that arrives from above was thrown away: multiply by it (the chain rule).",
        ),
        "passes-everywhere": (weigh, "The gradient passes where x is negative, too, as if nothing had been computed."),
        "always-zero": (0 * x, "The gradient is 0 everywhere: only the comparison was differentiated, or nothing was."),
    }
    for id, (value, cause) in slips.items():
        if got.shape == x.shape and same(got[away], np.asarray(value)[away]):
            return Mistake(id, expected, numbers(got), cause, tried)
    return Mistake("wrong-gradient", expected, numbers(got), "The gradient follows the values: 1 · g or 0.", tried)


@relu.criterion(
    "gradient", points=3, says="the gradient passes where x is positive and is stopped where it is negative"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    _gradient(case, seen)
    return None


@relu.criterion("at 0", points=2, says="at 0 itself the gradient is 0, as in the frameworks")
def _(case: Case, seen: Seen) -> Mistake | None:
    got = _gradient(case, seen).ravel()  # right elsewhere, else there is no evidence
    if case["kind"] != "zeros":
        return None
    places = list(ZEROS)
    weigh = case["weigh"].ravel()[places]
    at_zero = got[places]
    if same(at_zero, 0 * weigh):
        return None
    tried = f"{_tried(case)}, then the gradient of (relu(x) * g).sum()"
    expected = "gradient 0 at each of them"
    if same(at_zero, weigh / 2):
        cause = "The maximum of two equal numbers gives half of its gradient to each. At 0 that is 0.5, where relu lets nothing through and its gradient should be 0."
        return Mistake("half-at-zero", expected, "0.5 · g at each", cause, tried, "`maximum`, `max`, or (x + |x|) / 2")
    if same(at_zero, weigh):
        cause = "0 counts as positive here. The comparison lets equality in, as `clip` and `>=` do."
        return Mistake("one-at-zero", expected, "1 · g at each", cause, tried, "`clip`, or the comparison")
    return Mistake("wrong-at-zero", expected, numbers(single(at_zero)), "At 0 another gradient comes out.", tried)


@relu.criterion("untouched", points=1, says="the x of the caller is left as it was")
def _(case: Case, seen: Seen) -> Mistake | None:
    if mistake := _values(case, seen):
        return mistake
    after = seen.array("x_after")
    if same(after, case["x"]):
        return None
    cause = "The zeros were written into x itself (`x[…] = 0`, `x *= …`), and x belongs to the caller."
    return Mistake("writes-into-x", f"x as before: {numbers(case['x'])}", numbers(after), cause, _tried(case))
