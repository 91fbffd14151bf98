"""What is written down of a grading run: nbgrader's chatter in one file, and for each submission what became of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from autograder.course import Course


def log_of(course: Course) -> Path:
    """nbgrader's log, and the tracebacks of a grader that failed."""
    return course.scratch / "nbgrader.log"


def log_of_submission(course: Course, lesson: str, student: str) -> Path:
    """A line for each time that a submission was graded, or was not."""
    return course.scratch / "logs" / lesson / f"{student}.log"


def note(course: Course, lesson: str, student: str, words: str) -> None:
    """Add to a submission's log."""
    file = log_of_submission(course, lesson, student)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8", errors="replace") as stream:
        # One line: what a learner's code raised must not look like the next entry.
        stream.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')} {' '.join(words.split())}\n")
