"""`run_outside(file, x, …)`: a saved graph, run by the page's own JavaScript, beside what Python computes from the same file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorers.inert import inert
from explorers.state.outside import Question, ask
from explorers.view.outside_still import OutsideStill
from miniblocks.nd import Tensor

if TYPE_CHECKING:
    from explorers.view.outside import OutsideExplorer


def run_outside(file: str | Path, *inputs: Tensor) -> OutsideExplorer | OutsideStill:
    """The outputs of the graph in `file` on these inputs, computed in the browser; inputs of one number can be turned there.

    Shown when it is a cell's last line. Without a kernel, or while grading, a still table with Python's numbers. Raises
    `CheckpointError` where the file holds no graph, `TypeError` where inputs and graph do not fit.
    """
    question: Question = ask(Path(file), inputs)
    if inert():
        return OutsideStill(question)
    from explorers.view.outside import OutsideExplorer  # here, so that a still picture needs no widget library

    return OutsideExplorer(question)
