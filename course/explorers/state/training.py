"""One training run that is taken a mini-batch at a time: what a trainer's loop does, cut open so that it can be paused anywhere.

A run never raises: what a learner's model, loss or optimizer raises ends it, and stands in `problem` as a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from explorers.state.charts import Chart, Series
from explorers.state.steps import Batch, a_step_of, accuracy, layers_of, listening, measured
from miniblocks import autograd, data, train
from miniblocks.nd import random
from miniblocks.tensor import Tensor

OVER = 10  # batches whose accuracies are averaged: single ones jump


class Loaders:
    """Training batches, and validation batches or None, out of whatever a learner has."""

    def __init__(self, given: Any, batch_size: int = 32) -> None:
        if hasattr(given, "train_dataloader"):
            self.train, self.validation = given.train_dataloader(), given.val_dataloader()
            return
        if isinstance(given, data.Dataset):
            given = (given, None)
        if isinstance(given, tuple) and len(given) == 2:
            first, second = given
            arrays = not isinstance(first, tuple | data.Dataset)
            module = (
                train.ArrayData((first, second), None, batch_size)
                if arrays
                else train.ArrayData(first, second, batch_size)
            )
            self.train, self.validation = module.train_dataloader(), module.val_dataloader()
            return
        if not isinstance(given, Iterable) or isinstance(given, Iterator | Tensor | np.ndarray):
            raise TypeError(
                f"data is a DataModule, a data loader, (x, y), or ((x, y), (x, y)) for training and validation, not a {type(given).__name__}"
            )
        self.train, self.validation = given, None


class Run:
    """A model on its way. `advance()` takes one mini-batch; curves and problems are kept."""

    def __init__(
        self,
        label: str,
        model: Any,
        loaders: Loaders,
        lossy: Any = None,
        optimizer: Any = None,
        lr: float | None = None,
        max_epochs: int = 20,
        seed: int = 0,
    ) -> None:
        self.label, self.model, self.loaders, self.max_epochs = label, model, loaders, max_epochs
        self.lossy, self.optimizer, self.lr = lossy, optimizer, lr
        self.steps = self.epochs = 0
        self.losses: list[float] = []
        self.accuracies: list[tuple[int, float]] = []
        self.validations: list[tuple[int, dict[str, float]]] = []
        self.norms: dict[str, list[float]] = {}
        self.problem = ""
        self._take: Callable[[Batch], float] | None = None
        self._batches: Iterator[Batch] = iter(())
        self._random = _state_after(seed)

    @property
    def over(self) -> bool:
        """Whether no further step will be taken."""
        return bool(self.problem) or self.epochs >= self.max_epochs

    def advance(self) -> None:
        """One mini-batch; at the end of an epoch also the validation. Random numbers are the run's own."""
        if self.over:
            return
        try:
            with self._own_draws(), autograd.record():
                if self._take is None:
                    self._start()
                self._step(next(self._batches))
        except StopIteration:
            self._end_epoch()
        except (Exception, SystemExit) as error:
            self.problem = f"stopped at step {self.steps + 1}: {type(error).__name__}: {error}"

    def _start(self) -> None:
        self._take, self.optimizer = a_step_of(self.model, self.loaders.train, self.lossy, self.optimizer, self.lr)
        self._layers = layers_of(self.model)
        self._batches = iter(self.loaders.train)
        self.model.train()

    def _step(self, batch: Batch) -> None:
        assert self._take is not None
        squares: dict[int, float] = {}
        outputs: list[Any] = []
        with listening(self.model, self._layers, squares, outputs):
            value = self._take(batch)
        self.steps += 1
        self.losses.append(value)
        for layer, parameters in self._layers.items():
            self.norms.setdefault(layer, []).append(math.sqrt(sum(squares.get(id(p), 0.0) for p in parameters)))
        known = accuracy(outputs[-1], batch[-1]) if outputs else None
        if known is not None:
            self.accuracies.append((self.steps, known))
        if not math.isfinite(value):
            self.problem = (
                f"stopped at step {self.steps}: the loss is {value}. A learning rate too high is the usual cause."
            )

    def _end_epoch(self) -> None:
        self.epochs += 1
        try:
            with self._own_draws(), autograd.record():
                self._batches = iter(self.loaders.train)
                if self.loaders.validation is not None:
                    self.validations.append((self.steps, measured(self.model, self.loaders.validation, self.lossy)))
                self.model.train()
        except (Exception, SystemExit) as error:
            self.problem = f"stopped in validation after epoch {self.epochs}: {type(error).__name__}: {error}"

    @contextmanager
    def _own_draws(self) -> Iterator[None]:
        """The run's own random numbers inside; the learner's go on afterwards as if nothing had been drawn."""
        generator = random.generator()
        before = generator.get_state()
        generator.set_state(self._random)
        try:
            yield
        finally:
            self._random = generator.get_state()
            generator.set_state(before)

    def words(self) -> str:
        """Where the run stands."""
        if not self.losses:
            return f"{self.label}: {self.problem or 'no step taken yet'}"
        told = [f"epoch {self.epochs}, step {self.steps}", f"loss {self.losses[-1]:.4g}"]
        told += [f"accuracy {self.accuracies[-1][1]:.1%}"] if self.accuracies else []
        told += (
            [f"{name.replace('_', ' ')} {v:.4g}" for name, v in self.validations[-1][1].items()]
            if self.validations
            else []
        )
        return f"{self.label}: {', '.join(told)}" + (f"; {self.problem}" if self.problem else "")


