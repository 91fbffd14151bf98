"""Random numbers: the one generator, and the operation that draws a dropout mask.

Numbers are drawn on the CPU and then moved, so that a seed gives the same on every device.
"""

import torch

from miniblocks.ops.elementwise import torch_dtype
from miniblocks.ops.table import SHAPES, op

GENERATOR = torch.Generator().manual_seed(0)


def _dropout_mask(x, keep):
    drawn = torch.rand(x.shape, generator=GENERATOR) < keep
    return drawn.to(x.device, x.dtype) / keep


def _drawing(fill):
    """Draw from the generator; `shape` and `dtype` say what."""

    def draw(shape, dtype, **law):
        return fill(torch.empty(shape, dtype=torch_dtype(dtype)), **law)

    return draw


def _like(shape, dtype, **law):
    return torch.empty(shape, dtype=torch_dtype(dtype), device="meta")


# 1/keep with probability `keep`, else 0; drawn anew each time, also when a captured graph runs.
dropout_mask = op("dropout_mask", _dropout_mask, keeps=SHAPES, pure=False, infer=lambda x, keep: torch.empty_like(x))

# Independent draws, on the CPU: from U[low, high), from N(loc, scale²), integers from low to high - 1; and 0 to n - 1 in random order.
uniform = op(
    "uniform", _drawing(lambda raw, low, high: raw.uniform_(low, high, generator=GENERATOR)), pure=False, infer=_like
)
normal = op(
    "normal", _drawing(lambda raw, loc, scale: raw.normal_(loc, scale, generator=GENERATOR)), pure=False, infer=_like
)
randint = op(
    "randint", _drawing(lambda raw, low, high: raw.random_(low, high, generator=GENERATOR)), pure=False, infer=_like
)
permutation = op(
    "permutation",
    lambda n: torch.randperm(n, generator=GENERATOR),
    pure=False,
    infer=lambda n: torch.empty(n, dtype=torch.int64, device="meta"),
)
