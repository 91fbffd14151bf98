"""Matrix products."""

import torch

from miniblocks.ops.table import ALL, op

# Two matrices, or stacks of them whose leading axes broadcast.
matmul = op(
    "matmul",
    torch.matmul,
    lambda F, g, out, a, b: F.matmul(g, b.mT),
    lambda F, g, out, a, b: F.matmul(a.mT, g),
    broadcasts=True,
)
# x Wᵀ + b as one node: one kernel forwards, and no broadcast bias to sum back.
dense = op(
    "dense",
    lambda x, w, b: torch.addmm(b, x, w.t()),
    lambda F, g, out, x, w, b: F.matmul(g, w),
    lambda F, g, out, x, w, b: F.matmul(g.mT, x),
    lambda F, g, out, x, w, b: F.sum(g, axis=0, keepdims=False),
)
# relu(x Wᵀ + b) as one node: the output tells where the gradient passes.
dense_relu = op(
    "dense_relu",
    lambda x, w, b: torch.addmm(b, x, w.t()).relu_(),
    lambda F, g, out, x, w, b: F.matmul(g, w),
    lambda F, g, out, x, w, b: F.matmul(g.mT, x),
    lambda F, g, out, x, w, b: F.sum(g, axis=0, keepdims=False),
    keeps=ALL,
    first=lambda F, g, out: F.relu_backward(g, out),
)
