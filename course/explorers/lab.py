"""`initializer_lab()`: what an initializer draws, and what that does to signals and gradients in a deep network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from explorers.inert import inert
from explorers.state.lab import Lab, own_recipe
from explorers.state.laws import stated as stated_law
from explorers.view.lab_still import LabStill

if TYPE_CHECKING:
    from explorers.view.lab import LabExplorer


def initializer_lab(
    init: Any = None, *others: Any, stated: Sequence[tuple[float, Any]] | None = None
) -> LabExplorer | LabStill:
    """Try initializers: a sample beside the distribution that is stated for it, and variances through a deep network.

    `init` and `others` are initializers of your own (an instance, a name, or a function from a shape to an array), offered
    beside the framework's. `stated` is what the first one should draw from: a list of (probability, number) and
    (probability, (low, high)), as in `[(0.5, 0), (0.25, (5, 10)), (0.25, (-10, -5))]`. One that raises shows its error. Without
    a kernel, or while grading, a still picture. Raises `TypeError` and `ValueError` where something else is given.
    """
    own = [own_recipe(one) for one in (init, *others) if one is not None]
    lab = Lab(own, stated_law(stated) if stated is not None else None)
    if inert():
        return LabStill(lab, lab.first())
    from explorers.view.lab import LabExplorer  # here, so that a still picture needs no widget library

    return LabExplorer(lab)
