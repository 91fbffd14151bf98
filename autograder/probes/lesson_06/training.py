"""Lets the learner's training functions run on small models, and looks at what they leave behind."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import autograd, nd

EXERCISES = ("06-accumulation", "06-no-grad-update")


def leaf(values: Any) -> nd.Tensor:
    """A tensor of its own that wants a gradient."""
    tensor = nd.array(values)
    tensor.requires_grad = True
    return tensor


# -- 06-accumulation -----------------------------------------------------------------------------------------------


@probe("06-accumulation")
def _(answer: Any, case: Case, see: Observer) -> None:
    parameters = [leaf(values) for values in case["parameters"]]
    for parameter, gradient in zip(parameters, case["before"]):
        parameter.grad = nd.array(gradient)
    given, evaluated = [*parameters], []

    def loss_of(batch: dict[str, Any]) -> nd.Tensor:
        prediction = nd.array(batch["x"]) @ given[0] + given[1]
        if batch["offset"]:
            prediction = prediction + given[2]
        loss = ((prediction - nd.array(batch["y"])) ** 2).sum()
        evaluated.append(loss.item())
        return loss

    with see.attempt("train"):
        see["returned"] = answer(parameters, loss_of, case["batches"], case["rate"], case["every"])
    see["evaluated"], see["finals"] = evaluated[:100], given


# -- 06-no-grad-update ---------------------------------------------------------------------------------------------


@probe("06-no-grad-update")
def _(answer: Any, case: Case, see: Observer) -> None:
    w, behind = leaf(case["w"]), []

    def loss_of(weights: nd.Tensor) -> nd.Tensor:
        behind.append(len(autograd.recorded(weights)))
        return (nd.array(case["steepness"]) * (weights - nd.array(case["lowest"])) ** 2).sum()

    with see.step("descend"):
        average = answer(w, loss_of, case["rate"], case["decay"], case["steps"])
    see["behind"], see["w"], see["average"] = behind[:100], w, average
    with see.attempt("take a gradient of w afterwards"):
        w.zero_grad()
        (w * nd.array(case["weigh"])).sum().backward()
        see["gradient"] = w.grad
    with see.attempt("look at what is recorded behind the average"):
        see["behind_average"] = len(autograd.recorded(average))
        see["average_wants_gradient"] = bool(average.requires_grad)
    with autograd.no_grad():
        w[:] = nd.array(case["marker"])
    see["average_after"] = average
