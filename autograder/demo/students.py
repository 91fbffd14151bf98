"""What each student of the demo's class hands in, made from the learner's notebook and the known answers.

`classes/NN.toml` holds the submissions to lesson NN, and the score and words that each deserves:

    student, what   whose it is, and what is the matter with it
    base            "solution" (the lesson's own, the default), "other" (right, written differently) or "nothing"
    without         exercises left unwritten
    answers         exercise → title of a known answer in the lesson's answers/
    code            exercise → source
    deleted         grade ids of cells taken out
    prelude         code appended to the first code cell
    raw             the file as it is, in the place of all this
    score           the points deserved; left out where nothing can be graded
    says            parts of the message in the gradebook's table
"""

from __future__ import annotations

from typing import Any

import nbformat

from autograder import answers
from autograder.course import Course, Refused
from autograder.lesson import Lesson


def notebook_of(submission: dict[str, Any], course: Course, lesson: Lesson) -> str:
    """The bytes of a submission: a notebook with its answers put in, or whatever else it is."""
    if "raw" in submission:
        return submission["raw"]
    notebook = nbformat.read(course.release / lesson.name / f"{lesson.name}.ipynb", as_version=4)
    written = _answers(submission, lesson)
    deleted = submission.get("deleted", ())
    notebook.cells = [
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") not in deleted
    ]
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = written.get(name, cell.source)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    first.source += submission.get("prelude", "")
    return nbformat.writes(notebook)


def _answers(submission: dict[str, Any], lesson: Lesson) -> dict[str, str]:
    """Exercise → what is written there: the base, then known answers by title, then code as it stands."""
    known = answers.of(lesson)
    base = submission.get("base", "solution")
    if base == "solution":
        written = {name: _without_marks(cell.source) for name, cell in lesson.cells("answer").items()}
    elif base == "other":  # the first known right answer to each, written differently from the solution
        written = {a.exercise: a.source for a in reversed(known) if a.kind == "right"}
    else:
        written = {}
    for name in submission.get("without", ()):
        written.pop(name)
    for name, title in submission.get("answers", {}).items():
        written[name] = _titled(known, name, title).source
    return written | submission.get("code", {})


def _without_marks(source: str) -> str:
    """A solution as a learner would have written it."""
    return "\n".join(line for line in source.split("\n") if not line.strip().startswith("### "))


def _titled(known: list[answers.Answer], name: str, title: str) -> answers.Answer:
    found = [answer for answer in known if answer.exercise == name and answer.title == title]
    if len(found) != 1:
        raise Refused(
            f"demo/classes/{name[:2]}.toml: {name} has no known answer with the title {title!r}; see solutions/*/answers/{name}.py"
        )
    return found[0]
