"""Calls the learner's `gradients` on a case's numbers, twice, with the tape switched off."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import nd

EXERCISES = ("06-backward-by-hand",)
TAPES = (
    "miniblocks.autograd.backward",
    "miniblocks.autograd.grad",
    "miniblocks.autograd.backward_steps",
    "torch.autograd.backward",
    "torch.autograd.grad",
    "torch.Tensor.backward",
)


@probe("06-backward-by-hand", forbids=TAPES)
def _(answer: Any, case: Case, see: Observer) -> None:
    given = {name: nd.array(case[name]) for name in ("x", "y", "w1", "w2")}
    with see.step("work out the gradients"):
        see["returned"] = answer(*given.values())
    for name, tensor in given.items():
        see[f"{name}_after"] = tensor
    with see.step("work them out again"):
        see["again"] = answer(*(nd.array(case[name]) for name in given))
