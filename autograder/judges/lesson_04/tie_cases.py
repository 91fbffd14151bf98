"""The networks of "tie two layers", and what torch makes of them: tied or not, and with relus at other places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from autograder.exercise import Case
from autograder.judges.evidence import Layer, Leaves, double, inputs
from autograder.judges.lesson_04.evidence import all_leaves, gradients, row

RATE = 0.1


def tied_case(rng: np.random.Generator, uses: int | None, n: int, width: int, units: int) -> Case:
    """A network in which every relu does something, and no value is so near to 0 that rounding could decide."""
    sizes = [n, *[width] * (1 + (uses or 2)), units]
    while True:
        x, layers = inputs(rng, 6, n), row(rng, sizes, [tied_places(uses)])
        case: Case = {"uses": uses, "width": width, "units": units, "x": x, "layers": layers, "rate": RATE}
        if _lively(case):
            return {**case, "weigh": inputs(rng, 6, units), "marker": float(rng.uniform(3, 4))}


def _lively(case: Case) -> bool:
    """Whether no unit is dead, none on the edge, and every misplaced relu shows in the output."""
    h = double(case["x"])
    for layer in all_leaves(case["layers"])[:-1]:
        h = h @ layer["weight"].T + layer["bias"]
        if h.abs().min() < 1e-3 or not (h > 0).any(dim=0).all():
            return False
        h = torch.relu(h)
    others = [torch_output(case, relus) for places in misplaced_relus(case).values() for relus in places]
    return all(np.abs(other - torch_output(case)).max() > 0.05 for other in others)


def tied_places(uses: int | None) -> list[int]:
    """The places that share."""
    return list(range(1, 1 + (uses or 2)))


def call(case: Case) -> str:
    uses = "" if case["uses"] is None else f", uses={case['uses']}"
    return f"net = tied_mlp({case['width']}, {case['units']}{uses})"


def torch_output(case: Case, relus: Sequence[int] | None = None) -> np.ndarray:
    """What torch computes, with relu after every layer but the last, or after those at other places."""
    return _computed(case, all_leaves(case["layers"]), relus).detach().numpy()


def _computed(case: Case, layers: list[Leaves], relus: Sequence[int] | None) -> torch.Tensor:
    x = double(case["x"])
    for place, layer in enumerate(layers):
        x = x @ layer["weight"].T + layer["bias"]
        x = torch.relu(x) if place in (range(len(layers) - 1) if relus is None else relus) else x
    return x


def misplaced_relus(case: Case) -> dict[str, list[Sequence[int]]]:
    """Where relus stand in networks that are right but for them."""
    return {"activation-lost": [[0, 1], [0]], "output-activated": [range(len(case["layers"]))]}


def torch_trained(case: Case, tied: bool = True, relus: Sequence[int] | None = None) -> list[Layer]:
    """The values after one step of gradient descent."""
    layers = all_leaves(case["layers"], [tied_places(case["uses"])] if tied else [])
    (_computed(case, layers, relus) * double(case["weigh"])).sum().backward()
    slopes = gradients(layers)
    return [
        {k: value.detach().numpy() - RATE * slope[k] for k, value in layer.items()}
        for layer, slope in zip(layers, slopes)
    ]
