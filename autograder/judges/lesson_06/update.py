"""Updates outside of the record: where w and the average end, and what is recorded behind them.

The loss is Σ steepness · (w - lowest)², so a step multiplies the distance from the lowest point by a known factor, and
where w is after k steps can be written down without taking any.
"""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Error, Exercise, Mistake, Seen
from autograder.judges.evidence import inputs, no_evidence, single
from autograder.judges.lesson_06.evidence import explained, numbers, same, stopped

no_grad_update = Exercise(
    "06-no-grad-update",
    "Updates that nobody records",
    section="Updates that nobody records",
    source="S3, part 3 (5)",
    minutes=20,
    difficulty="medium",
    hints=(
        "The forward computation and `backward` need recording; the two updates do not. So how much belongs under `with autograd.no_grad():`?",
        "`w = w - …` makes a new tensor, and the caller's w stays as it was. `w -= …` writes into it.",
        "The average has to begin as a *copy* of w: `w.detach()` has no history, but it is the same storage. What does `copy()` do, and when is it recorded?",
        "After the step: `average = decay * average + (1 - decay) * w`, with the new w, and unrecorded like the step itself.",
    ),
)

STRATA = {"six steps": ((4,), 6), "one step": ((3,), 1), "a matrix": ((2, 3), 4)}


@no_grad_update.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_descent(kind, rng, *sizes) for kind, sizes in STRATA.items()]


def _descent(kind: str, rng: np.random.Generator, shape: tuple[int, ...], steps: int) -> Case:
    w = inputs(rng, *shape)
    return {
        "kind": kind,
        "w": w,
        "lowest": single(w + rng.uniform(1, 3, shape) * rng.choice([-1, 1], shape)),
        "steepness": single(rng.uniform(0.5, 1.5, shape)),
        "rate": float(rng.uniform(0.08, 0.12)),
        "decay": float(rng.uniform(0.6, 0.7)),
        "steps": steps,
        "weigh": inputs(rng, *shape),
        "marker": inputs(rng, *shape) * 50,
    }


def _tried(case: Case) -> str:
    return f"descend(w, loss_of, rate={case['rate']:.3g}, decay={case['decay']:.3g}, steps={case['steps']}) with w of shape {case['w'].shape}"


def _after(case: Case, steps: int, sign: int = 1) -> np.ndarray:
    """w after so many steps down (or, with sign -1, up)."""
    factor = 1 - sign * 2 * case["rate"] * case["steepness"].astype(np.float64)
    return case["lowest"] + factor**steps * (case["w"].astype(np.float64) - case["lowest"])


def _gathered(case: Case) -> np.ndarray:
    """w when no gradient is ever taken away: step k uses the sum of the first k."""
    w, total = case["w"].astype(np.float64), np.zeros_like(case["w"], np.float64)
    for _ in range(case["steps"]):
        total += 2 * case["steepness"] * (w - case["lowest"])
        w = w - case["rate"] * total
    return w


def _averaged(case: Case, weight: float, first: int = 1, start: float = 1.0) -> np.ndarray:
    """Σ (1 - weight) · weightⁿ⁻ᵏ · w_k over n steps, and what is left of the starting value."""
    n = case["steps"]
    shares = [(1 - weight) * weight ** (n - k) for k in range(1, n + 1)]
    moved = sum(share * _after(case, first + i) for i, share in enumerate(shares))
    return np.asarray(start * weight**n * case["w"].astype(np.float64) + moved)


def _meaning(error: Error) -> tuple[str, str] | None:
    if error.type in ("TypeError", "AttributeError") and "NoneType" in error.message:
        return (
            "leaf-lost",
            "`w = w - …`, recorded: the new w is a computed value. `backward` walked back to the old one, and gave its gradient there; the new one has none.",
        )
    if error.type == "FreedGraphError":
        return "leaf-lost", "The new w still hangs on the graph of the last step, which `backward` has freed."
    if error.type == "GraphError":
        return (
            "nothing-recorded",
            "Nothing was recorded for this loss: it was computed under `no_grad` as well, or w was replaced by an unrecorded `w - …`, which wants no gradient.",
        )
    if error.type == "OverwrittenError":
        return (
            "written-too-soon",
            "w was written between the forward computation and `backward`, which still needed it.",
        )
    return None


def _ran(case: Case, seen: Seen) -> None:
    stopped(seen, "descend", _tried(case), _meaning, "a descent to its end")


def _steps_mistake(case: Case, seen: Seen) -> Mistake | None:
    _ran(case, seen)
    got, wanted, n = seen.array("w"), _after(case, case["steps"]), case["steps"]
    if same(got, wanted):
        return None
    slips = [
        (
            case["w"],
            "callers-w-unchanged",
            "The caller's w is where it was: the steps went into another tensor. `w -= …` writes into this one.",
        ),
        (
            _gathered(case),
            "never-zeroed",
            "Each step also used the gradients of the steps before: nothing took them away.",
        ),
        (_after(case, n - 1), "one-step-missing", "There was one step less than asked for."),
        (_after(case, n + 1), "one-step-too-many", "There was one step more than asked for."),
        (_after(case, n, -1), "uphill", "The steps go uphill: subtract the gradient."),
        (
            _averaged(case, case["decay"]),
            "average-written-into-w",
            "w holds the average: both share one storage, and the average was written into it.",
        ),
    ]
    id, cause = explained(got, slips) or _shared(case, seen, got)
    return Mistake(id, f"w ends at {numbers(wanted)}", numbers(got), cause, _tried(case))


def _shared(case: Case, seen: Seen, got: np.ndarray) -> tuple[str, str]:
    if same(seen.values.get("average"), got) and same(seen.values.get("average_after"), case["marker"]):
        return "average-written-into-w", "w and the average share one storage: each writes into the other."
    return "other-steps", "Each step is `w -= rate * gradient`, with the gradient of the loss at the present w."


