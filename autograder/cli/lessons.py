"""build, release, release-solutions: from a lesson's source to what learners get."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.common import out
from autograder.course import Course, Refused


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


def release(
    lessons: Annotated[list[str], typer.Argument(metavar="LESSON...")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The zip to write.")] = Path("lessons.zip"),
) -> None:
    """Pack lessons for learners: notebooks, one wheel and set-up, without solutions or grading."""
    from autograder.release import bundle

    course = Course.here()
    bundle(course, [course.lesson(name) for name in lessons], output)
    out.print(f"wrote {output} ({output.stat().st_size / 1e6:.1f} MB)")


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
