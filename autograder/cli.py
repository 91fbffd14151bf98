"""The command line: from a lesson's source to marks, feedback and a table of grades."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from autograder.course import Course, Refused
from autograder.progress import graded_with_progress, printable, results_as_json, results_table, summary

# What needs nbgrader (seconds) is imported where it is used.

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
out, err = Console(), Console(stderr=True)

LessonName = Annotated[
    str, typer.Argument(metavar="LESSON", help="A lesson's name or the beginning of it, for instance 01.")
]
RosterFile = Annotated[
    Path | None,
    typer.Option(
        "--roster",
        metavar="CSV",
        help="The class: Canvas's gradebook export, Moodle's worksheet or list of participants.",
    ),
]


class Format(StrEnum):
    """The formats of `export`."""

    csv = "csv"
    canvas = "canvas"
    moodle = "moodle"


def main() -> None:
    """Run a command; what it refuses is told in a line, not in a traceback."""
    try:
        app()
    except Refused as refused:
        for line in str(refused).splitlines():
            err.print(Text(line, style="red"), soft_wrap=True)
        sys.exit(1)


@app.command()
def build(
    lessons: Annotated[
        list[str] | None, typer.Argument(metavar="[LESSON]...", help="All lessons, if none is named.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a notebook in course/ is out of date.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also write over notebooks in which answers have been written.")
    ] = False,
) -> None:
    """Make the learner's notebooks in course/ from solutions/."""
    from autograder import build as builder

    course = Course.here()
    names = [course.lesson(name) for name in lessons or ()]
    if check:
        if old := builder.stale(course, names):
            raise Refused(
                "\n".join(
                    f"{p.relative_to(course.project)}: out of date; run `autograder build` and commit it" for p in old
                )
            )
        out.print("course/ is up to date")
        return
    changed = builder.build(course, names, force)
    for path in changed:
        out.print(f"wrote {path.relative_to(course.project)}")
    out.print(f"{len(changed)} changed" if changed else "course/ is up to date")


@app.command()
def release(
    lessons: Annotated[list[str], typer.Argument(metavar="LESSON...")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The zip to write.")] = Path("lessons.zip"),
) -> None:
    """Pack lessons for learners: notebooks, one wheel and set-up, without solutions or grading."""
    from autograder.release import bundle

    course = Course.here()
    bundle(course, [course.lesson(name) for name in lessons], output)
    out.print(f"wrote {output} ({output.stat().st_size / 1e6:.1f} MB)")


@app.command()
def release_solutions(
    lessons: Annotated[list[str], typer.Argument(metavar="LESSON...")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The zip to write.")] = Path("solutions.zip"),
    anyway: Annotated[bool, typer.Option("--anyway", help="Though somebody may still hand in.")] = False,
    rubric: Annotated[bool, typer.Option("--rubric", help="With the rubrics of what is graded by hand.")] = False,
) -> None:
    """Pack lessons with their solutions, for learners; refused while anybody may still hand in."""
    from autograder import solved

    course = Course.here()
    solved.release_solutions(course, [course.lesson(name) for name in lessons], output, rubric=rubric, anyway=anyway)
    out.print(f"wrote {output}", soft_wrap=True)


@app.command()
def collect(
    source: Annotated[Path, typer.Argument(metavar="FOLDER-or-ZIP", help="A learning platform's bulk download.")],
    lesson: LessonName,
    roster: RosterFile = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="When what is new was handed in, where the download does not tell."),
    ] = None,
    in_time: Annotated[
        bool,
        typer.Option("--in-time", help="Count each one's latest attempt before the deadline, not the latest of all."),
    ] = False,
) -> None:
    """Take in submissions: Moodle's or Canvas's zip, or a folder with one folder a student."""
    from autograder.classroom.deadlines import moment
    from autograder.classroom.roster import read
    from autograder.collect import collect as take_in

    course = Course.here()
    name, people = course.lesson(lesson), read(roster) if roster else None
    when = moment(as_of) if as_of else None
    if in_time:
        from autograder.nbgrading.late import deadline

        collected = take_in(course, name, source, people, as_of=when, until=deadline(course, name))
    else:
        collected = take_in(course, name, source, people, as_of=when)
    _warn(collected.problems)
    times = "hand-in times taken from it" if collected.times else "it does not tell when work was handed in"
    out.print(f"{len(collected.new)} new, {len(collected.changed)} changed, {len(collected.same)} as before; {times}")


