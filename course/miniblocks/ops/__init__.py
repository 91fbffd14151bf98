"""The operations: one table, each row with its forward and its backward side. See `table`."""

from miniblocks.ops import elementwise, fused, images, products, randomness, reductions, shapes
from miniblocks.ops.table import RAW, TABLE, Namespace, Op, op

__all__ = [
    "RAW",
    "TABLE",
    "Namespace",
    "Op",
    "elementwise",
    "fused",
    "images",
    "op",
    "products",
    "randomness",
    "reductions",
    "shapes",
]
