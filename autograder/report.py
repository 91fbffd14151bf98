"""A report as a learner reads it: HTML in the notebook, the same as plain text everywhere else."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup, escape

from autograder.exercise import Mistake, Report


class Shown:
    """A report as a rich display: `display(Shown(report))`."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": as_text(self.report), "text/html": as_html(self.report)}


def verdict(report: Report) -> str:
    """The headline in words."""
    if not report.written:
        return "not written yet"
    if report.score == report.points:
        return "all right"
    return "partly right" if report.score else "not right yet"


def as_text(report: Report) -> str:
    """The report as plain text: a headline, one line a criterion, then each mistake once."""
    lines = [f"{report.title} [{report.exercise}]: {verdict(report)}, {report.in_words}"]
    if not report.written:
        return lines[0]
    lines += [f"  {'ok ' if o.mistake is None else 'NO '} {o.earned}/{o.points}  {o.says}" for o in report.outcomes]
    for mistake in shown_mistakes(report):
        lines += ["", *mistake_lines(mistake)]
    if report.mistakes and report.section:
        lines += ["", f"  Where it was explained: section “{report.section}”."]
    return "\n".join(lines)


def mistake_lines(mistake: Mistake) -> list[str]:
    """A mistake as lines of text, each part with its label."""
    parts = (
        ("tried", mistake.tried),
        ("expected", mistake.expected),
        ("came out", mistake.observed),
        ("likely cause", mistake.cause),
        ("look at", mistake.look),
    )
    return [f"  {label + ':':<14}{text}" for label, text in parts if text]


def as_html(report: Report) -> str:
    """The report as HTML without scripts or outside resources; every learner's string is escaped."""
    return _template().render(report=report, verdict=verdict(report), mistakes=shown_mistakes(report))


def shown_mistakes(report: Report) -> list[Mistake]:
    """Each mistake once, however many cases and criteria it showed itself in."""
    return list({mistake.id: mistake for mistake in reversed(report.mistakes)}.values())[::-1]


def with_code(text: str) -> Markup:
    """Escaped text in which `words` between backticks are set as code."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(text))))


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["with_code"] = with_code
    return environment.get_template("report.html")
