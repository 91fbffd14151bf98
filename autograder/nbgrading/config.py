"""The settings that make a folder an nbgrader course; `nbgrader_config.py` and our own commands share them."""

from __future__ import annotations

import dataclasses
import logging
import os
import sysconfig
from pathlib import Path
from typing import cast

from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    GetGrades,
    IgnorePattern,
    IncludeHeaderFooter,
    LimitOutput,
    LockCells,
    SaveAutoGrades,
    SaveCells,
)
from traitlets.config import Config, PyFileConfigLoader
from traitlets.log import get_logger

from autograder.classroom import evidence
from autograder.course import Course, Refused
from autograder.grading.limits import DEFAULT, Limits
from autograder.lesson import STUB, TEXT_STUB
from autograder.nbgrading.feedback import FeedbackPage
from autograder.nbgrading.inert import Inert

CONFIG = "nbgrader_config.py"
# By name, since these look settings up themselves.
PREPROCESSORS = "autograder.nbgrading.preprocessors"
GRADING = f"{PREPROCESSORS}.GradeInSandbox"
EXCHANGE = "autograder.nbgrading.exchange"
FEEDBACK = "autograder.nbgrading.feedback"
LATE = "autograder.nbgrading.late"
PENALTIES = f"{LATE}.Penalties"
SCRIPTS = sysconfig.get_path("scripts")


def configure(c: Config, course: Course) -> Config:
    """Write our settings into nbgrader's configuration `c`."""
    if SCRIPTS not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = SCRIPTS + os.pathsep + os.environ.get("PATH", "")  # nbgrader calls `alembic` by name
    directory = c.CourseDirectory
    directory.root = str(course.root)
    directory.course_id = "blocks"
    # Absolute, since in a demo or a test the lessons lie in another folder than the gradebook.
    directory.source_directory = str(course.source)
    directory.release_directory = str(course.release)
    # Evidence stays with the instructor: what is not ignored goes from graded notebooks on to feedback.
    directory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", evidence.PATTERN]

    c.ClearSolutions.code_stub = {"python": STUB}
    c.ClearSolutions.text_stub = TEXT_STUB

    # nbgrader knows rubrics in task cells only, and saves them with the cell. Ours stand beside the model answer and
    # go before the cell is saved, so that an answer nobody wrote is recognized. We have no hidden or generated tests.
    c.ClearMarkScheme.enforce_metadata = False
    steps = (
        IncludeHeaderFooter,
        LockCells,
        ClearSolutions,
        ClearMarkScheme,
        ClearOutput,
        CheckCellMetadata,
        ComputeChecksums,
        SaveCells,
    )
    c.GenerateAssignment.preprocessors = [*steps, CheckCellMetadata]

    # Reads and mends, so that nbgrader's own steps only ever meet a well-formed notebook of this lesson.
    c.Autograde.exporter_class = f"{PREPROCESSORS}.SubmissionExporter"
    # In place of Execute. nbgrader's ClearMetadata is left out: it drops tags and nothing that could do harm.
    c.Autograde.autograde_preprocessors = [
        GRADING,
        IgnorePattern,
        LimitOutput,
        SaveAutoGrades,
        f"{PREPROCESSORS}.SaveExtraCredit",
        PENALTIES,
        CheckCellMetadata,
    ]
    c.AssignLatePenalties.plugin_class = f"{LATE}.LatePenalty"
    # The only step of nbgrader's that comes before it copies a submission.
    c.Autograde.pre_convert_hook = f"{PREPROCESSORS}.before_copying"

    # Learners write into the exchange.
    c.ExchangeFactory.collect = f"{EXCHANGE}.Collect"
    c.ExchangeFactory.release_feedback = f"{EXCHANGE}.ReleaseFeedback"

    c.GenerateFeedback.exporter_class = FeedbackPage
    c.GenerateFeedback.post_convert_hook = f"{FEEDBACK}.only_the_page"
    c.GenerateFeedback.preprocessors = [PENALTIES, GetGrades]
    c.HTMLExporter.preprocessors = [Inert]  # for the formgrader
    return c


def of(course: Course) -> Config:
    """The configuration of a course: its `nbgrader_config.py` where it has one (an instructor's own settings)."""
    if (course.root / CONFIG).is_file():
        return PyFileConfigLoader(CONFIG, path=str(course.root)).load_config()
    return configure(Config(), course)


def limits(config: Config) -> Limits:
    """How much a notebook may use: the default, and what the course sets, as in `c.Limits.cell_cpu_seconds = 60`."""
    chosen = dict(config.get("Limits", {}))
    known = dataclasses.asdict(DEFAULT)
    for name, value in chosen.items():
        if name not in known:
            raise Refused(f"{CONFIG}: there is no c.Limits.{name}; there are {', '.join(known)}")
        if type(value) not in (int, type(known[name])) or value < 0:
            raise Refused(f"{CONFIG}: c.Limits.{name} = {value!r}; give a number, for instance {known[name]}")
    return dataclasses.replace(DEFAULT, **chosen)


def directory(config: Config, lesson: str, student: str = "*") -> CourseDirectory:
    """nbgrader's view of a course, for one lesson; `student` is a glob."""
    found = CourseDirectory(config=config)
    found.assignment_id, found.student_id = lesson, student
    return found


def log_to(file: Path) -> None:
    """Send nbgrader's chatter (several lines a submission) to a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    log = cast(logging.Logger, get_logger())
    for handler in list(log.handlers):
        log.removeHandler(handler)
    handler = logging.FileHandler(file, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.propagate = False
    log.setLevel(logging.INFO)
    logging.captureWarnings(True)  # SQLAlchemy's about nbgrader's queries, and whatever a judge's trial run says
    warned = logging.getLogger("py.warnings")
    warned.handlers, warned.propagate = [handler], False
