"""`Parameter` and `Constant`: named arrays that a network owns.

A parameter may be declared before its whole shape is known (a 0 stands for an unknown size); `initialize` is
then noted and carried out when the first call tells the shape.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch

from miniblocks import init as initializers
from miniblocks.device import Device, cpu
from miniblocks.errors import DeferredInitializationError, InitializationError, ShapeError
from miniblocks.ops.elementwise import torch_dtype
from miniblocks.tape import no_grad
from miniblocks.tensor import Tensor, untraced


class Parameter:
    """An array that training changes: its values `data()`, their gradient `grad()`, and how both came to be.

    `Parameter(name, shape=(10, 0))` declares one, as Gluon does; `Parameter(tensor)` wraps values, as PyTorch does,
    and is named when it is assigned to an attribute of a block.
    """

    def __init__(
        self,
        name: str | Tensor = "",
        grad_req: str = "write",
        shape: Any = None,
        dtype: Any = "float32",
        init: Any = None,
        allow_deferred_init: bool = True,
    ) -> None:
        values = name if isinstance(name, Tensor) else None
        self.name = name if isinstance(name, str) else ""
        self.dtype = str(dtype) if values is None else values.dtype
        self.init = init
        self.allow_deferred_init = allow_deferred_init
        self._shape = as_shape(shape) if values is None else values.shape
        self._grad_req = grad_req
        self._data: Tensor | None = None
        self._deferred: tuple[Any, Device] | None = None
        self.initializer: initializers.Initializer | None = None
        if values is not None:
            self._data = Tensor(values.raw.clone(), requires_grad=grad_req != "null").to(values.device)

    def __repr__(self) -> str:
        return f"{type(self).__name__} {self.name} (shape={self.shape}, dtype={self.dtype})"

    # -- shape ------------------------------------------------------------------------------------------------
    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape; a 0 is a size that the first call will tell, None a shape not known at all."""
        return self._shape

    @shape.setter
    def shape(self, new: Any) -> None:
        new = as_shape(new)
        old = self._shape
        if old is not None and (len(old) != len(new) or any(a not in (0, b) for a, b in zip(old, new, strict=True))):
            raise ShapeError(
                f"parameter {self.name} has shape {old}, and {new} was asked for. If the input's size changed: a network "
                "takes the sizes of its first call; build a new one, or initialize with force_reinit after giving the shape"
            )
        self._shape = new

    @property
    def is_shape_known(self) -> bool:
        return self._shape is not None and all(n > 0 for n in self._shape)

    # -- values -----------------------------------------------------------------------------------------------
    def initialize(
        self, init: Any = None, ctx: Device | None = None, default_init: Any = None, force_reinit: bool = False
    ) -> None:
        """Give first values: by `init`, else by the parameter's own initializer, else by `default_init` (U[-0.07, 0.07])."""
        if self._data is not None and not force_reinit:
            warnings.warn(
                f"parameter {self.name} is already initialized and stays as it is; force_reinit=True initializes it again",
                stacklevel=2,
            )
            return
        own = init if init is not None else self.init
        fill = (
            initializers.create(own).init_parameter
            if own is not None
            else initializers.create(default_init or initializers.Uniform())
        )
        device = ctx or (self._data.device if self._data is not None else cpu())
        if self.is_shape_known:
            self._fill(fill, device)
        elif self.allow_deferred_init:
            self._deferred = (fill, device)
        else:
            raise ShapeError(
                f"parameter {self.name} cannot be initialized: its shape {self.shape} is not known, and may not be told later"
            )

    def finish_deferred_init(self) -> None:
        """Carry out the noted initialization, now that the shape is known."""
        if self._deferred is not None and self.is_shape_known:
            self._fill(*self._deferred)

    def _fill(self, fill: Any, device: Device) -> None:
        assert self._shape is not None
        fresh = Tensor(torch.zeros(self._shape, dtype=torch_dtype(self.dtype))).to(device)
        with untraced():
            fill(self.name, fresh)
        self.initializer = getattr(fill, "__self__", fill)
        self._deferred = None
        if self._data is None:
            fresh.requires_grad = self._grad_req != "null"
            self._data = fresh
        else:  # keep the tensor that others hold, so that ties and captured graphs see the new values
            self._data.raw = fresh.raw
            self._data._device = fresh._device
            self._data.grad = None

    def data(self, ctx: Device | None = None) -> Tensor:
        """The values: always the same tensor, so that writing into it changes the parameter."""
        if self._data is None:
            self._explain_missing()
        assert self._data is not None
        return self._data

    def _explain_missing(self) -> None:
        if self._deferred is not None:
            raise DeferredInitializationError(
                f"parameter {self.name} has no values yet: its shape {self.shape} has a size that only the first call tells. "
                "Call the network once on data, or declare the input size (in_units=…)"
            )
        raise InitializationError(
            f"parameter {self.name} has no values: call initialize() on it, or on a network it belongs to. "
            "(A network does not know of layers kept in a plain list: use nn.Sequential, or register_child for each)"
        )

    def set_data(self, value: Any) -> None:
        """Replace the values. Safe while recording: the write is not recorded, and what was recorded before keeps its values."""
        raw = value.raw if isinstance(value, Tensor) else torch.as_tensor(np.asarray(value))
        self.shape = tuple(raw.shape)
        if self._data is None:
            if self._deferred is None:
                self._explain_missing()
            self.finish_deferred_init()
        data = self.data()
        data.raw = raw.to(data.raw.device, data.raw.dtype, copy=True)

    def load_data(self, value: Tensor) -> None:
        """Take values from a file, initialized or not; a deferred shape is told by them."""
        self.shape = value.shape
        if self._data is None:
            self._fill(lambda name, data: None, self._deferred[1] if self._deferred else cpu())
        self.set_data(value)

    @property
    def is_initialized(self) -> bool:
        return self._data is not None

    @property
    def is_deferred(self) -> bool:
        """Whether `initialize` was called and waits for the shape."""
        return self._deferred is not None

    # -- gradient ---------------------------------------------------------------------------------------------
    @property
    def grad_req(self) -> str:
        """'write' when the parameter is trained, 'null' when it is frozen."""
        return self._grad_req

    @grad_req.setter
    def grad_req(self, request: str) -> None:
        if request not in ("write", "add", "null"):
            raise ValueError(f"grad_req is 'write', 'add' or 'null', not {request!r}")
        self._grad_req = request
        if self._data is not None:
            self._data.requires_grad = request != "null"

    def grad(self, ctx: Device | None = None) -> Tensor:
        """The accumulated gradient; zeros before any backward."""
        data = self.data()
        if self._grad_req == "null":
            raise RuntimeError(f"{self!r} is frozen (grad_req='null') and has no gradient")
        if data.grad is None:
            data.grad = Tensor(torch.zeros_like(data.raw))
            data.grad._device = data._device
        return data.grad

    def zero_grad(self) -> None:
        """Forget the accumulated gradient."""
        if self._data is not None:
            self._data.grad = None

    # -- used as a tensor: PyTorch's `x @ self.W + self.b` -----------------------------------------------------
    def __tensor__(self) -> Tensor:
        return self.data()

    def __getattr__(self, name: str) -> Any:
        if name in _TENSOR_METHODS:
            return getattr(self.data(), name)
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}; its values are .data()")

    def cast(self, dtype: str) -> None:
        """Change the kind of number, of values to come and of those it has."""
        self.dtype = str(dtype)
        if self._data is not None:
            self._data.raw, self._data.grad = self._data.raw.to(torch_dtype(self.dtype)), None

    # -- devices ----------------------------------------------------------------------------------------------
    def list_ctx(self) -> list[Device]:
        return [self.data().device]

    def reset_ctx(self, ctx: Device) -> None:
        """Move the values to another device."""
        if self._data is None:
            self._deferred = (self._deferred[0], ctx) if self._deferred else None
            return
        with no_grad():
            moved = self._data.to(ctx)
        self._data.raw, self._data._device, self._data.grad = moved.raw, moved._device, None


