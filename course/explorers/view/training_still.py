"""Runs as pictures and as text: what is seen of a training board or playground where no kernel runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from explorers.state.playground import REACH, Task, plane
from explorers.state.training import Run, accuracy_chart, loss_chart, norm_chart
from explorers.view.charts import chart_figure
from explorers.view.pictures import png, templates
from explorers.view.still import asset

SIDE = 192  # of a map of the plane, in CSS pixels


def board_picture(runs: Sequence[Run], task: Task | None = None) -> Markup:
    """Loss, accuracy, and each run's gradient norms; for data in the plane also what each network says of it."""
    runs = list(runs)
    norms = [chart_figure(norm_chart(run)) for run in runs]
    maps = [map_figure(run, task) for run in runs] if task is not None and task.is_plane else []
    figures = [chart_figure(loss_chart(runs)), chart_figure(accuracy_chart(runs)), *maps[:1], *norms, *maps[1:]]
    return Markup(templates().get_template("board.html").render(figures=figures, runs=runs))


def map_figure(run: Run, task: Task) -> Markup:
    """The plane as a run's network sees it, with the points that it was given."""
    shown = plane(run.model)
    share = run.accuracies[-1][1] if run.accuracies else None
    words = f"What {run.label} says of each place of the plane" + (
        f"; {share:.0%} of the last batch right" if share else ""
    )
    return Markup(
        templates().get_template("plane.html").render(
            label=run.label, image=png(shown.levels), side=SIDE, words=words, caption=shown.caption,
            dots=_dots(task.x[task.y == 0], "h0.1"), crosses=_dots(task.x[task.y == 1], "m-2,0h4m-2,-2v4"),
        )
    )  # fmt: skip


def _dots(points: np.ndarray, mark: str, most: int = 150) -> str:
    at = (points[:most] * (1, -1) + REACH) * (SIDE / (2 * REACH))
    return "".join(f"M{x:.0f},{y:.0f}{mark}" for x, y in at)


@dataclass(frozen=True)
class BoardStill:
    """A rich display that needs no kernel."""

    runs: tuple[Run, ...]
    title: str
    task: Task | None = None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        css = "".join(asset(name) for name in ("common.css", "charts.css", "training.css", "still.css"))
        head = templates().from_string('<p class="xp-title">{{ title }}</p>').render(title=self.title)
        html = f'<style>{css}</style><div class="xp xp-still">{head}{board_picture(self.runs, self.task)}</div>'
        return {"text/plain": repr(self), "text/html": html}

    def __repr__(self) -> str:
        lines = [self.title, *(run.words() for run in self.runs)]
        lines += [
            chart(list(self.runs)).words for chart in (loss_chart, accuracy_chart) if any(r.steps for r in self.runs)
        ]
        return "\n".join([*lines, *(norm_chart(run).words for run in self.runs if run.steps)])
