"""Initializing a learner's parameters anew, so that every step can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from explorers.state.parameters import element
from explorers.state.recipes import Recipe
from miniblocks import autograd
from miniblocks.errors import MiniblocksError
from miniblocks.init import Initializer
from miniblocks.nd import random
from miniblocks.nn import Constant, Parameter
from miniblocks.tensor import Tensor


@contextmanager
def own_draws(seed: int) -> Iterator[None]:
    """Random numbers of our own inside; the learner's stream goes on afterwards as if nothing had been drawn."""
    generator = random.generator()
    before = generator.get_state()
    generator.manual_seed(seed)
    try:
        yield
    finally:
        generator.set_state(before)


@dataclass(frozen=True)
class Snapshot:
    """A parameter's values, gradient and initializer at one moment."""

    parameter: Parameter
    values: Tensor
    gradient: Tensor | None
    initializer: Initializer | None

    @classmethod
    def of(cls, parameter: Parameter) -> Snapshot:
        """The present moment."""
        data = parameter.data()
        return cls(parameter, Tensor(data.raw.clone()), data.grad, parameter.initializer)

    def restore(self) -> None:
        """Make it the present again."""
        self.parameter.set_data(self.values)
        self.parameter.data().grad = self.gradient
        self.parameter.initializer = self.initializer


@dataclass(frozen=True)
class Outcome:
    """Which parameters got new values, and why the others did not."""

    changed: tuple[str, ...]
    skipped: tuple[str, ...]


class Changes:
    """The steps taken on a network. A slider on the move is one step, however many values it passes."""

    def __init__(self) -> None:
        self._steps: list[list[Snapshot]] = []
        self._open: object = None  # what the last step was about, while it may still go on

    def __len__(self) -> int:
        return len(self._steps)

    def initialize(
        self, parameters: Iterable[Parameter], recipe: Recipe, knobs: Mapping[str, Any], draw: int = 0
    ) -> Outcome:
        """Initialize those that hold values and are no constants. The same `draw` gives the same random numbers."""
        parameters = list(parameters)
        initializer = recipe.initializer(knobs)
        about = (recipe.name, draw, [id(p) for p in parameters])
        goes_on = about == self._open  # then the values before it are kept already
        before: list[Snapshot] = []
        changed: list[str] = []
        skipped: list[str] = []
        with own_draws(draw):
            for parameter in parameters:
                reason = why_not(parameter)
                snapshot = Snapshot.of(parameter) if reason is None and not goes_on else None
                try:
                    if reason is None:
                        parameter.initialize(init=initializer, force_reinit=True)
                        changed.append(parameter.name)
                        before += [snapshot] if snapshot is not None else []
                except MiniblocksError as error:
                    reason = str(error)
                if reason is not None:
                    skipped.append(f"{parameter.name}: {reason}")
        if before:
            self._steps.append(before)
            self._open = about
        return Outcome(tuple(changed), tuple(skipped))

    def edit(self, parameter: Parameter, index: Sequence[int], value: float) -> float:
        """Write one value; returns what was there. Raises `IndexError`, and `ValueError` where nothing may be written."""
        reason = why_not(parameter)
        if reason is not None:
            raise ValueError(f"{parameter.name}: {reason}")
        was = element(parameter, index)
        about = ("edit", id(parameter), tuple(index))
        if about != self._open:
            self._steps.append([Snapshot.of(parameter)])
            self._open = about
        with autograd.no_grad():
            parameter.data()[tuple(index)] = value
        return was

    def settle(self) -> None:
        """What comes next is a step of its own, even if it is about the same."""
        self._open = None

    def undo(self) -> tuple[str, ...]:
        """Take the last step back; the names of the parameters concerned."""
        self.settle()
        step = self._steps.pop() if self._steps else []
        for snapshot in reversed(step):
            snapshot.restore()
        return tuple(s.parameter.name for s in step)

    def restore(self) -> tuple[str, ...]:
        """Take all steps back."""
        names: dict[str, None] = {}
        while self._steps:
            names.update(dict.fromkeys(self.undo()))
        return tuple(names)


def why_not(parameter: Parameter) -> str | None:
    """Why a parameter cannot be initialized anew here, or None."""
    if isinstance(parameter, Constant):
        return "a constant keeps its value"
    if not parameter.is_initialized:
        return "it has no values yet; initialize the network and call it once"
    return None
