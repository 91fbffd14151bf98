"""A recursive network is called on trees of several shapes, and differentiated; and asked how many graphs they need."""

from __future__ import annotations

from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe

EXERCISES = ("07-recursive",)
JOIN = -1


@probe("07-recursive")
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("build the network"):
        net = answer(len(case["words"]), case["units"])
        net.initialize()
        own = {"words": net.words.weight, "weight": net.join.weight, "bias": net.join.bias}
        for name, parameter in own.items():
            parameter.set_data(case[name])
    trees = [_nested(tree) for tree in case["trees"]]
    if case["situation"] == "graphs":
        with see.step("count the graphs"):
            see["graphs"] = net.graphs_needed(trees)
        return
    net.zero_grad()
    with see.step("call it on the trees"):
        outputs = [net(tree) for tree in trees]
    see["outputs"] = outputs
    see["parameters"] = len(net.collect_params())
    with see.attempt("differentiate"):
        sum(output.sum() for output in outputs).backward()
        see["gradients"] = {name: parameter.grad() for name, parameter in own.items()}


def _nested(tree: list[int]) -> Any:
    """Words and joins in order as pairs of pairs."""
    stack: list[Any] = []
    for item in tree:
        if item == JOIN:
            right, left = stack.pop(), stack.pop()
            stack.append((left, right))
        else:
            stack.append(item)
    return stack.pop()
