"""Writing the feedback pages of a lesson."""

from __future__ import annotations

import glob
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException

from autograder.course import Course
from autograder.nbgrading import config, run
from autograder.nbgrading.logs import log_of


def write_feedback(course: Course, lesson: str) -> tuple[list[Path], list[str]]:
    """(pages written, a line for each submission that has none)."""
    config.log_to(log_of(course))
    written, left_out = [], []
    for student in course.submissions(lesson):
        if not run.is_fresh(course, lesson, student):
            left_out.append(f"{student}: not graded as handed in; run `autograder grade {lesson}` and see its message")
            continue
        settings = config.of(course)
        converter = GenerateFeedback(
            coursedir=config.directory(settings, lesson, glob.escape(student)), config=settings
        )
        converter.force = True
        try:
            converter.start()
            written += sorted((course.feedback / student / lesson).glob("*.html"))
        except NbGraderException as error:
            left_out.append(f"{student}: no page could be made ({error}); the reason is in {log_of(course)}")
    return written, left_out
