"""One look for the plots of all lessons, and their numbers in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

# Masataka Okabe and Kei Ito, "Color Universal Design" (2008).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
BLUE, ORANGE, GREEN = COLOURS[:3]
GREY = "#767676"  # 4.5 to 1 on white, 4.6 to 1 on black
STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")
HATCHES = ("", "//", "..", "xx")
SIGNED = LinearSegmentedColormap.from_list("signed", [BLUE, "#f4f4f4", ORANGE])


def set_style() -> None:
    """Plots of this session are transparent, plain, and readable on light and dark pages."""
    grey = ("text.color", "axes.labelcolor", "axes.edgecolor", "axes.titlecolor", "xtick.color", "ytick.color")
    transparent = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
    settings: Any = {
        **dict.fromkeys(grey, GREY),
        **dict.fromkeys(transparent, "none"),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "figure.constrained_layout.use": True,
        "legend.frameon": False,
        "lines.linewidth": 2,
    }
    plt.rcParams.update(settings)


def table(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Print the numbers of a picture: the first column to the left, the others to the right."""
    cells = [[f"{c:.3g}" if isinstance(c, float) else str(c) for c in row] for row in [header, *rows]]
    first, *others = [max(map(len, column)) for column in zip(*cells)]
    for name, *numbers in cells:
        print("  ".join([name.ljust(first), *(c.rjust(width) for c, width in zip(numbers, others))]).rstrip())


def lines(
    ax: Axes,
    series: Mapping[str, Sequence[float]],
    title: str,
    xlabel: str = "",
    ylabel: str = "",
    *,
    log: bool = False,
    start: int = 1,
    legend: bool = True,
) -> None:
    """Draw one line for each name, told apart by colour and dashes, over `start`, `start` + 1, …"""
    for i, (name, values) in enumerate(series.items()):
        x = np.arange(start, start + len(values))
        ax.plot(x, values, color=COLOURS[i % len(COLOURS)], linestyle=STYLES[i % len(STYLES)], label=name)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    if legend:
        ax.legend()
