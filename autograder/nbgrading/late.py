"""Handed in late: nbgrader's due dates and penalties, with extensions and a penalty by the day.

nbgrader keeps a due date for each lesson and an extension for each submission, and asks a plugin for the penalty when it
grades. Here the extensions come from `extensions.csv` (`autograder.classroom.deadlines`), and a penalty is reckoned anew
whenever results are given out: points given by hand, a due date moved or an extension granted after the grading count.

In `nbgrader_config.py`, below our call of `configure`:

    c.LatePenalty.percent_per_day = 10
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Float

from autograder.classroom.deadlines import extensions
from autograder.course import Course, Refused
from autograder.nbgrading import config, gradebook

DAY = 86_400


class LatePenalty(LateSubmissionPlugin):
    """A share of the points earned for each day begun; where that is not set, nbgrader's own `penalty_method`."""

    percent_per_day = Float(0, help="Of the points earned, for each day begun after the due date.").tag(config=True)
    grace_minutes = Float(0, help="So much later costs nothing; the first day begins after it.").tag(config=True)
    at_most = Float(100, help="Percent that a penalty never exceeds.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        if not self.percent_per_day:
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        late = total_seconds_late - 60 * self.grace_minutes
        if late <= 0:
            return None
        percent = min(self.at_most, self.percent_per_day * math.ceil(late / DAY))
        return round(score * percent / 100, 2)


class Penalties(AssignLatePenalties):
    """nbgrader's step, after it has been told of extensions."""

    def preprocess(self, nb: Any, resources: Any) -> Any:
        key, root = resources["nbgrader"], Path(self.parent.parent.coursedir.root)  # the exporter's converter's
        with Gradebook(key["db_url"]) as book:
            _grant(book.find_submission(key["assignment"], key["student"]), extensions(root))
            book.db.commit()
        return super().preprocess(nb, resources)


def deadline(course: Course, lesson: str) -> Callable[[str], datetime | None]:
    """Student → until when they may hand in."""
    due, granted = gradebook.due(course, lesson), extensions(course.root)
    if due is None:
        raise Refused(f"{lesson}: has no due date; set it with `autograder due {lesson} WHEN`")
    return lambda student: max(due, granted.get((lesson, student), due))


def terms(course: Course, lesson: str, student: str) -> str:
    """What being late costs a student, in words that change when it does."""
    settings = config.of(course)
    chosen = [settings.get(name, {}) for name in ("LatePenalty", "LateSubmissionPlugin", "AssignLatePenalties")]
    return f"{gradebook.due(course, lesson)} {extensions(course.root).get((lesson, student))} {chosen}"


def settle(course: Course, lesson: str) -> None:
    """Reckon all penalties of a lesson anew, from the points, due date and extensions of now."""
    if not gradebook.exists(course):
        return
    settings = config.of(course)
    step = Penalties(config=settings)
    step.init_plugin()
    granted = extensions(course.root)
    with Gradebook(gradebook.db_url(settings, lesson)) as book:
        try:
            submissions = book.assignment_submissions(lesson)
        except MissingEntry:
            return
        for one in submissions:
            _grant(one, granted)
            for notebook in one.notebooks:
                notebook.late_submission_penalty = _penalty(step, one, notebook)
        book.db.commit()


def _penalty(step: Penalties, one: Any, notebook: Any) -> float | None:
    """As nbgrader's step has it: never below nothing, never more than was earned."""
    if one.total_seconds_late <= 0:
        return None
    penalty = step.plugin_inst.late_submission_penalty(one.student.id, notebook.score, one.total_seconds_late)
    return None if penalty is None else min(max(penalty, 0), notebook.score)


def _grant(one: Any, granted: dict[tuple[str, str], datetime]) -> None:
    """Tell nbgrader of a submission's extension: the time from the due date on; one before it is none."""
    until, due = granted.get((one.name, one.student.id)), one.assignment.duedate
    more = until.astimezone(UTC).replace(tzinfo=None) - due if until and due else timedelta(0)
    one.extension = more if more > timedelta(0) else None
