"""Containers to build, and what torch makes of their branches."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch

from autograder.exercise import Case
from autograder.judges.evidence import Leaves, double, inputs, leaves
from autograder.judges.lesson_08.evidence import layer, run

AWKWARD = ["merge", "training", "forward"]  # names of branches that a block has for itself


def draw(rng: np.random.Generator) -> list[Case]:
    def dense(*units: int, n: int = 3) -> list:
        return [layer(rng, u, n) if u else {} for u in units]

    return [
        _case(rng, "concat", None, None, dense(3, 3, 3)),
        _case(rng, "images", "concat", None, [{}, layer(rng, 2, 2, 1, 1)], (3, 2, 4, 4)),
        _case(rng, "sum", "sum", ["left", "middle", "right"], dense(4, 4, 4)),
        _case(rng, "mean", "mean", None, dense(4, 4, 4)),
        _case(rng, "list", "list", ["wide", "narrow"], dense(5, 2)),
        _case(rng, "passing", "sum", ["shortcut", "main"], dense(0, 3)),
        _case(rng, "nested", "concat", ["first", "second", "third"], dense(4, 2, 3)),
        _case(rng, "awkward", "concat", AWKWARD, dense(2, 4, 3)),
        _case(rng, "refused", None, None, dense(3, 3)),
    ]


def _case(
    rng: np.random.Generator,
    what: str,
    merge: str | None,
    names: list[str] | None,
    branches: list,
    shape: tuple[int, ...] = (4, 3),
) -> Case:
    case: Case = {
        "what": what,
        "merge": merge,
        "names": names,
        "branches": branches,
        "x": inputs(rng, *shape),
        "again": inputs(rng, shape[0] + 2, *shape[1:]),
        "marker": float(rng.uniform(2, 3)),
        "unknown": str(rng.choice(["average", "maximum", "product"])),
    }
    case["weigh"] = [inputs(rng, *out.shape) for out in merged(case, "x")]
    return case


# -- what torch makes of them -----------------------------------------------------------------------------------------

Merge = Callable[[list[torch.Tensor]], torch.Tensor]
TORCHS: dict[str, Merge] = {
    "concat": lambda outs: torch.cat(outs, 1),
    "sum": lambda outs: torch.stack(outs).sum(0),
    "mean": lambda outs: torch.stack(outs).mean(0),
}


def _outputs(case: Case, x: str) -> tuple[list[torch.Tensor], list[Leaves]]:
    made = [leaves(branch) for branch in case["branches"]]
    return [run(one, double(case[x])) if one else double(case[x]) for one in made], made


def _merged(case: Case, outs: list[torch.Tensor]) -> list[torch.Tensor]:
    merge = case["merge"] or "concat"
    return outs if merge == "list" else [TORCHS[merge](outs)]


def outputs(case: Case, x: str) -> list[np.ndarray]:
    """What each branch gives."""
    return [out.detach().numpy() for out in _outputs(case, x)[0]]


def merged(case: Case, x: str) -> list[np.ndarray]:
    """What the container gives: one array, or for a list one for each branch."""
    return [out.detach().numpy() for out in _merged(case, _outputs(case, x)[0])]


def gradients(case: Case) -> list[np.ndarray]:
    """Those of (net(x) * weigh).sum() at all parameters, branch by branch."""
    outs, made = _outputs(case, "x")
    sum((o * double(w)).sum() for o, w in zip(_merged(case, outs), case["weigh"])).backward()  # type: ignore[union-attr]
    return [p.grad.numpy() for one in made for p in one.values() if p.grad is not None]


def paths(case: Case) -> Iterator[str]:
    """Where a file would hold the parameters."""
    names = case["names"] or [str(i) for i in range(len(case["branches"]))]
    for i, (name, branch) in enumerate(zip(names, case["branches"])):
        inner = "inner." if case["what"] == "nested" and i else ""
        yield from (f"{inner}{name}.{key}" for key in branch)
