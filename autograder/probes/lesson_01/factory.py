"""Lets the learner's `stack` build networks out of counted instances, and writes into one to look at the others."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_01.planting import mark, own_parameters, plant, quiet, read, row
from miniblocks import nd, nn

STEP_SIZE = 0.1


@probe("01-block-factory")
def _(answer: Any, case: Case, see: Observer) -> None:
    made: list[nn.Block] = []

    def factory() -> nn.Block:
        made.append(row(case["instance"]))
        return made[-1]

    x, n = nd.array(case["x"]), case["n"]
    with see.step("build the stack"):
        net = answer(factory, n)
    see["calls"], see["class_name"], see["is_block"] = len(made), type(net).__name__, isinstance(net, nn.Block)
    with see.attempt("count its blocks"):
        see["length"] = len(net)
    with see.attempt("collect its parameters"):
        see["collected"] = len(net.collect_params())
    with see.attempt("initialize it and call it"), quiet():
        net.initialize()
        net(x)
        see["calls_after"] = len(made)
    with see.attempt("take its blocks"), quiet():
        blocks = [net[i] for i in range(n)]
        for block in blocks:  # by themselves, in case the network did not reach them
            block.initialize()
            block(x)
        _look_inside(see, case, net, blocks)
    with see.attempt("build a second stack"), quiet():
        second = answer(factory, 2)
        see["second_length"] = len(second)
        for block in (second[0], second[1]):
            block.initialize()
            block(x)
            mark(own_parameters(block), [case["marker"]] * 8)
        see["first_after"] = [read(own_parameters(block)) for block in blocks]


def _look_inside(see: Observer, case: Case, net: Any, blocks: list[nn.Block]) -> None:
    with see.attempt("set its weights and call it"):
        for block, layers in zip(blocks, case["layers"]):
            plant(own_parameters(block), layers)
        see["output"] = net(nd.array(case["x"]))
    with see.attempt("train it for one step"):
        _train_once(see, case, net, blocks)
    with see.attempt("write into the first block"):
        mark(own_parameters(blocks[0]) if blocks else [], [case["marker"]] * 8)
        see["others"] = [read(own_parameters(block)) for block in blocks[1:]]


def _train_once(see: Observer, case: Case, net: Any, blocks: list[nn.Block]) -> None:
    for block in blocks:
        plant(own_parameters(block), case["instance"])
        for parameter in own_parameters(block):
            parameter.zero_grad()
    (net(nd.array(case["x"])) * nd.array(case["weigh"])).sum().backward()
    for parameter in net.collect_params().values():
        parameter.set_data(parameter.data().asnumpy() - STEP_SIZE * parameter.grad().asnumpy())
    see["trained"] = [[p.data().asnumpy() for p in own_parameters(block)] for block in blocks]
