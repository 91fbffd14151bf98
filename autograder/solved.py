"""`autograder release-solutions`: lessons with their solutions, for learners, once nobody can hand in any more.

The notebooks hold what a learner's holds, with each solution in its place. They hold no rubric (unless asked for), no known wrong
answers, and nothing that nbgrader would take for a submission: whoever hands one in hands in no exercise.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import lesson as lessons
from autograder.build import FILES, sources_of
from autograder.classroom.deadlines import extensions, shown
from autograder.course import Course, Refused
from autograder.nbgrading import gradebook
from autograder.release import pack


def release_solutions(
    course: Course, names: Sequence[str], target: Path, *, rubric: bool = False, anyway: bool = False
) -> None:
    """Write the zip; refuses a lesson that somebody may still hand in, unless told `anyway`."""
    if not anyway and (reasons := [reason for name in names if (reason := _too_early(course, name))]):
        raise Refused("\n".join(reasons))
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch) / "solutions"
        for name in names:
            (stage / name).mkdir(parents=True)
            for source in sources_of(course, name):
                notebook = solved(lessons.read(source), rubric)
                nbformat.write(notebook, stage / name / f"{source.stem}-solutions.ipynb")
            if (files := course.solutions / name / FILES).is_dir():
                shutil.copytree(files, stage / name, dirs_exist_ok=True)
        pack(stage, target)


def _too_early(course: Course, name: str) -> str:
    """Why a lesson's solutions stay where they are; "" if nobody can hand it in any more."""
    due, now = gradebook.due(course, name), datetime.now(UTC)
    if due is None:
        return f"{name}: has no due date; set it with `autograder due {name} WHEN`, or say --anyway"
    waiting = {student: until for (of, student), until in extensions(course.root).items() if of == name and until > now}
    if due <= now and not waiting:
        return ""
    who = "".join(f", and {student} until {shown(until)}" for student, until in sorted(waiting.items()))
    return f"{name}: can be handed in until {shown(due)}{who}; wait, or say --anyway"


def solved(lesson: lessons.Lesson, rubric: bool = False) -> NotebookNode:
    """The lesson with its solutions, as a notebook that is nobody's submission."""
    notebook = lessons.for_nbgrader(lesson)
    for cell in notebook.cells:
        cell.source = lessons.without_marks(cell.source, rubric)
        for key in ("nbgrader", "autograder"):
            cell.metadata.pop(key, None)
    notebook.metadata.pop("autograder", None)
    return notebook
