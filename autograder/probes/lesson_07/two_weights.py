"""Two forms of one model: both are called and differentiated on every branch, and trained for some rounds."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_07.carry import sent
from miniblocks import autograd, nd

EXERCISES = ("07-two-weights",)


@probe("07-two-weights")
def _(answer: Any, case: Case, see: Observer) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights = _weights(case)
        with see.step("make the two forms"):
            dynamic, static = answer(*weights.values(), *map(nd.array, case["example"]))
        see["graph"] = sent(static)
        for name, form in (("dynamic", dynamic), ("static", static)):
            if case["situation"] == "asked":
                with see.attempt(f"call {name}"):
                    see[name] = [_asked(form, weights, case, before) for before in case["before"]]
            else:
                with see.attempt(f"train {name}"):
                    see[f"trained {name}"] = _trained(form, weights, case)


def _weights(case: Case) -> dict[str, nd.Tensor]:
    made = {name: nd.array(values) for name, values in case["weights"].items()}
    for w in made.values():
        w.attach_grad()
    return made


def _asked(form: Callable[..., Any], weights: dict[str, nd.Tensor], case: Case, before: float) -> dict[str, Any]:
    """The loss, and the gradients that it leads to."""
    for w in weights.values():
        w.zero_grad()
    loss = form(nd.array(case["x"]), nd.array(case["y"]), nd.array(before))
    loss.backward()
    return {"loss": loss, **{name: w.grad for name, w in weights.items()}}


def _trained(form: Callable[..., Any], weights: dict[str, nd.Tensor], case: Case) -> list[Any]:
    """The losses of some steps of descent, from the case's weights on."""
    for name, w in weights.items():
        with autograd.no_grad():
            w[:] = nd.array(case["weights"][name])
    losses = []
    for i in range(case["rounds"]):
        for w in weights.values():
            w.zero_grad()
        loss = form(nd.array(case["x"]), nd.array(case["y"]), nd.array(case["before"][i % len(case["before"])]))
        loss.backward()
        with autograd.no_grad():
            for w in weights.values():
                if w.grad is not None:
                    w -= case["rate"] * w.grad
        losses.append(loss)
    return losses
