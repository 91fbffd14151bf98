"""Runs the learner's block as usual and captured, on inputs that lead to different branches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_01.planting import quiet
from miniblocks import nd, nn


@probe("01-control-flow")
def _(answer: Any, case: Case, see: Observer) -> None:
    xs = case["xs"]
    with see.step("run it as usual"):
        net = answer()
        tensors = [nd.array(x) for x in xs]
        see["dynamic"] = np.stack([net(t).asnumpy() for t in tensors])
        see["x_after"] = np.stack([t.asnumpy() for t in tensors])
    with see.attempt("take gradients, run as usual"):
        see["dynamic_gradients"] = _gradients(net, xs, case["weigh"])
    with see.step("capture it"), quiet():
        captured = answer()
        captured.hybridize()
        with _counted(answer.forward) as runs:
            captured(nd.array(xs[case["record"]]))
            see["captured"] = np.stack([captured(nd.array(x)).asnumpy() for x in xs])
        see["python_runs"] = len(runs)
    with see.attempt("take gradients, captured"), quiet():
        see["captured_gradients"] = _gradients(captured, xs, case["weigh"])


def _gradients(net: nn.Block, xs: np.ndarray, weigh: np.ndarray) -> np.ndarray:
    found = []
    for x in xs:
        leaf = nd.array(x)
        leaf.attach_grad()
        (net(leaf * 1) * nd.array(weigh)).sum().backward()  # leaf * 1: a block may write into what it gets
        found.append(np.zeros_like(x) if leaf.grad is None else leaf.grad.asnumpy())
    return np.stack(found)


@contextmanager
def _counted(function: Any) -> Iterator[list[str]]:
    """Counts the runs of a Python function without touching it, so that capturing it sees what it always sees."""
    runs: list[str] = []
    before = sys.getprofile()

    def profile(frame: FrameType, event: str, arg: Any) -> None:
        if event == "call" and frame.f_code is function.__code__:
            runs.append(event)

    sys.setprofile(profile)
    try:
        yield runs
    finally:
        sys.setprofile(before)
