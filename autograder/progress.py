"""Grading as a person watches it: a bar with the time left, then a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text


def graded_with_progress(run: Any, students: Sequence[str]) -> list[Any]:
    """Run the grading with a bar and the time left."""
    total = len(students) or len(run.course.submissions(run.lesson))
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total, last="")
        return run.all(students, lambda result: progress.update(task, advance=1, last=result.student[:24]))


def printable(text: str) -> str:
    """Text without what a terminal would obey or hide: a learner's words may carry escape sequences."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def results_table(title: str, results: Sequence[Any]) -> Table:
    """Who got what, and why."""
    table = Table(*(Column(name, overflow="fold") for name in ("student", "score", "status", "message")), title=title)
    for r in results:
        score = "–" if r.score is None else f"{r.score:g} / {r.max_score:g}"
        table.add_row(*(Text(printable(cell)) for cell in (r.student, score, r.status, r.message)))
    return table
