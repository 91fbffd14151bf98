"""Data as a `Trainer` takes it: a loader for training, and one for validation."""

from __future__ import annotations

from typing import Any

from miniblocks import data
from miniblocks.train.hyperparameters import HyperParameters


class DataModule(HyperParameters):
    """The base: define `get_dataloader(train)`."""

    def get_dataloader(self, train: bool) -> Any:
        raise NotImplementedError("a DataModule defines get_dataloader(self, train)")

    def train_dataloader(self) -> Any:
        return self.get_dataloader(train=True)

    def val_dataloader(self) -> Any:
        return self.get_dataloader(train=False)


class ArrayData(DataModule):
    """Arrays for training, and arrays for validation (or None)."""

    def __init__(self, train: Any, validation: Any = None, batch_size: int = 32) -> None:
        self.train, self.validation, self.batch_size = _dataset(train), _dataset(validation), batch_size

    def get_dataloader(self, train: bool) -> Any:
        chosen = self.train if train else self.validation
        return None if chosen is None else data.DataLoader(chosen, self.batch_size, shuffle=train)


class Digits(ArrayData):
    """The bundled digits; 28×28 unless told, as the textbook's networks expect."""

    def __init__(self, batch_size: int = 64, size: int = 28) -> None:
        super().__init__(data.digits(True, size), data.digits(False, size), batch_size)


class FashionMNIST(ArrayData):
    """Fashion-MNIST, fetched once; a clear error offline."""

    def __init__(self, batch_size: int = 64, **options: Any) -> None:
        super().__init__(data.fashion_mnist(True, **options), data.fashion_mnist(False, **options), batch_size)


def _dataset(given: Any) -> Any:
    return given if given is None or isinstance(given, data.Dataset) else data.ArrayDataset(*given)
