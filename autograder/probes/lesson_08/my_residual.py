"""Hands the learner's network two kinds of residual blocks that count what is made of them; and asks for the prediction."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_08.planting import Layer, gradients, in_call_order, plant, quiet, shapes
from miniblocks import init, nd, nn

EXERCISES = ("08-my-residual", "08-how-many-parameters")


class Residual(nn.Block):
    """Input + main path, with known weights where they fit."""

    def __init__(self, layers: list[Any], known: list[Layer]) -> None:
        super().__init__()
        self.main = nn.Sequential(*layers)
        self.initialize(init.He())
        plant(self.collect_params().values(), known)

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        return x + self.main(x)


class Kinds:
    """`cnn` and `dnn` stand in for CNNResidual and DNNResidual, and keep what they made."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.asked: list[list[Any]] = []
        self.made: list[nn.Block] = []

    def cnn(self, layers: int, filters: int, **kwargs: Any) -> nn.Block:
        each = [nn.Conv2D(filters, 3, padding=1, activation="relu", in_channels=filters) for _ in range(layers)]
        return self._keep(["CNNResidual", layers, filters], Residual(each, self.case["cnn"]))

    def dnn(self, layers: int, neurons: int, **kwargs: Any) -> nn.Block:
        each = [nn.Dense(neurons, activation="relu", in_units=neurons) for _ in range(layers)]
        return self._keep(["DNNResidual", layers, neurons], Residual(each, self.case["dnn"]))

    def _keep(self, asked: list[Any], block: nn.Block) -> nn.Block:
        self.asked.append(asked)
        self.made.append(block)
        return block

    def dense_made(self) -> list[nn.Block]:
        return [block for asked, block in zip(self.asked, self.made) if asked[0] == "DNNResidual"]

    def parameters(self) -> list[nn.Parameter]:
        return [p for block in self.made for p in block.collect_params().values()]


@probe("08-my-residual")
def _(answer: Any, case: Case, see: Observer) -> None:
    with quiet():
        _try(answer, case, see)


def _try(answer: Any, case: Case, see: Observer) -> None:
    kinds = Kinds(case)
    see["asked"], see["dense made when built"] = [], 0
    with see.step("build the network"):
        net = answer(kinds.cnn, kinds.dnn)
    see["asked"], see["dense made when built"] = kinds.asked, len(kinds.dense_made())
    with see.step("call it"):
        order = in_call_order(net, case["x"])
    own = _without(order, kinds.parameters())
    see["asked"], see["shapes"] = kinds.asked, shapes(own)
    plant(own, case["own"])
    for asked, block in zip(kinds.asked, kinds.made):
        plant(block.collect_params().values(), case["cnn" if asked[0] == "CNNResidual" else "dnn"])
    with see.attempt("call it with known weights"):
        see["calls"], see["output"] = _counting(kinds.dense_made(), lambda: net(nd.array(case["x"])))
    with see.attempt("call it again"):
        see["again"] = net(nd.array(case["again"]))
    with see.attempt("send a gradient back"):
        block = kinds.dense_made()[0]
        block.zero_grad()
        (net(nd.array(case["x"])) * nd.array(case["weigh"])).sum().backward()
        see["gradients"] = gradients(block.collect_params().values())
    with see.attempt("train it"):
        _train(see, net, case, [*own, *kinds.parameters()])


def _without(parameters: list[nn.Parameter], others: list[nn.Parameter]) -> list[nn.Parameter]:
    return [p for p in parameters if not any(p is o for o in others)]


def _counting(blocks: list[nn.Block], function: Any) -> tuple[int, Any]:
    """How often the blocks were called while the function ran, and what it gave."""
    calls: list[int] = []
    removers = [block.register_forward_hook(lambda *_: calls.append(1)) for block in blocks]
    try:
        output = function()
        return len(calls), output
    finally:
        for remove in removers:
            remove()


def _train(see: Observer, net: Any, case: Case, parameters: list[nn.Parameter]) -> None:
    """One step, and by how much each parameter moved at most."""
    before = [p.data().asnumpy().copy() for p in parameters]
    net.compile("sgd", "mse", lr=0.01)
    net.fit(nd.array(case["x"]), nd.array(case["weigh"]), epochs=1, batch_size=len(case["x"]), verbose=False)
    see["moved"] = [float(np.abs(p.data().asnumpy() - b).max()) for p, b in zip(parameters, before)]


@probe("08-how-many-parameters")
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("ask for the prediction"):
        see["answer"] = answer()
