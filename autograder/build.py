"""`autograder build`: from `solutions/` to the learner's notebooks in `course/`, the same bytes every time."""

from __future__ import annotations

import tempfile
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from autograder import lesson as lessons
from autograder.course import Course, Refused
from autograder.lesson import Lesson
from autograder.nbgrading.generate import generate


def build(course: Course, names: list[str], force: bool = False) -> list[Path]:
    """Build lessons (all, if none is named) and pages; returns the files of `course/` that changed.

    Somebody may have done the exercises in `course/` itself: what holds answers is only written over by `force`.
    """
    made = _made(course, names)
    answered = [] if force else [str(target) for target, text in made.items() if _holds_answers(target, text)]
    if answered:
        raise Refused(
            f"{', '.join(answered)}: answers are written there, and building would erase them; save a copy, then build with --force"
        )
    return [target for target, text in made.items() if _write(target, text)]


def _holds_answers(target: Path, text: str) -> bool:
    """Whether a stub of the built notebook has been replaced in the file that is there."""
    if not target.is_file():
        return False
    try:
        there = _answers(nbformat.reads(target.read_text(encoding="utf-8"), as_version=4))
    except (ValueError, AttributeError, nbformat.ValidationError, nbformat.reader.NotJSONError):
        return False  # no notebook: nobody's work can be told
    built = _answers(nbformat.reads(text, as_version=4))
    return any(lessons.STUB in built.get(name, "") and lessons.STUB not in source for name, source in there.items())


def _answers(notebook: NotebookNode) -> dict[str, str]:
    marks = ((cell.metadata.get("nbgrader", {}), cell.source) for cell in notebook.cells)
    return {mark["grade_id"]: source for mark, source in marks if mark.get("solution") and "grade_id" in mark}


def stale(course: Course, names: list[str]) -> list[Path]:
    """The notebooks of `course/` that differ from what their source makes, or that have none."""
    made = _made(course, names)
    differing = [
        target for target, text in made.items() if not target.is_file() or target.read_text(encoding="utf-8") != text
    ]
    kept = {course.release / name / f"{name}.ipynb" for name in course.lessons()} | set(made)
    left = (
        []
        if names
        else [p for p in (*course.release.glob("*.ipynb"), *course.release.glob("[0-9]*/*.ipynb")) if p not in kept]
    )
    return sorted([*differing, *left])


def source_of(course: Course, name: str) -> Path:
    return course.solutions / name / f"{name}.md"


def _made(course: Course, names: list[str]) -> dict[Path, str]:
    """What `course/` should hold: file → text. Writes nbgrader's sources; all faults are told at once."""
    read, faults = [], []
    for name in names or course.lessons():
        try:
            read.append(lessons.read(source_of(course, name)))
        except Refused as refused:
            faults.append(str(refused))
    if faults:
        raise Refused("\n".join(faults))
    made = (
        {}
        if names
        else {course.release / f"{page.stem}.ipynb": _page(page) for page in sorted(course.solutions.glob("*.md"))}
    )
    for lesson in read:
        _write(course.source / lesson.name / f"{lesson.name}.ipynb", _text(lessons.for_nbgrader(lesson)))
    with tempfile.TemporaryDirectory() as release:
        generate(course, [lesson.name for lesson in read], Path(release))
        for lesson in read:
            produced = Path(release) / lesson.name / f"{lesson.name}.ipynb"
            made[course.release / lesson.name / produced.name] = produced.read_text(encoding="utf-8")
    return made


def _page(path: Path) -> str:
    """A page outside the lessons (the start page): no exercises, not nbgrader's business."""
    return _text(lessons.for_nbgrader(Lesson(path.stem, path, jupytext.read(path, fmt="md:myst"))))


def _text(notebook: NotebookNode) -> str:
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def _write(target: Path, text: str) -> bool:
    """Write a file unless it says the same already, so that an unchanged notebook keeps its time."""
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
    return True
