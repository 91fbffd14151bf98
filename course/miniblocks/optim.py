"""Optimizers, learning-rate schedules, and gradient clipping.

    trainer = optim.SGD(net.collect_params(), lr=0.1, momentum=0.9)
    loss.backward(); trainer.step(); trainer.zero_grad()

Each rule is written on lists of arrays, all parameters at once (`torch._foreach_*` is one call for many small
arrays). Tied parameters are updated once; a parameter without a gradient is left alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch

from miniblocks.parameter import Parameter
from miniblocks.parameters import ParameterDict
from miniblocks.tensor import Tensor

Arrays = list[torch.Tensor]


class Optimizer:
    """The base: keeps the parameters, a learning rate, and each parameter's state between steps."""

    def __init__(
        self, params: ParameterDict | Iterable[Parameter | Tensor], lr: float, weight_decay: float = 0.0
    ) -> None:
        values = params.values() if isinstance(params, (ParameterDict, dict)) else params
        self.params: list[Any] = list(dict.fromkeys(values))
        if not self.params:
            raise ValueError("there are no parameters to train; is the network kept in a list, or not yet built?")
        self.lr, self.weight_decay = lr, weight_decay
        self.steps = 0
        self._found: list[Tensor] = []
        self.state: dict[int, dict[str, torch.Tensor]] = {}

    def step(self) -> None:
        """Change every parameter that has a gradient."""
        live = [(i, t) for i, t in enumerate(self._tensors()) if t.grad is not None]
        if not live:
            raise RuntimeError("no parameter has a gradient; call backward() on the loss before step()")
        self.steps += 1
        values, grads = [t.raw for _, t in live], [t.grad.raw for _, t in live]  # type: ignore[union-attr]
        if self.weight_decay:
            grads = self._decayed(values, grads)
        self.update(values, grads, [i for i, _ in live])

    def _tensors(self) -> list[Tensor]:
        """The parameters' tensors, which stay the same once there are any; asked for again until all are there."""
        if not self._found:
            found = [_tensor(p) for p in self.params]
            if any(t is None for t in found):
                return [Tensor(torch.empty(0)) if t is None else t for t in found]  # no values, so no gradient
            self._found = [t for t in found if t is not None]
        return self._found

    def _decayed(self, values: Arrays, grads: Arrays) -> Arrays:
        return list(torch._foreach_add(grads, values, alpha=self.weight_decay))

    def update(self, values: Arrays, grads: Arrays, keys: list[int]) -> None:
        """Change `values` in place, by `grads`; `keys` find each one's state."""
        raise NotImplementedError

    def _states(self, name: str, values: Arrays, keys: list[int], start: float = 0.0) -> Arrays:
        """The array called `name` in each one's state; it starts as `start` everywhere."""
        for key, value in zip(keys, values, strict=True):
            self.state.setdefault(key, {}).setdefault(name, torch.full_like(value, start))
        return [self.state[key][name] for key in keys]

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for tensor in self._tensors():
            tensor.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on exactly here: for checkpoints."""
        arrays = {f"{i}.{name}": array.clone() for i, state in self.state.items() for name, array in state.items()}
        return {"steps": self.steps, "lr": self.lr, "arrays": arrays}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Go on from a `state_dict`."""
        self.steps, self.lr, self.state = saved["steps"], saved["lr"], {}
        for key, array in saved["arrays"].items():
            i, _, name = key.partition(".")
            self.state.setdefault(int(i), {})[name] = array.clone()


def _tensor(parameter: Parameter | Tensor) -> Tensor | None:
    if isinstance(parameter, Tensor):
        return parameter
    return parameter.data() if parameter.is_initialized else None


class SGD(Optimizer):
    """v ← μ v + g; w ← w - lr v; with Nesterov's look ahead w ← w - lr (g + μ v) (Sutskever et al., 2013)."""

    def __init__(
        self, params: Any, lr: float = 0.01, momentum: float = 0.0, nesterov: bool = False, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, weight_decay)
        self.momentum, self.nesterov = momentum, nesterov

    def update(self, values: Arrays, grads: Arrays, keys: list[int]) -> None:
        if self.momentum:
            velocities = self._states("velocity", values, keys)
            torch._foreach_mul_(velocities, self.momentum)
            torch._foreach_add_(velocities, grads)
            grads = list(torch._foreach_add(grads, velocities, alpha=self.momentum)) if self.nesterov else velocities
        torch._foreach_add_(values, grads, alpha=-self.lr)


