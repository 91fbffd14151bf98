"""What variables hold, before and after a part of a function: tensors, plain values, and lists and dictionaries of them."""

from __future__ import annotations

from typing import Any

from miniblocks.errors import CaptureError
from miniblocks.tensor import Tensor

NUMBERS = (bool, int, float)
DTYPES = {bool: "bool", int: "int64", float: "float32"}
Path = tuple[Any, ...]


class Undefined:
    """Stands for a variable without a value; whoever uses it is told why there is none."""

    def __init__(self, name: str, why: str = "it was never assigned") -> None:
        self.name, self.why = name, why

    def __str__(self) -> str:
        return f"`{self.name}` has no value here: {self.why}"

    def refuse(self, *_: Any, **__: Any) -> Any:
        raise CaptureError(str(self))

    __getattr__ = __call__ = __bool__ = __iter__ = __len__ = __getitem__ = refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = refuse
    __pow__ = __matmul__ = __rmatmul__ = __neg__ = __lt__ = __le__ = __gt__ = __ge__ = __float__ = __int__ = refuse


class Pending:
    """A function's result before it has one: whatever it is on a path that has not returned yet, nobody reads it."""


PENDING = Pending()


def blank(value: Any) -> Any:
    """Something of the same structure to stand for a pending result: its numbers do not matter."""
    return rebuilt(value, {path: 0 if isinstance(part, Tensor) else part for path, part in parts(value).items()})


def parts(value: Any, path: Path = ()) -> dict[Path, Any]:
    """Where a value's parts lie → the parts: itself, unless it is a list, tuple or dictionary."""
    if type(value) in (list, tuple):
        return {p: v for i, item in enumerate(value) for p, v in parts(item, (*path, i)).items()}
    if type(value) is dict:
        return {p: v for key, item in value.items() for p, v in parts(item, (*path, key)).items()}
    return {path: value}


def rebuilt(value: Any, new: dict[Path, Any], path: Path = ()) -> Any:
    """The same lists and dictionaries with other parts; the very same object where nothing in it changed."""
    if type(value) in (list, tuple):
        items = [rebuilt(item, new, (*path, i)) for i, item in enumerate(value)]
        return value if all(a is b for a, b in zip(items, value)) else type(value)(items)
    if type(value) is dict:
        pairs = {key: rebuilt(item, new, (*path, key)) for key, item in value.items()}
        return value if all(pairs[key] is value[key] for key in value) else pairs
    return new.get(path, value)


def same_plain(a: Any, b: Any) -> bool:
    """Whether two values that are no tensors are one and the same to a program."""
    if a is b:
        return True
    if isinstance(a, (Tensor, Undefined)) or isinstance(b, (Tensor, Undefined)) or type(a) is not type(b):
        return False
    return isinstance(a, (*NUMBERS, str, bytes, type(None), range, slice)) and (a == b or (a != a and b != b))


def is_value(value: Any) -> bool:
    """Whether a graph can hold it: a tensor or a number."""
    return isinstance(value, Tensor) or type(value) in NUMBERS


def described(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, Tensor):
        return f"{value.dtype}{list(value.shape)}"
    return repr(value) if isinstance(value, (*NUMBERS, str, type(None))) else f"a {type(value).__name__}"
