"""Grade one notebook: run it in a sandbox, judge what was seen, write the outputs.

Marks need evidence. A learner's code that ends or loses its worker costs the cell that did it; the notebook is
then run again without that cell, so that the cells after it still earn their marks. What was judged once
stays judged: nothing gets a second try.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from autograder.exercise import Case, Error, Exercise, Report, Seen, load
from autograder.grading import outputs
from autograder.grading.deadline import TooLong, deadline
from autograder.grading.files import Beside
from autograder.grading.limits import DEFAULT, Limits, Ungraded, WorkerLost
from autograder.grading.session import Ran, Session, Task
from autograder.sandbox.base import Sandbox

__all__ = ["Graded", "Judged", "Limits", "Ungraded", "grade_notebook"]


@dataclass(frozen=True)
class Judged:
    """What a report rests on: the cases asked, and what was seen on each."""

    cases: list[Case]
    seen: list[Seen]


NOTHING = Beside()
JUDGE_SECONDS = 120.0  # far more than any takes on what the honest send


@dataclass
class Graded:
    """A graded notebook, its reports by exercise and what they rest on, and notes for the instructor."""

    notebook: NotebookNode
    reports: dict[str, Report]
    notes: list[str]
    judged: dict[str, Judged] = field(default_factory=dict)


def grade_notebook(
    notebook: NotebookNode,
    *,
    seeds: Mapping[str, int],
    beside: Beside = NOTHING,
    sandbox: Sandbox,
    limits: Limits = DEFAULT,
) -> Graded:
    """Run and judge a sanitized notebook; raises `Ungraded` for a grader's fault.

    `seeds` holds one for each exercise, which gives its cases; what lies `beside` the notebook is there for it to read.
    """
    tasks = {index: _task(name, cell, seeds) for index, cell in _code(notebook) if (name := exercise_of(cell))}
    run = _Run(notebook, tasks, beside.files, sandbox, limits)
    run.all()
    answers = {cell.metadata.get("nbgrader", {}).get("grade_id"): run.results[index] for index, cell in run.cells}
    judged = {
        index: _evidence(task, run.results[index], answers.get(task.exercise), beside.predictions)
        for index, task in tasks.items()
    }
    counts = {index: count for count, (index, _) in enumerate(run.cells, start=1)}
    verdicts = {index: _judge(tasks[index].exercise, evidence, counts[index]) for index, evidence in judged.items()}
    reports = {index: report for index, (report, _) in verdicts.items()}
    filled = _filled(notebook, run.results, {index: shown for index, (_, shown) in verdicts.items()}, limits)
    return Graded(
        filled,
        {report.exercise: report for report in reports.values()},
        beside.notes + run.notes,
        {tasks[index].exercise: evidence for index, evidence in judged.items()},
    )


def exercises_of(notebook: NotebookNode) -> list[str]:
    """The exercises that a notebook checks."""
    return [name for _, cell in _code(notebook) if (name := exercise_of(cell))]


def exercise_of(cell: NotebookNode) -> str:
    """The exercise that a code cell checks, if it is judged; a cell that is also a solution is graded by hand."""
    marks = cell.metadata.get("nbgrader", {})
    judged = marks.get("grade") and not marks.get("solution")
    return str(marks.get("grade_id", "")).removeprefix("check-") if judged else ""


def _code(notebook: NotebookNode) -> list[tuple[int, NotebookNode]]:
    return [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]


def _task(name: str, cell: NotebookNode, seeds: Mapping[str, int]) -> Task:
    points = cell.metadata.nbgrader.get("points")
    try:
        exercise = load(name)
    except KeyError as error:
        raise Ungraded(f"the graded cell of {name!r} belongs to no exercise: {error}") from error
    if points != exercise.worth:
        raise Ungraded(f"{name} has {exercise.worth} points and its cell says {points}; build the lesson again")
    try:
        return Task(name, exercise.draw(seeds[name]))
    except Exception as error:
        raise Ungraded(f"the cases of {name} could not be drawn: {type(error).__name__}: {error}") from error


class _Run:
    """The passes over one notebook: usually one, and one more after each lost worker."""

    def __init__(
        self, notebook: NotebookNode, tasks: dict[int, Task], files: dict[str, bytes], sandbox: Sandbox, limits: Limits
    ) -> None:
        self.cells, self.tasks, self.files = _code(notebook), tasks, files
        self.sandbox, self.limits = sandbox, limits
        self.results: dict[int, Ran] = {}
        self.notes: list[str] = []
        self._skipped: set[int] = set()

    def all(self) -> None:
        """Run until every code cell has a result."""
        why = ""
        for _ in range(1 + self.limits.restarts):
            if len(self.results) == len(self.cells):
                return
            lost = self._pass()
            why = lost.reason if lost else ""
            if lost is None or lost.final:
                break
        for index, _ in self.cells:
            self.results.setdefault(index, Ran(stopped=f"it was not run: too much went wrong before ({why})"))

    def _pass(self) -> WorkerLost | None:
        """One worker, from the first cell on; how it was lost, if it was."""
        with Session(self.sandbox, self.limits) as session:
            session.start(self.files)
            for index, cell in self.cells:
                if index in self._skipped or (index in self.results and index in self.tasks):
                    continue
                ran = Ran()
                try:
                    self._cell(session, index, cell, ran)
                except WorkerLost as lost:
                    ran.stopped = lost.reason
                    self._skipped.add(index)
                    self.results[index] = ran
                    self.notes.append(f"cell {index}: {lost.reason}")
                    return lost
                self.results.setdefault(index, ran)
                if ran.stopped:
                    self.notes.append(f"cell {index}: {ran.stopped}")
        return None

    def _cell(self, session: Session, index: int, cell: NotebookNode, ran: Ran) -> None:
        source = outputs.clean(cell.source)
        if len(source.encode()) > self.limits.source_bytes:
            ran.stopped = "it is too long to be run"
        elif source.strip():
            session.run(index, source, self.tasks.get(index), ran)


def _evidence(task: Task, ran: Ran, answer: Ran | None, predictions: dict[str, Any]) -> Judged:
    committed = _committed(load(task.exercise), predictions)
    cases = [{**case, "committed": committed} if committed is not None else case for case in task.cases]
    missing = len(cases) - len(ran.seen)
    return Judged(cases, [_cleaned(one) for one in ran.seen] + [_no_evidence(ran, answer)] * missing)


def _judge(name: str, judged: Judged, count: int) -> tuple[Report, list[Any]]:
    """The report, and the outputs of its cell, the notebook's `count`-th: whatever fails, fails here."""
    try:
        with deadline(JUDGE_SECONDS):
            report = load(name).judge(judged.cases, judged.seen)
            return report, outputs.reported(report, count)
    except TooLong as error:
        words = f"it took more than {JUDGE_SECONDS:g} s"
        raise Ungraded(f"the judge of {name} failed on what was observed: {words}") from error
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        raise Ungraded(f"the judge of {name} failed on what was observed: {words}") from error


