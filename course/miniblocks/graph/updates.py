"""How optimizers change a parameter, written on tensors, so that the change can be captured: one rule for each class of `miniblocks.optim`.

A rule takes the optimizer, the values w, the gradient g, the state (by name) and the numbers of this step (by name), and gives the
new values and the new state. The numbers (`numbers`) are worked out by Python before each step and are inputs of the
graph; whatever else the optimizer holds (momentum, weight decay) is fixed at capture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from miniblocks import nd, optim
from miniblocks.errors import CaptureError
from miniblocks.tensor import Tensor

State = Mapping[str, Tensor]
Numbers = Mapping[str, Any]
Update = Callable[[Any, Tensor, Tensor, State, Numbers], tuple[Tensor, dict[str, Tensor]]]


@dataclass(frozen=True)
class Rule:
    """One optimizer: its update, the arrays it keeps for each parameter, the numbers it needs for each step."""

    update: Update
    states: Callable[[Any], tuple[str, ...]] = lambda optimizer: ()
    numbers: Callable[[Any], dict[str, float]] = lambda optimizer: {"lr": optimizer.lr}


def rule_of(optimizer: Any) -> Rule:
    if type(optimizer) not in RULES:
        raise CaptureError(
            f"the update of {type(optimizer).__name__} cannot be captured; there are rules for {', '.join(c.__name__ for c in RULES)}. "
            "Capture the loss and its gradients alone, and let the optimizer step outside"
        )
    return RULES[type(optimizer)]


def _decayed(o: Any, w: Tensor, g: Tensor) -> Tensor:
    return g + o.weight_decay * w if o.weight_decay else g


def _sgd(o: Any, w: Tensor, g: Tensor, s: State, n: Numbers) -> tuple[Tensor, dict[str, Tensor]]:
    g = _decayed(o, w, g)
    if not o.momentum:
        return w - n["lr"] * g, {}
    v = o.momentum * s["velocity"] + g
    return w - n["lr"] * (g + o.momentum * v if o.nesterov else v), {"velocity": v}


def _adam(o: Any, w: Tensor, g: Tensor, s: State, n: Numbers) -> tuple[Tensor, dict[str, Tensor]]:
    b1, b2 = o.betas
    if "keep" in n:  # AdamW: decay of the weights themselves
        w = w * n["keep"]
    else:
        g = _decayed(o, w, g)
    m, v = b1 * s["mean"] + (1 - b1) * g, b2 * s["square"] + (1 - b2) * (g * g)
    return w - n["lr"] * (m / (nd.sqrt(v) / n["root"] + o.epsilon)), {"mean": m, "square": v}


def _adam_numbers(o: Any) -> dict[str, float]:
    b1, b2 = o.betas
    return {"lr": o.lr / (1 - b1**o.steps), "root": math.sqrt(1 - b2**o.steps)}


def _rmsprop(o: Any, w: Tensor, g: Tensor, s: State, n: Numbers) -> tuple[Tensor, dict[str, Tensor]]:
    g = _decayed(o, w, g)
    square = o.gamma * s["square"] + (1 - o.gamma) * (g * g)
    return w - n["lr"] * (g / (nd.sqrt(square) + o.epsilon)), {"square": square}


def _adagrad(o: Any, w: Tensor, g: Tensor, s: State, n: Numbers) -> tuple[Tensor, dict[str, Tensor]]:
    g = _decayed(o, w, g)
    square = s["square"] + g * g
    return w - n["lr"] * (g / (nd.sqrt(square) + o.epsilon)), {"square": square}


RULES: dict[type, Rule] = {
    optim.SGD: Rule(_sgd, lambda o: ("velocity",) if o.momentum else ()),
    optim.Adam: Rule(_adam, lambda o: ("mean", "square"), _adam_numbers),
    optim.AdamW: Rule(
        _adam, lambda o: ("mean", "square"), lambda o: {**_adam_numbers(o), "keep": 1 - o.lr * o.weight_decay}
    ),
    optim.RMSProp: Rule(_rmsprop, lambda o: ("square",)),
    optim.Adagrad: Rule(_adagrad, lambda o: ("square",)),
}
