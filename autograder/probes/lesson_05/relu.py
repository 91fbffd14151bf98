"""Calls the learner's relu on an intermediate result, as a network would, and takes the gradient through it."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import nd

EXERCISES = ("05-relu-by-hand",)

LIBRARY = (
    *("miniblocks.nd.relu", "miniblocks.tensor.Tensor.relu", "miniblocks.nn.Activation", "miniblocks.nn.ReLU"),
    *("torch.relu", "torch.nn.functional.relu", "torch.nn.ReLU"),
)


@probe("05-relu-by-hand", forbids=LIBRARY)
def _(answer: Any, case: Case, see: Observer) -> None:
    leaf = nd.array(case["x"])
    leaf.attach_grad()
    x = leaf * 1
    with see.step("call it"):
        output = answer(x)
        see["output"] = output
        see["x_after"] = x
    with see.attempt("take its gradient"):
        (output * nd.array(case["weigh"])).sum().backward()
        see["gradient"] = leaf.grad
