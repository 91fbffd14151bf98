"""`Tensor`: an array on a device, and the recording of what is computed from it.

A tensor is a handle on raw torch storage (`raw`). Operations run the forward side of `ops`; when an input
requires a gradient they also leave a `Node`, from which `tape.backward` later walks back. The
handle points to the node that made its present value (`node`); a leaf has none.

Writing in place (`x /= 2`, `x[0] = 1`) really writes to the storage. Only when the value is part of a
recorded computation is the new value computed beside the old one and the handle moved to it: what the backward
pass saved stays as it was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, ClassVar

import numpy as np
import torch

from miniblocks import device as devices
from miniblocks.device import Device
from miniblocks.errors import DeviceError, DtypeError, GraphError, ShapeError
from miniblocks.ops import TABLE, Op
from miniblocks.ops.elementwise import torch_dtype
from miniblocks.ops.shapes import TENSOR, whole_index

_order = count()
_PLAIN = frozenset((float, int, bool, type(None)))
EVALUATION = (RuntimeError, IndexError, TypeError)  # what torch raises where arguments do not fit


class _Mode(threading.local):
    """What this thread does beside evaluating: record for `backward`, and tell an observer of each operation.

    A `tracer` writes a graph down, so that writes in place must be operations; any other observer only looks on.
    """

    recording = True
    observer: Callable[[Op, tuple[Any, ...], dict[str, Any], Tensor], None] | None = None
    tracer: Any = None


mode = _Mode()


class Node:
    """One recorded operation: its parents, what its backward rules need, and its place in time."""

    __slots__ = ("freed", "hooks", "op", "order", "output", "parents", "saved", "shape", "static", "versions")

    def __init__(
        self, op: Op, args: tuple[Any, ...], raws: list[Any], static: dict[str, Any], out: torch.Tensor
    ) -> None:
        self.op, self.static, self.shape = op, static, out.shape
        self.parents: tuple[Any, ...] | list[Any] = [
            (a.node or a) if type(a) is Tensor and a.requires_grad else None for a in args
        ]
        if op.keeps_values:
            self.saved = raws
            self.versions = [(r, r._version) for r in raws if type(r) is torch.Tensor]
        elif op.keeps_indices:
            self.saved = [r.shape if type(r) is torch.Tensor and r.is_floating_point() else r for r in raws]
            self.versions = [(r, r._version) for r in self.saved if type(r) is torch.Tensor]
        else:
            self.saved = [r.shape if type(r) is torch.Tensor else r for r in raws]
            self.versions = []
        self.output = None
        if op.keeps_output:
            self.output = out
            self.versions.append((out, out._version))
        self.order = next(_order)
        self.hooks: list[Any] | None = None
        self.freed = False

    def free(self) -> None:
        """Let go of everything saved."""
        self.parents, self.saved, self.versions, self.output, self.freed = (), [], [], None, True


def apply(op: Op, *args: Any, **static: Any) -> Tensor:
    """Evaluate an operation on tensors and numbers, and record it when a gradient may be asked for."""
    raws: list[Any] = []
    wanted = False
    for a in args:
        if type(a) is Tensor:
            raws.append(a.raw)
            wanted = wanted or a.requires_grad
        elif type(a) in _PLAIN:
            raws.append(a)
        else:
            return apply(op, *map(_operand, args), **static)
    device = _common_device(op, args) if Tensor.logical_devices else None
    try:
        raw = op.forward(*raws, **static)
    except EVALUATION as error:
        raise explained(op, raws, static, error) from None
    out = Tensor(raw)
    out._device = device
    if wanted and op.vjps and mode.recording:
        out.requires_grad = True
        out.node = Node(op, args, raws, static, raw)
    if mode.observer is not None:
        mode.observer(op, args, static, out)
    return out


def constant(raw: torch.Tensor) -> Tensor:
    """A tensor made of numbers alone: a constant of the graph, where a computation is captured."""
    out = Tensor(raw)
    if mode.tracer is not None:
        mode.tracer.constant(out)
    return out


@contextmanager
def untraced() -> Iterator[None]:
    """What is computed inside is no part of a captured computation: first values of parameters, say."""
    before = mode.tracer, mode.observer
    mode.tracer = mode.observer = None
    try:
        yield
    finally:
        mode.tracer, mode.observer = before


def _common_device(op: Op, args: Iterable[Any]) -> Device | None:
    found = {a.device for a in args if type(a) is Tensor}
    if len(found) > 1:
        names = " and ".join(sorted(map(str, found)))
        raise DeviceError(f"{op.name} got tensors on {names}; move them to one device with x.to(device)")
    return found.pop() if found else None


def explained(op: Op, raws: Iterable[Any], static: dict[str, Any], error: Exception) -> Exception:
    """What torch said to these arguments, with cause and mend."""
    shapes = ", ".join(str(tuple(r.shape)) if isinstance(r, torch.Tensor) else repr(r) for r in raws)
    places = {r.device for r in raws if isinstance(r, torch.Tensor)}
    if len(places) > 1:
        return DeviceError(
            f"{op.name} got tensors on {' and '.join(map(str, places))}; move them to one device with x.to(device)"
        )
    kinds = {str(r.dtype).removeprefix("torch.") for r in raws if isinstance(r, torch.Tensor)}
    if len(kinds) > 1 and "dtype" in str(error):
        return DtypeError(
            f"{op.name} cannot mix {' and '.join(sorted(kinds))} (shapes {shapes}); convert one side with x.astype(…), or a whole network with net.cast(…)"
        )
    if isinstance(error, TypeError):
        return TypeError(f"{op.name} cannot take {shapes}: {error}")
    if isinstance(error, IndexError):
        return IndexError(f"{op.name} on shape {shapes}: {error}")
    with_static = f" with {static}" if static else ""
    return ShapeError(f"{op.name} cannot combine {shapes}{with_static}: {str(error).splitlines()[0]}")


def _function(name: str) -> Callable[..., Any]:
    operation = TABLE[name]
    return lambda *args, **static: apply(operation, *args, **static)


def _binary(name: str) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """The method for `a ∘ b`, and the one for `b ∘ a`."""
    operation = TABLE[name]
    return (lambda a, b: apply(operation, a, _operand(b))), (lambda a, b: apply(operation, _operand(b), a))


def _operand(value: Any) -> Any:
    if type(value) in _PLAIN or isinstance(value, Tensor):
        return value
    if isinstance(value, (int, float)):  # a kind of number built on these, np.float64 say
        return float(value) if isinstance(value, float) else int(value)
    if hasattr(value, "__tensor__"):  # a Parameter stands for its values
        return value.__tensor__()
    if isinstance(value, (np.ndarray, np.generic, torch.Tensor, list)):
        return constant(torch.as_tensor(value))
    raise TypeError(f"a tensor cannot be combined with a {type(value).__name__}")


class Tensor:
    """An n-dimensional array. `raw` is its torch storage; `grad` its accumulated gradient, once there is one."""

    __slots__ = ("__weakref__", "_device", "grad", "hooks", "node", "raw", "requires_grad")
    __array_priority__ = 100  # numpy leaves `array ∘ tensor` to us
    logical_devices: ClassVar[bool] = False  # whether any tensor lives on a logical CPU: only then is checking needed
    backward: ClassVar[Callable[..., None]]  # defined by `tape`, which walks the record

    def __init__(self, raw: torch.Tensor, requires_grad: bool = False) -> None:
        self.raw = raw
        self.grad: Tensor | None = None
        self.node: Node | None = None
        self.requires_grad = requires_grad
        self._device: Device | None = None
        self.hooks: list[Any] | None = None

    # -- what it is ---------------------------------------------------------------------------------------------
    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.raw.shape)

    @property
    def ndim(self) -> int:
        return self.raw.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.raw.numel()

    @property
    def dtype(self) -> str:
        return str(self.raw.dtype).removeprefix("torch.")

    @property
    def device(self) -> Device:
        return self._device or devices.of(self.raw)

    context = ctx = device  # Gluon's names

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made this value."""
        return self.node is None

    @property
    def T(self) -> Tensor:
        return self.permute(tuple(reversed(range(self.ndim))))

    @property
    def mT(self) -> Tensor:
        """The last two axes exchanged."""
        return self.transpose(-2, -1)

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("a tensor of one number has no length")
        return self.raw.shape[0]

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.shape)) or "1"
        return f"\n{np.atleast_1d(self._numbers())}\n<Tensor {shape} @{self.device}>"

    # -- values made concrete: a tracer is told, since a captured graph cannot see what Python does with them ------
    def _numbers(self) -> np.ndarray:
        raw = self.raw.float() if self.raw.dtype is torch.bfloat16 else self.raw
        return raw.detach().cpu().numpy()

    def asnumpy(self) -> np.ndarray:
        """The values as a numpy array of its own."""
        if mode.tracer is not None:
            mode.tracer.concrete(self)
        return self._numbers().copy()

    numpy = asnumpy

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        values = self.asnumpy()
        return values if dtype is None else values.astype(dtype)

    def item(self) -> Any:
        """The one element as a Python number."""
        if self.size != 1:
            raise ShapeError(
                f"a tensor of shape {self.shape} is not one number; reduce it first, with .sum() or .norm() say"
            )
        if mode.tracer is not None:
            mode.tracer.concrete(self)
        return self.raw.item()

    asscalar = item

    def tolist(self) -> Any:
        return self.asnumpy().tolist()

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ShapeError(
                f"the truth value of a tensor of shape {self.shape} is ambiguous; compare one element, or reduce it first"
            )
        return bool(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    # -- arithmetic --------------------------------------------------------------------------------------------
    __add__, __radd__ = _binary("add")
    __sub__, __rsub__ = _binary("sub")
    __mul__, __rmul__ = _binary("mul")
    __truediv__, __rtruediv__ = _binary("div")
    __pow__, __rpow__ = _binary("pow")
    __matmul__, __rmatmul__ = _binary("matmul")
    __eq__ = _binary("equal")[0]  # type: ignore[assignment]
    __ne__ = _binary("not_equal")[0]  # type: ignore[assignment]
    __lt__ = _binary("less")[0]
    __le__ = _binary("less_equal")[0]
    __gt__ = _binary("greater")[0]
    __ge__ = _binary("greater_equal")[0]
    __hash__ = object.__hash__
    __neg__ = _function("neg")
    __abs__ = abs = _function("abs")
    __invert__ = _function("logical_not")
    exp, log, sqrt, sign = _function("exp"), _function("log"), _function("sqrt"), _function("sign")
    tanh, sigmoid, relu, norm = _function("tanh"), _function("sigmoid"), _function("relu"), _function("norm")

    def clip(self, low: float | None = None, high: float | None = None) -> Tensor:
        """Every element moved into [low, high]; a bound may be None."""
        return apply(TABLE["clip"], self, low=low, high=high)

    def clamp(self, min: float | None = None, max: float | None = None) -> Tensor:
        """`clip`, by PyTorch's names."""
        return self.clip(min, max)

    # -- reductions --------------------------------------------------------------------------------------------
    def sum(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        return apply(TABLE["sum"], self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        return apply(TABLE["mean"], self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        return apply(TABLE["amax"], self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        return -(-self).max(axis, keepdims)

    def argmax(self, axis: int | None = None) -> Tensor:
        return apply(TABLE["argmax"], self, axis=axis)

    # -- shapes ------------------------------------------------------------------------------------------------
    def reshape(self, *shape: Any) -> Tensor:
        """The same elements in another shape; one size may be -1."""
        return apply(
            TABLE["reshape"], self, shape=tuple(shape[0]) if shape and isinstance(shape[0], (tuple, list)) else shape
        )

    def transpose(self, a: int = -2, b: int = -1) -> Tensor:
        """Two axes exchanged (the last two unless told)."""
        return apply(TABLE["transpose"], self, a=a, b=b)

    def permute(self, axes: tuple[int, ...]) -> Tensor:
        return apply(TABLE["permute"], self, axes=tuple(axes))

    def broadcast_to(self, shape: tuple[int, ...]) -> Tensor:
        return apply(TABLE["expand"], self, shape=tuple(shape))

    def flatten(self) -> Tensor:
        """Everything but the first axis as one."""
        return self.reshape(self.shape[0], -1)

    def astype(self, dtype: Any) -> Tensor:
        return apply(
            TABLE["cast"],
            self,
            dtype=str(torch_dtype(np.dtype(dtype).name if isinstance(dtype, type) else dtype)).removeprefix("torch."),
        )

    def copy(self) -> Tensor:
        return apply(TABLE["copy"], self)

    def __getitem__(self, index: Any) -> Tensor:
        index, at = _index(index)
        return apply(TABLE["take"], self, *at, index=index) if at else apply(TABLE["getitem"], self, index=index)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    # -- writing in place --------------------------------------------------------------------------------------
    def __setitem__(self, index: Any, value: Any) -> None:
        value, (index, at) = _operand(value), _index(index)
        if self._computes_beside(value):
            self._move_to(
                apply(TABLE["put_at"] if at else TABLE["put"], self, self._as_tensor(value), *at, index=index)
            )
        else:
            self._refuse_foreign_history(value)
            self.raw[whole_index(index, [t.raw for t in at])] = value.raw if isinstance(value, Tensor) else value

    def _in_place(self, op: Op, other: Any) -> Tensor:
        other = _operand(other)
        if self._computes_beside(other):
            self._move_to(apply(op, self, other))
        else:
            self._refuse_foreign_history(other)
            self.raw.copy_(self._fitting(op.forward(self.raw, other.raw if isinstance(other, Tensor) else other)))
        return self

    def __iadd__(self, other: Any) -> Tensor:
        return self._in_place(TABLE["add"], other)

    def __isub__(self, other: Any) -> Tensor:
        return self._in_place(TABLE["sub"], other)

    def __imul__(self, other: Any) -> Tensor:
        return self._in_place(TABLE["mul"], other)

    def __itruediv__(self, other: Any) -> Tensor:
        return self._in_place(TABLE["div"], other)

    def _computes_beside(self, value: Any) -> bool:
        """Whether a write belongs to a recorded or captured computation, and so must not touch the old storage."""
        if mode.tracer is not None:
            return True
        return mode.recording and (self.node is not None or (not self.requires_grad and _has_history(value)))

    def _as_tensor(self, value: Any) -> Tensor:
        return value if isinstance(value, Tensor) else constant(self.raw.new_tensor(value))

    def _fitting(self, raw: torch.Tensor) -> torch.Tensor:
        """A result that can be written in place; refused where shape or kind of number would change."""
        if raw.shape != self.raw.shape:
            raise ShapeError(f"writing in place keeps the shape {self.shape}, and the result has {tuple(raw.shape)}")
        if not torch.can_cast(raw.dtype, self.raw.dtype):
            raise DtypeError(
                f"a result of {raw.dtype} cannot be written into a tensor of {self.dtype}; convert it with .astype() first"
            )
        return raw

    def _move_to(self, new: Tensor) -> None:
        self._fitting(new.raw)
        if mode.tracer is not None:
            mode.tracer.written(self, new)
        self.raw, self.node, self.requires_grad = new.raw, new.node, new.requires_grad

    def _refuse_foreign_history(self, value: Any) -> None:
        """A leaf that requires a gradient takes numbers: no gradient could flow through the write."""
        if self.requires_grad and mode.recording and isinstance(value, Tensor) and _leaves(value) - {self}:
            raise GraphError(
                "a tensor that was computed from another one that requires a gradient is written into a leaf: no gradient could flow "
                "back through the write. Write `value.detach()`, or do it under autograd.no_grad()"
            )

    # -- differentiation ---------------------------------------------------------------------------------------
    def detach(self) -> Tensor:
        """The same storage without its history."""
        out = Tensor(self.raw)
        out._device = self._device
        if mode.tracer is not None:
            mode.tracer.detached(self, out)
        return out

    def attach_grad(self) -> None:
        """Gluon's way to say `requires_grad = True`."""
        self.requires_grad = True

    def zero_grad(self) -> None:
        self.grad = None

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Callable[[], None]:
        """Call `hook(gradient)` when `backward` has this tensor's whole gradient; what it returns replaces it.

        Returns a function that takes the hook away again.
        """
        if not self.requires_grad:
            raise GraphError(
                "a tensor that requires no gradient never gets one; set `requires_grad = True` before computing"
            )
        holder: Any = self.node or self
        holder.hooks = [*(holder.hooks or ()), hook]
        return lambda: holder.hooks.remove(hook)

    def retain_grad(self) -> None:
        """Keep the gradient of this computed tensor in `grad` as well; leaves always do."""
        if not self.is_leaf:
            self.register_hook(lambda g: setattr(self, "grad", g if self.grad is None else self.grad + g))

    # -- devices -----------------------------------------------------------------------------------------------
    def to(self, device: Device) -> Tensor:
        """On another device (itself when it is there already); gradients flow through."""
        return self if device == self.device else _to_device(self, device)

    as_in_context = as_in_ctx = to


def _to_device(x: Tensor, device: Device) -> Tensor:
    Tensor.logical_devices = Tensor.logical_devices or device.is_logical
    out = apply(TABLE["transfer"], x, device=str(device.torch))
    out._device = device
    return out


def _index(index: Any) -> tuple[tuple[Any, ...], list[Tensor]]:
    """An index as a tuple of plain data, and the tensors in it, each with a mark in its place."""
    parts = [p.item() if isinstance(p, np.generic) else p for p in (index if isinstance(index, tuple) else (index,))]
    arrays = (Tensor, np.ndarray, torch.Tensor)
    at = [_operand(p) for p in parts if isinstance(p, arrays)]
    return tuple(TENSOR if isinstance(p, arrays) else p for p in parts), at


def _has_history(value: Any) -> bool:
    return isinstance(value, Tensor) and value.requires_grad


def _leaves(value: Tensor) -> set[Tensor]:
    """The leaves that require a gradient among what a value was computed from."""
    if value.node is None:
        return {value} if value.requires_grad else set()
    seen, stack, found = {value.node}, [value.node], set()
    while stack:
        for parent in stack.pop().parents:
            if type(parent) is Tensor:
                found.add(parent)
            elif type(parent) is Node and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return found
