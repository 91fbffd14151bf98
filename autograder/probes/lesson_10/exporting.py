"""The learner exports networks that a graph can hold, and one that it cannot; what is in the folder is read as bytes."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import checkpoint, nd, nn

EXERCISES = ("10-checked-export",)
LARGEST = 1 << 20  # bytes


class Network(nn.Block):
    """Two dense layers. A deaf one takes a number from its input behind the framework's back: no graph hears of it."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.deaf = what in ("deaf", "tolerant", "turned")
        self.body = nn.Dense(5, in_units=3)
        self.norm = nn.BatchNorm(in_channels=5) if what == "in training" else nn.Identity()
        self.drop = nn.Dropout(0.5) if what == "in training" else nn.Identity()
        self.head = nn.Dense(2, in_units=5)

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        if self.deaf:
            x = x / float(np.abs(x.raw.numpy()).max())
        return self.head(self.drop(nd.tanh(self.norm(self.body(x)))))


@probe("10-checked-export")
def _(answer: Any, case: Case, see: Observer) -> None:
    net = Network(case["what"])
    net.initialize()
    for path, values in case["values"].items():
        checkpoint.paths_of(net)[path].set_data(values)
    net.train()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.graph"
        with see.attempt("export it"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            see["returned"] = answer(net, file, *map(nd.array, case["examples"]), tolerance=case["tolerance"])
        if file.is_file() and file.stat().st_size <= LARGEST:
            see["file"] = np.frombuffer(file.read_bytes(), np.uint8)
        else:
            see["file"] = ", ".join(sorted(p.name for p in Path(folder).iterdir())) or "the folder is empty"
    see["training after"] = [block.training for _, block in net.named_blocks()]
    see["values after"] = {path: p.data().asnumpy().copy() for path, p in checkpoint.paths_of(net).items()}
