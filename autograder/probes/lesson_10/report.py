"""Asks the learner's function for a report on networks of the probe's own, and looks at them before and after."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import nd, nn

EXERCISES = ("10-layer-report",)


class Row(nn.Block):
    """Blocks in a row, which may stand there twice: each is registered once, under its first place."""

    def __init__(self, plan: list[dict[str, Any]]) -> None:
        super().__init__()
        self.order: list[nn.Block] = []
        for place, one in enumerate(plan):
            again = one["kind"] == "again"
            block = self.order[one["of"]] if again else _block(one, self.order)
            self.order.append(block)
            if not again:
                self.register_child(block, str(place))

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        for block in self.order:
            x = block(x)
        return x


def _block(one: dict[str, Any], before: list[Any]) -> nn.Block:
    kind = one["kind"]
    if kind == "dense":
        return nn.Dense(one["units"], activation="tanh")
    if kind == "conv":
        return nn.Conv2D(one["channels"], one["k"], activation="relu")
    if kind == "tied":
        return nn.Dense(before[one["of"]].units, params=before[one["of"]].params)
    if kind == "nest":
        return Row(one["of"])
    return nn.BatchNorm() if kind == "norm" else nn.Flatten()


@probe("10-layer-report", forbids=("miniblocks.summary.summary",))
def _(answer: Any, case: Case, see: Observer) -> None:
    x = nd.array(case["x"])
    net = Row(case["plan"])
    net.initialize()
    net(x)
    net.train()
    see["statistics before"] = _statistics(net)
    with see.step("ask for the report"):
        rows = answer(net, x)
        see["rows"] = (
            [list(row) if isinstance(row, tuple) else row for row in rows] if isinstance(rows, (list, tuple)) else rows
        )
    see["training after"] = [block.training for _, block in net.named_blocks()]
    see["statistics after"] = _statistics(net)
    see["hooks left"] = sum(len(block._forward_hooks) for _, block in net.named_blocks())


def _statistics(net: nn.Block) -> list[np.ndarray]:
    return [p.data().asnumpy().copy() for p in net.collect_params().values() if p.grad_req == "null"]
