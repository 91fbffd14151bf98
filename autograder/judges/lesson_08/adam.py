"""Adam by hand: its steps against those of torch's Adam, along gradients that the case gives."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.evidence import inputs, single, stopped
from autograder.judges.lesson_08.adam_slips import CLOSE, Values, first_slip, slips, torchs

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
    id, cause = first_slip(case, values) or next(
        ((id, cause) for id, (slip, cause) in slips(case).items() if _same(case, values, slip)),
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
    expected, observed = f"{_in_words(alone)}, as when it is alone", _in_words(together)
    return Mistake("averages-shared", expected, observed, cause, _tried(case))


def _in_words(values: Values) -> str:
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
