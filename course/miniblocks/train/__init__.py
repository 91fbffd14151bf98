"""Training: `Module`, `Classifier`, `DataModule` and `Trainer` in the manner of Dive into Deep Learning; `Model` in that of Keras."""

from miniblocks.train.board import ProgressBoard
from miniblocks.train.datamodule import ArrayData, DataModule, Digits, FashionMNIST
from miniblocks.train.hyperparameters import HyperParameters, add_to_class
from miniblocks.train.model import EarlyStopping, Model
from miniblocks.train.module import Classifier, Module
from miniblocks.train.trainer import Trainer

__all__ = [
    "ArrayData",
    "Classifier",
    "DataModule",
    "Digits",
    "EarlyStopping",
    "FashionMNIST",
    "HyperParameters",
    "Model",
    "Module",
    "ProgressBoard",
    "Trainer",
    "add_to_class",
]
