"""A small block framework, Gluon-like, over raw torch storage, to be read as much as used.

Read `A ← B` as "B imports A":

    errors, device ← ops (one table) ← tensor ← tape                 eager: compute, record, walk back
                                          ↑── nd, nd.random          functions by name
                                          ↑── graph ← hybrid         static: capture, run
    init ← parameter ← block ← nn (layers, containers) ← loss
              ↑── optim                 data ← train (Module, Trainer, Model)
"""

from miniblocks import autograd, data, graph, init, loss, nd, nn, optim, train
from miniblocks.device import cpu, gpu, num_gpus, try_gpu

__all__ = [
    "autograd",
    "cpu",
    "data",
    "gpu",
    "graph",
    "init",
    "loss",
    "nd",
    "nn",
    "num_gpus",
    "optim",
    "train",
    "try_gpu",
]
