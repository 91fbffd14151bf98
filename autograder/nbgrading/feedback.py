"""The page a learner gets back: for each exercise the answer with its outputs, and beside it the report and comments.

Offline, and nothing of the learner's runs in it. Everything shown is escaped text, pictures as data, or HTML that we made
ourselves; the page's own policy forbids scripts and outside resources besides. Hidden tests do not exist, and secret
inputs are there only as a report describes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import Any

import bleach
import jinja2
from markupsafe import Markup
from mistune import create_markdown
from nbconvert.exporters import Exporter
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

from autograder.exercise import Report
from autograder.nbgrading import record
from autograder.progress import printable
from autograder.report import as_html, verdict

TAGS = "p br hr em strong code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr th td".split()
PICTURES = ("image/png", "image/jpeg", "image/gif")
MAX_TEXT = 20_000


@dataclass
class Part:
    """What the page says of one exercise, or of a cell that failed and belongs to none."""

    name: str
    title: str
    cells: list[dict[str, Any]] = field(default_factory=list)  # the learner's, with outputs
    report: Report | None = None
    score: float | None = None
    points: float | None = None
    comments: list[Markup] = field(default_factory=list)

    @property
    def graded(self) -> bool:
        return self.points is not None

    @property
    def marks(self) -> str:
        """Points as a learner reads them."""
        if self.report and self.report.extra:
            return f"+{self.score or 0:g} (extra)"
        return f"{self.score or 0:g} / {self.points or 0:g}"

    @property
    def html(self) -> Markup | None:
        return Markup(as_html(self.report)) if self.report else None

    @property
    def verdict(self) -> str:
        return verdict(self.report) if self.report else ""


class FeedbackPage(Exporter):
    """A graded notebook → one self-contained HTML page."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        kept = record.of(nb)
        reports = {report.exercise: report for report in kept.reports} if kept else {}
        page = _template().render(parts=_parts(nb, reports), notes=kept.notes if kept else [], **resources["nbgrader"])
        return page, resources


def _parts(notebook: NotebookNode, reports: dict[str, Report]) -> list[Part]:
    """The exercises in the order of the notebook; and whatever else of the learner's ended in an error, since it may explain them."""
    parts: dict[str, Part] = {}
    for position, cell in enumerate(notebook.cells):
        meta = cell.metadata.get("nbgrader", {})
        name = meta.get("grade_id", "").removeprefix("check-")
        if not name:
            if any(o.output_type == "error" for o in cell.get("outputs", ())):
                parts[f"cell-{position}"] = Part("", "A cell that ended in an error", [_cell(cell)])
            continue
        report = reports.get(name)
        part = parts.setdefault(name, Part(name, report.title if report else name))
        _add(part, cell, meta, report)
    return list(parts.values())


def _add(part: Part, cell: NotebookNode, meta: dict[str, Any], report: Report | None) -> None:
    checked = bool(meta.get("grade")) and not meta.get("solution")
    if checked:
        part.report = report
    if not checked or report is None:
        part.cells.append(_cell(cell))
    if meta.get("grade"):
        part.score, part.points = (
            (part.score or 0) + (meta.get("score") or 0),
            (part.points or 0) + (meta.get("points") or 0),
        )
    if meta.get("comment"):
        part.comments.append(safe_markdown(meta["comment"]))


def _cell(cell: NotebookNode) -> dict[str, Any]:
    if cell.cell_type == "markdown":
        return {"text": safe_markdown(printable(cell.source)), "outputs": []}
    return {"code": printable(cell.source), "outputs": [_output(o) for o in cell.get("outputs", ())]}


def _output(output: NotebookNode) -> dict[str, str]:
    """One output, as text or as a picture: a learner's HTML or SVG is not shown."""
    if output.output_type == "stream":
        return {"text": printable(strip_ansi(output.text[:MAX_TEXT]))}
    if output.output_type == "error":
        return {"text": printable(strip_ansi("\n".join(output.traceback))[-MAX_TEXT:])}
    for kind in PICTURES:
        if isinstance(data := output.data.get(kind), str) and re.fullmatch(r"[A-Za-z0-9+/=\s]*", data):
            return {
                "picture": f"data:{kind};base64,{data}",
                "alt": printable(str(output.data.get("text/plain", "a picture")))[:200],
            }
    return {"text": printable(strip_ansi(str(output.data.get("text/plain", ""))[:MAX_TEXT]))}


def safe_markdown(text: str) -> Markup:
    """Markdown as HTML, without links, pictures or anything else that could act or reach out."""
    html = create_markdown(escape=True, plugins=["table"])(text)
    return Markup(bleach.clean(str(html), tags=TAGS, attributes={}, strip=True))


def only_the_page(notebooks: list[str], **_: Any) -> None:
    """nbgrader's hook after a page is written: what else was handed in is not handed back.

    It has copied all of it there, a learner's own HTML among it, which need not be inert.
    """
    graded = Path(notebooks[0]).parent
    folder = graded.parents[2] / "feedback" / graded.parent.name / graded.name
    kept = {f"{Path(notebook).stem}.html" for notebook in notebooks} | {"timestamp.txt", "submission_secret.txt"}
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            rmtree(path)
        elif path.name not in kept:
            path.unlink()


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("autograder.nbgrading"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("feedback.html")
