"""The initializer lab as a picture and as text: what is seen where no kernel runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from explorers.state.charts import Chart
from explorers.state.depth import Depth, depth_chart
from explorers.state.lab import Fit, Lab, Result, Settings
from explorers.view.charts import chart_figure
from explorers.view.pictures import histogram_svg, templates
from explorers.view.still import asset


def fit_words(fit: Fit) -> list[tuple[str, str, str]]:
    """(term, of the sample, as stated) for the numbers that both have."""
    known, law = fit.statistics, fit.law
    told = [("mean", known.mean, law and law.mean), ("std", known.std, law and law.variance**0.5)]
    rows = [(term, "–" if a is None else f"{a:.4g}", "–" if b is None else f"{b:.4g}") for term, a, b in told]
    ends = [("least", known.min), ("greatest", known.max)]
    return rows + [(term, "–" if value is None else f"{value:.4g}", "") for term, value in ends]


def lab_picture(result: Result, settings: Settings) -> Markup:
    """Both figures, each with its numbers; or the sentence that stands in their place."""
    page = templates().get_template("lab.html")
    fit, depth = result.fit, result.depth
    words = f"{settings.units * settings.inputs:,} weights of shape ({settings.units}, {settings.inputs})"
    svg = histogram_svg(fit.histogram, words, fit.expected) if isinstance(fit, Fit) else ""
    where = f"{settings.layers} layers of {settings.width} units, activation: {settings.activation}"
    chart = chart_figure(lab_chart(depth, where)) if isinstance(depth, Depth) else ""
    layers = depth.layers if isinstance(depth, Depth) else ()
    return Markup(
        page.render(
            title=result.initializer, fit=fit, is_fit=isinstance(fit, Fit), svg=svg, words=words, depth=depth, chart=chart,
            numbers=fit_words(fit) if isinstance(fit, Fit) else (), layers=[layers[i] for i in _ends(len(layers))],
            where=where,
        )
    )  # fmt: skip


def lab_chart(depth: Depth, where: str) -> Chart:
    """The variances over the layers, counted from 1."""
    chart = depth_chart(depth, title=f"Variance through {where}")
    return Chart(
        chart.title, chart.series, "layer", True, tuple(str(i + 1) for i in range(len(depth.layers))), chart.note
    )


def _ends(count: int) -> list[int]:
    """First, middle and last."""
    return sorted({0, count // 2, count - 1}) if count else []


@dataclass(frozen=True)
class LabStill:
    """A rich display that needs no kernel."""

    lab: Lab
    settings: Settings

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        picture = lab_picture(self.lab.result(self.settings), self.settings)
        css = asset("common.css") + asset("charts.css") + asset("still.css") + asset("lab.css")
        html = f'<style>{css}</style><div class="xp xp-still xp-lab">{picture}</div>'
        return {"text/plain": repr(self), "text/html": html}

    def __repr__(self) -> str:
        result = self.lab.result(self.settings)
        lines = [f"Initializer lab: {result.initializer}"]
        if isinstance(result.fit, Fit):
            lines += [f"{term:9} sample {a:>10}  stated {b or '–':>10}" for term, a, b in fit_words(result.fit)]
        lines.append(result.fit.verdict if isinstance(result.fit, Fit) else result.fit)
        if isinstance(result.depth, Depth):
            lines.append(lab_chart(result.depth, "depth").words)
        elif result.depth != result.fit:
            lines.append(result.depth)
        return "\n".join(lines)
