"""Ties as pictures and as text: who shares with whom, and a gradient as a sum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from explorers.state.arrays import heatmap
from explorers.state.ties import Shared, Ties, cosine, norm
from explorers.view.pictures import extent, png, templates
from explorers.view.still import asset

MOST = 12  # contributions that are drawn
WHOLE = "The sum is the gradient."


def told(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def chosen_sum(shared: Shared, counted: Iterable[int]) -> np.ndarray | None:
    """The sum of the contributions that are counted in."""
    if not shared.uses:
        return None
    picked = [shared.uses[i].gradient for i in counted if i < len(shared.uses)]
    return np.sum(picked, axis=0) if picked else np.zeros_like(shared.uses[0].gradient)


def numbers(shared: Shared, counted: Iterable[int]) -> list[tuple[str, ...]]:
    """(use, counted in?, norm, cosine with the whole gradient) for each contribution, then their sum, then the gradient."""
    counted = list(counted)
    whole = shared.gradient
    lines: list[tuple[str, ...]] = [
        (
            use.label,
            "yes" if i in counted else "no",
            told(norm(use.gradient)),
            told(None if whole is None else cosine(use.gradient, whole)),
        )
        for i, use in enumerate(shared.uses)
    ]
    total = chosen_sum(shared, counted)
    if total is not None:
        lines.append(
            ("sum of those counted in", "", told(norm(total)), told(None if whole is None else cosine(total, whole)))
        )
    if whole is not None:
        lines.append(("gradient by backward()", "", told(norm(whole)), told(cosine(whole, whole))))
    return lines


def verdict(shared: Shared, counted: Iterable[int]) -> str:
    """How far the sum is from the gradient."""
    total = chosen_sum(shared, counted)
    if shared.gradient is None or total is None:
        return "No gradient comes here."
    apart = float(np.abs(total - shared.gradient).max(initial=0.0))
    if apart <= 1e-5 * max(1.0, float(np.abs(shared.gradient).max(initial=0.0))):
        return WHOLE
    return f"The sum and the gradient differ by up to {apart:.3g}: a use is not counted in."


def ties_picture(
    ties: Ties, name: str | None = None, counted: Iterable[int] | None = None, live: bool = False
) -> Markup:
    """The list of who shares, and for the parameter `name` its contributions as heatmaps of one scale.

    A live view says the verdict in its status line.
    """
    shared = next((s for s in ties.shared if s.name == name), ties.shared[0] if ties.shared else None)
    page = templates().get_template("ties.html")
    if shared is None:
        return Markup(page.render(ties=ties, shared=None))
    picked = list(range(len(shared.uses)) if counted is None else counted)
    total = chosen_sum(shared, picked)
    arrays = [(use.label, use.gradient, i in picked) for i, use in enumerate(shared.uses[:MOST])]
    arrays += [("sum of those counted in", total, True)] if total is not None else []
    arrays += [("gradient by backward()", shared.gradient, True)] if shared.gradient is not None else []
    limit = max((float(np.abs(a[np.isfinite(a)]).max(initial=0.0)) for _, a, _ in arrays), default=0.0)
    words = verdict(shared, picked)
    return Markup(
        page.render(
            ties=ties, shared=shared, maps=[_map(*entry, limit) for entry in arrays], limit=f"{limit:.3g}",
            lines=numbers(shared, picked), verdict="" if live else words, hidden=max(0, len(shared.uses) - MOST),
            is_whole=words == WHOLE,
        )
    )  # fmt: skip


def _map(label: str, values: np.ndarray, counted: bool, limit: float) -> dict[str, Any]:
    shown = heatmap(values)
    shown = type(shown)(shown.cells, shown.tile, limit, shown.caption)
    width, height = extent(shown)
    words = f"Heatmap of {label}: norm {told(norm(values))}"
    return {
        "label": label, "image": png(shown.levels), "width": width, "height": height, "words": words, "counted": counted,
        "caption": shown.caption,
    }  # fmt: skip


@dataclass(frozen=True)
class TiesStill:
    """A rich display that needs no kernel."""

    ties: Ties
    name: str | None = None
    problem: str = ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        css = asset("common.css") + asset("ties.css") + asset("still.css")
        head = (
            templates().from_string('{% if it %}<p class="xp-problem">{{ it }}</p>{% endif %}').render(it=self.problem)
        )
        html = f'<style>{css}</style><div class="xp xp-still">{head}{ties_picture(self.ties, self.name)}</div>'
        return {"text/plain": repr(self), "text/html": html}

    def __repr__(self) -> str:
        lines = [f"{len(self.ties.shared)} shared parameters, {self.ties.alone} with one place and one use"]
        lines += [text for text in (self.problem, self.ties.note) if text]
        for shared in self.ties.shared:
            lines.append(f"{shared.name} at {', '.join(shared.places)}")
            every = range(len(shared.uses))
            lines += [f"  {label}: norm {size}, cosine {angle}" for label, _, size, angle in numbers(shared, every)]
            lines += [f"  {verdict(shared, every)}"] if shared.uses else []
        return "\n".join(lines)
