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

FILES = "files"  # beside a lesson's source: what learners get with the notebook, as it is


def build(course: Course, names: list[str], force: bool = False) -> list[Path]:
    """Build lessons (all, if none is named) and pages; returns the files of `course/` that changed.

    Somebody may have done the exercises in `course/` itself: what holds answers is only written over by `force`.
    """
    made = _made(course, names)
    notebooks = {target: content for target, content in made.items() if target.suffix == ".ipynb"}
    answered = [] if force else [str(target) for target, new in notebooks.items() if _holds_answers(target, new)]
    if answered:
        raise Refused(
            f"{', '.join(answered)}: answers are written there, and building would erase them; save a copy, then build with --force"
        )
    return [target for target, content in made.items() if _write(target, content)]


def _holds_answers(target: Path, content: bytes) -> bool:
    """Whether a stub of the built notebook has been replaced in the file that is there."""
    if not target.is_file():
        return False
    try:
        there = _answers(nbformat.reads(target.read_text(encoding="utf-8"), as_version=4))
    except (ValueError, AttributeError, nbformat.ValidationError, nbformat.reader.NotJSONError):
        return False  # no notebook: nobody's work can be told
    built = _answers(nbformat.reads(content.decode(), as_version=4))
    return any(lessons.STUB in built.get(name, "") and lessons.STUB not in source for name, source in there.items())


def _answers(notebook: NotebookNode) -> dict[str, str]:
    marks = ((cell.metadata.get("nbgrader", {}), cell.source) for cell in notebook.cells)
    return {mark["grade_id"]: source for mark, source in marks if mark.get("solution") and "grade_id" in mark}


def stale(course: Course, names: list[str]) -> list[Path]:
    """The notebooks of `course/` that differ from what their source makes, or that have none."""
    made = _made(course, names)
    differing = [target for target, content in made.items() if not target.is_file() or target.read_bytes() != content]
    kept = {path for name in course.lessons() for path in course.released(name).values()} | set(made)
    left = (
        []
        if names
        else [p for p in (*course.release.glob("*.ipynb"), *course.release.glob("[0-9]*/*.ipynb")) if p not in kept]
    )
    return sorted([*differing, *left])


def sources_of(course: Course, name: str) -> list[Path]:
    """A lesson's sources, one a notebook."""
    return [course.solutions / name / f"{notebook}.md" for notebook in course.notebooks(name)]


def released_files(course: Course, name: str) -> list[Path]:
    """What learners get of a built lesson: its notebooks and its files."""
    files = course.solutions / name / FILES
    beside = (course.release / name / path.relative_to(files) for path in files.rglob("*") if path.is_file())
    return [*course.released(name).values(), *sorted(beside)]


def _made(course: Course, names: list[str]) -> dict[Path, bytes]:
    """What `course/` should hold: file → text. Writes nbgrader's sources; all faults are told at once."""
    chosen, faults = names or course.lessons(), []
    read: dict[str, list[Lesson]] = {name: [] for name in chosen}
    for name in chosen:
        for source in sources_of(course, name):
            try:
                read[name].append(lessons.read(source))
            except Refused as refused:
                faults.append(str(refused))
    if faults:
        raise Refused("\n".join(faults))
    made = (
        {}
        if names
        else {course.release / f"{page.stem}.ipynb": _page(page) for page in sorted(course.solutions.glob("*.md"))}
    )
    for name in chosen:
        _lay_out(course, name, read[name])
    with tempfile.TemporaryDirectory() as release:
        generate(course, chosen, Path(release))
        for produced in sorted(p for p in Path(release).rglob("*") if p.is_file()):
            made[course.release / produced.relative_to(release)] = produced.read_bytes()
    return made


def _lay_out(course: Course, name: str, notebooks: list[Lesson]) -> None:
    """Put a lesson where nbgrader takes it from: its notebooks, its files, and nothing of former builds."""
    folder, files = course.source / name, course.solutions / name / FILES
    wanted = {folder / f"{one.name}.ipynb": _text(lessons.for_nbgrader(one)) for one in notebooks}
    wanted |= {folder / path.relative_to(files): path.read_bytes() for path in files.rglob("*") if path.is_file()}
    for path in folder.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()
    for path, content in wanted.items():
        _write(path, content)


def _page(path: Path) -> bytes:
    """A page outside the lessons (the start page): no exercises, not nbgrader's business."""
    return _text(lessons.for_nbgrader(Lesson(path.stem, path, jupytext.read(path, fmt="md:myst"))))


def _text(notebook: NotebookNode) -> bytes:
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook)}\n".encode()


def _write(target: Path, content: bytes) -> bool:
    """Write a file unless it says the same already, so that an unchanged notebook keeps its time."""
    if target.is_file() and target.read_bytes() == content:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return True
