"""FancyMLP: let the learner reach its parameters, write through what was handed over, and read the network's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_02.planned import initialize, mark, quiet, read
from miniblocks import nd, nn

EXERCISES = ("02-reach-every-parameter",)
SINGLES = ("weight", "bias", "mix", "scale")


class FancyMLP(nn.Block):
    """The lesson's: a constant, a layer, and a parameter that no attribute holds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mix = self.params.get_constant("mix", nd.random.uniform(shape=(20, 20)))
        self.dense = nn.Dense(20, activation="relu")
        self.params.get("scale", shape=(1,), init="ones")

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        x = nd.relu(nd.dot(self.dense(x), self.mix.data()) + 1)
        return (x * self.params.get("scale").data()).sum()


@probe("02-reach-every-parameter")
def _(answer: Any, case: Case, see: Observer) -> None:
    for _ in range(case["before"]):
        FancyMLP()
    net = FancyMLP(prefix=case["prefix"])
    own = {"weight": net.dense.weight, "bias": net.dense.bias, "mix": net.mix, "scale": net.params.get("scale")}
    initialize(own.values())
    if case["situation"] == "frozen":
        net.dense.params.setattr("grad_req", "null")
    if case["situation"] != "waiting":
        net(nd.ones((2, case["inputs"])))
    with see.step("reach the parameters"), quiet():
        found = answer(net)
    see["returned"] = found
    if not isinstance(found, Mapping):
        return
    see["keys"] = [str(key) for key in found]
    net(nd.ones((2, case["inputs"])))
    see["kinds"] = mark([found.get(item) for item in SINGLES], case["marks"])
    see["held"] = read(own)
    for group in ("parameters", "constants"):
        _look(found.get(group), group, own, case, see)


def _look(group: Any, name: str, own: Mapping[str, nn.Parameter], case: Case, see: Observer) -> None:
    if not isinstance(group, (Mapping, nn.ParameterDict)):
        see[f"{name} kind"] = f"a {type(group).__name__}"
        return
    items = dict(group.items())
    see[f"{name} names"] = [str(key) for key in items]
    mark(items.values(), case["marks"][10:])
    see[f"{name} held"] = read(own)
