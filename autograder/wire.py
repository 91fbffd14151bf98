"""Plain values and arrays as bytes: all that ever crosses from a learner's process to a trusted one.

A value is None, a bool, an int (no larger than a float can be), a float, a str, a list or a dict (with str keys) of values, or a
`numpy.ndarray` of one of `DTYPES`. It travels as a JSON header followed by the arrays' raw bytes:

    length of header (4 bytes, big endian) | header | array 0 | array 1 | …

In the header an array stands as {"#": index, "dtype": …, "shape": […]} and a float that JSON lacks as
{"#float": "nan" | "inf" | "-inf"}. Nothing is ever unpickled, and `decode` bounds everything it reads:
the bytes it is given are hostile input.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

DTYPES = ("float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
_NAMES = {np.dtype(name): name for name in DTYPES}  # asking a dtype for its name takes thirty times as long
_LENGTH = struct.Struct(">I")
LARGEST = sys.float_info.max  # a larger int cannot become a float, and whoever compares numbers would stumble over it


@dataclass(frozen=True)
class Limits:
    """The most that `decode` accepts."""

    total_bytes: int = 32 << 20
    header_bytes: int = 4 << 20
    arrays: int = 4096
    depth: int = 16


class WireError(ValueError):
    """The bytes are not a well-formed value, or exceed a limit; or a value cannot be sent."""


def encode(value: Any) -> bytes:
    """Bytes of a value; raises `WireError` for what is neither plain nor an array."""
    arrays: list[np.ndarray] = []
    header = json.dumps(_pack(value, arrays), allow_nan=False).encode()
    return b"".join([_LENGTH.pack(len(header)), header, *(a.tobytes() for a in arrays)])


def _pack(value: Any, arrays: list[np.ndarray]) -> Any:
    if value is None or type(value) in (bool, int, str):
        if type(value) is int and abs(value) > LARGEST:
            raise WireError(f"an int of {value.bit_length()} bits cannot be sent")
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"#float": str(value)}
    if isinstance(value, np.ndarray):
        name = _NAMES.get(value.dtype)
        if name is None:
            raise WireError(f"an array of dtype {value.dtype} cannot be sent; convert it to one of {DTYPES}")
        arrays.append(np.ascontiguousarray(value))
        return {"#": len(arrays) - 1, "dtype": name, "shape": list(value.shape)}
    if type(value) in (list, tuple):
        return [_pack(v, arrays) for v in value]
    if type(value) is dict and all(type(k) is str and not k.startswith("#") for k in value):
        return {k: _pack(v, arrays) for k, v in value.items()}
    raise WireError(f"a {type(value).__name__} cannot be sent; send plain values and arrays only")


def decode(data: bytes, limits: Limits = Limits()) -> Any:
    """The value in `data`; raises `WireError` for anything but exactly one well-formed value."""
    if len(data) > limits.total_bytes:
        raise WireError(f"{len(data)} bytes exceed the limit of {limits.total_bytes}")
    if len(data) < _LENGTH.size:
        raise WireError("the message is shorter than its length field")
    (size,) = _LENGTH.unpack_from(data)
    if size > limits.header_bytes or size > len(data) - _LENGTH.size:
        raise WireError(f"a header of {size} bytes is too long")
    body = memoryview(data)[_LENGTH.size + size :]
    try:
        header = json.loads(bytes(data[_LENGTH.size : _LENGTH.size + size]), parse_constant=_no_constant)
        reader = _Reader(body, limits)
        value = reader.unpack(header, 0)
    except (ValueError, RecursionError, OverflowError) as error:
        raise WireError(f"the message is malformed: {error}") from None
    if reader.offset != len(body):
        raise WireError("bytes are left over after the last array")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class _Reader:
    """Rebuilds a value from its header; arrays must come in order and exactly fill the body."""

    def __init__(self, body: memoryview, limits: Limits) -> None:
        self.body, self.limits, self.offset, self.count = body, limits, 0, 0

    def unpack(self, node: Any, depth: int) -> Any:
        if depth > self.limits.depth:
            raise WireError(f"nested deeper than {self.limits.depth}")
        if isinstance(node, list):
            return [self.unpack(v, depth + 1) for v in node]
        if not isinstance(node, dict):
            if type(node) is int and abs(node) > LARGEST:
                raise WireError(f"an int of {node.bit_length()} bits")
            return node
        if "#float" in node:
            if node not in ({"#float": "nan"}, {"#float": "inf"}, {"#float": "-inf"}):
                raise WireError("a malformed float")
            return float(node["#float"])
        if "#" in node:
            return self._array(node)
        return {k: self.unpack(v, depth + 1) for k, v in node.items()}

    def _array(self, node: dict[str, Any]) -> np.ndarray:
        if set(node) != {"#", "dtype", "shape"} or node["#"] != self.count or node["dtype"] not in DTYPES:
            raise WireError("a malformed array entry")
        shape = node["shape"]
        if (
            not isinstance(shape, list)
            or len(shape) > 16
            or not all(type(n) is int and 0 <= n < 1 << 31 for n in shape)
        ):
            raise WireError("a malformed shape")
        dtype = np.dtype(node["dtype"])
        size = math.prod(shape) * dtype.itemsize
        if self.count >= self.limits.arrays or size > len(self.body) - self.offset:
            raise WireError("an array longer than the message, or too many of them")
        raw = self.body[self.offset : self.offset + size]
        self.count, self.offset = self.count + 1, self.offset + size
        if dtype == np.bool_:  # any byte but 0 and 1 would make an invalid bool
            return (np.frombuffer(raw, np.uint8) != 0).reshape(shape)
        return np.frombuffer(raw, dtype).reshape(shape).copy()
