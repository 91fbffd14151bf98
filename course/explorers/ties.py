"""`ties(net, x)`: who shares a parameter with whom, and the shared gradient as the sum of its contributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from explorers.inert import inert
from explorers.net import check_block
from explorers.state.ties import contributions, unread
from explorers.view.ties_still import TiesStill
from miniblocks.nn import Block
from miniblocks.tensor import Tensor

if TYPE_CHECKING:
    from explorers.view.ties import TiesExplorer


def ties(net: Block, *inputs: Any, loss: Callable[[Any], Tensor] | None = None) -> TiesExplorer | TiesStill:
    """Which parameters of `net` are shared, and what each use of one contributes to its gradient.

    With `inputs`, they are sent through the network and back from `loss(output)` (the sum of the output, unless told); parameters and
    their gradients stay as they are. What the network raises is shown. Without a kernel, or while grading, a still picture. Raises
    `TypeError` where `net` is no block.
    """
    check_block(net, "ties")
    if inert():
        try:
            return TiesStill(contributions(net, inputs, loss) if inputs else unread(net))
        except Exception as error:  # the learner's network or loss
            return TiesStill(unread(net), None, f"{type(error).__name__}: {error}")
    from explorers.view.ties import TiesExplorer  # here, so that a still picture needs no widget library

    return TiesExplorer(net, inputs, loss)
