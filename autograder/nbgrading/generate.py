"""nbgrader's generate step: from a lesson with solutions to the learner's notebook."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException

from autograder.course import Course, Refused
from autograder.nbgrading import config
from autograder.nbgrading.logs import log_of


def generate(course: Course, lessons: list[str], release: Path) -> None:
    """Write the learner's version of built lessons below `release`; the course's gradebook is not touched."""
    with tempfile.TemporaryDirectory() as scratch:
        for lesson in lessons:
            _generate(course, lesson, release, f"sqlite:///{scratch}/gradebook.db")


def register(course: Course, lesson: str) -> None:
    """Make a built lesson known to the course's gradebook, as `nbgrader generate_assignment` does."""
    with tempfile.TemporaryDirectory() as scratch:
        _generate(course, lesson, Path(scratch), None)


def _generate(course: Course, lesson: str, release: Path, db_url: str | None) -> None:
    settings = config.of(course)
    settings.CourseDirectory.release_directory = str(release)
    if db_url:
        settings.CourseDirectory.db_url = db_url
    log = log_of(course)
    config.log_to(log)
    converter = GenerateAssignment(coursedir=config.directory(settings, lesson), config=settings)
    converter.force = True
    try:
        converter.start()
    except NbGraderException as error:
        raise Refused(f"{lesson}: {_cause(log, error)}") from error


def _cause(log: Path, error: Exception) -> str:
    text = log.read_text(encoding="utf-8", errors="replace")[-20_000:] if log.exists() else ""
    if "Cannot add or remove cells" in text:
        return (
            "its exercises have changed, and the gradebook holds submissions to the former version; "
            "grade those with the former version, or give the lesson a new name"
        )
    errors = [line for line in text.splitlines() if re.match(r"[\w.]+Error: ", line)]
    return f"nbgrader could not generate it ({errors[-1] if errors else error}); more is in {log}"
