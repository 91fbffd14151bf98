"""Initializers: let one fill an array that is full of a number no initializer would draw, twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import nd

EXERCISES = ("03-three-way-initializer", "03-xavier-by-hand", "03-he-by-hand", "03-orthogonal")
UNTOUCHED = 123.0  # the judge looks for it

BUILT_IN = ("miniblocks.init.Xavier", "miniblocks.init.MSRAPrelu", "miniblocks.init.He", "miniblocks.init.fans")
TORCH = tuple(
    f"torch.nn.init.{name}_" for name in ("xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal")
)


def filled(make: Callable[[], Any], shape: Any, name: str = "dense0_weight") -> nd.Tensor:
    """An array that a new initializer was asked to fill, as a parameter asks."""
    data = nd.full(tuple(shape), UNTOUCHED)
    make()(name, data)
    return data


def fill_twice(make: Callable[[], Any], case: Case, see: Observer) -> None:
    with see.step(f"fill weights of shape {tuple(case['shape'])}"):
        see["first"] = filled(make, case["shape"])
        see["second"] = filled(make, case["shape"])


@probe("03-three-way-initializer")
def _(answer: Any, case: Case, see: Observer) -> None:
    fill_twice(answer, case, see)
    with see.step("initialize a bias"):
        see["bias"] = filled(answer, (32,), "dense0_bias")


@probe("03-xavier-by-hand", forbids=(*BUILT_IN, *TORCH))
def _(answer: Any, case: Case, see: Observer) -> None:
    fill_twice(lambda: answer(kind=case["kind"]), case, see)


@probe("03-he-by-hand", forbids=(*BUILT_IN, *TORCH))
def _(answer: Any, case: Case, see: Observer) -> None:
    fill_twice(lambda: answer(kind=case["kind"], slope=case["slope"]), case, see)
    with see.step("fill weights for relu"):
        see["relu"] = filled(lambda: answer(kind=case["kind"], slope=0.0), case["shape"])


@probe("03-orthogonal", forbids=("miniblocks.init.Orthogonal", "torch.nn.init.orthogonal_"))
def _(answer: Any, case: Case, see: Observer) -> None:
    fill_twice(lambda: answer(gain=case["gain"]), case, see)
