"""Adam by hand: its steps against those of torch's Adam, along gradients that the case gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_08.evidence import inputs, single, stopped

adam = Exercise(
    "08-adam-by-hand",
    "Adam by hand",
    section="What the optimizer remembers",
    source="S3, part 6",
    minutes=25,
    difficulty="medium",
    hints=(
        "Follow the five lines of the formula, one after the other, for each parameter. Its gradient is `parameter.grad()`.",
        "The two averages have to be there at the next step: `self.means[i] = …`. The corrected ones must not take their place.",
        "The number of steps counts from 1, for all parameters together. ε is added to the root, not put under it.",
        "`parameter.set_data(…)` gives the parameter new values. `w = w - …` gives only the name `w` another meaning.",
    ),
)

CLOSE = 0.01  # in learning rates: single precision is off by less than a hundredth of that
Values = list[list[np.ndarray]]


@adam.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [
        _draw(rng, "first", 1),
        _draw(rng, "many", 9),
        _draw(rng, "epsilon", 4, lr=0.01, epsilon=0.3),
        _draw(rng, "several", 5, lr=0.02),
    ]


def _draw(rng: np.random.Generator, what: str, steps: int, **options: float) -> Case:
    """Gradients of changing size; after two thirds of the steps all of them turn."""
    shapes, turn = ((2, 3), (4,), (4,)), max(2, (2 * steps) // 3)
    signs = [rng.choice([-1, 1], shape) for shape in shapes]
    for sign in signs:
        sign.flat[:2] = -1, 1
    gradients = [
        [single(s * np.abs(inputs(rng, *s.shape)) * rng.uniform(0.3, 2) * (-1 if t >= turn else 1)) for s in signs]
        for t in range(steps)
    ]
    starts = [single(rng.uniform(-0.4, 0.4, shape)) for shape in shapes]
    return {"what": what, "starts": starts, "gradients": gradients, "options": options, "other betas": [0.6, 0.8]}


# -- torch's Adam, and torch's Adam with a slip ----------------------------------------------------------------------

Meddle = Callable[[torch.optim.Optimizer, int], None]


def torchs(
    case: Case, meddle: Meddle = lambda optimizer, step: None, after: Meddle = lambda o, s: None, **other: Any
) -> Values:
    """The values after each step; `meddle` and `after` may change torch's state before and after each."""
    options = {"lr": 0.001, **case["options"], **other}
    options["eps"] = options.pop("epsilon", 1e-8)
    params = [torch.tensor(start, dtype=torch.float64) for start in case["starts"]]
    optimizer, values = torch.optim.Adam(params, **options), []
    for step, gradients in enumerate(case["gradients"]):
        for parameter, gradient in zip(params, gradients):
            parameter.grad = torch.tensor(gradient, dtype=torch.float64)
        meddle(optimizer, step)
        optimizer.step()
        after(optimizer, step)
        values.append([p.numpy().copy() for p in params])
    return values


def _rewind(optimizer: torch.optim.Optimizer, step: int) -> None:
    for state in optimizer.state.values():
        state["step"].fill_(0)


def _forget(optimizer: torch.optim.Optimizer, step: int) -> None:
    optimizer.state.clear()


def _empty(optimizer: torch.optim.Optimizer, step: int) -> None:
    for state in optimizer.state.values():
        state["exp_avg"].zero_()
        state["exp_avg_sq"].zero_()


def _keep_corrected(optimizer: torch.optim.Optimizer, step: int) -> None:
    for state in optimizer.state.values():
        state["exp_avg"] /= 1 - 0.9 ** (step + 1)
        state["exp_avg_sq"] /= 1 - 0.999 ** (step + 1)


