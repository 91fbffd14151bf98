"""A lesson's source: MyST Markdown, read and checked, with nbgrader's metadata made from our three cell options."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
from nbformat import NotebookNode

from autograder import exercise
from autograder.course import Refused
from autograder.updating import digest

ROLES = ("answer", "check", "manual")
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "raise NotImplementedError  # replace this line with your code"
TEXT_STUB = "*Write your answer here.*"
BEGIN_RUBRIC, END_RUBRIC = "### BEGIN MARK SCHEME", "### END MARK SCHEME"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class Lesson:
    """A lesson with its solutions: the notebook, and its cells by what they are for."""

    name: str
    path: Path
    notebook: NotebookNode

    def cells(self, role: str) -> dict[str, NotebookNode]:
        """Exercise id → cell, of all cells with this role."""
        found = ((role_of(cell), cell) for cell in self.notebook.cells)
        return {key[1]: cell for key, cell in found if key and key[0] == role}

    @property
    def imports(self) -> str:
        """The source of the first code cell."""
        return next(cell.source for cell in self.notebook.cells if cell.cell_type == "code")

    def answer_expression(self, exercise_id: str) -> str:
        """What the check cell passes on: the second argument of its call."""
        call = _check_call(self.cells("check")[exercise_id].source)
        assert call is not None, "checked when the lesson was read"
        return ast.unparse(call.args[1])


def role_of(cell: NotebookNode) -> tuple[str, str] | None:
    """(role, exercise id) of a cell of a lesson's source."""
    return next(((role, str(cell.metadata[role])) for role in ROLES if role in cell.metadata), None)


def read(path: Path) -> Lesson:
    """The lesson in a source file; raises `Refused` with a line for each thing that is wrong with it."""
    text = path.read_text(encoding="utf-8")
    try:
        lesson = Lesson(path.stem, path, jupytext.reads(text, fmt="md:myst"))
    except Exception as error:  # jupytext raises whatever its parsers raise
        raise Refused(
            f"{path}: this is no MyST notebook ({str(error).splitlines()[0]}); compare it with another lesson"
        ) from error
    if faults := _Faults(lesson, text).found():
        raise Refused("\n".join(faults))
    return lesson


def for_nbgrader(lesson: Lesson) -> NotebookNode:
    """The lesson as nbgrader's source notebook: the same bytes for the same source."""
    cells = [_cell(lesson.name, position, cell) for position, cell in enumerate(lesson.notebook.cells)]
    given = [digest(cell.source) for cell in lesson.notebook.cells if role_of(cell) is None]
    metadata = {"kernelspec": dict(KERNELSPEC), "language_info": {"name": "python"}, "autograder": {"given": given}}
    return NotebookNode(cells=cells, metadata=NotebookNode(metadata), nbformat=4, nbformat_minor=5)


def _cell(lesson: str, position: int, cell: NotebookNode) -> NotebookNode:
    metadata: dict[str, Any] = {k: v for k, v in cell.metadata.items() if k not in (*ROLES, "points")}
    made = NotebookNode(
        cell_type=cell.cell_type, id=f"{lesson[:2]}-cell-{position:03d}", source=cell.source, metadata=metadata
    )
    if cell.cell_type == "code":
        made.update(outputs=[], execution_count=None)
    if key := role_of(cell):
        metadata["nbgrader"] = grade = nbgrader_metadata(*key, points=cell.metadata.get("points"))
        made["id"] = f"{grade['grade_id'][:56]}-{position:03d}"
        if grade["solution"]:
            metadata["autograder"] = {"stub": stubbed(cell.source, TEXT_STUB if cell.cell_type == "markdown" else STUB)}
    made["metadata"] = NotebookNode(metadata)
    return made


def nbgrader_metadata(role: str, exercise_id: str, points: Any = None) -> dict[str, Any]:
    """nbgrader's cell metadata for one of our roles; a check's points are its exercise's."""
    grade_id = f"check-{exercise_id}" if role == "check" else exercise_id
    metadata = {
        "grade": role != "answer",
        "grade_id": grade_id,
        "locked": role == "check",
        "schema_version": 3,
        "solution": role != "check",
        "task": False,
    }
    if role == "check":
        metadata["points"] = exercise.load(exercise_id).worth
    elif role == "manual":
        metadata["points"] = points
    return metadata


def stubbed(source: str, stub: str = STUB) -> str:
    """An answer cell as the learner gets it: solution regions replaced by the stub, rubrics left out, as nbgrader does it."""
    lines, inside = [], False
    for line in source.split("\n"):
        if BEGIN in line:
            lines.append(line[: len(line) - len(line.lstrip())] + stub)
        elif not (inside or BEGIN_RUBRIC in line or END in line or END_RUBRIC in line):
            lines.append(line)
        inside = BEGIN in line or BEGIN_RUBRIC in line or inside and not (END in line or END_RUBRIC in line)
    return "\n".join(lines)


def without_marks(source: str, rubric: bool = False) -> str:
    """A cell with its solution and without the lines that mark it; of a rubric nothing stays, unless asked for."""
    lines, inside = [], False
    for line in source.split("\n"):
        inside = inside or BEGIN_RUBRIC in line
        marks = any(mark in line for mark in (BEGIN, END, BEGIN_RUBRIC, END_RUBRIC))
        if not marks and (rubric or not inside):
            lines.append(line)
        inside = inside and END_RUBRIC not in line
    return "\n".join(lines).rstrip("\n")