_TENSOR_METHODS = frozenset(
    ("T", "reshape", "transpose", "sum", "mean", "norm", "abs", "exp", "asnumpy", "detach", "ndim", "size", "tolist")
)


def _operator(name: str) -> Any:
    return lambda self, *others: getattr(self.data(), name)(*others)


for _name in (
    "add",
    "radd",
    "sub",
    "rsub",
    "mul",
    "rmul",
    "truediv",
    "rtruediv",
    "pow",
    "matmul",
    "rmatmul",
    "neg",
    "getitem",
):
    setattr(Parameter, f"__{_name}__", _operator(f"__{_name}__"))


class Constant(Parameter):
    """A parameter that training leaves alone: it has values and no gradient, and is not trained."""

    def __init__(self, name: str, value: Any) -> None:
        raw = value.raw if isinstance(value, Tensor) else torch.as_tensor(np.asarray(value))
        raw = raw.float() if raw.dtype is torch.float64 else raw
        self.value = Tensor(raw.detach().clone())
        super().__init__(
            name,
            grad_req="null",
            shape=tuple(raw.shape),
            dtype=self.value.dtype,
            init=initializers.Constant(self.value),
        )

    @property
    def grad_req(self) -> str:
        return "null"

    @grad_req.setter
    def grad_req(self, request: str) -> None:
        if request != "null":
            warnings.warn(f"constant {self.name} has no gradient; grad_req stays 'null'", stacklevel=2)


def as_shape(shape: Any) -> Any:
    if shape is None:
        return None
    return (shape,) if isinstance(shape, int) else tuple(int(n or 0) for n in shape)
