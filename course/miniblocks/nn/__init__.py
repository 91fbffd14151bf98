"""Blocks, parameters and layers. `from miniblocks import nn`."""

from miniblocks.block import Block
from miniblocks.names import fresh_names, restart_names
from miniblocks.nn.activations import Activation, ReLU, Sigmoid, Tanh
from miniblocks.nn.containers import Sequential
from miniblocks.nn.images import AvgPool2D, Conv2D, GlobalAvgPool2D, MaxPool2D
from miniblocks.nn.layers import Dense, Dropout, Embedding, Flatten, Identity, Lambda, LazyLinear
from miniblocks.nn.normalization import BatchNorm, LayerNorm
from miniblocks.nn.recurrent import GRUCell, RNNCell
from miniblocks.parameter import Constant, Parameter
from miniblocks.parameters import ParameterDict

HybridBlock = Block  # Gluon's names for blocks that can be hybridized: here every block can
HybridSequential = Sequential

__all__ = [
    "Activation",
    "AvgPool2D",
    "BatchNorm",
    "Block",
    "Constant",
    "Conv2D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GlobalAvgPool2D",
    "HybridBlock",
    "HybridSequential",
    "Identity",
    "Lambda",
    "LayerNorm",
    "LazyLinear",
    "MaxPool2D",
    "Parameter",
    "ParameterDict",
    "RNNCell",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "fresh_names",
    "restart_names",
]
