"""Builds the learner's networks, plants known parameters into them, calls them, and trains them for one step."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import autograd, nd, nn

EXERCISES = ("05-mlp-scratch", "05-mlp-concise", "05-one-more-layer")

NAMES = ("W1", "b1", "W2", "b2")
SIZES = ("num_inputs", "num_hiddens", "num_outputs")


def arrays(case: Case) -> list[np.ndarray]:
    """Weight and bias of each layer; weights are (inputs, units)."""
    return [array for layer in case["layers"] for array in (layer["weight"], layer["bias"])]


def write(parameter: Any, values: Any) -> None:
    """Set a parameter's, or a plain tensor's, values."""
    if isinstance(parameter, nn.Parameter):
        parameter.set_data(values)
    else:
        with autograd.no_grad():
            parameter[:] = nd.array(values)


def value(parameter: Any) -> Any:
    """A parameter's, or a plain tensor's, values."""
    return parameter.data() if isinstance(parameter, nn.Parameter) else parameter


def train_step(model: Any, case: Case) -> None:
    model.zero_grad()
    optimizer = model.configure_optimizers()
    model.training_step((nd.array(case["x"]), nd.array(case["y"]))).backward()
    optimizer.step()


# -- 05-mlp-scratch ----------------------------------------------------------------------------------------------


@probe("05-mlp-scratch", forbids=("miniblocks.nn.Dense", "miniblocks.nn.Sequential"))
def _(answer: Any, case: Case, see: Observer) -> None:
    options = dict(zip(SIZES, case["sizes"]), lr=case.get("lr", 0.1))
    if case.get("sigma") is not None:
        options["sigma"] = case["sigma"]
    with see.step("build the model"):
        model = answer(**options)
        for parameter in model.collect_params().values():
            if not parameter.is_initialized:
                parameter.initialize()
        see["start"] = {name: value(getattr(model, name, None)) for name in NAMES}
    if case["part"] == "start":
        return
    parameters = [getattr(model, name) for name in NAMES]
    see["collected"] = len(model.collect_params())
    with see.attempt("write through collect_params()"):
        for parameter, mark in zip(model.collect_params().values(), case["marks"]):
            parameter.data()[:] = mark
        see["read_back"] = [float(value(p).asnumpy().ravel()[0]) for p in parameters]
    with see.step("call it"):
        for parameter, values in zip(parameters, arrays(case)):
            write(parameter, values)
        see["output"] = model(nd.array(case["x"]))
    with see.attempt("train it for a step"):
        train_step(model, case)
        see["trained"] = [value(p).asnumpy() for p in parameters]


# -- 05-mlp-concise ----------------------------------------------------------------------------------------------


def plant(model: Any, case: Case) -> None:
    """Write each array into the parameter of its shape (in the order of the layers, where shapes are alike)."""
    left = list(model.collect_params().values())
    for array in arrays(case):
        fitting = next(p for p in left if p.shape == array.T.shape)
        fitting.set_data(np.ascontiguousarray(array.T))
        left.remove(fitting)


def collected(model: Any) -> list[np.ndarray]:
    return [parameter.data().asnumpy() for parameter in model.collect_params().values()]


@probe("05-mlp-concise")
def _(answer: Any, case: Case, see: Observer) -> None:
    model_class, take_over = answer
    x = nd.array(case["x"])
    with see.step("build the model"):
        _, hiddens, outputs = case["sizes"]
        model = model_class(num_outputs=outputs, num_hiddens=hiddens, lr=case["lr"])
        model.initialize()
        see["shapes_before"] = [list(p.shape) for p in model.collect_params().values()]
    if case["part"] == "model":
        with see.step("call it"):
            model(x)
            see["shapes_after"] = [list(p.shape) for p in model.collect_params().values()]
        with see.step("plant its parameters"):
            plant(model, case)
            see["output"] = model(x)
        return
    with see.step("call it"):
        if case["called"]:
            model(x)
    scratch = _scratch(case)
    with see.step("take over the parameters"):
        take_over(model, scratch)
    with see.attempt("call it afterwards"):
        see["output"] = model(x)
        see["scratch_after"] = [parameter.data().asnumpy() for parameter in scratch.params.values()]
    with see.attempt("train it for a step"):
        train_step(model, case)
        see["trained"] = collected(model)
    with see.attempt("change the scratch model"):
        see["before"] = model(x)
        for parameter in scratch.params.values():
            parameter.data()[:] = case["mark"]
        see["after"] = model(x)


def _scratch(case: Case) -> nn.Block:
    """A block with the four parameters of a model from scratch, and nothing else."""
    block = nn.Block()
    for name, values in zip(NAMES, arrays(case)):
        setattr(block, name, nn.Parameter(nd.array(values)))
    return block


# -- 05-one-more-layer -------------------------------------------------------------------------------------------


@probe("05-one-more-layer")
def _(answer: Any, case: Case, see: Observer) -> None:
    model_class, one_more = answer
    if case["part"] == "runs":
        _compare(one_more, case, see)
        return
    x = nd.array(case["x"])
    with see.step("build the model"):
        model = model_class(num_outputs=3, hidden=list(case["hidden"]), lr=case["lr"])
        model.initialize()
    with see.attempt("call it"):
        model(x)
    see["shapes"] = [list(p.shape) for p in model.collect_params().values()]
    with see.step("plant its parameters"):
        plant(model, case)
        see["output"] = model(x)
    with see.attempt("train it for a step"):
        train_step(model, case)
        see["trained"] = collected(model)


def _compare(one_more: Any, case: Case, see: Observer) -> None:
    hidden, runs = list(case["hidden"]), []
    designs = [case["hidden"], [*case["hidden"], case["hidden"][-1]]]

    def fit(hidden: Any, seed: Any) -> list[dict[str, float]]:
        runs.append({"hidden": [int(n) for n in hidden], "seed": int(seed)})
        if list(hidden) not in designs:
            raise ValueError(f"there are no results for hidden={list(hidden)}")
        row = case["seeds"].index(seed) if seed in case["seeds"] else -1  # one row for all others
        curve = case["val_acc"][row, designs.index(list(hidden))]
        return [{"train_loss": float(5 - 4 * v), "val_loss": float(2 - 2 * v), "val_acc": float(v)} for v in curve]

    with see.attempt("compare"):
        see["result"] = one_more(fit, hidden, list(case["seeds"]))
    see["runs"], see["hidden_after"] = runs[:1000], hidden
