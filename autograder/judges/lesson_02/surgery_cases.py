"""The files and networks on which `transplant` is tried."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.judges.lesson_02.plans import Plan, dense, flat, parameter, part, path_of, sequential


def draw(rng: np.random.Generator) -> list[Case]:
    def case(situation: str, source: Plan, plan: Plan, moves: dict[str, str]) -> Case:
        values = {path: v for path, v in _values(rng, plan).items() if 0 not in v.shape}
        return {
            "situation": situation, "source": source, "plan": plan, "moves": moves,
            "file": _values(rng, source), "values": values,
        }  # fmt: skip

    a, b, c, d = (int(v) for v in rng.permutation(np.arange(3, 9))[:4])
    return [
        case("plain", flat([b, c, a], a), _autoencoder(a, b, c, a), {"0": "encoder.0", "1": "encoder.1"}),
        case("blocks", _backbone(a, b, c), _model(a, b, c), {"body": "model.encoder", "output": "head.1"}),
        case("digits", flat([a] * 12, a), _twelve(a), {"1": "part"}),
        case("crossed", _pairs(a), _pairs(a), {"0": "1", "1": "0"}),
        case("waiting", flat([b, c], a), _autoencoder(0, b, 0, c), {"0": "encoder.0", "1": "encoder.1"}),
        case("shape", flat([b, c], a), _autoencoder(a, b, d, a), {"0": "encoder.0", "1": "encoder.1"}),
        case("no-source", flat([b, c], a), _autoencoder(a, b, c, a), {"0": "encoder.0", "7": "encoder.1"}),
        case("no-goal", flat([b, c], a), _autoencoder(a, b, c, a), {"0": "encoder.0", "1": "encoder.2"}),
    ]


def _values(rng: np.random.Generator, plan: Plan) -> dict[str, np.ndarray]:
    """Path → numbers that occur nowhere else."""
    found: dict[str, Any] = {}
    for row in plan:
        for p in row["parameters"]:
            found[path_of(row, p["name"])] = rng.uniform(-1, 1, p["shape"]).astype(np.float32)
    return found


def _autoencoder(inputs: int, hidden: int, code: int, outputs: int) -> Plan:
    """An encoder of two layers and a head; with inputs of 0 the layers wait for the first call."""
    return [
        part("", "autoencoder0_"),
        sequential("encoder", "sequential0_"),
        dense("encoder.0", "dense0_", hidden, inputs),
        dense("encoder.1", "dense1_", code or outputs, hidden if inputs else 0),
        dense("head", "dense2_", outputs, code or outputs),
    ]


def _backbone(a: int, b: int, c: int) -> Plan:
    return [
        part("", "net0_"),
        sequential("body", "body0_"),
        dense("body.0", "dense0_", b, a),
        part("body.1", "norm0_", parameter("gamma", b), parameter("beta", b), parameter("mask", b, role="constant")),
        sequential("body.2", "inner0_"),
        dense("body.2.0", "dense1_", c, b),
        dense("output", "dense2_", a, c),
    ]


def _model(a: int, b: int, c: int) -> Plan:
    return [
        part("", "model0_"),
        part("model", "part0_", parameter("scale", c)),
        sequential("model.encoder", "encoder0_"),
        dense("model.encoder.0", "dense5_", b, a),
        part("model.encoder.1", "norm3_", parameter("gamma", b), parameter("beta", b), parameter("mask", b, role="constant")),
        sequential("model.encoder.2", "inner1_"),
        dense("model.encoder.2.0", "dense6_", c, b),
        sequential("head", "head0_"),
        dense("head.0", "dense7_", c, c),
        dense("head.1", "dense8_", a, c),
    ]  # fmt: skip


def _twelve(a: int) -> Plan:
    """Three layers whose paths begin alike, as do the file's `1`, `10` and `11`."""
    names = [dense(name, f"dense{i}_", a, a) for i, name in enumerate(("part", "part0", "part1"))]
    return [part("", "net0_"), *names]


def _pairs(a: int) -> Plan:
    """Two parts of two layers; the same numbers occur at both levels of the paths."""
    rows = [sequential("", "sequential0_")]
    for i in range(2):
        rows.append(sequential(str(i), f"sequential{i + 1}_"))
        rows += [dense(f"{i}.{j}", f"dense{2 * i + j}_", a, a) for j in range(2)]
    return rows