@app.command()
def due(
    lesson: LessonName,
    when: Annotated[
        str | None, typer.Argument(metavar="[WHEN]", help="2026-03-08 (its end), 2026-03-08 18:00, or: never.")
    ] = None,
) -> None:
    """Say when a lesson has to be handed in, or show it, with the extensions granted."""
    from autograder.classroom import deadlines
    from autograder.nbgrading import gradebook
    from autograder.nbgrading.generate import register

    course = Course.here()
    name = course.lesson(lesson)
    if when:
        register(course, name)
        gradebook.set_due(course, name, None if when == "never" else deadlines.moment(when))
    found = gradebook.due(course, name)
    out.print(f"{name}: due {deadlines.shown(found) if found else 'at no time'}", soft_wrap=True)
    for (of, student), until in sorted(deadlines.extensions(course.root).items()):
        if of == name:
            out.print(Text(f"  {printable(student)}: until {deadlines.shown(until)}"), soft_wrap=True)


@app.command()
def extend(
    lesson: LessonName,
    student: Annotated[str, typer.Argument(metavar="STUDENT", help="As their folder in submitted/ is named.")],
    until: Annotated[str, typer.Argument(metavar="WHEN", help="2026-03-15 (its end), or 2026-03-15 18:00.")],
) -> None:
    """Let one student hand in later; it counts at once, also for what is graded already."""
    from autograder.classroom import deadlines

    course = Course.here()
    name, moment = course.lesson(lesson), deadlines.moment(until)
    deadlines.extend(course, name, student, moment)
    out.print(Text(f"{name}: {printable(student)} may hand in until {deadlines.shown(moment)}"), soft_wrap=True)
    if not (course.submitted / student).is_dir():
        _warn(
            [
                f"{student}: has handed in nothing yet; see that this is how their folder in {course.submitted} will be named"
            ]
        )


@app.command()
def grade(
    lesson: LessonName,
    student: Annotated[list[str] | None, typer.Option(help="Only this student (may be repeated).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what is graded and unchanged.")] = False,
    best: Annotated[
        bool, typer.Option("--best", help="Grade all that each one has handed in, and let the best count.")
    ] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="How many at a time; 0: one for each processor.")
    ] = 0,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Grade on a Dask cluster, for instance tcp://host:8786.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
    unsandboxed: Annotated[
        bool, typer.Option("--unsandboxed", help="DANGEROUS: run submissions with your own rights.")
    ] = False,
) -> None:
    """Grade the submissions to a lesson; a run that was cut off is resumed by running it again.

    Exit codes: 0, everyone has a score; 2, someone has none; 1, refused; 130, interrupted.
    """
    from autograder.grading import pool

    if not scheduler:
        pool.preload()
    from autograder.nbgrading import config, run
    from autograder.nbgrading.best import Best
    from autograder.sandbox.find import Found

    course = Course.here()
    name, limits = course.lesson(lesson), config.limits(config.of(course))
    if scheduler:
        start, threads = _cluster(scheduler)
        grading = run.Run(course, name, Found(), _secret(course), force, jobs or threads, limits, start)
    else:
        grading = run.Run(course, name, _sandbox(unsandboxed), _secret(course), force, jobs, limits)
    try:
        results = graded_with_progress(Best(grading) if best else grading, student or [])
    except KeyboardInterrupt:
        err.print("interrupted: what is graded is kept; run the same command again to go on")
        err.file.flush()
        os._exit(130)  # without waiting for the notebooks that run now: they end with this process
    if as_json:
        print(results_as_json(name, results))
    else:
        out.print(results_table(name, results), summary(results))
    if any(result.status == run.UNGRADED for result in results):
        sys.exit(2)


@app.command()
def explain(
    student: Annotated[str, typer.Argument(metavar="STUDENT")],
    exercise: Annotated[str, typer.Argument(metavar="EXERCISE", help="For instance 01-parallel-block.")],
    full: Annotated[bool, typer.Option("--full", help="Write every array out.")] = False,
) -> None:
    """For an appeal, and for the instructor only: what was asked of a learner, expected and seen, case by case."""
    from autograder.classroom.explain import as_text
    from autograder.classroom.explain import explain as told

    course = Course.here()
    typer.echo(printable(as_text(told(course, student, exercise, _secret(course)), full)))


