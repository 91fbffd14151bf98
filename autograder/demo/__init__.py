"""`autograder demo`: the instructor's whole loop on a bundled class of submissions, in a course of its own."""

from __future__ import annotations

import secrets
import shutil
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from autograder import export
from autograder.collect import collect
from autograder.course import Course
from autograder.demo.students import notebook_of
from autograder.grading.grade import Limits
from autograder.lesson import read
from autograder.nbgrading import pages, run
from autograder.progress import graded_with_progress
from autograder.sandbox.base import NoSandbox, Sandbox
from autograder.sandbox.find import find_sandbox
from autograder.sandbox.unsandboxed import Unsandboxed

CLASS = Path(__file__).with_name("class.toml")
out = Console()


def show(project: Course) -> int:
    """Collect, grade, write feedback, show the gradebook; 0 if everyone got the score and message they deserve."""
    bundled = tomllib.loads(CLASS.read_text(encoding="utf-8"))
    course, lesson = _fresh(project), project.lesson(bundled["lesson"])
    out.rule("1 · collect")
    collected = collect(course, lesson, _download(course, lesson, bundled["submission"]))
    out.print(
        f"{len(collected.new)} submissions taken in from a learning platform's zip", *collected.problems, sep="\n"
    )

    out.rule("2 · grade")
    sandbox = _sandbox()
    limits = Limits(cell_cpu_seconds=bundled["cell_cpu_seconds"])  # the endless loop need not take its full time here
    graded = graded_with_progress(run.Run(course, lesson, sandbox, secrets.token_bytes(32), limits=limits), [])
    out.print(
        f"{len(graded)} submissions graded, {'each in a sandbox of its own' if sandbox.isolated else 'without a sandbox'}"
    )

    out.rule("3 · feedback")
    written, left_out = pages.write_feedback(course, lesson)
    out.print(
        f"{len(written)} pages, for instance {written[0]}" if written else "no pages",
        *left_out,
        sep="\n",
        soft_wrap=True,
    )

    out.rule("4 · gradebook")
    wrong = _gradebook(bundled["submission"], {result.student: result for result in graded})
    expected = sum("score" in submission for submission in bundled["submission"])
    wrong += [] if len(written) == expected else [f"{len(written)} feedback pages, and {expected} were to be written"]

    out.rule("5 · export")
    rows = export.export(course, course.root / "grades.csv")
    out.print(f"{len(rows)} rows in {course.root / 'grades.csv'}", soft_wrap=True)
    for line in wrong:
        out.print(Text(line, style="bold red"), soft_wrap=True)
    out.print(
        "[green]Everyone got the score and the message they deserve.[/]"
        if not wrong
        else f"[red]{len(wrong)} deviations.[/]"
    )
    return 1 if wrong else 0


def _fresh(project: Course) -> Course:
    """An empty course beside nobody's: its own submissions and gradebook, the project's lessons."""
    root = project.project / "build" / "demo"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    return Course(project.project, root)


def _download(course: Course, lesson: str, submissions: list[dict[str, Any]]) -> Path:
    """The zip that a Moodle would hand over."""
    source = read(course.solutions / lesson / f"{lesson}.md")
    target = course.root / "download.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, submission in enumerate(submissions, start=1001):
            folder = f"{submission['student']}_{number}_assignsubmission_file_"
            archive.writestr(f"{folder}/{lesson}.ipynb", notebook_of(submission, course, source))
    return target


def _sandbox() -> Sandbox:
    try:
        return find_sandbox()
    except NoSandbox as error:
        out.print(
            f"[yellow]{error}[/]\n[bold yellow]No sandbox here, so the demo's own bundled submissions, its hostile one included, run as"
            " ordinary processes. They come with this project and are harmless; strangers' work would be refused.[/]"
        )
        return Unsandboxed()


def _gradebook(submissions: list[dict[str, Any]], results: dict[str, run.Result]) -> list[str]:
    """Show who got what; returns a line for each deviation from what the class states."""
    heads = (Column(name, overflow="fold") for name in ("student", "handed in", "score", "status", "message"))
    table, wrong = Table(*heads, show_lines=True), []
    for submission in submissions:
        result = results.get(submission["student"]) or run.Result(submission["student"], "missing", "was not collected")
        score = "–" if result.score is None else f"{result.score:g} / {result.max_score:g}"
        table.add_row(*map(Text, (result.student, submission["what"], score, result.status, result.message)))
        if result.score != submission.get("score"):
            wrong.append(f"{result.student}: got {result.score}, deserves {submission.get('score')}")
        wrong += [
            f"{result.student}: the message lacks {words!r}"
            for words in submission["says"]
            if words not in result.message
        ]
    out.print(table)
    return wrong
