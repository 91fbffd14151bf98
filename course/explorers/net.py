"""`explore(net)`: look into a network, and turn its initializers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explorers.inert import inert
from explorers.state.tree import rows
from explorers.view.still import Still
from miniblocks.nn import Block

if TYPE_CHECKING:
    from explorers.view.net import NetExplorer


def explore(net: Block, *inputs: Any) -> NetExplorer | Still:
    """An explorer of `net`, shown when it is a cell's last line; without a kernel, or while grading, a still picture.

    `inputs` are sent through the network, in evaluation mode and at most 64 rows of them, to show signals and gradients through its
    layers; where none are given, some are made up to fit a first layer that says what it takes. Parameters are changed by the
    learner's own doing alone. Raises `TypeError` where `net` is no block.
    """
    check_block(net)
    tree = rows(net)
    if inert():
        first = next((row.path for row in tree if row.parameter is not None), None)
        return Still(net, first)
    from explorers.view.net import NetExplorer  # here, so that a still picture needs no widget library

    return NetExplorer(net, inputs)


def check_block(net: Any, who: str = "explore") -> None:
    """Refuse what is no block, with the mend."""
    if isinstance(net, Block):
        return
    if isinstance(net, type) and issubclass(net, Block):
        raise TypeError(f"{who}() was given the class {net.__name__}; give it a network: {who}({net.__name__}())")
    raise TypeError(
        f"{who}() was given a {type(net).__name__}, which is no block; give it a network made of blocks, such as "
        "nn.Sequential() or an instance of your own subclass of nn.Block"
    )
