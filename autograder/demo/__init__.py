"""`autograder demo`: the instructor's whole loop on a bundled class of submissions, in a course of its own."""

from __future__ import annotations

import secrets
import shutil
import tomllib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from autograder import export
from autograder.classroom.report import write_report
from autograder.collect import collect
from autograder.course import Course, Refused
from autograder.demo.students import notebook_of
from autograder.grading.grade import Limits
from autograder.lesson import read
from autograder.nbgrading import pages, run
from autograder.progress import graded_with_progress
from autograder.sandbox.base import NoSandbox, Sandbox
from autograder.sandbox.find import find_sandbox
from autograder.sandbox.unsandboxed import Unsandboxed

CLASSES = Path(__file__).with_name("classes")
out = Console()


@dataclass(frozen=True)
class HandIn:
    """What the class hands in to one lesson."""

    lesson: str
    submissions: list[dict[str, Any]]
    limits: Limits


def show(project: Course, lessons: Sequence[str] = ()) -> int:
    """Collect, grade, write feedback, show the gradebook; 0 if everyone got the score and message they deserve."""
    hand_ins = [_hand_in(project, lesson) for lesson in lessons or with_classes()]
    course, sandbox = _fresh(project), _sandbox()
    wrong = [line for one in hand_ins for line in _through_the_loop(course, one, sandbox)]

    out.rule("export")
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


def with_classes() -> list[str]:
    """The numbers of the lessons for which the class hands something in."""
    return sorted(path.stem for path in CLASSES.glob("*.toml"))


def _hand_in(project: Course, lesson: str) -> HandIn:
    name = project.lesson(lesson)
    path = CLASSES / f"{name[:2]}.toml"
    if not path.is_file():
        raise Refused(f"{name}: the demo's class hands in nothing; there are lessons {', '.join(with_classes())}")
    bundled = tomllib.loads(path.read_text(encoding="utf-8"))
    limits = Limits(cell_cpu_seconds=bundled["cell_cpu_seconds"]) if "cell_cpu_seconds" in bundled else Limits()
    return HandIn(name, bundled["submission"], limits)


def _through_the_loop(course: Course, one: HandIn, sandbox: Sandbox) -> list[str]:
    """From the platform's zip to the table of one lesson; returns a line for each deviation."""
    out.rule(f"{one.lesson}: collect")
    collected = collect(course, one.lesson, _download(course, one))
    out.print(
        f"{len(collected.new)} submissions taken in from a learning platform's zip", *collected.problems, sep="\n"
    )

    out.rule(f"{one.lesson}: grade")
    grading = run.Run(course, one.lesson, sandbox, secrets.token_bytes(32), limits=one.limits)
    graded = graded_with_progress(grading, [])
    out.print(
        f"{len(graded)} submissions graded, {'each in a sandbox of its own' if sandbox.isolated else 'without a sandbox'}"
    )

    out.rule(f"{one.lesson}: feedback")
    written, left_out = pages.write_feedback(course, one.lesson)
    out.print(
        f"{len(written)} pages, for instance {written[0]}" if written else "no pages",
        *left_out,
        sep="\n",
        soft_wrap=True,
    )

    out.rule(f"{one.lesson}: the class")
    page = course.root / "reports" / f"{one.lesson}.html"
    write_report(course, one.lesson, page)
    out.print(f"scores, exercises, mistakes and answers that are alike: {page}", soft_wrap=True)

    out.rule(f"{one.lesson}: gradebook")
    wrong = _gradebook(one.submissions, {result.student: result for result in graded})
    expected = sum("score" in submission for submission in one.submissions)
    wrong += [] if len(written) == expected else [f"{len(written)} feedback pages, and {expected} were to be written"]
    return [f"{one.lesson}: {line}" for line in wrong]


def _fresh(project: Course) -> Course:
    """An empty course beside nobody's: its own submissions and gradebook, the project's lessons."""
    root = project.project / "build" / "demo"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    return Course(project.project, root)


def _download(course: Course, one: HandIn) -> Path:
    """The zip that a Moodle would hand over."""
    source = read(course.solutions / one.lesson / f"{one.lesson}.md")
    target = course.root / f"{one.lesson}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, submission in enumerate(one.submissions, start=1001):
            folder = f"{submission['student']}_{number}_assignsubmission_file_"
            archive.writestr(f"{folder}/{one.lesson}.ipynb", notebook_of(submission, course, source))
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