@no_grad_update.criterion("steps", points=3, says="w goes down, step by step, in the tensor that the caller holds")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _steps_mistake(case, seen)


def _calls_mistake(case: Case, seen: Seen) -> Mistake | None:
    """Whether a loss was asked for once a step."""
    behind = seen["behind"]
    if not isinstance(behind, list) or not all(type(n) is int for n in behind):
        raise no_evidence("a list", behind)
    if len(behind) != case["steps"]:
        id = "one-step-missing" if len(behind) < case["steps"] else "one-step-too-many"
        cause = "`loss_of(w)` is to be called once for each step."
        return Mistake(id, f"{case['steps']} calls of loss_of", f"{len(behind)} calls", cause, _tried(case))
    return None


@no_grad_update.criterion("leaf", points=2, says="w is a leaf at every step and afterwards, with no graph behind it")
def _(case: Case, seen: Seen) -> Mistake | None:
    _ran(case, seen)
    wrong = _calls_mistake(case, seen)
    if wrong:
        return wrong
    behind = seen["behind"]
    if any(n != 1 for n in behind):
        cause = "The step was recorded: w is a computed value, and behind it the graph of all steps grows."
        shown = ", ".join(map(str, behind[:6]))
        return Mistake("graph-grows", "1 node behind w at each step: itself", shown, cause, _tried(case))
    if same(seen.values.get("gradient"), case["weigh"]):
        return _moved(case, seen)
    error = seen.error("take a gradient of w afterwards")
    cause = "w takes no gradient any more: was `requires_grad` switched off for the step, and not on again?"
    tried = f"{_tried(case)}; then (w * c).sum().backward()"
    return Mistake(
        "no-leaf-left", numbers(case["weigh"]), str(error or numbers(seen.values.get("gradient"))), cause, tried
    )


def _moved(case: Case, seen: Seen) -> Mistake | None:
    """A w that nobody touched is a leaf, too; that alone is no evidence."""
    return _steps_mistake(case, seen) if same(seen.array("w"), case["w"]) else None


def _average_mistake(case: Case, seen: Seen) -> Mistake | None:
    _ran(case, seen)
    got, decay, n = seen["average"], case["decay"], case["steps"]
    wanted = _averaged(case, decay)
    if same(got, wanted):
        return None
    wrong = _calls_mistake(case, seen)
    if wrong:
        return wrong
    if not isinstance(got, np.ndarray):
        cause = "The average is to be returned, as a tensor. Is a `return` missing?"
        return Mistake("no-average", f"the average: {numbers(wanted)}", numbers(got), cause, _tried(case))
    mean = np.mean([_after(case, k) for k in range(1, n + 1)], axis=0)
    same_storage = "The average is w itself: `detach()` or `=` make no copy, so whatever is written into w shows in it."
    slips = [
        (seen.values.get("w"), "average-is-w", same_storage),
        (
            _averaged(case, decay, first=0),
            "average-before-the-step",
            "The average took w from before each step; the new w is asked for.",
        ),
        (
            _averaged(case, 1 - decay),
            "decay-exchanged",
            "`decay` is the weight of the old average, `1 - decay` that of the new w.",
        ),
        (_averaged(case, decay, start=0), "starts-at-zero", "The average started at 0; it is to start as a copy of w."),
        (_averaged(case, decay, start=0) + decay**n * _after(case, n), "average-is-w", same_storage),
        (mean, "plain-mean", "This is the mean of all w; the average is to forget the old ones little by little."),
    ]
    guess = explained(got, slips)
    if guess is None:
        wrong = _steps_mistake(case, seen)
        if wrong:
            return wrong
        guess = "other-average", "After each step: `average = decay * average + (1 - decay) * w`."
    return Mistake(guess[0], f"the average: {numbers(wanted)}", numbers(got), guess[1], _tried(case))


@no_grad_update.criterion("average", points=3, says="the average follows w, and is returned")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _average_mistake(case, seen)


@no_grad_update.criterion("no history", points=1, says="nothing is recorded behind the average")
def _(case: Case, seen: Seen) -> Mistake | None:
    _ran(case, seen)
    if not isinstance(seen["average"], np.ndarray):
        return _average_mistake(case, seen)
    count, wants = seen["behind_average"], seen["average_wants_gradient"]
    if type(count) is not int or count != 1 or wants is not False:
        cause = "The average was computed while recording: it holds on to the graph of every step, and to all that is in it."
        shown = f"{count} nodes, after {case['steps']} step{'s' if case['steps'] > 1 else ''}"
        return Mistake(
            "average-recorded", "1 node: the average itself, which wants no gradient", shown, cause, _tried(case)
        )
    return (
        None if isinstance(seen["average"], np.ndarray) and not _unmoved(case, seen) else _average_mistake(case, seen)
    )


def _unmoved(case: Case, seen: Seen) -> bool:
    """Whether the average is simply where w began."""
    return same(seen["average"], case["w"])


@no_grad_update.criterion("own storage", points=1, says="the average is a tensor of its own: writing into w leaves it")
def _(case: Case, seen: Seen) -> Mistake | None:
    _ran(case, seen)
    before, after = seen["average"], seen["average_after"]
    if not isinstance(before, np.ndarray):
        return _average_mistake(case, seen)
    if same(after, before):
        return _average_mistake(case, seen) if _unmoved(case, seen) else None
    cause = "What was written into w shows in the average: they share their storage. Make a copy."
    tried = f"{_tried(case)}; then other numbers written into w"
    return Mistake("average-is-w", f"the average as before: {numbers(before)}", numbers(after), cause, tried)
