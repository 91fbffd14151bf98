"""`Model`: a network with `compile`, `fit`, `evaluate`, `predict`, `save`, `load` and `summary`, in the manner of Keras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from miniblocks import data, loss, nd, optim
from miniblocks.block import Block
from miniblocks.tape import no_grad
from miniblocks.tensor import Tensor
from miniblocks.train.trainer import prepare

LOSSES: dict[str, type[Block]] = {
    "mse": loss.L2Loss,
    "mae": loss.L1Loss,
    "huber": loss.HuberLoss,
    "sparse_categorical_crossentropy": loss.SoftmaxCrossEntropyLoss,
    "binary_crossentropy": loss.SigmoidBinaryCrossEntropyLoss,
    "kl_divergence": loss.KLDivLoss,
}
OPTIMIZERS: dict[str, type[optim.Optimizer]] = {
    "sgd": optim.SGD,
    "adam": optim.Adam,
    "adamw": optim.AdamW,
    "rmsprop": optim.RMSProp,
    "adagrad": optim.Adagrad,
}


def accuracy(prediction: Tensor, target: Tensor) -> float:
    """The share of rows whose greatest score is the label's."""
    return (prediction.argmax(1) == target).mean().item()


METRICS: dict[str, Callable[[Tensor, Tensor], float]] = {"accuracy": accuracy}


class EarlyStopping:
    """Stop when a measure has not improved for `patience` epochs."""

    def __init__(self, monitor: str = "val_loss", patience: int = 3) -> None:
        self.monitor, self.patience = monitor, patience

    def should_stop(self, history: list[dict[str, float]]) -> bool:
        values = [h[self.monitor] for h in history]
        sign = -1 if "acc" in self.monitor else 1
        best = int(np.argmin(sign * np.array(values)))
        return len(values) - 1 - best >= self.patience


class Model(Block):
    """A block that trains itself. Subclass it and define `forward` (Keras' `call` is taken as well)."""

    def forward(self, *inputs: Tensor) -> Any:
        if not hasattr(type(self), "call"):
            return super().forward(*inputs)
        return self.call(*inputs)

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = "mse",
        metrics: tuple[Any, ...] | list[Any] = (),
        lr: float | None = None,
    ) -> None:
        """Choose optimizer, loss and metrics, by name or as objects (an optimizer as a function of the parameters)."""
        self._make_optimizer = _chosen(OPTIMIZERS, optimizer) if isinstance(optimizer, str) else optimizer
        self._options = {} if lr is None else {"lr": lr}
        # a loss is a block, and yet no part of the network: not registered, so that children() stay what they were
        object.__setattr__(self, "_loss", _chosen(LOSSES, loss)() if isinstance(loss, str) else loss)
        self._metrics = {
            m if isinstance(m, str) else m.__name__: _chosen(METRICS, m) if isinstance(m, str) else m for m in metrics
        }
        self._optimizer: Any = None

    def fit(
        self,
        x: Any,
        y: Any,
        epochs: int = 1,
        batch_size: int = 32,
        validation_data: tuple[Any, Any] | None = None,
        callbacks: tuple[EarlyStopping, ...] = (),
        verbose: bool = True,
    ) -> list[dict[str, float]]:
        """Train, and return one dictionary of measures for each epoch."""
        batches = data.DataLoader(data.ArrayDataset(x, y), batch_size, shuffle=True)
        self.begin(batches)
        history: list[dict[str, float]] = []
        columns = (
            TextColumn("epoch {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[measures]}"),
        )
        with Progress(*columns, disable=not verbose) as progress:
            while len(history) < epochs and not any(c.should_stop(history) for c in callbacks if history):
                task = progress.add_task(f"{len(history) + 1}/{epochs}", total=len(batches), measures="")
                history.append(self._epoch(batches, validation_data, lambda: progress.advance(task)))  # noqa: B023 - called at once
                progress.update(task, measures=" ".join(f"{k} {v:.4f}" for k, v in history[-1].items()))
        return history

    def begin(self, batches: Any) -> None:
        """Give first values to parameters without any, and make the optimizer; from here on `train_step` works."""
        prepare(self, batches)
        self._check_compiled()
        self._optimizer = self._optimizer or self._make_optimizer(self.collect_params(), **self._options)

    def _epoch(self, batches: Any, validation: Any, advance: Callable[[], None]) -> dict[str, float]:
        self.train()
        total, count = 0.0, 0
        for x, y in batches:
            total += self.train_step(x, y) * len(y)
            count += len(y)
            advance()
        measures = {"loss": total / count}
        if validation is not None:
            measures |= {f"val_{k}": v for k, v in self.evaluate(*validation).items()}
        return measures

    def train_step(self, x: Tensor, y: Tensor) -> float:
        """One step on one batch; override it to train differently. Returns the loss."""
        value = self._loss(self(x), y)
        value.backward()
        self._optimizer.step()
        self._optimizer.zero_grad()
        return value.item()

    def evaluate(self, x: Any, y: Any, batch_size: int = 256) -> dict[str, float]:
        """Loss and metrics, averaged over the examples."""
        self._check_compiled()
        totals: dict[str, float] = {}
        measures = {"loss": lambda p, t: self._loss(p, t).item(), **self._metrics}
        was_training = self.training
        self.eval()
        with no_grad():
            for inputs, target in data.DataLoader(data.ArrayDataset(x, y), batch_size):
                prediction = self(inputs)
                for name, measure in measures.items():
                    totals[name] = totals.get(name, 0.0) + measure(prediction, target) * len(target)
        self.train(was_training)
        return {name: value / len(y) for name, value in totals.items()}

    def predict(self, x: Any, batch_size: int = 256) -> Tensor:
        """The outputs for all examples."""
        was_training = self.training
        self.eval()
        with no_grad():
            parts = [self(inputs) for (inputs,) in data.DataLoader(data.ArrayDataset(x), batch_size)]
        self.train(was_training)
        return nd.concat(*parts, dim=0)

    def save(self, file: str | Path) -> None:
        """Write the parameters."""
        self.save_parameters(file)

    def load(self, file: str | Path) -> None:
        """Read parameters that `save` wrote."""
        self.load_parameters(file)

    def _check_compiled(self) -> None:
        if "_loss" not in vars(self):
            raise RuntimeError(
                f"{type(self).__name__} has no loss and no optimizer yet; call compile(optimizer, loss) first"
            )


def _chosen(table: dict[str, Any], name: str) -> Any:
    if name not in table:
        raise ValueError(f"{name!r} is not known; there are {', '.join(table)}")
    return table[name]