def _slips(case: Case) -> dict[str, tuple[Values, str]]:
    """What shows after the first step only."""
    return {
        "averages-forgotten": (
            torchs(case, meddle=_empty),
            "At each step the averages start from 0 again. Keep them in `self`, from step to step.",
        ),
        "always-a-first-step": (
            torchs(case, meddle=_forget),
            "Each step is a first step: averages and counter start anew. Keep them in `self`, from step to step.",
        ),
        "steps-not-counted": (
            torchs(case, meddle=_rewind),
            "The correction is that of the first step, each time. `self.steps` has to grow by 1 at each step.",
        ),
        "betas-swapped": (
            torchs(case, betas=(0.999, 0.9)),
            "β₁ and β₂ are swapped: β₁ belongs to the mean, β₂ to the squares.",
        ),
        "mean-not-kept": (
            torchs(case, betas=(0.0, 0.999)),
            "The numerator is the gradient of this step alone. It should be the running mean.",
        ),
        "squares-not-kept": (
            torchs(case, betas=(0.9, 0.0)),
            "The root is that of this step's squares alone. It should be that of their running mean.",
        ),
        "corrected-kept": (
            torchs(case, after=_keep_corrected),
            "The corrected averages were put in place of the running ones, and are corrected again at the next step.",
        ),
    }


# In the first step both averages hold one gradient, and every number moves by one learning rate. What a slip makes of
# it is a factor, for β₁ = 0.9 and β₂ = 0.999.
FACTORS = {
    "no-bias-correction": (
        0.1 / 0.001**0.5,
        "Both averages begin at 0, and are too small at first. Divide by 1 - β₁ᵗ and by 1 - β₂ᵗ.",
    ),
    "mean-not-corrected": (0.1, "The mean begins at 0 and is too small at first: divide it by 1 - β₁ᵗ."),
    "squares-not-corrected": (
        0.001**-0.5,
        "The mean of the squares begins at 0 and is too small at first: divide it by 1 - β₂ᵗ.",
    ),
    "mean-unweighted": (10.0, "The new gradient enters the mean with weight 1; its weight is 1 - β₁."),
    "squares-unweighted": (0.001**0.5, "The new square enters its mean with weight 1; its weight is 1 - β₂."),
    "both-unweighted": (
        10 * 0.001**0.5,
        "Gradient and square enter with weight 1; their weights are 1 - β₁ and 1 - β₂.",
    ),
    "counter-one-ahead": (
        (0.1 / 0.19) / (0.001 / (1 - 0.999**2)) ** 0.5,
        "At the first step t should be 1, and here it is 2: it was counted twice, or began at 1.",
    ),
    "uphill": (-1.0, "The parameters go up the gradient; they should go down."),
}


def _first_slip(case: Case, values: Values) -> tuple[str, str] | None:
    """What is wrong with the first step, if it is."""
    lr = case["options"].get("lr", 0.001)
    g = np.concatenate([g.ravel() for g in case["gradients"][0]]).astype(float)
    before = np.concatenate([s.ravel() for s in case["starts"]]).astype(float)
    moved = (before - np.concatenate([v.ravel() for v in values[0]])) / lr
    epsilon = case["options"].get("epsilon", 1e-8)
    if not moved.any():
        return "nothing-changed", (
            "No parameter has changed. `w = w - …` only gives the name another meaning; `parameter.set_data(…)` writes, and so does `w -= …`."
        )
    if np.isnan(moved).all():
        return "counts-from-zero", "At the first step t is 0, and 1 - β⁰ = 0 is divided by. Count first, then correct."
    if np.isnan(moved[g < 0]).any():
        return "square-missing", "The root of a negative number: the second average is one of squares, g · g."
    size = moved * np.sign(g)
    right, beginning = abs(g) / (abs(g) + epsilon), case["starts"][0].size
    if _near(size, right):
        return None
    if _near(size[:beginning], right[:beginning]):
        return "counts-parameters", (
            "The first parameter moves rightly, and those after it do not. Is the counter raised for each parameter? A step counts once."
        )
    if _near(size, abs(g) / np.sqrt(g**2 + epsilon)):
        return "epsilon-under-the-root", "ε stands under the root; it is added to the root."
    if _near(size, abs(g) / (abs(g) + epsilon / 0.001**0.5)):
        return (
            "epsilon-before-the-correction",
            "ε is added before the correction of the squares' mean, and grows with it.",
        )
    if epsilon > 1e-3 and _near(size, np.ones_like(size)):
        return "epsilon-ignored", "The caller's ε does not take part."
    for id, (factor, cause) in FACTORS.items():
        if _near(size / factor, right):
            return id, cause
    if _near(size * abs(g), np.ones_like(size)):
        return "root-missing", "The mean is divided by the mean of the squares; the root of it was forgotten."
    if np.ptp(size / abs(g)) < CLOSE * np.abs(size / abs(g)).max():
        return (
            "not-adaptive",
            "All numbers move in proportion to their gradient: nothing is divided by the root of the squares' mean.",
        )
    return (
        "wrong-step",
        "The first step should move every number by one learning rate against the sign of its gradient.",
    )


