"""Symmetry: let the learner watch a layer while it trains, and repair a network whose weights are all one number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import autograd, init, nd, nn

EXERCISES = ("03-break-the-symmetry",)


@probe("03-break-the-symmetry")
def _(answer: Any, case: Case, see: Observer) -> None:
    watch, repair = answer
    if case["part"] == "watch":
        _watch(watch, repair, case, see)
    else:
        _repair(watch, repair, case, see)


def _watch(watch: Any, repair: Any, case: Case, see: Observer) -> None:
    net = nn.Sequential()
    net.add(
        nn.Dense(case["units"], activation="tanh", in_units=case["x"].shape[1]), nn.Dense(1, in_units=case["units"])
    )
    net.initialize()
    net[0].weight.set_data(case["weight"])
    net[0].bias.set_data(case["bias"])
    net[1].weight.set_data(case["out"])
    snapshots = [_units(net[0])]

    def train_step() -> None:
        _descend(net, case, rate=0.05)
        snapshots.append(_units(net[0]))

    with see.attempt("watch"), _of_two(watch, repair):
        see["record"] = watch(net[0], train_step, case["steps"])
    see["snapshots"] = np.stack(snapshots[:1000])


def _repair(watch: Any, repair: Any, case: Case, see: Observer) -> None:
    net = nn.Sequential()
    net.add(*(nn.Dense(n, activation="tanh") for n in case["hidden"]), nn.Dense(1))
    net.initialize(init=init.Constant(case["value"]))
    net(nd.array(case["x"]))
    see["before"] = _values(net)
    with see.attempt("repair"), _of_two(repair, watch):
        repair(net)
    see["after"] = _values(net)
    with see.attempt("train"):
        see["losses"] = np.array([_descend(net, case, rate=0.01) for _ in range(20)])


@contextmanager
def _of_two(called: Any, other: Any) -> Iterator[None]:
    """One function may still be the stub: then it alone is not written, and the other one is judged all the same."""
    try:
        yield
    except NotImplementedError as error:
        if error.args or _is_stub(other):
            raise
        raise RuntimeError("not written yet") from None


def _is_stub(function: Any) -> bool:
    """Whether calling it does nothing but raise NotImplementedError, whatever it is called with."""
    try:
        function(*(None,) * function.__code__.co_argcount)
    except NotImplementedError as error:
        return not error.args
    except Exception:
        return False
    return False


def _descend(net: nn.Block, case: Case, rate: float) -> float:
    """One step of gradient descent on the mean square error."""
    net.zero_grad()
    loss = ((net(nd.array(case["x"])) - nd.array(case["y"])) ** 2).mean()
    loss.backward()
    with autograd.no_grad():
        for parameter in net.collect_params().values():
            parameter.data()[:] -= rate * parameter.grad()
    return loss.item()


def _units(layer: nn.Dense) -> np.ndarray:
    """A row for each unit: its weights, then its bias."""
    assert layer.bias is not None
    return np.column_stack([layer.weight.data().asnumpy(), layer.bias.data().asnumpy()])


def _values(net: nn.Block) -> dict[str, np.ndarray]:
    return {name: parameter.data().asnumpy() for name, parameter in net.collect_params().items()}
