"""The learner exports a network; its file is read as bytes, and the network is looked at before and after."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_07.carry import function
from miniblocks import checkpoint, nd, nn

EXERCISES = ("07-out-of-python",)
LARGEST = 1 << 20  # bytes


@probe("07-out-of-python")
def _(answer: Any, case: Case, see: Observer) -> None:
    net = function(case["source"])(*case["sizes"])
    net.initialize()
    for path, values in case["values"].items():
        checkpoint.paths_of(net)[path].set_data(values)
    net.train()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.graph"
        with see.attempt("export the network"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer(net, file, nd.array(case["example"]), nd.array(case["levels"][0]))
        if file.is_file() and file.stat().st_size <= LARGEST:
            see["file"] = np.frombuffer(file.read_bytes(), np.uint8)
        else:
            see["file"] = f"in the folder: {', '.join(sorted(p.name for p in Path(folder).iterdir())) or 'nothing'}"
    see["training"] = [block.training for _, block in net.named_blocks()]
    see["after"] = _values(net)


def _values(net: nn.Block) -> dict[str, np.ndarray]:
    return {path: parameter.data().asnumpy().copy() for path, parameter in checkpoint.paths_of(net).items()}
