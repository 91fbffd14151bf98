"""Let the learner's block and training run on logical CPUs, and write down what comes out, and where it lies."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_09.machines import forgetting_logical_devices
from miniblocks import cpu, nd, nn

EXERCISES = ("09-same-everywhere",)


@probe("09-same-everywhere")
def _(answer: Any, case: Case, see: Observer) -> None:
    block, train_on = answer
    with forgetting_logical_devices():
        _run_block(block, case, see)
        _train(train_on, case, see)


def _run_block(block: Any, case: Case, see: Observer) -> None:
    """One block, moved from device to device: its outputs and gradients there."""
    with see.attempt("build the block"):
        net = block(case["offset"])
        net.initialize()
        net.rate.set_data(np.array([case["rate"]], "float32"))
        see["collected"] = len(net.collect_params())
    if see.errors:
        return
    for i, index in enumerate(case["devices"]):
        device = cpu(index)
        net.collect_params().reset_ctx(device)
        x, weigh = (nd.array(case[name][i]).to(device) for name in ("x", "weigh"))
        x.attach_grad()
        with see.attempt(f"call it on cpu({index})"):
            output = net(x)
            see[f"output {i}"], see[f"place {i}"] = output.asnumpy(), str(output.device)
        if f"place {i}" in see.values:
            with see.attempt(f"send a gradient back on cpu({index})"):
                (output.to(device) * weigh).sum().backward()
                grads = {"rate": net.rate.data().grad, "x": x.grad}
                see[f"gradients {i}"] = {k: None if g is None else g.asnumpy() for k, g in grads.items()}
                see[f"gradient places {i}"] = [str(g.device) for g in grads.values() if g is not None]


def _train(train_on: Any, case: Case, see: Observer) -> None:
    """A small network and its batches lie on one device, and are to be trained on another."""
    net = nn.Sequential(
        *(nn.Dense(len(w["bias"]), activation=w["activation"], in_units=w["weight"].shape[1]) for w in case["layers"])
    )
    start, device = cpu(case["start"]), cpu(case["devices"][-1])
    net.initialize(ctx=start)
    for layer, planted in zip(net, case["layers"]):
        layer.weight.set_data(planted["weight"])
        layer.bias.set_data(planted["bias"])
    visited: list[str] = []
    net.register_forward_hook(lambda block, args, out: visited.append(str(out.device)))
    batches = [(nd.array(x).to(start), nd.array(y).to(start)) for x, y in case["batches"]]
    kept = list(batches)
    with see.attempt("train"):
        see["losses"] = train_on(net, kept, _squares, case["step"], device)
    see["visited"] = visited
    see["final"] = [{k: getattr(layer, k).data().asnumpy() for k in ("weight", "bias")} for layer in net]
    see["parameter places"] = [str(p.data().device) for p in net.collect_params().values()]
    see["batch places"] = [str(part.device) for batch in kept for part in batch]


def _squares(output: nd.Tensor, target: nd.Tensor) -> nd.Tensor:
    return ((output - target) ** 2).mean()
