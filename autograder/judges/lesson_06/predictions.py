"""Two predictions: which leaves get a gradient, and what a loop does that never zeroes. What happens is found by trying."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen, one_of
from miniblocks import autograd, nd

# What one would have to believe to choose each letter.
LEAVES = {
    "a": ("thinks-leaves-need-no-asking", "p and q: both take part in what is recorded"),
    "b": ("thinks-right", "p alone"),
    "c": ("thinks-computed-values-keep-theirs", "p and t: both are on the way back"),
    "d": ("thinks-no-grad-is-for-updates-only", "p and r: both want one, and s was detached"),
    "e": ("thinks-wanting-is-enough", "p, r and s: all leaves that want one"),
}
LOOP = {
    "a": ("thinks-gradients-are-replaced", "each step goes down by 0.3"),
    "b": ("thinks-the-first-stays", "the first step goes down by 0.3, and after that w stays"),
    "c": ("thinks-a-second-backward-fails", "the second `backward` stops with an error, since the graph was freed"),
    "d": ("thinks-gradients-add-up", "the steps get longer: 0.3, 0.6, 0.9"),
    "e": ("thinks-steps-double", "each step is twice as long as the one before: 0.3, 0.6, 1.2"),
}


def leaves_outcome(values: list[float]) -> tuple[str, str]:
    """Run the lesson's lines: the letter of what happens, and who has a gradient afterwards."""
    p, q, r, s = (nd.array([v]) for v in values)
    p.requires_grad = r.requires_grad = s.requires_grad = True
    t = p * q
    with autograd.no_grad():
        u = r * 2
    (t + u + s.detach()).sum().backward()
    having = "".join(name for name, tensor in zip("pqrst", (p, q, r, s, t)) if tensor.grad is not None)
    return {"pq": "a", "p": "b", "pt": "c", "pr": "d", "prs": "e"}[having], f"a gradient in: {', '.join(having)}"


def loop_outcome(start: float, slope: float, rate: float) -> tuple[str, str]:
    """Three steps on loss = slope · w without zeroing: the letter of what happens, and where w went."""
    w, path = nd.array([start]), [start]
    w.requires_grad = True
    try:
        for _ in range(3):
            (slope * w).sum().backward()
            with autograd.no_grad():
                w -= rate * w.grad  # type: ignore[operator]
            path.append(w.item())
    except Exception as error:
        return "c", f"{type(error).__name__}: {error}"
    steps = -np.diff(path) / (rate * slope)
    outcomes = {"a": [1, 1, 1], "b": [1, 0, 0], "d": [1, 2, 3], "e": [1, 2, 4]}
    letter = next(key for key, wanted in outcomes.items() if np.allclose(steps, wanted, atol=1e-3))
    return letter, "w: " + " → ".join(f"{v:.3g}" for v in path)


which_leaves = Exercise(
    "06-which-leaves",
    "Predict: which leaves get a gradient?",
    section="Backward",
    source="S3, part 3 (4)",
    minutes=4,
    prediction=one_of(*LEAVES),
    hints=(
        "A gradient is kept by leaves only, and only by those that want one.",
        "To get one, a leaf has to be reached: is there a recorded way from the loss back to it?",
    ),
)
predict_accumulation = Exercise(
    "06-predict-accumulation",
    "Predict: a loop that never zeroes",
    section="Gradients add up",
    source="S3, part 3 (5)",
    minutes=3,
    prediction=one_of(*LOOP),
    hints=(
        "The derivative of 3w by w is the same in every round. What is in `w.grad` when the second `backward` comes?",
        "Each round computes its loss anew, and so records a new graph.",
    ),
)


@which_leaves.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"values": [float(v) for v in rng.uniform(1, 9, 4).round(1)]}]


@predict_accumulation.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"start": round(float(rng.uniform(1, 2)), 1), "slope": 3.0, "rate": 0.1}]


@which_leaves.criterion("outcome", points=2, says="the prediction is what happens")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = f"the lines above, with {', '.join(f'{n} = {v}' for n, v in zip('pqrs', case['values']))}"
    return _judged(seen, LEAVES, *leaves_outcome(case["values"]), tried)


@predict_accumulation.criterion("outcome", points=2, says="the prediction is what happens")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = f"the loop above, from w = {case['start']}"
    return _judged(seen, LOOP, *loop_outcome(case["start"], case["slope"], case["rate"]), tried)


def _judged(seen: Seen, beliefs: dict[str, tuple[str, str]], happened: str, shown: str, tried: str) -> Mistake | None:
    answer = seen["answer"]
    if not isinstance(answer, str) or answer not in beliefs:
        cause = "Return the letter of your choice as a string."
        return Mistake("not-a-choice", f"one of {', '.join(beliefs)}", repr(answer), cause)
    if answer == happened:
        return None
    cause = "Run the next cell, and follow line by line what is recorded and where a gradient is kept."
    id, believed = beliefs[answer]
    return Mistake(id, f"{beliefs[happened][1]} ({shown})", f"your prediction: {believed}", cause, tried)