def _near(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.allclose(a, b, rtol=CLOSE, atol=CLOSE))


# -- criteria --------------------------------------------------------------------------------------------------------


def _values(case: Case, seen: Seen, name: str = "values", last: int = 0) -> Values:
    """An observation of values after each step, of the shapes of the case (`last`: of so many parameters at the end)."""
    found, wanted = seen[name], [start.shape for start in case["starts"]][-last:]
    if (
        isinstance(found, list)
        and len(found) == len(case["gradients"])
        and all(isinstance(step, list) and all(isinstance(v, np.ndarray) for v in step) for step in found)
        and all([v.shape for v in step] == wanted and all(v.dtype.kind == "f" for v in step) for step in found)
    ):
        return found
    expected = f"parameters of shapes {', '.join(map(str, wanted))} after each step"
    cause = "The parameters have other shapes than before: was a value of another shape written into them?"
    raise NoEvidence(Mistake("shapes-changed", expected, "something else", cause, _tried(case)))


def _tried(case: Case) -> str:
    options = "".join(f", {name}={value:g}" for name, value in case["options"].items())
    steps, count = len(case["gradients"]), len(case["starts"])
    return f"MyAdam(params{options}), {count} parameter{'s' * (count > 1)}, {steps} step{'s' * (steps > 1)} along known gradients"


def _stopped(case: Case, seen: Seen, step: str = "take steps") -> Mistake | None:
    cause = "The step stops with an error. Has each parameter averages of its own, and of its own shape?"
    return stopped(seen, step, "step-stops", _tried(case), cause, "a step", "step")


def _same(case: Case, a: Values, b: Values, lr: float = 0.0) -> bool:
    atol = CLOSE * (lr or case["options"].get("lr", 0.001))
    return all(np.allclose(x, y, rtol=0, atol=atol) for s, t in zip(a, b) for x, y in zip(s, t))


def _steps_mistake(case: Case, seen: Seen) -> Mistake | None:
    failed = _stopped(case, seen)
    if failed:
        return failed
    values, wanted = _values(case, seen), torchs(case)
    if _same(case, values, wanted):
        return None
    outlives = _outlives(case, seen)
    if outlives:
        return outlives
    id, cause = _first_slip(case, values) or next(
        ((id, cause) for id, (slip, cause) in _slips(case).items() if _same(case, values, slip)),
        ("later-steps-wrong", "The first step is right, and a later one is not. What is kept from step to step?"),
    )
    return Mistake(id, _moves(case, wanted), _moves(case, values), cause, _tried(case), "step")


def _moves(case: Case, values: Values) -> str:
    """By how many learning rates the first parameter's first number moved, step by step."""
    lr = case["options"].get("lr", 0.001)
    path = [case["starts"][0].flat[0], *(step[0].flat[0] for step in values)]
    moves = ", ".join(f"{(b - a) / lr:+.3f}" for a, b in zip(path, path[1:]))
    return f"the first number moves by {moves} learning rates"


def _judged(what: str, *, points: int, says: str) -> None:
    @adam.criterion(what, points=points, says=says)
    def _(case: Case, seen: Seen) -> Mistake | None:
        return _steps_mistake(case, seen) if case["what"] == what else None


_judged("first", points=2, says="the first step moves every number by one learning rate, downhill")
_judged("many", points=3, says="many steps are those of Adam: both averages are kept, and corrected")
_judged("epsilon", points=1, says="ε is added to the root")


