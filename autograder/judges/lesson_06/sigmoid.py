"""A sigmoid that holds for numbers of any size, as one node with its own gradient."""

from __future__ import annotations

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import single
from autograder.judges.lesson_06.evidence import Slip
from autograder.judges.lesson_06.functions import gradient_mistake, manners_mistake, output_mistake, tried

stable_sigmoid = Exercise(
    "06-stable-sigmoid",
    "A stable sigmoid",
    section="A function as one node",
    source="S3, part 4",
    minutes=20,
    difficulty="medium",
    hints=(
        "`exp` overflows for large numbers only, never for negative ones. So call it with -|x|, whatever the sign of x.",
        "With z = exp(-|x|): for x ≥ 0 the sigmoid is 1/(1 + z), for x < 0 it is z/(1 + z). `nd.where(x >= 0, a, b)` takes from a or b.",
        "The derivative can be told from the result alone: s(1 - s). Keep the result by `ctx.save_for_backward(y)`.",
        "What `backward` returns is the gradient of the *loss*: the derivative times what came in, `g`.",
    ),
)
CALL = "StableSigmoid.apply(x)"


@stable_sigmoid.cases
def _(rng: np.random.Generator) -> list[Case]:
    middle = rng.uniform(0.5, 4, 6) * np.array([1, -1, 1, -1, 1, -1])
    far = rng.uniform(0.9, 1.1, 8) * np.array([40, -40, 95, -95, 300, -300, 1e4, -1e4])
    precise = np.concatenate([rng.uniform(0.5, 4, 4) * np.array([1, -1, 1, -1]), rng.uniform(17, 18, 2) * [1, -1]])
    return [
        {"kind": "middle", **_inputs(rng, single(middle)), "other": single(middle[::-1] / 2)},
        {"kind": "matrix", **_inputs(rng, single(middle.reshape(2, 3)))},
        {"kind": "far", **_inputs(rng, single(far))},
        {"kind": "precise", **_inputs(rng, precise)},
    ]


def _inputs(rng: np.random.Generator, x: np.ndarray) -> Case:
    g = rng.uniform(1.5, 3, x.shape) * rng.choice([-1, 1], x.shape)
    return {"x": x, "g": g.astype(x.dtype), "args": []}


def _value_slips(case: Case) -> list[Slip]:
    x = case["x"].astype(np.float64)
    s = _sigmoid(x)
    clipped = "The numbers were clipped to a range first, so everything beyond it comes out alike."
    return [
        (_sigmoid(-x), "mirrored", "This is the sigmoid of -x: is the sign inside `exp` wrong?"),
        (np.tanh(x), "tanh-for-sigmoid", "This is tanh. The sigmoid lies between 0 and 1: (1 + tanh(x/2)) / 2."),
        *((_sigmoid(np.clip(x, -b, b)), "clipped", clipped) for b in (1, 5, 6, 8, 10, 15, 16)),
        (np.where(x >= 0, s, 1 - s), "sign-lost", "Where x is negative the value for |x| came out."),
    ]


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return torch.sigmoid(torch.tensor(x, dtype=torch.float64)).numpy()


def _gradient_slips(case: Case) -> list[Slip]:
    x, g = case["x"].astype(np.float64), case["g"].astype(np.float64)
    s = _sigmoid(x)
    of_x = "The derivative is s(1 - s) with s the *result*. Here it was computed with x."
    return [
        (g * x * (1 - x), "input-for-result", of_x),
        (g * s * (1 + s), "wrong-derivative", "The derivative of the sigmoid is s(1 - s), not s(1 + s)."),
        (g * (1 - s * s), "wrong-derivative", "1 - s² is the derivative of tanh. That of the sigmoid is s(1 - s)."),
        (g * s, "wrong-derivative", "The factor 1 - s is missing: the derivative of the sigmoid is s(1 - s)."),
        (g * (1 - s), "wrong-derivative", "The factor s is missing: the derivative of the sigmoid is s(1 - s)."),
    ]


def _gradient(case: Case, seen: Seen) -> Mistake | None:
    return gradient_mistake(case, seen, CALL, torch.sigmoid, _gradient_slips(case), _value(case, seen))


def _value(case: Case, seen: Seen) -> Mistake | None:
    return output_mistake(case, seen, CALL, torch.sigmoid, _value_slips(case))


@stable_sigmoid.criterion("values", points=2, says="1 / (1 + exp(-x)), for tensors of any shape")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _value(case, seen) if case["kind"] in ("middle", "matrix") else None


@stable_sigmoid.criterion("gradient", points=3, says="the gradient of x: what comes in, times s(1 - s)")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _gradient(case, seen) if case["kind"] in ("middle", "matrix") else None


@stable_sigmoid.criterion(
    "far out", points=2, says="for very large numbers of either sign value and gradient are right, never nan"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _value(case, seen) or _gradient(case, seen) if case["kind"] == "far" else None


@stable_sigmoid.criterion("no overflow", points=1, says="nothing on the way becomes infinite")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["kind"] != "far":
        return None
    error = seen.error("apply it, watched by detect_anomaly")
    if error is None or error.type != "AnomalyError":
        seen["watched"]  # without having been watched there is no evidence
        return _value(case, seen)
    cause = "An exponential grew beyond what floats hold. Where 1/inf gives 0 this does no harm, but nobody reading the code knows that it never will. `exp(-|x|)` cannot overflow."
    observed = error.message.split(", at ")[0]
    look = f"`{error.line}`" if error.line else ""
    return Mistake(
        "overflows-on-the-way",
        "finite numbers throughout",
        observed,
        cause,
        f"{tried(case, CALL)}, under autograd.detect_anomaly()",
        look,
    )


@stable_sigmoid.criterion("precision", points=1, says="float64 goes in, and float64 comes out, to the last digits")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _value(case, seen) or _gradient(case, seen) if case["kind"] == "precise" else None


@stable_sigmoid.criterion(
    "manners", points=1, says="it changes nothing it was handed, and two applications do not disturb each other"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return (
        manners_mistake(case, seen, CALL, torch.sigmoid, _value(case, seen) or _gradient(case, seen))
        if case["kind"] == "middle"
        else None
    )
