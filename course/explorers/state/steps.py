"""What one training step is, for each kind of model, and how to look at it from outside.

A step takes a batch, changes the parameters, and gives the loss. Gradients are read by hooks that are there for the length of one
step, so that any training step can be looked at, a learner's own too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from explorers.state.tree import rows
from miniblocks import autograd, loss, optim, train
from miniblocks.nn import Block, Parameter
from miniblocks.tensor import Tensor
from miniblocks.train.trainer import prepare, validate

Batch = tuple[Tensor, ...]


def a_step_of(
    model: Any, batches: Any, lossy: Any, optimizer: Any, lr: float | None
) -> tuple[Callable[[Batch], float], Any]:
    """A function that trains on one batch and returns the loss, and the optimizer where it is ours to call.

    A compiled `train.Model` has its `train_step`; a `train.Module` says its loss and its optimizer; for any other block
    the loss is cross-entropy and the optimizer SGD, unless told. `optimizer` is one, or a function of the parameters. What has
    no values yet is initialized, for shapes by one of the `batches`.
    """
    if isinstance(model, train.Model) and lossy is None and optimizer is None:
        model.begin(batches)
        return lambda batch: model.train_step(*batch), None
    prepare(model, batches)
    if isinstance(model, train.Module):
        model.board.display = False
        chosen = _made(optimizer, model, lr) if optimizer is not None else model.configure_optimizers()
        objective = model.training_step if lossy is None else lambda batch: lossy(model(*batch[:-1]), batch[-1])
    else:
        criterion = lossy or loss.SoftmaxCrossEntropyLoss()
        chosen = _made(optimizer or optim.SGD, model, 0.1 if lr is None and optimizer is None else lr)
        objective = lambda batch: criterion(model(*batch[:-1]), batch[-1])  # noqa: E731 - one of two
    if lr is not None:
        chosen.lr = lr

    def take(batch: Batch) -> float:
        value = objective(batch)
        value.backward()
        chosen.step()
        chosen.zero_grad()
        return float(value.item())

    return take, chosen


def _made(optimizer: Any, model: Block, lr: float | None) -> Any:
    """The optimizer itself, or what a function of the parameters makes."""
    if hasattr(optimizer, "step") and not isinstance(optimizer, type):
        return optimizer
    return optimizer(model.collect_params(), **({} if lr is None else {"lr": lr}))


def measured(model: Any, batches: Any, lossy: Any = None) -> dict[str, float]:
    """Loss and accuracy over a validation set, in evaluation mode."""
    if isinstance(model, train.Module) and lossy is None:
        return validate(model, batches)
    if isinstance(model, train.Model) and lossy is None:
        x, *_, y = (np.concatenate([t.asnumpy() for t in part]) for part in zip(*batches))
        return {f"val_{name}": value for name, value in model.evaluate(x, y).items()}
    criterion, totals, count = lossy or loss.SoftmaxCrossEntropyLoss(), {"val_loss": 0.0, "val_acc": 0.0}, 0
    model.eval()
    with autograd.no_grad():
        for batch in batches:
            output, size = model(*batch[:-1]), len(batch[-1])
            right = accuracy(output, batch[-1])
            totals["val_loss"] += criterion(output, batch[-1]).item() * size
            totals["val_acc"] += size * (float("nan") if right is None else right)
            count += size
    return {name: total / count for name, total in totals.items() if not math.isnan(total)}


def accuracy(output: Any, target: Tensor) -> float | None:
    """The share of rows whose greatest score is the label's; None where these are no scores of classes."""
    if not isinstance(output, Tensor) or output.ndim != 2 or target.shape != (len(output.raw),):
        return None
    if target.raw.is_floating_point():
        return None
    return float((output.raw.argmax(1) == target.raw).double().mean())


# -- looking at a step, from outside -----------------------------------------------------------------------------------


def layers_of(model: Block) -> dict[str, list[Parameter]]:
    """Path of a block → the trained parameters that stand first in it; a tied one counts where it is met first."""
    found: dict[str, list[Parameter]] = {}
    seen: set[int] = set()
    for row in rows(model):
        if row.parameter is not None and row.parameter.grad_req != "null" and id(row.parameter) not in seen:
            seen.add(id(row.parameter))
            found.setdefault(row.path.rpartition(".")[0] or "net", []).append(row.parameter)
    return found


@contextmanager
def listening(
    model: Block, layers: dict[str, list[Parameter]], squares: dict[int, float], outputs: list[Any]
) -> Iterator[None]:
    """Inside, each parameter's squared gradient norm goes to `squares`, by id, and the model's outputs to `outputs`."""

    def heard(key: int) -> Callable[[Tensor], None]:
        def hook(gradient: Tensor) -> None:
            squares[key] = float((gradient.raw.double() ** 2).sum())

        return hook

    removers = [model.register_forward_hook(lambda block, inputs, output: outputs.append(output))]
    try:
        for parameter in (p for group in layers.values() for p in group):
            removers.append(parameter.data().register_hook(heard(id(parameter))))
        yield
    finally:
        for remove in removers:
            remove()
