"""Fills the learner's MySequential in several ways, and takes it apart again."""

from __future__ import annotations

from itertools import islice
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_01.planting import collect, empty, own_parameters, plant, quiet, ready
from miniblocks import nd, nn


@probe("01-my-sequential", forbids=("miniblocks.nn.Sequential",))
def _(answer: Any, case: Case, see: Observer) -> None:
    x = nd.array(case["x"])
    blocks = [empty(layer) for layer in case["layers"]]
    for block, layer in zip(blocks, case["layers"]):
        ready(block, case["x"], [layer])
    with see.step("add blocks one at a time"):
        net = answer()
        for block in (blocks[i] for i in case["order"]):
            net.add(block)
    with see.attempt("call it"):
        see["output"] = net(x)
    _take_apart(see, case, net, len(case["order"]))
    _fill_otherwise(answer, case, see, blocks)
    with see.step("fill a fresh one"):
        fresh, empties = answer(), [empty(layer) for layer in case["layers"]]
        for block in empties:
            fresh.add(block)
    collect(see, fresh, case["x"], case["markers"], [p for block in empties for p in own_parameters(block)])


def _take_apart(see: Observer, case: Case, net: Any, n: int) -> None:
    x = nd.array(case["x"])
    with see.attempt("ask for its length"):
        see["length"] = len(net)
    with see.attempt("go through it"):
        see["iterated"] = [block(x) for block in islice(iter(net), n + 3)]
    with see.attempt("index it"):
        see["items"] = [net[i](x) for i in range(n)]
    with see.attempt("index it from the end"):
        see["from_end"] = [net[-i](x) for i in range(1, n + 1)]
    with see.attempt("index it past the end"):
        see["past_end"] = type(net[n]).__name__
    with see.attempt("slice it"):
        parts = [net[slice(*bounds)] for bounds in case["slices"]]
        see["slice_kinds"] = [type(part).__name__ for part in parts]
        see["slice_outputs"] = [part(x) for part in parts]
    with see.attempt("write through a slice"):
        first = net[slice(*case["slices"][0])][0]
        before = [p.data().asnumpy() for p in own_parameters(first)]
        plant(own_parameters(first), [case["other"]])
        see["after_slice"] = net(x)
        for parameter, values in zip(own_parameters(first), before):
            parameter.set_data(values)


def _fill_otherwise(answer: Any, case: Case, see: Observer, blocks: list[nn.Block]) -> None:
    x, chosen = nd.array(case["x"]), [blocks[i] for i in case["order"]]
    with see.attempt("add several blocks at once"):
        together = answer()
        together.add(*chosen)
        see["together"] = together(x)
    with see.attempt("put one into another"), quiet():
        inner, outer = answer(), answer()
        inner.add(chosen[0])
        inner.add(chosen[1])
        outer.add(inner)
        for block in chosen[2:]:
            outer.add(block)
        see["nested"] = outer(x)