def _state_after(seed: int) -> Any:
    generator = random.generator()
    before = generator.get_state()
    generator.manual_seed(seed)
    state = generator.get_state()
    generator.set_state(before)
    return state


# -- what is drawn -------------------------------------------------------------------------------------------------------


def loss_chart(runs: list[Run]) -> Chart:
    """Training loss by step, and validation loss where there is one."""
    return Chart("Loss", tuple(s for run in runs for s in _curves(run, len(runs) > 1, "loss")), "step")


def accuracy_chart(runs: list[Run]) -> Chart:
    """Share of right answers by step."""
    series = tuple(s for run in runs for s in _curves(run, len(runs) > 1, "acc"))
    return Chart("Accuracy", series, "step", note=f"Training: the mean of the last {OVER} batches." if series else "")


def _curves(run: Run, several: bool, what: str) -> list[Series]:
    name = f"{run.label}: " if several else ""
    if what == "loss":
        trained = Series(f"{name}training", range(1, run.steps + 1), run.losses)
    else:
        steps, shares = zip(*run.accuracies) if run.accuracies else ((), ())
        trained = Series(f"{name}training", steps, smoothed(shares))
    found = [(step, value) for step, measures in run.validations for key, value in measures.items() if what in key]
    if not found:
        return [trained] if len(trained.y) else []
    return [trained, Series(f"{name}validation", *zip(*found))]


def smoothed(values: Any, over: int = OVER) -> list[float]:
    """Means over the last `over` values."""
    sums = np.concatenate([[0.0], np.cumsum(np.asarray(values, dtype=np.float64))])
    ends = np.arange(1, len(sums))
    starts = np.maximum(0, ends - over)
    return list((sums[ends] - sums[starts]) / (ends - starts))


def norm_chart(run: Run, most: int = 6) -> Chart:
    """The norm of each layer's gradient by step; of many layers, some from the first to the last."""
    layers = list(run.norms)
    chosen = [layers[round(i * (len(layers) - 1) / (most - 1))] for i in range(most)] if len(layers) > most else layers
    note = f"{most} of {len(layers)} layers are drawn." if len(layers) > most else ""
    series = tuple(Series(layer, range(1, run.steps + 1), run.norms[layer]) for layer in chosen)
    if any(0 in s.y for s in series):
        note += " A norm of 0 has no place on this scale."
    return Chart(f"Gradient norm per layer, {run.label}", series, "step", True, note=note.strip())
