"""Random numbers: the one generator, and the operation that draws a dropout mask.

Numbers are drawn on the CPU and then moved, so that a seed gives the same on every device.
"""

import torch

from miniblocks.ops.table import SHAPES, op

GENERATOR = torch.Generator().manual_seed(0)


def _dropout_mask(x, keep):
    drawn = torch.rand(x.shape, generator=GENERATOR) < keep
    return drawn.to(x.device, x.dtype) / keep


# 1/keep with probability `keep`, else 0; drawn anew each time, also when a captured graph runs.
dropout_mask = op("dropout_mask", _dropout_mask, keeps=SHAPES)
