"""log Σ exp along the last axis, for numbers of any size."""

from __future__ import annotations

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import single
from autograder.judges.lesson_06.evidence import Slip
from autograder.judges.lesson_06.functions import gradient_mistake, manners_mistake, output_mistake, tried

logsumexp = Exercise(
    "06-logsumexp",
    "log-sum-exp",
    section="More functions, and when not to write one",
    minutes=15,
    difficulty="medium",
    hints=(
        "log Σ exp(x) = m + log Σ exp(x - m) for any number m. Which m keeps every exponential at 1 or below?",
        "Each row needs its own m: `x.max(axis=-1, keepdims=True)`. With one m for all, the exponentials of a row far below it all become 0.",
        "The derivative by x_i is exp(x_i) / Σ exp(x) = exp(x_i - result), which never exceeds 1.",
        "g has lost the last axis; x has it. Give it back as an axis of length 1: `g.reshape(*g.shape, 1)`.",
    ),
)
CALL = "LogSumExp.apply(x)"


@logsumexp.cases
def _(rng: np.random.Generator) -> list[Case]:
    rows = rng.uniform(-2, 2, (3, 4))
    square, cube, vector = (rng.uniform(-2, 2, shape) for shape in ((3, 3), (2, 3, 2), (5,)))
    large = np.array([[1000.0], [-1000.0], [88.0], [0.0]]) + rng.uniform(-1, 1, (4, 3))
    masked = rng.uniform(-2, 2, (3, 3))
    masked[np.arange(3), [2, 0, 1]] = -np.inf
    return [
        {"kind": "rows", **_inputs(rng, rows), "other": single(rows[::-1] * 0.5)},
        {"kind": "square", **_inputs(rng, square)},
        {"kind": "other shapes", **_inputs(rng, cube)},
        {"kind": "other shapes", **_inputs(rng, vector)},
        {"kind": "large", **_inputs(rng, large)},
        {"kind": "masked", **_inputs(rng, masked)},
    ]


def _inputs(rng: np.random.Generator, x: np.ndarray) -> Case:
    shape = x.shape[:-1]
    g = rng.uniform(0.5, 1, shape) * np.where(np.arange(int(np.prod(shape))).reshape(shape) % 2, 3, -1)
    return {"x": single(x), "g": single(np.asarray(g)), "args": []}


def _oracle(x: torch.Tensor) -> torch.Tensor:
    return torch.logsumexp(x, -1)


def _value_slips(case: Case) -> list[Slip]:
    x = torch.tensor(case["x"], dtype=torch.float64)
    right, width = _oracle(x), x.shape[-1]
    floats = torch.tensor(case["x"])
    slips: list[Slip] = [
        (
            right[..., None].numpy(),
            "axis-kept",
            "The last axis is still there, with length 1: `keepdims=True` is good for the maximum, not for the result.",
        ),
        (torch.logsumexp(x, 0).numpy(), "first-axis", "The sum went along the first axis; the last one is asked for."),
        (
            torch.logsumexp(x.reshape(-1), 0).numpy(),
            "all-in-one",
            "Everything was added up into one number; one for each row is asked for.",
        ),
        (
            (right - x.amax(-1)).numpy(),
            "maximum-not-added",
            "The maximum was taken off before `exp` and not put back after `log`.",
        ),
        ((right - np.log(width)).numpy(), "mean-for-sum", "This is the logarithm of the mean; the sum is asked for."),
        (x.amax(-1).numpy(), "maximum-only", "This is the maximum. log Σ exp is always a little more."),
        (torch.exp(right).numpy(), "log-forgotten", "The logarithm is missing."),
        (
            torch.log(torch.exp(floats).sum(-1)).numpy(),
            "overflow",
            "`exp` of the bare numbers overflows above 88, and below -104 it is 0, whose logarithm is -inf. Take off the maximum first.",
        ),
        (
            _shifted(floats, floats.max()),
            "one-maximum-for-all",
            "One maximum was taken off all rows. In a row far below it every exponential became 0. Each row needs its own.",
        ),
    ]
    return slips


def _shifted(x: torch.Tensor, by: torch.Tensor) -> np.ndarray:
    return (by + torch.log(torch.exp(x - by).sum(-1))).numpy()


def _gradient_slips(case: Case) -> list[Slip]:
    x, g = (torch.tensor(case[name], dtype=torch.float64) for name in ("x", "g"))
    p, incoming = torch.softmax(x, -1), g[..., None]
    slips: list[Slip] = [
        (
            (incoming.expand(x.shape)).numpy(),
            "derivative-left-out",
            "What came in was handed on to every number of the row; each gets its share, exp(x - result).",
        ),
        ((incoming * torch.exp(x)).numpy(), "not-divided", "exp(x) is not yet divided by Σ exp(x)."),
        (
            (incoming * (x == x.amax(-1, keepdim=True))).numpy(),
            "maximums-gradient",
            "All of it went to the greatest number: that is the gradient of a maximum.",
        ),
    ]
    if x.ndim == 2 and x.shape[0] == x.shape[1]:
        wrong = "g has one number for each row, and was spread along the rows in place of down them: without its last axis, broadcasting puts it to the columns. `g.reshape(*g.shape, 1)`."
        slips.append(((p * g).numpy(), "incoming-misaligned", wrong))
    return slips


def _values(case: Case, seen: Seen) -> Mistake | None:
    return output_mistake(case, seen, CALL, _oracle, _value_slips(case))


def _gradient(case: Case, seen: Seen) -> Mistake | None:
    return gradient_mistake(case, seen, CALL, _oracle, _gradient_slips(case), _values(case, seen))


@logsumexp.criterion("values", points=2, says="log Σ exp(x) along the last axis, which disappears")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _values(case, seen) if case["kind"] in ("rows", "square") else None


@logsumexp.criterion("gradient", points=3, says="every number gets its share of its row's incoming gradient")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _gradient(case, seen) if case["kind"] in ("square", "rows") else None


@logsumexp.criterion("shapes", points=1, says="tensors of one axis, or of three, as well")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["kind"] != "other shapes":
        return None
    error = seen.error("apply it")
    if error and error.type in ("ShapeError", "IndexError", "ValueError"):
        cause = "The code takes it that x is a matrix. The last axis is -1, however many there are, and `x.shape[:-1]` the shape without it."
        return Mistake("only-two-axes", "no error", str(error), cause, tried(case, CALL))
    return _values(case, seen) or _gradient(case, seen)


@logsumexp.criterion(
    "any size", points=2, says="rows around 1000 and around -1000 beside each other, and impossible entries (-inf)"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _values(case, seen) or _gradient(case, seen) if case["kind"] in ("large", "masked") else None


@logsumexp.criterion(
    "manners", points=1, says="it changes nothing it was handed, and two applications do not disturb each other"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return (
        manners_mistake(case, seen, CALL, _oracle, _values(case, seen) or _gradient(case, seen))
        if case["kind"] == "rows"
        else None
    )
