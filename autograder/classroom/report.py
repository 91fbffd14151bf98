"""`autograder report`: a lesson's class on one page: scores, exercises, mistakes, answers that are alike.

One HTML file that works offline: inline SVG with its numbers as tables, no script, and a policy that forbids scripts and
outside resources. Names and code are learners' text: escaped by the template, and rid of what is invisible or turns
the direction of writing.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import nbformat

from autograder.classroom import marks, similar
from autograder.course import Course
from autograder.progress import printable
from autograder.report import with_code

BINS = 12  # at most
SHOWN_PAIRS = 100
SHOWN_CODE = 25  # pairs whose answers are put side by side
MAX_CODE = 6000  # characters


@dataclass(frozen=True)
class Bin:
    """A bar of the histogram: scores from `low` up to, and in the last one with, `high`."""

    low: float
    high: float
    count: int


def write_report(course: Course, lesson: str, target: Path) -> marks.Class:
    """Write the page; returns what it is about."""
    group = marks.of(course, lesson)
    given = {name: text for path in course.released(lesson).values() for name, text in _given(path).items()}
    pairs = similar.pairs({learner.student: learner.answers for learner in group.learners}, given)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render(group, pairs), encoding="utf-8", newline="\n")
    return group


def _given(released: Path) -> dict[str, str]:
    """Exercise → what stood in its cell when it was handed out."""
    cells = nbformat.read(released, as_version=4).cells
    return {c.metadata.nbgrader.grade_id: c.source for c in cells if "nbgrader" in c.metadata}


def render(group: marks.Class, pairs: Sequence[similar.Pair], now: datetime | None = None) -> str:
    """The page as HTML."""
    totals = [learner.total for learner in group.learners]
    answers = {learner.student: learner.answers for learner in group.learners}
    return _template().render(
        group=group,
        when=f"{now or datetime.now():%Y-%m-%d %H:%M}",
        summary=_summary(totals),
        bins=histogram(totals, group.possible),
        items=marks.items(group),
        mistakes=marks.common_mistakes(group),
        pairs=pairs[:SHOWN_PAIRS],
        more_pairs=max(0, len(pairs) - SHOWN_PAIRS),
        shown_code=SHOWN_CODE,
        code=lambda student, exercise: printable(answers[student].get(exercise, "")[:MAX_CODE]),
        similar=similar,
        usual=similar.usual_from(len(group.learners)),
        fewest=marks.FEWEST,
    )


def _summary(totals: Sequence[float]) -> dict[str, float]:
    """Mean, spread and quartiles of the scores; empty for nobody."""
    if not totals:
        return {}
    quarters = statistics.quantiles(totals, n=4, method="inclusive") if len(totals) > 1 else [totals[0]] * 3
    return {
        "mean": statistics.fmean(totals),
        "standard deviation": statistics.stdev(totals) if len(totals) > 1 else 0.0,
        "lowest": min(totals),
        "lower quartile": quarters[0],
        "median": quarters[1],
        "upper quartile": quarters[2],
        "highest": max(totals),
    }


def histogram(totals: Sequence[float], possible: float) -> list[Bin]:
    """Scores in bins of equal width with whole-numbered edges, from 0 (or the lowest score below it) to the possible points."""
    top = max([possible, 1.0, *totals])
    width = math.ceil(top / BINS)
    start = math.floor(min([0.0, *totals]) / width) * width
    edges = [start + width * i for i in range(math.ceil((top - start) / width) + 1)]
    return [
        Bin(low, high, sum(low <= t < high or (high == edges[-1] and t == high) for t in totals))
        for low, high in zip(edges, edges[1:])
    ]


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.classroom"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"with_code": lambda text: with_code(printable(text)), "inert": printable, "g": _short}
    return environment.get_template("report.html")


def _short(value: Any) -> str:
    return "–" if value is None else f"{value:.3g}"
