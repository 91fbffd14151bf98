"""Builds the learner's model of parallel blocks, plants weights, calls it, and trains it for one step."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_08.planting import collect, in_call_order, plant, shapes
from miniblocks import nd, nn

EXERCISES = ("08-parallel-in-a-model",)
RATE = 0.01


@probe("08-parallel-in-a-model")
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("build the model"):
        net = answer(list(case["widths"]), case["units"])
    with see.step("call it"):
        parameters = in_call_order(net, case["x"])
    see["shapes"] = shapes(parameters)
    plant(parameters, case["weights"])
    with see.attempt("call it with known weights"):
        see["output"] = net(nd.array(case["x"]))
    with see.attempt("call it again"):
        see["again"] = net(nd.array(case["again"]))
    with see.attempt("train it"):
        _train(see, net, case, parameters)
    with see.attempt("collect its parameters"):
        collect(see, net, parameters, case["marker"])


def _train(see: Observer, net: Any, case: Case, parameters: list[nn.Parameter]) -> None:
    """One step of gradient descent; what each parameter lost, divided by the learning rate."""
    net.compile("sgd", "mse", lr=RATE)
    before = [p.data().asnumpy().astype("float64") for p in parameters]
    net.fit(nd.array(case["x"]), nd.array(case["weigh"]), epochs=1, batch_size=len(case["x"]), verbose=False)
    see["moved"] = [(b - p.data().asnumpy()) / RATE for p, b in zip(parameters, before)]
