"""Lets the learner train a tied network, and looks at what was recorded and where the network ended."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_04.planting import dense_row, values
from miniblocks import loss, nd

EXERCISES = ("04-train-and-watch",)


@probe("04-train-and-watch")
def _(answer: Any, case: Case, see: Observer) -> None:
    net = dense_row(case["layers"], case["groups"], "tanh")
    batches = [(nd.array(batch["x"]), nd.array(batch["y"])) for batch in case["batches"]]
    with see.attempt("train and watch"):
        see["records"] = answer(net, batches, loss.SoftmaxCrossEntropyLoss(), case["rate"])
    see["final"] = values(net)
