"""Saves a network with the learner's `save`, moves the folder, changes all that is in memory, and loads it again."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from miniblocks import autograd, checkpoint, nd, nn

EXERCISES = ("10-save-and-load",)
PICKLES = ("pickle.dump", "pickle.dumps", "torch.save")


class Beside(nn.Block):
    """The probe's own parallel blocks, registered by name, in the order of the specification."""

    def __init__(self, widths: dict[str, int]) -> None:
        super().__init__()
        for name, width in widths.items():
            self.register_child(nn.Dense(width), name)

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        return nd.concat(*[branch(x) for branch in self.children()], dim=1)


def build(spec: list[dict[str, Any]]) -> nn.Block:
    """The probe's own networks, not initialized."""
    blocks: list[nn.Block] = []
    for one in spec:
        kind = one["kind"]
        if kind == "dense":
            blocks.append(nn.Dense(one["units"]))
        elif kind == "same":
            blocks.append(nn.Dense(blocks[0].units, params=blocks[0].params))
        elif kind == "norm":
            blocks.append(nn.BatchNorm())
        elif kind == "tanh":
            blocks.append(nn.Activation("tanh"))
        else:
            blocks.append(Beside({name: width for name, width in one.items() if name != "kind"}))
    return nn.Sequential(*blocks)


@probe("10-save-and-load", forbids=PICKLES)
def _(answer: Any, case: Case, see: Observer) -> None:
    save, load = answer
    spec, other_spec, x = json.loads(case["text"]), json.loads(case["other"]), nd.array(case["x"])
    net, other = _ready(spec, x, case["values"]), _ready(other_spec, x, {})
    with tempfile.TemporaryDirectory() as top:
        folder, moved, elsewhere = Path(top) / "runs" / "first", Path(top) / "moved", Path(top) / "second"
        with see.attempt("save into a new folder"):
            save(net, spec, folder)
        if see.errors:
            folder.mkdir(parents=True, exist_ok=True)
            elsewhere.mkdir()
            with see.step("save it"):
                save(net, spec, folder)
        see["training after"], see["text after"] = net.training, json.dumps(spec)
        see["first bias after"] = _first_bias(net).data().asnumpy().copy()
        with see.attempt("save another one"):
            save(other, other_spec, elsewhere)
        folder.rename(moved)
        _first_bias(net).set_data(nd.full(_first_bias(net).shape, case["marker"]))
        spec.clear()
        see["output of the other"] = _used(other, x)
        _loaded(load, case, see, moved, x)
        with see.attempt("save over it"):
            save(other, other_spec, moved)
        with see.attempt("load what was saved over it"):
            see["output of the later"] = _used(load(moved, build), x)


def _ready(spec: list[dict[str, Any]], x: nd.Tensor, values: dict[str, np.ndarray]) -> nn.Block:
    """A network in training, with these values by path."""
    net = build(spec)
    net.initialize()
    net(x)
    for path, value in values.items():
        checkpoint.paths_of(net)[path].set_data(value)
    return net


def _first_bias(net: nn.Block) -> nn.Parameter:
    return next(p for path, p in checkpoint.paths_of(net).items() if path.startswith("0.") and path.endswith("bias"))


def _used(net: Any, x: nd.Tensor) -> nd.Tensor:
    """Its output in use; it is in training afterwards."""
    net.eval()
    with autograd.no_grad():
        output = net(x)
    net.train()
    return output


def _loaded(load: Any, case: Case, see: Observer, folder: Path, x: nd.Tensor) -> None:
    asked: list[str] = []

    def asking(spec: Any) -> nn.Block:
        asked.append(json.dumps(spec, default=lambda one: type(one).__name__))
        return build(spec)

    with see.attempt("load it"):
        net = load(folder, asking)
        see["is block"] = isinstance(net, nn.Block) or f"<{type(net).__name__}>"
    see["asked of build"] = asked
    if see.values.get("is block") is not True:
        return
    with see.attempt("call the loaded network"):
        see["output"] = _used(net, x)
        first = _first_bias(net)
        first.set_data(nd.full(first.shape, case["marker"]))
        see["output written"] = _used(net, x)
