"""Let the learner measure matrix products with a stopwatch whose times are known, and look at what runs inside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_09.machines import forgetting_logical_devices
from miniblocks import cpu, nd
from miniblocks.tensor import mode

EXERCISES = ("09-aligned-products",)
MOST = 400  # operations in one use of the stopwatch that are written down


class Stopwatch:
    """Calls a step once, and gives a time that depends on the size of the product that ran in it."""

    def __init__(self, sizes: list[int], seconds: list[float]) -> None:
        self.seconds = dict(zip(sizes, seconds))
        self.timings: list[list[dict[str, Any]]] = []

    def __call__(self, step: Callable[[], Any]) -> float:
        if not callable(step):
            self.timings.append([{"op": "not callable", "shapes": [], "devices": []}])
            raise TypeError(f"the stopwatch takes a function and calls it; it got a {type(step).__name__}")
        ran: list[dict[str, Any]] = []
        self.timings.append(ran)

        def look(op: Any, args: tuple[Any, ...], static: dict[str, Any], out: nd.Tensor) -> None:
            tensors = [a for a in args if isinstance(a, nd.Tensor)]
            if len(ran) < MOST:
                devices = [str(t.device) for t in (*tensors, out)]
                ran.append({"op": op.name, "shapes": [list(t.shape) for t in tensors], "devices": devices})

        before, mode.observer = mode.observer, look
        try:
            step()
        finally:
            mode.observer = before
        n = next((shape[-1] for one in ran for shape in one["shapes"] if shape and shape[-1] in self.seconds), None)
        return 1e-7 if n is None else self.seconds[n]


@probe("09-aligned-products")
def _(answer: Any, case: Case, see: Observer) -> None:
    stopwatch = Stopwatch(case["sizes"], case["seconds"])
    with forgetting_logical_devices():
        device = cpu(case["device"])
        with see.attempt("measure the products"):
            found = answer(list(case["sizes"]), stopwatch, device)
            see["returned"] = found
            if isinstance(found, Mapping):
                see["rows"] = [[size, value] for size, value in found.items()]
    see["timings"] = stopwatch.timings
