"""Blocks, parameters and layers. `from miniblocks import nn`."""

from miniblocks.block import Block
from miniblocks.names import fresh_names, restart_names
from miniblocks.nn.containers import Sequential
from miniblocks.nn.layers import Activation, Dense, Flatten, Identity, Lambda
from miniblocks.parameter import Constant, Parameter, ParameterDict

HybridBlock = Block  # Gluon's names for blocks that can be hybridized: here every block can
HybridSequential = Sequential

__all__ = [
    "Activation",
    "Block",
    "Constant",
    "Dense",
    "Flatten",
    "HybridBlock",
    "HybridSequential",
    "Identity",
    "Lambda",
    "Parameter",
    "ParameterDict",
    "Sequential",
    "fresh_names",
    "restart_names",
]
