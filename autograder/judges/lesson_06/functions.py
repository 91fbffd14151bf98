"""What the judges of Functions share: torch's value and gradient for a case, and the faults that any Function can have.

A case holds x, the incoming gradient g, further arguments `args`, and perhaps `other`: a second tensor, to which the
Function is applied before the first gradient is sent back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from autograder.exercise import Case, Error, Mistake, Seen, describe
from autograder.judges.lesson_06.evidence import Slip, double, explained, numbers, same, stopped

Oracle = Callable[[torch.Tensor], torch.Tensor]
PRECISE = 1e-10  # rounding that float64 keeps and float32 does not


def value_and_gradient(oracle: Oracle, x: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What torch computes, and what comes back to x when g comes back to the result."""
    at = double(x, leaf=True)
    result = oracle(at)
    (gradient,) = torch.autograd.grad(result, at, double(g))
    return result.detach().numpy(), gradient.numpy()


def rounding(case: Case) -> float:
    return PRECISE if case["x"].dtype == np.float64 else 2e-5


def tried(case: Case, call: str) -> str:
    kinds = {"float64": " of float64"}
    return f"{call} for x{kinds.get(case['x'].dtype.name, '')} = {_short(case['x'])}"


def meaning(error: Error) -> tuple[str, str] | None:
    """What errors of a Function usually mean."""
    text = error.message
    if error.type == "AttributeError" and "apply" in text:
        return "no-function", "`apply` comes with the base class: `class Name(autograd.Function)`."
    if "truth value" in text or "ambiguous" in text:
        return (
            "one-number-only",
            "An `if` asks for one truth value, and x holds many numbers. Decide for each by `nd.where`, or by a mask.",
        )
    if "gradients for" in text:
        return (
            "wrong-number-of-gradients",
            "`backward` returns one gradient for each input of `forward`; for an input that is no tensor it is None.",
        )
    if "gradient of shape" in text or error.type == "ShapeError":
        return (
            "wrong-shape",
            "Shapes do not fit: the gradient of x has the shape of x, whatever the shape of the result.",
        )
    if "forward returns a tensor" in text:
        return "no-tensor-returned", "`forward` is to return a tensor. Is a `return` missing, or did numpy take over?"
    if "NoneType" in text and error.type == "TypeError":
        return "none-used", "None took part in the computation: a bound that is None, or a function without `return`."
    if "nothing here requires" in text:
        return "not-recorded", "The result wants no gradient, so `backward` was never recorded."
    return None


def output_mistake(case: Case, seen: Seen, call: str, oracle: Oracle, slips: Sequence[Slip] = ()) -> Mistake | None:
    """Why the result is not what torch gives."""
    what = tried(case, call)
    stopped(seen, "apply it", what, meaning)
    got = seen.array("output")
    wanted, _ = value_and_gradient(oracle, case["x"], case["g"])
    if same(got, wanted, rounding(case)):
        return None
    id, cause = explained(got, slips, rounding(case)) or _unexplained(got, wanted)
    return Mistake(id, f"a result of {numbers(wanted, 6)}", numbers(got, 6), cause, what)


def _unexplained(got: np.ndarray, wanted: np.ndarray) -> tuple[str, str]:
    if got.shape != wanted.shape:
        return "wrong-shape", "The result has another shape than asked for."
    if got.dtype.kind == "f" and np.isnan(got).any() and not np.isnan(wanted).any():
        return (
            "nan",
            "On the way something became infinite, and then inf / inf or inf - inf was computed, which is nan.",
        )
    if got.dtype.kind == "f" and np.isinf(got).any() and not np.isinf(wanted).any():
        return "overflow", "A number grew beyond what floats can hold: `exp(89)` is infinite in single precision."
    if same(got, wanted, 1e-5):
        return (
            "precision-lost",
            "The digits of single precision: somewhere float64 became float32 (`nd.array` does that unless told a dtype).",
        )
    return "wrong-values", "Compare with the formula, number by number."