class Adam(Optimizer):
    """m ← β₁ m + (1-β₁) g; v ← β₂ v + (1-β₂) g²; w ← w - lr m̂ / (√v̂ + ε), m̂ and v̂ corrected for their start at 0.

    (Kingma and Ba, 2015.)
    """

    def __init__(
        self,
        params: Any,
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay)
        self.betas, self.epsilon = betas, epsilon

    def update(self, values: Arrays, grads: Arrays, keys: list[int]) -> None:
        b1, b2 = self.betas
        means, squares = self._states("mean", values, keys), self._states("square", values, keys)
        torch._foreach_lerp_(means, grads, 1 - b1)
        torch._foreach_mul_(squares, b2)
        torch._foreach_addcmul_(squares, grads, grads, 1 - b2)
        roots = torch._foreach_sqrt(squares)
        torch._foreach_div_(roots, math.sqrt(1 - b2**self.steps))
        torch._foreach_add_(roots, self.epsilon)
        torch._foreach_addcdiv_(values, means, roots, -self.lr / (1 - b1**self.steps))


class AdamW(Adam):
    """Adam with weight decay applied to the weights themselves: w ← (1 - lr λ) w first (Loshchilov and Hutter, 2019)."""

    def __init__(
        self,
        params: Any,
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, lr, betas, epsilon, weight_decay)

    def _decayed(self, values: Arrays, grads: Arrays) -> Arrays:
        torch._foreach_mul_(values, 1 - self.lr * self.weight_decay)
        return grads


class RMSProp(Optimizer):
    """s ← γ s + (1-γ) g²; w ← w - lr g / (√s + ε) (Tieleman and Hinton, 2012)."""

    def __init__(
        self, params: Any, lr: float = 0.01, gamma: float = 0.99, epsilon: float = 1e-8, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, weight_decay)
        self.gamma, self.epsilon = gamma, epsilon

    def update(self, values: Arrays, grads: Arrays, keys: list[int]) -> None:
        squares = self._states("square", values, keys)
        torch._foreach_mul_(squares, self.gamma)
        torch._foreach_addcmul_(squares, grads, grads, 1 - self.gamma)
        _step_over_root(values, grads, squares, self.lr, self.epsilon)


class Adagrad(Optimizer):
    """s ← s + g²; w ← w - lr g / (√s + ε) (Duchi et al., 2011)."""

    def __init__(self, params: Any, lr: float = 0.01, epsilon: float = 1e-10, weight_decay: float = 0.0) -> None:
        super().__init__(params, lr, weight_decay)
        self.epsilon = epsilon

    def update(self, values: Arrays, grads: Arrays, keys: list[int]) -> None:
        squares = self._states("square", values, keys)
        torch._foreach_addcmul_(squares, grads, grads, 1.0)
        _step_over_root(values, grads, squares, self.lr, self.epsilon)


def _step_over_root(values: Arrays, grads: Arrays, squares: Arrays, lr: float, epsilon: float) -> None:
    """w ← w - lr g / (√s + ε)"""
    roots = torch._foreach_sqrt(squares)
    torch._foreach_add_(roots, epsilon)
    torch._foreach_addcdiv_(values, grads, roots, -lr)


# -- schedules: functions from the number of steps (or epochs) done to a factor of the first learning rate ----------


def step_decay(every: int, factor: float = 0.1) -> Callable[[int], float]:
    """Times `factor` after every so many."""
    return lambda done: factor ** (done // every)


def cosine(total: int, floor: float = 0.0) -> Callable[[int], float]:
    """From 1 to `floor` along half a cosine (Loshchilov and Hutter, 2017).

    >>> [round(cosine(4)(done), 2) for done in range(5)]
    [1.0, 0.85, 0.5, 0.15, 0.0]
    """
    return lambda done: floor + (1 - floor) * (1 + math.cos(math.pi * min(done, total) / total)) / 2


def warmup(length: int, then: Callable[[int], float] = lambda done: 1.0) -> Callable[[int], float]:
    """Linearly from 0 to 1, and then another schedule."""
    return lambda done: done / length if done < length else then(done - length)


class Scheduler:
    """Sets an optimizer's learning rate: `step()` after each epoch (or step)."""

    def __init__(self, optimizer: Optimizer, schedule: Callable[[int], float]) -> None:
        self.optimizer, self.schedule, self.first, self.done = optimizer, schedule, optimizer.lr, 0
        optimizer.lr = self.first * schedule(0)

    def step(self) -> None:
        self.done += 1
        self.optimizer.lr = self.first * self.schedule(self.done)


def clip_gradients(params: ParameterDict | Iterable[Any], max_norm: float) -> float:
    """Scale all gradients together so that their norm is at most `max_norm`; returns the norm before."""
    values = params.values() if isinstance(params, (ParameterDict, dict)) else params
    grads = [t.grad.raw for t in map(_tensor, dict.fromkeys(values)) if t is not None and t.grad is not None]
    norm = math.sqrt(sum((g.double() ** 2).sum().item() for g in grads))
    if norm > max_norm:
        torch._foreach_mul_(grads, max_norm / norm)
    return norm
