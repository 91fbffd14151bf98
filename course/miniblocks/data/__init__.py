"""Data: arrays in mini-batches, the bundled digits, and Fashion-MNIST where it has been fetched."""

from miniblocks.data.digits import digits
from miniblocks.data.fashion import fashion_mnist, read_idx
from miniblocks.data.loader import ArrayDataset, DataLoader, Dataset

__all__ = ["ArrayDataset", "DataLoader", "Dataset", "digits", "fashion_mnist", "read_idx"]
