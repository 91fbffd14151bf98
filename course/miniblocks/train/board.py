"""`ProgressBoard`: curves that grow while training runs."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

STYLES = (("-", "#0072b2"), ("--", "#d55e00"), ("-.", "#009e73"), (":", "#cc79a7"))  # told apart without colour as well


class ProgressBoard:
    """`board.draw(x, y, label)` adds a point; in a notebook the picture is drawn anew, at most four times a second.

    Drawing takes a fifth of the time at most, however slow the machine, so that training goes on. The points are kept
    in `curves`; a board without a display only keeps them.
    """

    def __init__(self, xlabel: str = "epoch", ylabel: str = "", display: bool = True, every: float = 0.25) -> None:
        self.xlabel, self.ylabel, self.display, self.every = xlabel, ylabel, display, every
        self.curves: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self._handle: Any = None
        self._next = 0.0  # when a picture may be drawn again

    def draw(self, x: float, y: float, label: str) -> None:
        """Add a point to the curve `label`."""
        self.curves[label].append((float(x), float(y)))
        if self.display and _in_notebook() and time.monotonic() >= self._next:
            self.show()

    def figure(self) -> Any:
        """The curves as a matplotlib figure."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(5, 3))
        axes = figure.subplots()
        for i, (label, points) in enumerate(self.curves.items()):
            style, colour = STYLES[i % len(STYLES)]
            axes.plot(*zip(*points, strict=True), style, color=colour, label=label)
        axes.set_xlabel(self.xlabel)
        axes.set_ylabel(self.ylabel)
        axes.legend()
        figure.set_layout_engine("tight")
        return figure

    def show(self) -> None:
        """Draw now."""
        from IPython.display import display

        begun = time.monotonic()
        if self._handle is None:
            self._handle = display(self.figure(), display_id=True)
        else:
            self._handle.update(self.figure())
        ended = time.monotonic()
        self._next = ended + max(self.every, 4 * (ended - begun))

    def finish(self) -> None:
        """Draw what came since the last picture, and say in words where the curves end."""
        if self.display and _in_notebook():
            self.show()
        print(self.text())

    def text(self) -> str:
        """The last point of each curve in words: the picture's text equivalent."""
        return "; ".join(
            f"{label} {points[-1][1]:.4g} at {self.xlabel} {points[-1][0]:g}" for label, points in self.curves.items()
        )


def _in_notebook() -> bool:
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None
