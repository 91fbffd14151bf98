"""Random tensors. Numbers are drawn on the CPU and then moved, so that a seed gives the same on every device."""

from __future__ import annotations

from typing import Any

import torch

from miniblocks.device import Device, cpu
from miniblocks.ops import TABLE
from miniblocks.ops.randomness import GENERATOR
from miniblocks.tensor import Tensor, apply


def seed(value: int) -> None:
    """Restart the generator that all of this module, the initializers and dropout draw from."""
    GENERATOR.manual_seed(value)


def generator() -> torch.Generator:
    """The generator itself, for those who draw raw numbers."""
    return GENERATOR


def _drawn(law: str, shape: Any, dtype: Any, device: Device | None, **parameters: Any) -> Tensor:
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    return apply(TABLE[law], shape=shape, dtype=str(dtype).removeprefix("torch."), **parameters).to(device or cpu())


def uniform(
    low: float = 0.0, high: float = 1.0, shape: Any = (1,), dtype: Any = "float32", ctx: Device | None = None
) -> Tensor:
    """Independent draws from U[low, high)."""
    return _drawn("uniform", shape, dtype, ctx, low=low, high=high)


def normal(
    loc: float = 0.0, scale: float = 1.0, shape: Any = (1,), dtype: Any = "float32", ctx: Device | None = None
) -> Tensor:
    """Independent draws from N(loc, scale²); `scale` is the standard deviation."""
    return _drawn("normal", shape, dtype, ctx, loc=loc, scale=scale)


def randn(*shape: int, dtype: Any = "float32", ctx: Device | None = None) -> Tensor:
    """Standard normal draws: `randn(2, 3)`."""
    return normal(shape=shape[0] if shape and isinstance(shape[0], tuple) else shape, dtype=dtype, ctx=ctx)


def randint(low: int, high: int, shape: Any = (1,), ctx: Device | None = None) -> Tensor:
    """Integers from low to high - 1, each as likely."""
    return _drawn("randint", shape, "int64", ctx, low=low, high=high)


def shuffle(x: Tensor) -> Tensor:
    """The same rows in random order, as a new tensor."""
    return x[apply(TABLE["permutation"], n=len(x)).to(x.device)]
