"""`step_through(loss)`: what was recorded, and how `backward` goes through it, step by step."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from explorers import naming
from explorers.function import check_function
from explorers.inert import inert
from explorers.state.calls import settle
from explorers.state.record import of_run, of_tensor
from explorers.state.tape import story
from explorers.view.stepper_still import StepperStill
from miniblocks.nd import Tensor

if TYPE_CHECKING:
    from explorers.view.stepper import Stepper


def step_through(what: Any, *inputs: Any, gradient: Tensor | None = None, **names: Tensor) -> Stepper | StepperStill:
    """Values come to be, one operation a step; then gradients go back, one node a step, and add up where they meet.

    `what` is a tensor that was computed from leaves that want a gradient (a loss); or a function, block or network, which is
    called once on `inputs`, and then also shows what was not recorded, such as what ran under `no_grad`. `gradient` as in
    `backward`. Nodes are called as your variables are; `u=u` names one. Nothing is changed: no `grad`, and no graph is freed.

    Shown when it is a cell's last line; without a kernel, or while grading, a still picture. Raises `TypeError` where `what` is
    neither, or gives no tensor, and what the function raises.
    """
    caller = sys._getframe(1)
    if isinstance(what, Tensor):
        if inputs:
            raise TypeError(
                "a tensor was computed already and takes no inputs; give its function instead: step_through(f, x)"
            )
        known = naming.by_identity(names, naming.variables(caller), naming.parameters(naming.blocks(None, caller)))
        record = of_tensor(what, known)
    else:
        wanted = "a tensor that was computed (a loss), or a function and its inputs: step_through(f, x)"
        check_function(what, "step_through", wanted)
        settle(what, inputs)
        record = of_run(what, inputs, lambda: _names(what, inputs, names, caller))
    told = story(record, gradient)
    if inert():
        return StepperStill(told)
    from explorers.view.stepper import Stepper  # here, so that a still picture needs no widget library

    return Stepper(told)


def _names(function: Any, inputs: tuple[Any, ...], names: dict[str, Tensor], caller: Any) -> dict[int, str]:
    """What the tensors of a run are called."""
    parameters = naming.parameters(naming.blocks(function, caller))
    return naming.by_identity(names, naming.arguments(function, inputs), parameters, naming.variables(caller))
