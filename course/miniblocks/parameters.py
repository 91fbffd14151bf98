"""`ParameterDict`: the parameters of a block, or of a network, by their full names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from miniblocks.device import Device
from miniblocks.errors import NameClashError, ShapeError
from miniblocks.parameter import Constant, Parameter, as_shape


class ParameterDict:
    """Parameters by their full names, in the order of their making, with the prefix they share.

    `shared` is another block's dictionary: a parameter that exists there under the same name is used, not made anew.
    """

    def __init__(self, prefix: str = "", shared: ParameterDict | None = None) -> None:
        self.prefix, self._shared = prefix, shared
        self._params: dict[str, Parameter] = {}

    def __repr__(self) -> str:
        head = f"{self.prefix} " if self.prefix else ""
        return "\n".join([f"{head}(", *(f"  {p}" for p in self.values()), ")"])

    def __getitem__(self, name: str) -> Parameter:
        if name not in self._params:
            raise KeyError(f"there is no parameter {name!r} here; there are {', '.join(self._params) or 'none'}")
        return self._params[name]

    def __contains__(self, name: object) -> bool:
        return name in self._params

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)

    def keys(self) -> Any:
        return self._params.keys()

    def values(self) -> Any:
        return self._params.values()

    def items(self) -> Any:
        return self._params.items()

    def get(self, name: str, **kwargs: Any) -> Parameter:
        """The parameter `prefix + name`: the one here, the shared one, or a new one made with `kwargs`."""
        found = self._find(self.prefix + name)
        if found is None:
            found = self._params[self.prefix + name] = Parameter(self.prefix + name, **kwargs)
        elif kwargs.get("shape") is not None and found.shape is not None:
            _agree(found, as_shape(kwargs["shape"]))
        return found

    def get_constant(self, name: str, value: Any = None) -> Constant:
        """The constant `prefix + name`; made from `value` (numbers, an array or a tensor) when there is none yet."""
        found = self._find(self.prefix + name)
        if found is None:
            if value is None:
                raise KeyError(f"there is no constant {self.prefix + name!r} yet; give its value to make it")
            found = self._params[self.prefix + name] = Constant(self.prefix + name, value)
        if not isinstance(found, Constant):
            raise NameClashError(f"{found.name} is a trainable parameter, not a constant")
        return found

    def _find(self, full_name: str) -> Parameter | None:
        if full_name not in self._params and self._shared is not None and full_name in self._shared:
            self._params[full_name] = self._shared[full_name]
        return self._params.get(full_name)

    def add(self, parameter: Parameter) -> None:
        """Take in a parameter under its own name."""
        if self._params.setdefault(parameter.name, parameter) is not parameter:
            raise NameClashError(
                f"two different parameters are both named {parameter.name!r}. Give one block another `prefix`, or make "
                "the blocks in one run of the name counters"
            )

    def update(self, other: ParameterDict | dict[str, Parameter]) -> None:
        """Take in all of another dictionary."""
        for parameter in other.values():
            self.add(parameter)

    def selected(self, pattern: str | None) -> Iterable[Parameter]:
        """The parameters whose name a regular expression matches from its start; all for None."""
        try:
            compiled = re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
        return [p for name, p in self._params.items() if compiled.match(name)]

    def initialize(
        self, init: Any = None, ctx: Device | None = None, verbose: bool = False, force_reinit: bool = False
    ) -> None:
        """Initialize all: those with an initializer of their own by it, the others by `init` (U[-0.07, 0.07])."""
        for parameter in self.values():
            parameter.initialize(ctx=ctx, default_init=init, force_reinit=force_reinit)

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for parameter in self.values():
            parameter.zero_grad()

    def setattr(self, name: str, value: Any) -> None:
        """Set an attribute of all: `setattr('grad_req', 'null')` freezes them."""
        for parameter in self.values():
            setattr(parameter, name, value)

    def cast(self, dtype: str) -> None:
        """Change the kind of number of all."""
        for parameter in self.values():
            parameter.cast(dtype)

    def reset_ctx(self, ctx: Device) -> None:
        """Move all to another device."""
        for parameter in self.values():
            parameter.reset_ctx(ctx)

    def count(self) -> int:
        """How many numbers they hold together; parameters of unknown shape count nothing."""
        return sum(math.prod(p.shape) for p in self.values() if p.is_shape_known)


def _agree(parameter: Parameter, shape: tuple[int, ...]) -> None:
    assert parameter.shape is not None
    if len(shape) != len(parameter.shape) or any(
        a and b and a != b for a, b in zip(shape, parameter.shape, strict=True)
    ):
        raise ShapeError(
            f"the shared parameter {parameter.name} has shape {parameter.shape}, and {shape} is needed here; tied layers must have the same sizes"
        )
    if not parameter.is_shape_known:
        parameter.shape = tuple(a or b for a, b in zip(shape, parameter.shape, strict=True))
