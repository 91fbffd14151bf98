"""Made-up classes for measuring and testing the grader: lessons boiled down to their exercises, and what is handed in.

A drill of lesson 01 is a notebook with that lesson's imports, answers and checks, and nothing else. A class hands in
its known answers, right and wrong, mixed so that no two notebooks are the same.
"""

from collections.abc import Sequence
from pathlib import Path

import nbformat

from autograder import answers, build
from autograder.course import Course
from autograder.lesson import Lesson, read

HEAD = "---\nkernelspec:\n  display_name: Python 3\n  language: python\n  name: python3\n---\n"
CONFIG = """\
from pathlib import Path
from autograder.course import Course
from autograder.nbgrading.config import configure
here = Path(__file__).resolve().parent
configure(get_config(), Course(here, here))
"""


def course(root: Path, project: Course, lessons: Sequence[str], exercises: int | None = None) -> Course:
    """A course in `root` of a drill of each lesson, built; `exercises`: only so many of each."""
    made = Course(root, root)
    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    for name in lessons:
        lesson = source(project, name)
        folder = made.solutions / drill(name)
        folder.mkdir(parents=True)
        (folder / f"{drill(name)}.md").write_text(_text(lesson, exercises), encoding="utf-8")
    build.build(made, [])
    return made


def drill(lesson: str) -> str:
    return f"{lesson[:2]}-drill"


def source(project: Course, name: str) -> Lesson:
    lesson = project.lesson(name)
    return read(project.solutions / lesson / f"{lesson}.md")


def _text(lesson: Lesson, exercises: int | None) -> str:
    cells = [_cell("", lesson.imports)]
    checks = lesson.cells("check")
    for name in list(lesson.cells("answer"))[:exercises]:
        cells += [_cell(f":answer: {name}\n", lesson.cells("answer")[name].source)]
        cells += [_cell(f":check: {name}\n", checks[name].source)]
    return "\n".join([HEAD, *cells])


def _cell(option: str, code: str) -> str:
    return f"```{{code-cell}} ipython3\n{option}{code}\n```\n"


def hand_in(made: Course, project: Course, name: str, count: int, right: bool = False) -> list[str]:
    """Put `count` notebooks where submissions lie, all different unless all are to be `right`; the students' names."""
    lesson, known = source(project, name), answers.of(source(project, name))
    students = [f"student-{number:04d}" for number in range(count)]
    for number, student in enumerate(students):
        notebook = nbformat.read(made.release / drill(name) / f"{drill(name)}.ipynb", as_version=4)
        for position, cell in enumerate(notebook.cells):
            exercise = cell.metadata.get("nbgrader", {}).get("grade_id")
            if exercise not in lesson.cells("answer"):
                continue
            choices = [a.source for a in known if a.exercise == exercise and (a.kind == "right" or not right)]
            cell.source = choices[number * (2 * position + 1) % len(choices)]
        folder = made.submitted / student / drill(name)
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{drill(name)}.ipynb")
    return students
