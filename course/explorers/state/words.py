"""Arrays in words: short enough for a box, or whole where they are small, with the corners of those that are not."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import torch

FEW, ROOM = 3, 22  # numbers, and characters, of a short text
WHOLE = 64  # elements that are written out at most


def short(raw: torch.Tensor) -> str:
    """A number, or the first numbers and the shape: `[1, -2, …] 32×10`."""
    values = as_array(raw)
    numbers = [number(v) for v in values.ravel()[:FEW]]
    if values.size == 1:
        return numbers[0]
    text = f"[{', '.join(numbers)}]"
    if values.ndim == 1 and values.size <= FEW and len(text) <= ROOM:
        return text
    shape = extent(values.shape)
    while len(numbers) > 1 and len(f"[{', '.join(numbers)}, …] {shape}") > ROOM:
        numbers.pop()
    return f"[{', '.join(numbers)}{', …' if values.size > len(numbers) else ''}] {shape}"


def full(raw: torch.Tensor) -> str:
    """All numbers of a small array; of a large one the corners, and its size."""
    values = as_array(raw)
    if values.size == 1:
        return number(values.ravel()[0])
    text = np.array2string(values, threshold=WHOLE, edgeitems=2, formatter={"all": number}, max_line_width=88)
    if values.size <= WHOLE:
        return text
    return f"{text}\nshape {extent(values.shape)}: {values.size:,} numbers, of which the corners are shown"


def number(value: Any) -> str:
    """At most four digits."""
    return str(value) if isinstance(value, (bool, np.bool_)) else f"{value:.4g}"


def extent(shape: tuple[int, ...]) -> str:
    """`32×10`, or "no elements"."""
    return "×".join(map(str, shape)) if prod(shape) else f"no elements ({'×'.join(map(str, shape))})"


def as_array(raw: torch.Tensor) -> np.ndarray:
    """Any kind of number that numpy has no word for becomes float32."""
    raw = raw.detach().cpu()
    return (raw.float() if raw.dtype in (torch.bfloat16, torch.float16) else raw).numpy()
