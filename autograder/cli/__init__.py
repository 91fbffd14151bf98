"""The command line: from a lesson's source to marks, feedback and a table of grades."""

from __future__ import annotations

import sys

import typer
from rich.text import Text

from autograder.cli import grading, handing_back, handing_in, lessons
from autograder.cli.common import err
from autograder.course import Refused

# What needs nbgrader (seconds) is imported by the command that uses it.

# As `--help` lists them: a lesson's way from its source to the grades, then what is about the machine.
COMMANDS = (
    lessons.build,
    lessons.release,
    lessons.release_solutions,
    handing_in.collect,
    handing_in.due,
    handing_in.extend,
    grading.grade,
    grading.explain,
    handing_back.feedback,
    handing_back.report,
    handing_back.export,
    grading.doctor,
    grading.demo,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
for command in COMMANDS:
    app.command()(command)


def main() -> None:
    """Run a command; what it refuses is told in a line, not in a traceback."""
    try:
        app()
    except Refused as refused:
        for line in str(refused).splitlines():
            err.print(Text(line, style="red"), soft_wrap=True)
        sys.exit(1)
