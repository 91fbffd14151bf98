"""Two conveniences for code that grows over a notebook's cells."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def add_to_class(cls: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: make the function a method of `cls`, also of the instances that exist already."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        setattr(cls, function.__name__, function)
        return function

    return register


class HyperParameters:
    """Gives `save_hyperparameters()`: the arguments of `__init__` as attributes."""

    def save_hyperparameters(self, ignore: tuple[str, ...] = ()) -> None:
        """Called in `__init__`: keep its arguments as attributes of the same names, and all in `hparams`."""
        frame = inspect.currentframe()
        assert frame is not None and frame.f_back is not None
        _, _, _, local = inspect.getargvalues(frame.f_back)
        names = inspect.signature(type(self).__init__).parameters
        self.hparams = {
            k: local[k] for k in names if k in local and k not in (*ignore, "self") and not k.startswith("_")
        }
        for name, value in self.hparams.items():
            setattr(self, name, value)
