"""Grading as a person watches it: a bar with rate and time left, then a table; or as a script reads it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
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
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total, last="", rate="")

        def told(result: Any) -> None:
            shown = progress.tasks[task]
            rate = f"{shown.speed:.1f}/s" if shown.speed else ""
            progress.update(task, advance=1, last=printable(result.student[:24]), rate=rate)

        return run.all(students, told)


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


def summary(results: Sequence[Any]) -> str:
    """How many came out how, in one line."""
    return (
        ", ".join(f"{number} {status}" for status, number in _counts(results).items())
        or "nobody handed in anything yet"
    )


def results_as_json(lesson: str, results: Sequence[Any]) -> str:
    """The same for a script."""
    content = {"lesson": lesson, "counts": _counts(results), "results": [asdict(result) for result in results]}
    return json.dumps(content, indent=1, ensure_ascii=False)


def _counts(results: Sequence[Any]) -> dict[str, int]:
    return dict(sorted(Counter(result.status for result in results).items()))