@adam.criterion("options", points=1, says="learning rate and betas are the caller's")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "many":
        return None
    failed = (
        _stopped(case, seen)
        or _stopped(case, seen, "take the same steps with twice the learning rate")
        or _stopped(case, seen, "take the same steps with other betas")
    )
    if failed:
        return failed
    values, doubled, other = (_values(case, seen, name) for name in ("values", "doubled", "other betas"))
    starts, lr = case["starts"], case["options"].get("lr", 0.001)
    hidden = _hidden(case, seen)
    if hidden:
        return hidden
    twice = [[s + 2 * (v - s) for v, s in zip(step, starts)] for step in values]
    if not _same(case, doubled, twice, lr=2 * lr):
        cause = (
            "Twice the learning rate should move everything twice as far. Is a number written where `self.lr` belongs?"
        )
        return Mistake("learning-rate-ignored", _moves(case, twice), _moves(case, doubled), cause, _tried(case))
    if _same(case, values, other):
        cause = "Other betas make no difference. Are numbers written where `self.betas` belongs?"
        return Mistake("betas-ignored", "other steps with other betas", "the same steps", cause, _tried(case))
    return None


@adam.criterion("every parameter", points=1, says="each parameter has averages of its own")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "several":
        return None
    failed = _stopped(case, seen) or _stopped(case, seen, "take the same steps for the last parameter alone")
    if failed:
        return failed
    together = [step[-1:] for step in _values(case, seen)]
    alone = _values(case, seen, "alone", last=1)
    hidden = _hidden(case, seen)
    if hidden or _same(case, together, alone):
        return hidden
    cause = "A parameter moves otherwise when there are others beside it: they share an average, or the counter counts parameters."
    expected, observed = f"{together_words(alone)}, as when it is alone", together_words(together)
    return Mistake("averages-shared", expected, observed, cause, _tried(case))


def together_words(values: Values) -> str:
    return "last parameter: " + ", ".join(f"{step[-1].flat[0]:.4f}" for step in values)


@adam.criterion("a new one", points=1, says="a second optimizer starts anew")
def _(case: Case, seen: Seen) -> Mistake | None:
    failed = _stopped(case, seen) or _stopped(case, seen, "take the same steps with a new optimizer")
    if failed:
        return failed
    return _hidden(case, seen)


def _hidden(case: Case, seen: Seen) -> Mistake | None:
    """What would keep a comparison of two runs from telling anything."""
    values = _values(case, seen)
    if not np.isfinite(np.concatenate([v.ravel() for step in values for v in step])).all() or _still(case, values):
        return _steps_mistake(case, seen)
    return _outlives(case, seen)


def _still(case: Case, values: Values) -> bool:
    return _same(case, values, [case["starts"]] * len(values))


def _outlives(case: Case, seen: Seen) -> Mistake | None:
    """Whether a second optimizer takes other steps than the first one did, on the same parameters and gradients."""
    if seen.error("take the same steps with a new optimizer"):
        return None
    values, again = _values(case, seen), _values(case, seen, "again")
    if all(np.array_equal(x, y, equal_nan=True) for s, t in zip(values, again) for x, y in zip(s, t)):
        return None
    if _same(case, values, again):
        return None
    cause = "The second optimizer goes on where another one stopped: averages or counter lie in the class or in a global name, not in `self`."
    return Mistake("state-outlives", _moves(case, values), _moves(case, again), cause, _tried(case))


@adam.criterion("gradients kept", points=1, says="step() leaves the gradients as they are")
def _(case: Case, seen: Seen) -> Mistake | None:
    failed = _stopped(case, seen)
    if failed:
        return failed
    left, given = _values(case, seen, "gradients after"), case["gradients"]
    if all(np.allclose(a, b, rtol=1e-5) for s, t in zip(left, given) for a, b in zip(s, t)):
        return _steps_mistake(case, seen) if _still(case, _values(case, seen)) else None
    if not any(np.any(a) for step in left for a in step):
        cause = "`step` has cleared the gradients. That is `zero_grad`'s business: one may want to look at them first, or to add up several."
        return Mistake("gradients-cleared", "the gradients as they were", "zeros", cause, _tried(case))
    shown = f"{left[0][0].flat[0]:.4g}"
    cause = "The gradient was written into: `g *= …` changes the array itself, and `grad()` gives no copy."
    return Mistake("gradients-changed", f"{given[0][0].flat[0]:.4g}", shown, cause, _tried(case))
