"""How C reads an array: a pointer, and for each axis how far apart its elements lie."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

C_TYPES = {
    "float32": "float",
    "float64": "double",
    "bool": "uint8_t",
    "int64": "int64_t",
    "int32": "int32_t",
    "int16": "int16_t",
    "int8": "int8_t",
    "uint8": "uint8_t",
}
FLOATS = ("float32", "float64")
LARGEST = 1 << 31  # elements: beyond, BLAS has no sizes


@dataclass(frozen=True)
class Array:
    """An array behind the pointer `word`: its first element lies at `offset`, and axis i goes on by `strides[i]` elements."""

    word: str
    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int = 0

    @property
    def c_type(self) -> str:
        return C_TYPES[self.dtype]

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    def stretched(self, shape: tuple[int, ...]) -> Array:
        """The same array broadcast to a shape: along new and stretched axes it stays where it is."""
        lead = len(shape) - len(self.shape)
        strides = [0 if n == 1 else s for n, s in zip(self.shape, self.strides)]
        return replace(self, shape=shape, strides=(0,) * lead + tuple(strides))

    def along(self, axes: Iterable[int]) -> Array:
        """Only these axes of it."""
        axes = tuple(axes)
        return replace(self, shape=tuple(self.shape[a] for a in axes), strides=tuple(self.strides[a] for a in axes))


@dataclass(frozen=True)
class Number:
    """A number that is given at every call: a learning rate."""

    word: str
    c_type = "double"


Operand = Array | Number | float | int | bool


def is_exact(value: float) -> bool:
    """Whether a number is the same as a double of C."""
    return isinstance(value, float) or abs(value) <= 2**53


def contiguous(word: str, dtype: str, shape: tuple[int, ...]) -> Array:
    """An array whose elements lie one after another."""
    strides = tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))
    return Array(word, dtype, shape, strides)


@dataclass(frozen=True)
class Loops:
    """Nested loops over the elements of arrays of one shape: `sizes`, and for each array how far a step in each loop goes."""

    sizes: tuple[int, ...]
    strides: tuple[tuple[int, ...], ...]

    def index(self, i: int, names: Sequence[str]) -> str:
        """Where array i is in the innermost loop, as an expression of the loops' variables."""
        return at(*zip(names, self.strides[i]))


def at(*terms: tuple[str, int]) -> str:
    """A place in memory: the sum of variables, each times a stride."""
    return " + ".join(name if stride == 1 else f"{name} * {stride}" for name, stride in terms if stride) or "0"


def loops(arrays: Sequence[Array]) -> Loops:
    """The fewest loops over arrays of one shape, in the order in which the elements of the first lie in memory.

    Axes of one element need none; two axes that in every array follow on one another need one.
    """
    shape = arrays[0].shape
    axes = [a for a in range(len(shape)) if shape[a] != 1]
    axes.sort(key=lambda a: [-abs(array.strides[a]) for array in arrays])
    found: list[tuple[int, list[int]]] = []
    for a in axes:
        size, steps = shape[a], [array.strides[a] for array in arrays]
        if found and all(outer == inner * size for outer, inner in zip(found[-1][1], steps)):
            found[-1] = found[-1][0] * size, steps
        else:
            found.append((size, steps))
    return Loops(tuple(n for n, _ in found), tuple(zip(*(steps for _, steps in found))) or ((),) * len(arrays))
