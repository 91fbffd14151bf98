"""The two-layer network's gradients, worked out by hand; torch says what they are."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch

from autograder.exercise import Case, Error, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import single
from autograder.judges.lesson_06.evidence import Slip, as_array, double, explained, numbers, same, stopped

by_hand = Exercise(
    "06-backward-by-hand",
    "Backward by hand",
    section="A network with nothing but tensors",
    source="S3, part 2",
    minutes=20,
    difficulty="medium",
    hints=(
        "Go backwards, line by line: what is the derivative of the loss by `prediction`? It has the shape of `prediction`.",
        "For `c = a @ b` with the gradient `g` of `c`: that of `b` is `a.T @ g`, that of `a` is `g @ b.T`. The shapes leave no other choice, as long as all sizes differ.",
        "`relu` lets through the gradient of those numbers that were above 0, and stops the others: multiply by `hidden > 0`, with the numbers from *before* relu.",
        "The gradient reaches `w1` in four moves: the loss, the product with `w2`, the relu, the product with `w1`.",
    ),
)

# batch, inputs, hidden units, outputs
SHAPES = {"plain": (6, 5, 4, 3), "square": (4, 4, 4, 4), "one example": (1, 3, 2, 5), "a silent unit": (5, 4, 4, 2)}
NAMES = ("x", "y", "w1", "w2")


@by_hand.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_network(kind, rng, *sizes) for kind, sizes in SHAPES.items()]


def _network(kind: str, rng: np.random.Generator, batch: int, inputs: int, hidden: int, outputs: int) -> Case:
    """Weights and data for which every hidden number is well away from 0, of both signs; a silent unit is 0 throughout."""
    signs = np.where(np.add.outer(np.arange(batch), np.arange(hidden)) % 2, 1, -1)
    before_relu = rng.uniform(0.4, 1.6, (batch, hidden)) * signs
    w1 = np.linalg.qr(rng.normal(size=(inputs, inputs)))[0][:, :hidden] * rng.uniform(0.7, 1.4, hidden)
    x = before_relu @ np.linalg.pinv(w1)
    if kind == "a silent unit":
        w1[:, rng.integers(hidden)] = 0
    w2 = rng.uniform(0.4, 1.6, (hidden, outputs)) * rng.choice([-1, 1], (hidden, outputs))
    y = rng.uniform(2, 4, (batch, outputs)) * rng.choice([-1, 1], (batch, outputs))
    return {"kind": kind, "x": single(x), "y": single(y), "w1": single(w1), "w2": single(w2)}


def _tried(case: Case) -> str:
    shapes = ", ".join(f"{name} {case[name].shape}" for name in NAMES)
    zero = "; one hidden unit is exactly 0 for every example" if case["kind"] == "a silent unit" else ""
    return f"gradients(x, y, w1, w2) with {shapes}{zero}"


@lru_cache(maxsize=64)
def _torchs(key: tuple[bytes, ...], shapes: tuple[tuple[int, ...], ...]) -> dict[str, Any]:
    """The loss, both gradients, and what the slips that learners make would give in their place."""
    x, y, w1, w2 = (double(np.frombuffer(k, np.float32).reshape(s), leaf=True) for k, s in zip(key, shapes))
    hidden = x @ w1
    active = torch.relu(hidden)
    prediction = active @ w2
    error = prediction - y
    loss = (error**2).sum()

    def grad(output: torch.Tensor, by: torch.Tensor, g: torch.Tensor | None = None) -> np.ndarray:
        return torch.autograd.grad(output, by, g, retain_graph=True)[0].numpy()

    at_prediction = torch.autograd.grad(loss, prediction, retain_graph=True)[0]
    at_hidden = torch.autograd.grad(loss, hidden, retain_graph=True)[0]
    found = {"loss": loss.item(), "w1": grad(loss, w1), "w2": grad(loss, w2), "mean": (error**2).mean().item()}
    found["w1 unmasked"] = grad(hidden @ w2, w1, at_prediction)
    found["w2 from hidden"] = grad(hidden @ w2, w2, at_prediction)
    found["w1 unweighted"], found["w2 unweighted"] = (grad(prediction.sum(), w) for w in (w1, w2))
    if all(n == len(x) for n in (*x.shape, *w1.shape, *w2.shape)):
        found["w1 by w2 upright"] = grad(active @ w2.T, w1, at_prediction)
        found["w1 by x upright"] = (x @ at_hidden).detach().numpy()
        found["w1 past w2"] = grad(active, w1, at_prediction)
        found["w2 upright"] = (active @ at_prediction).detach().numpy()
    return found


def _right(case: Case) -> dict[str, Any]:
    arrays = [case[name] for name in NAMES]
    return _torchs(tuple(a.tobytes() for a in arrays), tuple(a.shape for a in arrays))


def _meaning(error: Error) -> tuple[str, str] | None:
    if error.type == "ShapeError":
        return (
            "shapes-do-not-fit",
            "Two shapes do not fit together: is a transposition missing, or at the wrong factor?",
        )
    return None


def _returned(case: Case, seen: Seen) -> list[Any]:
    stopped(seen, "work out the gradients", _tried(case), _meaning)
    value = seen["returned"]
    if isinstance(value, list) and len(value) == 3:
        return value
    cause = "Return the loss and both gradients, in this order: `return loss, grad_w1, grad_w2`."
    shown = f"{len(value)} of them" if isinstance(value, list) else numbers(value)
    raise NoEvidence(Mistake("not-three-results", "three results", shown, cause, _tried(case)))


def _loss_mistake(case: Case, seen: Seen) -> Mistake | None:
    got, right = _returned(case, seen)[0], _right(case)
    value = got.item() if isinstance(got, np.ndarray) and got.size == 1 else got
    if isinstance(value, float) and np.isclose(value, right["loss"], rtol=1e-4):
        return None
    id, cause = "wrong-loss", "The loss is the sum of all squared errors: `((prediction - y) ** 2).sum()`."
    if isinstance(value, float) and np.isclose(value, right["mean"], rtol=1e-4):
        id, cause = "mean-loss", "This is the mean of the squared errors; the sum is asked for."
    shown = f"{value:.5g}" if isinstance(value, float) else numbers(got)
    return Mistake(id, f"a loss of {right['loss']:.5g}", shown, cause, _tried(case))


def _gradient_mistake(case: Case, seen: Seen, name: str) -> Mistake | None:
    right = _right(case)
    position, other = {"w1": (1, "w2"), "w2": (2, "w1")}[name]
    got, wanted = _returned(case, seen)[position], right[name]
    if same(got, wanted):
        return None
    id, cause = explained(got, _slips(name, other, case, right)) or _unexplained(got, wanted)
    return Mistake(id, f"gradient of {name}: {numbers(wanted)}", numbers(got), cause, _tried(case))


def _unexplained(got: Any, wanted: np.ndarray) -> tuple[str, str]:
    if not isinstance(got, np.ndarray):
        return "not-a-tensor", "A gradient is a tensor of the shape of its weight."
    if got.shape != wanted.shape:
        return "wrong-shape", "A gradient always has the shape of what it is the gradient of."
    if same(got, wanted, 0.05):
        return (
            "nearly",
            "Nearly, but not by rounding alone. Differences of the loss only come near; the chain rule is exact.",
        )
    return (
        "wrong-gradient",
        "Check each of the moves by numerical differences: first the loss by `prediction`, then further back.",
    )


def _slips(name: str, other: str, case: Case, right: dict[str, Any]) -> list[Slip]:
    wanted, size, batch = right[name], case["y"].size, len(case["y"])
    slips: list[Slip] = [
        (right[other], "gradients-exchanged", f"This is the gradient of {other}. First that of w1, then that of w2."),
        (wanted / 2, "two-forgotten", "The derivative of e² is 2e: the factor 2 is missing."),
        (-wanted, "sign-turned", "The sign is wrong: the derivative by `prediction` comes from `prediction - y`."),
        (wanted / size, "mean-for-sum", "Divided by the number of errors. The loss is a sum, so nothing is divided."),
        (wanted / batch, "mean-for-sum", "Divided by the size of the batch. The loss is a sum, so nothing is divided."),
        (wanted.T, "transposed", "The result is transposed: a gradient has its weight's rows and columns."),
        (
            right[f"{name} unweighted"],
            "error-left-out",
            "This is the gradient of `prediction.sum()`: the errors do not take part. Begin with the loss.",
        ),
    ]
    if name == "w2":
        before = "Computed from the hidden numbers before relu. `w2` was multiplied with those after it."
        return [
            *slips,
            (right["w2 from hidden"], "before-relu", before),
            (
                right.get("w2 upright"),
                "untransposed",
                "The left factor of `active @ w2` comes back transposed: `active.T @ …`.",
            ),
        ]
    unmasked = "Also where relu gave 0 the gradient went through. Is the mask missing, or is it `>= 0` on numbers that are never below 0?"
    return [
        *slips,
        (right["w1 unmasked"], "relu-passed", unmasked),
        (right["w1 unmasked"] / 2, "relu-passed", unmasked),
        (right.get("w1 by w2 upright"), "untransposed", "Through `active @ w2` the gradient comes back by `… @ w2.T`."),
        (right.get("w1 by x upright"), "untransposed", "The left factor of `x @ w1` comes back transposed: `x.T @ …`."),
        (
            right.get("w1 past w2"),
            "past-w2",
            "The gradient went past `w2`: through `active @ w2` it comes back multiplied by `w2.T`.",
        ),
    ]


@by_hand.criterion("loss", points=1, says="the loss is the sum of the squared errors")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _loss_mistake(case, seen)


@by_hand.criterion("second layer", points=3, says="the gradient of w2")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _gradient_mistake(case, seen, "w2")


@by_hand.criterion("first layer", points=4, says="the gradient of w1, through w2 and the relu")
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if case["kind"] == "a silent unit" else _gradient_mistake(case, seen, "w1")


@by_hand.criterion("at zero", points=1, says="a hidden number of exactly 0 passes nothing on")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["kind"] != "a silent unit":
        return None
    got, wanted = _returned(case, seen)[1], _right(case)["w1"]
    silent = ~case["w1"].any(axis=0)
    if isinstance(got, np.ndarray) and got.shape == wanted.shape and same(got[:, ~silent], wanted[:, ~silent]):
        if same(got, wanted):
            return None
        cause = "relu's slope at exactly 0 counts as 0 here, as in every framework: the mask is `hidden > 0`, not `>= 0`. (Differences of the loss give half the slope there.)"
        return Mistake("passes-at-zero", "0 for the silent unit", numbers(got[:, silent]), cause, _tried(case))
    return _gradient_mistake(case, seen, "w1")


@by_hand.criterion("unchanged", points=1, says="the tensors handed in are unchanged, and a second call gives the same")
def _(case: Case, seen: Seen) -> Mistake | None:
    first = _returned(case, seen)
    for name in NAMES:
        if not same(seen.array(f"{name}_after"), case[name], 1e-7):
            cause = "Something was written into it on the way: `hidden[…] = 0` and `-=` write into the tensor itself."
            after = numbers(seen[f"{name}_after"])
            return Mistake("changes-its-input", f"{name} as before: {numbers(case[name])}", after, cause, _tried(case))
    again = seen["again"]
    if not isinstance(again, list) or len(again) != 3:
        return Mistake(
            "works-once", "three results", describe(again), "The second call gave something else.", _tried(case)
        )
    for name, one, two in zip(("the loss", "the gradient of w1", "the gradient of w2"), first, again):
        if not same(as_array(two), as_array(one) if as_array(one) is not None else np.nan):
            cause = "The second call gave something else: what is kept from the first?"
            return Mistake("works-once", f"{name}: {numbers(one)}", numbers(two), cause, _tried(case))
    return _loss_mistake(case, seen)
