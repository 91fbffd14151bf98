"""Builds the learner's residual blocks, plants weights into whatever layers they have, and calls them."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_08.planting import collect, handles, in_call_order, plant, send_back, shapes
from miniblocks import nd

EXERCISES = ("08-cnn-residual", "08-dnn-residual")


def _try(answer: Any, case: Case, see: Observer) -> None:
    with see.step("build the block"):
        net = answer(case["layers"], case["width"])
        see["handles"] = len(handles(net))
    with see.step("call it"):
        parameters = in_call_order(net, case["x"])
    see["shapes"] = shapes(parameters)
    plant(parameters, case["weights"])
    with see.attempt("call it with known weights"):
        x = nd.array(case["x"])
        see["output x"] = net(x)
        see["x after"] = x
    with see.attempt("send a gradient back"):
        send_back(see, net, case, parameters)
    with see.attempt("call it again"):
        see["output again"] = net(nd.array(case["again"]))
    with see.attempt("collect its parameters"):
        collect(see, net, parameters, case["marker"])


for _id in EXERCISES:
    probe(_id)(_try)
