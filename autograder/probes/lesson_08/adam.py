"""Lets the learner's optimizer take steps along known gradients, on parameters of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import nd, nn

EXERCISES = ("08-adam-by-hand",)


@probe(
    "08-adam-by-hand",
    forbids=(
        "miniblocks.optim.Adam",
        "miniblocks.optim.Adam.update",
        "miniblocks.optim.AdamW",
        "torch.optim.Adam",
        "torch.optim.AdamW",
    ),
)
def _(answer: Any, case: Case, see: Observer) -> None:
    options = dict(case["options"])
    gradients = case["gradients"]  # for each step one for each parameter
    with see.step("take steps"):
        # what an optimizer keeps outside of itself (in its class, in a global name) is not as it was from here on
        _run(answer, case["starts"], [[-3 * g for g in step] for step in gradients], options)
        see["values"], see["gradients after"] = _run(answer, case["starts"], gradients, options)
    with see.step("take the same steps with a new optimizer"):
        see["again"], _ = _run(answer, case["starts"], gradients, options)
    with see.step("take the same steps for the last parameter alone"):
        see["alone"], _ = _run(answer, case["starts"][-1:], [step[-1:] for step in gradients], options)
    with see.step("take the same steps with twice the learning rate"):
        doubled = {**options, "lr": 2 * options.get("lr", 0.001)}
        see["doubled"], _ = _run(answer, case["starts"], gradients, doubled)
    with see.step("take the same steps with other betas"):
        see["other betas"], _ = _run(answer, case["starts"], gradients, {**options, "betas": case["other betas"]})


def _run(answer: Any, starts: list[Any], gradients: list[Any], options: Case) -> tuple[list[Any], list[Any]]:
    """The values of each parameter after each step, and the gradients that each step left behind."""
    options = {name: tuple(value) if name == "betas" else value for name, value in options.items()}
    params = nn.ParameterDict("net_")
    for k, start in enumerate(starts):
        params.get(f"weight{k}", shape=start.shape).initialize()
        params[f"net_weight{k}"].set_data(nd.array(start))
    optimizer, values, left = answer(params, **options), [], []
    for step in gradients:
        for parameter, gradient in zip(params.values(), step):
            parameter.zero_grad()
            (parameter.data() * nd.array(gradient)).sum().backward()
        optimizer.step()
        values.append([_copy(p.data()) for p in params.values()])
        left.append([_copy(p.grad()) for p in params.values()])
    return values, left


def _copy(tensor: nd.Tensor) -> np.ndarray:
    return tensor.asnumpy().copy()
