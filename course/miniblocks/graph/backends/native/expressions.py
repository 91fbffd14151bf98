"""Elementwise operations as expressions of C, with torch's results for nan, infinities and numbers of other dtypes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from miniblocks.graph.backends.native.arrays import C_TYPES, FLOATS

# {0}, {1}, … are the operands, {f} is what C puts behind the names of its functions for float.
OF_FLOATS = {
    "add": "{0} + {1}",
    "sub": "{0} - {1}",
    "mul": "{0} * {1}",
    "div": "{0} / {1}",
    "pow": "pow{f}({0}, {1})",
    "neg": "-{0}",
    "maximum": "{0} != {0} || {0} > {1} ? {0} : {1}",
    "minimum": "{0} != {0} || {0} < {1} ? {0} : {1}",
    "exp": "exp{f}({0})",
    "log": "log{f}({0})",
    "sqrt": "sqrt{f}({0})",
    "abs": "fabs{f}({0})",
    "sign": "({0} > 0) - ({0} < 0)",
    "sin": "sin{f}({0})",
    "cos": "cos{f}({0})",
    "tanh": "tanh{f}({0})",
    "sigmoid": "1 / (1 + exp{f}(-{0}))",
    "relu": "{0} <= 0 ? 0 : {0}",  # nan is not below 0, and stays
    "relu_backward": "{1} <= 0 ? 0 : {0}",
    "descend": "{0} - {1} * {2}",
}
COMPARISONS = {
    "equal": "{0} == {1}",
    "not_equal": "{0} != {1}",
    "less": "{0} < {1}",
    "less_equal": "{0} <= {1}",
    "greater": "{0} > {1}",
    "greater_equal": "{0} >= {1}",
}
POWERS = {  # exponents for which torch has other ways than `pow`
    2: "{0} * {0}",
    3: "{0} * {0} * {0}",
    0.5: "sqrt{f}({0})",
    -0.5: "1 / sqrt{f}({0})",
    -1: "1 / {0}",
    -2: "1 / ({0} * {0})",
}
# C and its dtype (None: a double that is given as a number), or a number of the graph.
Word = tuple[str, str | None] | float | int | bool


def expression(operation: str, words: Sequence[Word], dtype: str, static: dict[str, Any]) -> str | None:
    """The value of an operation with a result of this dtype; None where it is not known how C would say it."""
    if operation in OF_FLOATS and dtype in FLOATS:
        return _of_floats(operation, words, dtype)
    if operation in COMPARISONS or operation == "inside":
        return _comparison(operation, words, static)
    if operation == "logical_not":
        return f"!{_text(words[0])}"
    if operation == "clip" and dtype in FLOATS:
        return _clipped(cast(words[0], dtype), dtype, static)
    if operation == "where" and dtype in FLOATS and _dtype(words[0]) == "bool":
        values = [cast(w, dtype) for w in words[1:]]
        return f"{_text(words[0])} ? {values[0]} : {values[1]}"
    if operation in ("cast", "copy", "detach"):
        return _converted(words[0], dtype)
    return None


def _of_floats(operation: str, words: Sequence[Word], dtype: str) -> str:
    template, last = OF_FLOATS[operation], words[-1]
    if operation == "pow" and isinstance(last, (int, float)):
        template = POWERS.get(last, template)
    return template.format(*(cast(w, dtype) for w in words), f=suffix(dtype))


def _comparison(operation: str, words: Sequence[Word], static: dict[str, Any]) -> str | None:
    kinds = {w[1] for w in words if isinstance(w, tuple)}
    kind = next(iter(kinds))
    if len(kinds) > 1 or kind is None or (kind not in FLOATS and not all(isinstance(w, tuple) for w in words)):
        return None  # torch would compare them as something else
    if operation == "inside":
        within = _clipped(cast(words[0], kind), kind, static) if kind in FLOATS else None
        return within and f"{_text(words[0])} == ({within})"
    return COMPARISONS[operation].format(*(cast(w, kind) for w in words))


def _clipped(value: str, dtype: str, static: dict[str, Any]) -> str | None:
    """A value kept within bounds: nan stays, and where the bounds cross the upper one holds."""
    low, high = static["low"], static["high"]
    if any(bound is not None and (not isinstance(bound, (int, float)) or math.isnan(bound)) for bound in (low, high)):
        return None
    if low is not None:
        low = cast(low if high is None else min(low, high), dtype)
    if high is not None:
        high = cast(high, dtype)
    above = value if high is None else f"{value} > {high} ? {high} : {value}"
    return above if low is None else f"{value} < {low} ? {low} : {above}"


def _converted(word: Word, dtype: str) -> str | None:
    """A value as another dtype. What C leaves open (a float that is no whole number's) is left to torch."""
    kind = _dtype(word)
    if kind is None or (kind in FLOATS and dtype not in (*FLOATS, "bool")):
        return None
    return f"{_text(word)} != 0" if dtype == "bool" else cast(word, dtype)


def cast(word: Word, dtype: str) -> str:
    """An operand as a number of this dtype."""
    if not isinstance(word, tuple):
        return literal(float(word), dtype)
    return word[0] if word[1] == dtype else f"({C_TYPES[dtype]}){word[0]}"


def literal(value: float, dtype: str) -> str:
    """A number as C writes it."""
    if math.isnan(value):
        return "NAN"
    if math.isinf(value) or (dtype == "float32" and abs(value) > 3.4028235e38):
        return "INFINITY" if value > 0 else "(-INFINITY)"
    text = f"{value!r}{suffix(dtype)}"
    return f"({text})" if text.startswith("-") else text


def suffix(dtype: str) -> str:
    return "f" if dtype == "float32" else ""


def _text(word: Word) -> str:
    return word[0] if isinstance(word, tuple) else literal(float(word), "float64")


def _dtype(word: Word) -> str | None:
    return word[1] if isinstance(word, tuple) else None
