"""Specifications to build, good and faulty ones; and what torch makes of the good ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.exercise import Case
from autograder.judges.evidence import Leaves, double, inputs, leaves
from autograder.judges.lesson_08.evidence import layer, run

NAMES = {"dense": "dense", "act": "act"}  # what the kinds are called, unless the case says otherwise

Made = Callable[[int, int, bool], Leaves]
ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {"relu": torch.relu, "tanh": torch.tanh}


def dense(units: int, kind: str = "dense", **options: Any) -> dict[str, Any]:
    return {"kind": kind, "units": units, **options}


def act(name: str, kind: str = "act") -> dict[str, Any]:
    return {"kind": kind, "name": name}


def repeat(times: int, *body: Any) -> dict[str, Any]:
    return {"kind": "repeat", "times": times, "body": list(body)}


def parallel(merge: str, **branches: Any) -> dict[str, Any]:
    return {"kind": "parallel", "branches": branches, "merge": merge}


def good(rng: np.random.Generator) -> list[Case]:
    words = str(rng.choice(["linear", "affine", "full"])), str(rng.choice(["shape", "bend", "squash"]))
    nested = repeat(2, parallel("difference", left=[dense(4), act("tanh")], right=repeat(2, dense(4))), act("tanh"))
    return [
        _case(rng, "chain", [dense(5), act("relu"), dense(4), act("tanh"), dense(3)]),
        _case(rng, "options", [dense(5, use_bias=False), act("tanh"), dense(3)]),
        _case(rng, "repeat", [dense(4), repeat(3, dense(4), act("tanh")), dense(2)]),
        _case(rng, "parallel", [parallel("concat", wide=[dense(4), act("tanh")], narrow=dense(2)), dense(3)]),
        _case(rng, "nested", [dense(4), nested, [dense(2), act("tanh")]]),
        _case(rng, "kinds", [dense(4, words[0]), act("tanh", words[1]), dense(3, words[0])], words),
    ]


def _case(rng: np.random.Generator, what: str, spec: Any, words: tuple[str, str] = ("dense", "act")) -> Case:
    x, made = inputs(rng, 4, 3), []

    def fresh(units: int, n: int, use_bias: bool) -> Leaves:
        made.append(layer(rng, units, n))
        if not use_bias:
            del made[-1]["bias"]
        return leaves(made[-1])

    walk(spec, double(x), fresh, words)
    names = {"dense": words[0], "act": words[1]}
    return {"what": what, "text": json.dumps(spec), "names": names, "x": x, "weights": made}


def faulty(rng: np.random.Generator) -> list[Case]:
    wrong = str(rng.choice(["densse", "dnese", "danse"]))
    option = str(rng.choice(["unitz", "size", "outputs"]))
    deep = [dense(4), repeat(2, act("tanh"), parallel("concat", left=[act("relu"), dense(3, wrong)], right=dense(2)))]
    return [
        _fault("unknown kind", [dense(4), act("tanh"), dense(3, wrong)], "2", wrong),
        _fault("no kind", [dense(4), {"units": 3}], "1", "kind"),
        _fault("wrong option", [dense(4), {"kind": "dense", option: 3}], "1", option),
        _fault("deep", deep, "1/body/1/branches/left/1", wrong),
    ]


def _fault(what: str, spec: Any, place: str, word: str) -> Case:
    return {"what": what, "text": json.dumps(spec), "names": dict(NAMES), "place": place, "word": word}


# -- what a specification computes -----------------------------------------------------------------------------------


def walk(spec: Any, x: torch.Tensor, made: Made, words: tuple[str, str]) -> torch.Tensor:
    """The output of a good specification; `made(units, n, use_bias)` gives each dense layer, in the order of calls."""
    if isinstance(spec, list):
        for one in spec:
            x = walk(one, x, made, words)
        return x
    if spec["kind"] == words[0]:
        one = made(spec["units"], x.shape[1], spec.get("use_bias", True))
        return run(one, x) if "bias" in one else x @ one["weight"].T
    if spec["kind"] == words[1]:
        return ACTIVATIONS[spec["name"]](x)
    if spec["kind"] == "repeat":
        return walk([spec["body"]] * spec["times"], x, made, words)
    outs = [walk(branch, x, made, words) for branch in spec["branches"].values()]
    return torch.cat(outs, 1) if spec["merge"] == "concat" else outs[0] - outs[1]


def output(case: Case, spec: Any = None) -> np.ndarray:
    """What torch makes of the case's x; of another specification with the same layers, if one is given."""
    waiting = [leaves(one) for one in case["weights"]]

    def next_fitting(units: int, n: int, use_bias: bool) -> Leaves:
        return waiting.pop(next(i for i, one in enumerate(waiting) if one["weight"].shape == (units, n)))

    words = case["names"]["dense"], case["names"]["act"]
    result = walk(json.loads(case["text"]) if spec is None else spec, double(case["x"]), next_fitting, words)
    found: np.ndarray = result.detach().numpy()
    return found
