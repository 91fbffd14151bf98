"""Applies the learner's Functions: forward, backward, twice at once, and with a look at what they wrote into."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import autograd, nd

EXERCISES = ("06-stable-sigmoid", "06-clamp", "06-logsumexp", "06-straight-through")


def leaf(values: np.ndarray) -> nd.Tensor:
    """A tensor of its own that wants a gradient, of the same kind of float."""
    tensor = nd.array(values, dtype=values.dtype.name)
    tensor.requires_grad = True
    return tensor


def apply(answer: Any, case: Case, see: Observer) -> None:
    """One application and its gradient; the tensors handed in are looked at afterwards."""
    x, g = leaf(case["x"]), nd.array(case["g"], dtype=case["g"].dtype.name)
    with see.step("apply it"):
        y = answer.apply(x, *case["args"])
        see["output"], see["x_after"] = y, x
    with see.attempt("send a gradient back"):
        y.backward(g)
        see["gradient"] = x.grad
    see["g_after"] = g


def apply_twice(answer: Any, case: Case, see: Observer) -> None:
    """Two applications first, and only then both gradients."""
    xs = [leaf(case["x"]), leaf(case["other"])]
    with see.attempt("apply it to two tensors, then send both gradients back"):
        ys = [answer.apply(x, *case["args"]) for x in xs]
        for y in ys:
            y.backward(nd.array(case["g"], dtype=case["g"].dtype.name))
        see["both"] = [x.grad for x in xs]


def look(answer: Any, case: Case, see: Observer) -> None:
    apply(answer, case, see)
    if "other" in case:
        apply_twice(answer, case, see)


FUNCTIONS = ("miniblocks.nd", "miniblocks.tensor.Tensor", "torch", "torch.Tensor", "torch.nn.functional")
SIGMOIDS = (*(f"{owner}.sigmoid" for owner in FUNCTIONS), "torch.special.expit", "scipy.special.expit")
SOFT = ("logsumexp", "softmax", "log_softmax")
LOGSUMEXPS = (
    *(f"{owner}.{name}" for owner in ("miniblocks.nd", "torch", "torch.Tensor") for name in SOFT),
    *(f"torch.nn.functional.{name}" for name in SOFT[1:]),
    "scipy.special.logsumexp",
)


@probe("06-stable-sigmoid", forbids=SIGMOIDS)
def _(answer: Any, case: Case, see: Observer) -> None:
    if case["kind"] == "far":
        with see.attempt("apply it, watched by detect_anomaly"), autograd.detect_anomaly():
            answer.apply(leaf(case["x"]))
            see["watched"] = len(case["x"])
    look(answer, case, see)


probe("06-logsumexp", forbids=LOGSUMEXPS)(look)
probe("06-clamp")(look)
probe("06-straight-through")(look)