def gradient_mistake(
    case: Case, seen: Seen, call: str, oracle: Oracle, slips: Sequence[Slip], value: Mistake | None
) -> Mistake | None:
    """Why the gradient of x is not what torch gives; a wrong `value` explains that none can be sent back."""
    what = f"y = {tried(case, call)}; y.backward(g) for g = {_short(case['g'])}"
    if value and seen.errors:
        return value
    stopped(seen, "send a gradient back", what, meaning)
    got = seen["gradient"]
    _, wanted = value_and_gradient(oracle, case["x"], case["g"])
    if same(got, wanted, rounding(case)):
        return None
    if not isinstance(got, np.ndarray):
        return Mistake(
            "no-gradient", f"a gradient of {numbers(wanted, 6)}", describe(got), "No gradient came back to x.", what
        )
    ones = value_and_gradient(oracle, case["x"], np.ones_like(case["g"]))[1]
    common: list[Slip] = [
        (
            ones,
            "incoming-ignored",
            "The gradient that comes in, g, does not take part: by the chain rule it is a factor.",
        ),
        (-wanted, "sign-turned", "The sign is wrong."),
    ]
    id, cause = explained(got, [*slips, *common], rounding(case)) or _unexplained_gradient(got, wanted)
    return Mistake(id, f"a gradient of {numbers(wanted, 6)}", numbers(got, 6), cause, what)


def _unexplained_gradient(got: np.ndarray, wanted: np.ndarray) -> tuple[str, str]:
    if got.shape == wanted.shape and got.dtype.kind == "f" and not np.isfinite(got).all():
        return (
            "nan-gradient",
            "0 times infinity, or infinity by infinity, is nan. Which factor of `backward` gets infinite for large numbers?",
        )
    if same(got, wanted, 1e-5):
        return "precision-lost", "The digits of single precision: somewhere float64 became float32."
    return (
        "wrong-gradient",
        "The chain rule: what comes in, times the derivative at x. `autograd.gradcheck` finds the number that is wrong.",
    )


def _short(values: np.ndarray) -> str:
    shown = np.array2string(values, formatter={"float_kind": lambda v: f"{v:.4g}"}, threshold=12, separator=", ")
    return shown.replace("\n", "")


def manners_mistake(case: Case, seen: Seen, call: str, oracle: Oracle, wrong: Mistake | None) -> Mistake | None:
    """Whether it left alone what it was handed, and kept two applications apart; `wrong` is what else is wrong with it."""
    what = tried(case, call)
    if not same(seen.array("x_after"), case["x"], 1e-7):
        cause = (
            "`forward` wrote into x itself, which belongs to the caller: `x[…] = …`, `x -= …`. Compute something new."
        )
        return Mistake("changes-its-input", f"x as before: {numbers(case['x'])}", numbers(seen["x_after"]), cause, what)
    if not same(seen.array("g_after"), case["g"], 1e-7):
        cause = "`backward` wrote into the gradient that came in, which others may need as well: `g[…] = …`, `g *= …`."
        return Mistake(
            "changes-the-incoming", f"g as before: {numbers(case['g'])}", numbers(seen["g_after"]), cause, what
        )
    if wrong:
        return wrong
    step = "apply it to two tensors, then send both gradients back"
    two = f"y1 = {call} of x1, y2 = {call} of x2; then y1.backward(g) and y2.backward(g)"
    stopped(seen, step, two, meaning)
    both = seen["both"]
    wanted = [value_and_gradient(oracle, case[name], case["g"])[1] for name in ("x", "other")]
    for i, right in enumerate(wanted):
        got = both[i] if isinstance(both, list) and len(both) == 2 else None
        if not same(got, right, rounding(case)):
            cause = "What forward leaves for backward belongs on `ctx`, which every application has for itself. On the class, or in a global variable, the second application overwrites what the first one left."
            return Mistake("state-shared", f"gradient of x{i + 1}: {numbers(right)}", numbers(got), cause, two)
    return None
