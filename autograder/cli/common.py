"""What the commands share: where they print, and what they are given."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from autograder.progress import printable

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


def warn(lines: Iterable[str]) -> None:
    """What went wrong for some and stopped nothing, a line each."""
    for line in lines:
        err.print(Text(printable(line), style="yellow"), soft_wrap=True)
