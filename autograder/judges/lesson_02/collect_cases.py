"""The networks on which `collect` is tried. No name occurs in two of them, so what an answer keeps from one shows in the next."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case
from autograder.judges.lesson_02.plans import Plan, again, dense, flat, parameter, part, sequential, tied


def draw(rng: np.random.Generator) -> list[Case]:
    def case(situation: str, plan: Plan, select: str | None = None, first: Plan | None = None) -> Case:
        marks = [round(float(v), 3) for v in rng.permutation(90)[:60] + rng.uniform(2, 2.9, 60)]
        return {"situation": situation, "plan": plan, "select": select, "first": first, "marks": marks}

    n = int(rng.integers(2, 6))
    deep, tree, shared = _deep(rng), _encoder(rng), _shared(rng)
    twelve = flat([n] * 12, n)
    return [
        case("deep", deep),
        case("flat", flat([n, n + 1, n], n, start=int(rng.integers(30, 36)))),
        case("shared", shared),
        case("select", twelve, select="dense1_weight"),
        case("select", twelve, select="dense1"),
        case("select", tree, select="encoder_dense0_weight"),
        case("select", tree, select=r"(encoder|decoder)_.*weight"),
        case("select", tree, select=r"weight"),
        case("select", tree, select=r".*bias"),
        case("clash", _clash(rng)),
        case("again", flat([n, n], n, start=60), first=flat([n] * 3, n, start=int(rng.integers(62, 68)))),
    ]


def _deep(rng: np.random.Generator) -> Plan:
    """Parameters at every level, of many names; not all shapes are known."""
    a, b, c = (int(v) for v in rng.integers(2, 7, 3))
    k = int(rng.integers(20, 25))
    return [
        part("", "chimera0_", parameter("scale", a), parameter("mix", b, b, role="constant")),
        part("left", f"left{k}_", parameter("gamma", c), parameter("beta", c)),
        dense("left.inner", f"dense{k}_", a, 0),
        part("left.deeper", f"deeper{k}_", parameter("table", c, a)),
        dense("left.deeper.last", f"dense{k + 1}_", b, c),
        sequential("stack", f"sequential{k}_"),
        dense("stack.0", f"dense{k + 2}_", c, b),
        sequential("stack.1", f"sequential{k + 1}_"),
        dense("stack.1.0", f"dense{k + 3}_", b, 0),
        part("norm", f"norm{k}_", parameter("gamma", b), parameter("beta", b)),
        dense("output", f"dense{k + 4}_", a, b),
    ]


def _shared(rng: np.random.Generator) -> Plan:
    """One block at two places, and two blocks with the parameters of one."""
    n, k = int(rng.integers(3, 8)), int(rng.integers(40, 50))
    twice, first = dense("1", f"dense{k + 1}_", n, n), dense("3", f"dense{k + 2}_", n, n)
    return [
        sequential("", "sequential0_"),
        dense("0", f"dense{k}_", n, n),
        twice,
        again("2", twice),
        first,
        tied("4", f"dense{k + 3}_", first),
        dense("5", f"dense{k + 4}_", n + 1, n),
    ]


def _encoder(rng: np.random.Generator) -> Plan:
    n = int(rng.integers(2, 6))
    rows = [part("", "autoencoder0_", parameter("weighting", n))]
    for name in ("encoder", "decoder"):
        rows.append(sequential(name, f"{name}_"))
        rows += [dense(f"{name}.{i}", f"{name}_dense{i}_", n, n) for i in range(2)]
    return [*rows, dense("head", "dense70_", n, n)]


def _clash(rng: np.random.Generator) -> Plan:
    """Two networks that were counted from 0 each, put together."""
    n, k = int(rng.integers(2, 6)), int(rng.integers(80, 99))
    return [
        part("", "pair0_"),
        dense("first", f"dense{k}_", n, n),
        dense("second", f"dense{k}_", n + 1, n),
    ]
