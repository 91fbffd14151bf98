"""The page a learner gets back: answers, reports, comments. Offline, and nothing of the learner's runs in it.

Everything shown is escaped text, pictures as data, or HTML that we made ourselves; the page's own policy
forbids scripts and outside resources besides. Hidden tests do not exist, and secret inputs appear only
where a report names them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import bleach
import jinja2
from markupsafe import Markup
from mistune import create_markdown
from nbconvert.exporters import Exporter
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

from autograder.nbgrading import record
from autograder.report import as_html

TAGS = "p br hr em strong code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr th td".split()
PICTURES = ("image/png", "image/jpeg", "image/gif")
MAX_TEXT = 20_000


class FeedbackPage(Exporter):
    """A graded notebook → one self-contained HTML page."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        kept = record.of(nb)
        reports = {f"check-{report.exercise}": report for report in kept.reports} if kept else {}
        titles = {report.exercise: report.title for report in kept.reports} if kept else {}
        parts = [_part(cell, reports, titles) for cell in nb.cells if _shown(cell)]
        page = _template().render(parts=parts, notes=kept.notes if kept else [], **resources["nbgrader"])
        return page, resources


def _shown(cell: NotebookNode) -> bool:
    """Graded cells and answers; and whatever else of the learner's ended in an error, since it may explain them."""
    failed = any(o.output_type == "error" for o in cell.get("outputs", ()))
    return "nbgrader" in cell.metadata or failed


def _part(cell: NotebookNode, reports: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    meta = cell.metadata.get("nbgrader", {})
    name = meta.get("grade_id", "")
    exercise = name.removeprefix("check-")
    part = {
        "name": name,
        "title": titles.get(exercise, exercise),
        "graded": meta.get("grade", False),
        "score": meta.get("score"),
        "points": meta.get("points"),
        "comment": safe_markdown(meta.get("comment") or ""),
    }
    if name in reports:
        return part | {"report": Markup(as_html(reports[name]))}
    if cell.cell_type == "markdown":
        return part | {"text": safe_markdown(cell.source)}
    return part | {"code": cell.source, "outputs": [_output(o) for o in cell.outputs]}


def _output(output: NotebookNode) -> dict[str, str]:
    """One output, as text or as a picture: a learner's HTML or SVG is not shown."""
    if output.output_type == "stream":
        return {"text": output.text[:MAX_TEXT]}
    if output.output_type == "error":
        return {"text": strip_ansi("\n".join(output.traceback))[-MAX_TEXT:]}
    for kind in PICTURES:
        if isinstance(data := output.data.get(kind), str) and re.fullmatch(r"[A-Za-z0-9+/=\s]*", data):
            return {
                "picture": f"data:{kind};base64,{data}",
                "alt": str(output.data.get("text/plain", "a picture"))[:200],
            }
    return {"text": strip_ansi(str(output.data.get("text/plain", "")))[:MAX_TEXT]}


def safe_markdown(text: str) -> Markup:
    """Markdown as HTML, without links, pictures or anything else that could act or reach out."""
    html = create_markdown(escape=True, plugins=["table"])(text)
    return Markup(bleach.clean(str(html), tags=TAGS, attributes={}, strip=True))


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.nbgrading"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("feedback.html")
