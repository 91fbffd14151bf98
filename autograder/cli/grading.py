"""grade, explain, doctor, demo: what runs learners' code, or tells of it."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from rich.text import Text

from autograder.cli.common import LessonName, err, out
from autograder.course import Course, Refused
from autograder.progress import graded_with_progress, printable, results_as_json, results_table, summary


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
        start, threads = cluster(scheduler)
        grading = run.Run(course, name, Found(), secret(course), force, jobs or threads, limits, start)
    else:
        grading = run.Run(course, name, sandbox(unsandboxed), secret(course), force, jobs, limits)
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


def explain(
    student: Annotated[str, typer.Argument(metavar="STUDENT")],
    exercise: Annotated[str, typer.Argument(metavar="EXERCISE", help="For instance 01-parallel-block.")],
    full: Annotated[bool, typer.Option("--full", help="Write every array out.")] = False,
) -> None:
    """For an appeal, and for the instructor only: what was asked of a learner, expected and seen, case by case."""
    from autograder.classroom.explain import as_text
    from autograder.classroom.explain import explain as told

    course = Course.here()
    typer.echo(printable(as_text(told(course, student, exercise, secret(course)), full)))


def doctor() -> None:
    """Try what grading needs on this machine: the sandbox, and what it holds back."""
    from autograder.sandbox.doctor import trials

    failed = 0
    for trial in trials(sandbox(False)):
        failed += not trial.holds
        out.print(Text(f"{'ok  ' if trial.holds else 'FAIL'} {trial.name}: {trial.detail}"), soft_wrap=True)
    if failed:
        raise Refused(f"{failed} of the sandbox's walls do not hold here; do not grade strangers' work on this machine")


def demo(
    lessons: Annotated[
        list[str] | None, typer.Argument(metavar="[LESSON]...", help="All that the class has, if none is named.")
    ] = None,
) -> None:
    """The whole loop on a bundled class, in build/demo: collect, grade, feedback, gradebook, CSV."""
    from autograder.demo import show

    sys.exit(show(Course.here(), lessons or ()))


def secret(course: Course) -> bytes:
    """The course's secret; refused where it cannot be trusted."""
    from autograder.grading.secret import BadSecret, course_secret
    from autograder.nbgrading import config

    try:
        return course_secret(config.directory(config.of(course), "").course_id, course.root)
    except BadSecret as error:
        raise Refused(str(error)) from error


def cluster(address: str):  # type: ignore[no-untyped-def]
    from autograder.grading import pool

    try:
        return pool.cluster(address)
    except (OSError, ValueError) as error:
        raise Refused(f"{address}: no Dask scheduler answers there ({error}); start one: dask scheduler") from error


def sandbox(unsandboxed: bool):  # type: ignore[no-untyped-def]
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
