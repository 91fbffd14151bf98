"""Goes through the learner's data loader: twice in a row, twice at once, and once more for its length."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import data, nd

EXERCISES = ("08-data-loader",)
MOST = 100  # batches; a pass of a right loader has far fewer


@probe("08-data-loader", forbids=("miniblocks.data.DataLoader", "torch.utils.data.DataLoader"))
def _(answer: Any, case: Case, see: Observer) -> None:
    dataset = data.ArrayDataset(case["x"], case["y"])
    with see.step("make the loader"):
        loader = answer(dataset, case["size"], shuffle=case["shuffle"])
    with see.attempt("ask for its length"):
        see["length"] = len(loader)
    with see.attempt("go through it"):
        see["first"] = _passed(loader)
    with see.attempt("go through it again"):
        see["second"] = _passed(loader)
    with see.attempt("go through it twice at once"):
        pairs = list(islice(zip(loader, loader), MOST))
        see["left"], see["right"] = _passed(a for a, _ in pairs), _passed(b for _, b in pairs)
    see["dataset"] = [_array(array) for array in dataset.arrays]


def _passed(batches: Iterable[Any]) -> list[list[np.ndarray]]:
    """The arrays of each batch of a pass."""
    return [[_array(array) for array in batch] for batch in islice(batches, MOST)]


def _array(array: Any) -> np.ndarray:
    return (array.asnumpy() if isinstance(array, nd.Tensor) else np.asarray(array)).copy()
