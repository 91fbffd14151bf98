"""collect, due, extend: what learners hand in, and until when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from autograder.cli.common import LessonName, RosterFile, out, warn
from autograder.course import Course
from autograder.progress import printable


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
    warn(collected.problems)
    times = "hand-in times taken from it" if collected.times else "it does not tell when work was handed in"
    out.print(f"{len(collected.new)} new, {len(collected.changed)} changed, {len(collected.same)} as before; {times}")


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
        warn(
            [
                f"{student}: has handed in nothing yet; see that this is how their folder in {course.submitted} will be named"
            ]
        )