def _committed(exercise: Exercise, predictions: dict[str, Any]) -> Any:
    kept = predictions.get(exercise.id)
    return kept if exercise.prediction and exercise.prediction(kept) else None


def _no_evidence(ran: Ran, answer: Ran | None) -> Seen:
    """Why a case was not observed: the cell of the answer failed or is missing, or the check cell itself failed."""
    last = "run the check cell" if answer else "find your answer, whose cell is missing from the notebook you handed in"
    for what, one in (("run the cell of your answer", answer), (last, ran)):
        error = _error_of(one) if one is not None else None
        if error is not None:
            return _cleaned(Seen(errors={what: error}))
    return Seen()


def _error_of(ran: Ran) -> Error | None:
    if ran.stopped:
        return Error("Stopped", ran.stopped)
    failed = next((o for o in ran.outputs if isinstance(o, dict) and o.get("output_type") == "error"), {})
    name, words = failed.get("ename"), failed.get("evalue")
    if isinstance(name, str) and isinstance(words, str):
        return Error(name[:200], words[:800])
    return None


def _cleaned(seen: Seen) -> Seen:
    errors = {outputs.clean(s): Error(*map(outputs.clean, (e.type, e.message, e.line))) for s, e in seen.errors.items()}
    forbidden = tuple(map(outputs.clean, seen.forbidden))
    return Seen(_clean_value(seen.values), errors, forbidden, seen.written)


def _clean_value(value: Any) -> Any:
    if isinstance(value, str):
        return outputs.clean(value)
    if isinstance(value, list):
        return [_clean_value(v) for v in value]
    if isinstance(value, dict):
        return {outputs.clean(k): _clean_value(v) for k, v in value.items()}
    return value


def _filled(
    notebook: NotebookNode, results: dict[int, Ran], reported: dict[int, list[Any]], limits: Limits
) -> NotebookNode:
    filled, room = copy.deepcopy(notebook), outputs.Room(limits.notebook_output_bytes)
    for count, (index, cell) in enumerate(_code(filled), start=1):
        cell.execution_count = count
        cell.outputs = reported[index] if index in reported else _shown(results[index], count, limits, room)
    return filled


def _shown(ran: Ran, count: int, limits: Limits, room: outputs.Room) -> Sequence[Any]:
    stopped = [outputs.failed("Stopped", f"This cell was stopped by the grader: {ran.stopped}.")] if ran.stopped else []
    return [*outputs.rebuild(ran.outputs, count, limits.cell_output_bytes, room), *stopped]
