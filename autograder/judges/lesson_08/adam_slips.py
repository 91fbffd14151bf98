"""What torch's Adam does on a case, and what it would do with a slip in it: how a wrong step is told apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.exercise import Case

CLOSE = 0.01  # in learning rates: single precision is off by less than a hundredth of that
Values = list[list[np.ndarray]]

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


def slips(case: Case) -> dict[str, tuple[Values, str]]:
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


# In the first step the mean is a · g and the mean of squares b · g², and a = b = 1 once both are corrected. What a slip
# makes of them, for β₁ = 0.9 and β₂ = 0.999:
FACTORS = {
    "no-bias-correction": (
        (0.1, 0.001),
        "Both averages begin at 0, and are too small at first. Divide by 1 - β₁ᵗ and by 1 - β₂ᵗ.",
    ),
    "mean-not-corrected": ((0.1, 1.0), "The mean begins at 0 and is too small at first: divide it by 1 - β₁ᵗ."),
    "squares-not-corrected": (
        (1.0, 0.001),
        "The mean of the squares begins at 0 and is too small at first: divide it by 1 - β₂ᵗ.",
    ),
    "mean-unweighted": ((10.0, 1.0), "The new gradient enters the mean with weight 1; its weight is 1 - β₁."),
    "squares-unweighted": ((1.0, 1000.0), "The new square enters its mean with weight 1; its weight is 1 - β₂."),
    "both-unweighted": (
        (10.0, 1000.0),
        "Gradient and square enter with weight 1; their weights are 1 - β₁ and 1 - β₂.",
    ),
    "counter-one-ahead": (
        (0.1 / 0.19, 0.001 / (1 - 0.999**2)),
        "At the first step t should be 1, and here it is 2: it was counted twice, or began at 1.",
    ),
    "uphill": ((-1.0, 1.0), "The parameters go up the gradient; they should go down."),
}


def first_slip(case: Case, values: Values) -> tuple[str, str] | None:
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
    for id, ((mean, square), cause) in FACTORS.items():
        if _near(size, mean * abs(g) / (np.sqrt(square) * abs(g) + epsilon)):
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
