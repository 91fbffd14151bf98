"""`Dataset`, and `DataLoader`, which gives mini-batches of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from miniblocks import nd
from miniblocks.errors import ShapeError
from miniblocks.ops.randomness import GENERATOR
from miniblocks.tensor import Tensor


class Dataset:
    """Examples by number: `len(data)` and `data[i]`, where i may also be an array of numbers."""

    def __len__(self) -> int:
        raise NotImplementedError("a Dataset defines __len__")

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        raise NotImplementedError("a Dataset defines __getitem__")


class ArrayDataset(Dataset):
    """Arrays side by side: example i is row i of each."""

    def __init__(self, *arrays: Any) -> None:
        self.arrays = tuple(a if isinstance(a, Tensor) else nd.array(a) for a in arrays)
        lengths = {len(a) for a in self.arrays}
        if len(lengths) != 1:
            raise ShapeError(f"arrays of one data set have as many rows each, and these have {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.arrays[0])

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(a[index] for a in self.arrays)


class DataLoader:
    """Mini-batches of a data set, in order or shuffled anew for each pass; the last one may be short.

    `last_batch` is "keep" or "discard". Shuffling draws from `nd.random`, so that a seed repeats it.

    >>> [len(batch) for (batch,) in DataLoader(ArrayDataset(range(5)), batch_size=2)]
    [2, 2, 1]
    """

    def __init__(self, dataset: Dataset, batch_size: int, shuffle: bool = False, last_batch: str = "keep") -> None:
        if batch_size < 1 or last_batch not in ("keep", "discard"):
            raise ValueError(
                f"a batch has at least one example, and last_batch is 'keep' or 'discard', not {batch_size} and {last_batch!r}"
            )
        self.dataset, self.batch_size, self.shuffle, self.last_batch = dataset, batch_size, shuffle, last_batch

    def __len__(self) -> int:
        full, rest = divmod(len(self.dataset), self.batch_size)
        return full + (rest > 0 and self.last_batch == "keep")

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        count = len(self.dataset)
        order = torch.randperm(count, generator=GENERATOR).numpy() if self.shuffle else np.arange(count)
        for i in range(len(self)):
            yield self.dataset[order[i * self.batch_size : (i + 1) * self.batch_size]]