@app.command()
def feedback(
    lesson: LessonName,
    zip: Annotated[
        Path | None, typer.Option("--zip", help="Also pack the pages as the learning platform takes them back.")
    ] = None,
) -> None:
    """Write a page for each graded learner: feedback/STUDENT/LESSON/*.html."""
    from autograder.classroom.handback import pack
    from autograder.nbgrading.pages import write_feedback

    course = Course.here()
    name = course.lesson(lesson)
    written, left_out = write_feedback(course, name)
    _warn(left_out)
    out.print(f"{len(written)} pages in {course.feedback}", soft_wrap=True)
    if zip:
        _warn(pack(course, name, written, zip))
        out.print(f"wrote {zip}", soft_wrap=True)


@app.command()
def report(
    lesson: LessonName,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The page to write; build/reports/LESSON.html if left out.")
    ] = None,
) -> None:
    """The class on one page: scores, how each exercise came out, mistakes, answers that are alike."""
    from autograder.classroom.report import write_report

    course = Course.here()
    name = course.lesson(lesson)
    target = output or course.scratch / "reports" / f"{name}.html"
    group = write_report(course, name, target)
    out.print(f"wrote {target}: {len(group.learners)} graded, {len(group.ungraded)} not", soft_wrap=True)


@app.command()
def export(
    lesson: Annotated[str | None, typer.Argument(metavar="[LESSON]", help="All lessons, if none is named.")] = None,
    format: Annotated[Format, typer.Option(help="A table for a spreadsheet, or what a platform imports.")] = Format.csv,
    roster: RosterFile = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="The CSV to write.")] = Path("grades.csv"),
) -> None:
    """Write grades as CSV: a column an exercise, or in the format of Canvas's or Moodle's import."""
    from autograder import export as exporting
    from autograder.classroom.roster import read

    course = Course.here()
    lessons = [course.lesson(lesson)] if lesson else []
    if format is Format.csv:
        counts = Counter(row["status"] for row in exporting.export(course, output, lessons))
        told = ", ".join(f"{n} {status}" for status, n in sorted(counts.items()))
        out.print(f"wrote {output}: {told or 'nobody handed in anything yet'}", soft_wrap=True)
        return
    records = exporting.export_for(format, course, output, lessons, read(roster) if roster else None)
    _warn(records.problems)
    out.print(f"wrote {output}: {len(records.rows)} lines below the header", soft_wrap=True)


@app.command()
def doctor() -> None:
    """Try what grading needs on this machine: the sandbox, and what it holds back."""
    from autograder.sandbox.doctor import trials

    failed = 0
    for trial in trials(_sandbox(False)):
        failed += not trial.holds
        out.print(Text(f"{'ok  ' if trial.holds else 'FAIL'} {trial.name}: {trial.detail}"), soft_wrap=True)
    if failed:
        raise Refused(f"{failed} of the sandbox's walls do not hold here; do not grade strangers' work on this machine")


@app.command()
def demo(
    lessons: Annotated[
        list[str] | None, typer.Argument(metavar="[LESSON]...", help="All that the class has, if none is named.")
    ] = None,
) -> None:
    """The whole loop on a bundled class, in build/demo: collect, grade, feedback, gradebook, CSV."""
    from autograder.demo import show

    sys.exit(show(Course.here(), lessons or ()))


def _warn(lines: Iterable[str]) -> None:
    for line in lines:
        err.print(Text(printable(line), style="yellow"), soft_wrap=True)


def _secret(course: Course) -> bytes:
    """The course's secret; refused where it cannot be trusted."""
    from autograder.grading.secret import BadSecret, course_secret
    from autograder.nbgrading import config

    try:
        return course_secret(config.directory(config.of(course), "").course_id, course.root)
    except BadSecret as error:
        raise Refused(str(error)) from error


def _cluster(address: str):  # type: ignore[no-untyped-def]
    from autograder.grading import pool

    try:
        return pool.cluster(address)
    except (OSError, ValueError) as error:
        raise Refused(f"{address}: no Dask scheduler answers there ({error}); start one: dask scheduler") from error


def _sandbox(unsandboxed: bool):  # type: ignore[no-untyped-def]
    """The sandbox to grade in: found and tried, or given up aloud."""
    from autograder.sandbox.base import NoSandbox
    from autograder.sandbox.find import find_sandbox
    from autograder.sandbox.unsandboxed import Unsandboxed

    if unsandboxed:
        err.print(
            "[bold red]NO SANDBOX: every submission runs with your rights and can read, change and send your files, this course's"
            " secret and the gradebook. Go on only with work that you trust.[/]"
        )
        return Unsandboxed()
    try:
        return find_sandbox()
    except NoSandbox as error:
        raise Refused(" ".join(str(error).split())) from error