def _check_call(source: str) -> ast.Call | None:
    """The call `check("ID", answer)` that is all there is in a check cell, or None."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return None
    call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "check"):
        return None
    return call if len(call.args) == 2 and not call.keywords and isinstance(call.args[0], ast.Constant) else None


class _Faults:
    """Everything wrong with a lesson's source, one line each: file, line, cause and mend."""

    def __init__(self, lesson: Lesson, text: str) -> None:
        self.lesson, self.lines = lesson, text.splitlines()
        self.faults: list[tuple[int, str]] = []

    def found(self) -> list[str]:
        seen: dict[tuple[str, str], int] = {}
        for cell in self.lesson.notebook.cells:
            key = role_of(cell)
            if key is None:
                self._plain(cell)
                continue
            seen[key] = seen.get(key, 0) + 1
            line = self._line_of(key, seen[key])
            if seen[key] > 1:
                self._add(line, f"`{key[0]}: {key[1]}` stands here again; give every exercise an id of its own")
            getattr(self, f"_{key[0]}")(cell, key[1], line)
        self._pairs(seen)
        return [f"{self.lesson.path}:{line}: {fault}" for line, fault in sorted(self.faults)]

    def _pairs(self, seen: dict[tuple[str, str], int]) -> None:
        for role, other in (("answer", "check"), ("check", "answer")):
            for key in (k for k in seen if k[0] == role and (other, k[1]) not in seen):
                self._add(self._line_of(key, 1), f"`{role}: {key[1]}` has no cell with `{other}: {key[1]}`; add one")

    def _plain(self, cell: NotebookNode) -> None:
        if BEGIN in cell.source:
            self._add(
                self._line_with(BEGIN, cell),
                "a solution region in a cell that is no answer; give the cell `answer: ID`",
            )

    def _answer(self, cell: NotebookNode, exercise_id: str, line: int) -> None:
        begins, ends = (sum(mark in text for text in cell.source.split("\n")) for mark in (BEGIN, END))
        if not begins or begins != ends:
            self._add(
                line,
                f"`answer: {exercise_id}` needs a region between `{BEGIN}` and `{END}`; it has {begins} and {ends} of them",
            )
        elif problem := _outside_function(stubbed(cell.source)):
            self._add(line, f"`answer: {exercise_id}`: {problem}")

    def _check(self, cell: NotebookNode, exercise_id: str, line: int) -> None:
        call = _check_call(cell.source)
        if call is None or call.args[0].value != exercise_id:  # type: ignore[attr-defined]
            self._add(
                line, f'`check: {exercise_id}` must hold one call and nothing else: check("{exercise_id}", answer)'
            )
        if exercise_id[:2] != self.lesson.name[:2]:
            self._add(line, f"`check: {exercise_id}` is of another lesson; ids here begin with {self.lesson.name[:2]}")
        try:
            exercise.load(exercise_id)
        except KeyError:
            module = f"autograder.judges.lesson_{exercise_id[:2]}"
            self._add(
                line,
                f"`check: {exercise_id}`: there is no such exercise; add it to EXERCISES of {module}, or correct the id",
            )

    def _manual(self, cell: NotebookNode, exercise_id: str, line: int) -> None:
        points = cell.metadata.get("points")
        if cell.cell_type != "markdown":
            self._add(line, f'`manual: {exercise_id}` must be a text cell; write it as +++ {{"manual": …}}')
        if isinstance(points, bool) or not isinstance(points, (int, float)) or points <= 0:
            self._add(line, f'`manual: {exercise_id}` needs its points as a positive number: "points": 3')
        if BEGIN not in cell.source or END not in cell.source:
            self._add(line, f"`manual: {exercise_id}` needs a model answer between `{BEGIN}` and `{END}`")

    def _add(self, line: int, fault: str) -> None:
        self.faults.append((line, fault))

    def _line_of(self, key: tuple[str, str], nth: int) -> int:
        """The line of the nth cell option `role: id`, in either of MyST's notations."""
        option = re.compile(rf"{key[0]}[\"']?:\s*[\"']?{re.escape(key[1])}[\"']?\s*(?:$|[,}}])")
        lines = [number for number, line in enumerate(self.lines, 1) if option.search(line)]
        return lines[min(nth, len(lines)) - 1] if lines else 1

    def _line_with(self, mark: str, cell: NotebookNode) -> int:
        first = cell.source.split("\n")[0]
        return next((n for n, line in enumerate(self.lines, 1) if line == first), 1)


def _outside_function(source: str) -> str | None:
    """What is wrong if a stub of this cell would run when the cell is run."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return f"with the stub in place this is no Python ({error.msg}, line {error.lineno} of the cell)"
    functions = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    stubs = [number for number, line in enumerate(source.split("\n"), 1) if line.strip() == STUB]
    for number in stubs:
        if not any(f.lineno < number <= (f.end_lineno or 0) for f in functions):
            return f"the solution region at line {number} of the cell must lie inside a function, or the empty notebook stops there"
    return None
