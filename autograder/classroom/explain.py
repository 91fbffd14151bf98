"""`autograder explain`: why a learner has these points: what was asked, expected and seen, case by case.

For the instructor only: the cases are drawn from the course's secret. What was seen is what was kept at grading; the
judge is asked again, so that a change of the judge (or of the secret) since then shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat
import numpy as np

from autograder.classroom import evidence
from autograder.course import Course, Refused
from autograder.exercise import Case, Exercise, Mistake, Report, Seen, load
from autograder.grading.secret import seed
from autograder.nbgrading import config, run
from autograder.report import mistake_lines, verdict

NUMBERS = 40  # arrays of more are abbreviated, unless everything is asked for


@dataclass(frozen=True)
class Explanation:
    """What is known of one learner's result in one exercise."""

    student: str
    report: Report  # as it was told at grading
    exercise: Exercise
    cases: list[Case]  # drawn again
    kept: evidence.Kept | None
    same_work: bool
    answer: str

    @property
    def same_cases(self) -> bool:
        return self.kept is not None and self.kept.cases == evidence.digest(self.cases)

    def failing(self, criterion: str) -> tuple[int, Mistake] | None:
        """The first case (from 1) in which a criterion does not hold, judged again; None if it holds in all."""
        chosen = next(c for c in self.exercise.criteria if c.name == criterion)
        found = ((n, chosen.holds(case, seen)) for n, (case, seen) in enumerate(zip(self.cases, self.seen), start=1))
        return next(((n, mistake) for n, mistake in found if mistake is not None), None)

    @property
    def seen(self) -> list[Seen]:
        return self.kept.seen if self.kept else []

    def agrees(self) -> bool | None:
        """Whether the judge says the same today; None if it cannot be asked."""
        if self.kept is None or not self.kept.whole or not self.same_cases:
            return None
        try:
            again = self.exercise.judge(self.cases, self.seen)
        except Exception:  # a judge that has changed may fail on what was seen by another one
            return False
        return again.outcomes == self.report.outcomes


def explain(course: Course, student: str, exercise_id: str, secret: bytes) -> Explanation:
    """Everything about one result; raises `Refused` where there is none."""
    lesson = course.lesson(exercise_id[:2])
    record = run.read_record(course, lesson, student)
    if record is None:
        raise Refused(f"{student}: has no graded {lesson}; run `autograder grade {lesson}` and see its message")
    reports = {report.exercise: report for report in record.reports}
    if exercise_id not in reports:
        raise Refused(f"{exercise_id}: no exercise of {lesson}; there are {', '.join(reports)}")
    exercise = load(exercise_id)
    kept = evidence.read(course.autograded / student / lesson).get(exercise_id)
    course_id = config.directory(config.of(course), lesson).course_id
    cases = exercise.draw(seed(secret, course_id, student, exercise_id))
    if kept and kept.committed is not None:
        cases = [{**case, "committed": kept.committed} for case in cases]
    return Explanation(
        student=student,
        report=reports[exercise_id],
        exercise=exercise,
        cases=cases,
        kept=kept,
        same_work=run.is_fresh(course, lesson, student),
        answer=_answer(course, student, lesson, exercise_id),
    )


def _answer(course: Course, student: str, lesson: str, exercise_id: str) -> str:
    notebooks = (nbformat.read(path, as_version=4) for path in (course.autograded / student / lesson).glob("*.ipynb"))
    cells = (cell for notebook in notebooks for cell in notebook.cells)
    found = (c.source for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == exercise_id)
    return next(found, "(the cell of the answer is missing)")


# --- as text ----------------------------------------------------------------------------------------------


def as_text(told: Explanation, full: bool = False) -> str:
    """The explanation as a person reads it: the cases that decided; with `full` all of them, every array written out."""
    report = told.report
    head = f"{told.student}, {report.exercise} “{report.title}”: {verdict(report)}, {report.in_words}"
    parts = [
        [head, "For the instructor only: the cases are secret."],
        list(_standing(told)),
        ["What was required", *_criteria(told)],
        *_cases(told, full),
        ["The answer as it was graded", *_indented(told.answer.splitlines())],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts)


def _standing(told: Explanation) -> Iterator[str]:
    """How far all this can be relied upon."""
    if not told.same_work:
        yield "What lies in submitted/ now is not what was graded."
    if told.kept is None:
        yield (
            "No observations were kept at grading (an earlier version, or graded by other means): the cases below are drawn"
            " from today's secret, the findings are those of the grading. To keep them, grade again with --force."
        )
        return
    yield (
        "The cases are drawn again from the course's secret, and are those of the grading."
        if told.same_cases
        else "THE CASES BELOW ARE NOT THOSE OF THE GRADING: the course's secret or the exercise has changed since."
    )
    yield {
        True: "Judged again now: the same result.",
        False: "JUDGED AGAIN NOW, THE RESULT IS ANOTHER ONE: the judge has changed since. Grade again with --force.",
        None: "It could not be judged again.",
    }[told.agrees()]
    if not told.kept.whole:
        yield "Part of what was seen was too large to be kept."


def _criteria(told: Explanation) -> Iterator[str]:
    shown: set[Mistake] = set()
    for outcome in told.report.outcomes:
        yield f"  {'ok ' if outcome.mistake is None else 'NO '} {outcome.earned}/{outcome.points}  {outcome.says}"
        if outcome.mistake is None:
            continue
        if told.agrees() and (failing := told.failing(outcome.name)):
            yield f"          first in case {failing[0]}: {outcome.mistake.id}"
        else:
            yield f"          {outcome.mistake.id}"
        if outcome.mistake not in shown:
            shown.add(outcome.mistake)
            yield from _indented(mistake_lines(outcome.mistake), 8)


def _cases(told: Explanation, full: bool) -> Iterator[list[str]]:
    shown = _deciding(told) if not full else set()
    for number, case in enumerate(told.cases, start=1):
        if shown and number not in shown:
            continue
        asked = {name: value for name, value in case.items() if name != "seed"}
        seen = told.seen[number - 1] if number <= len(told.seen) else None
        yield [
            f"Case {number} of {len(told.cases)}",
            "  asked",
            *_indented(_value(asked, full), 4),
            "  seen",
            *_indented(_seen(seen, full), 4),
        ]
    if shown and len(shown) < len(told.cases):
        yield [f"{len(told.cases) - len(shown)} more cases decided nothing; --full shows them, and every array whole."]


def _deciding(told: Explanation) -> set[int]:
    """The cases in which a mistake first shows itself; none if that cannot be told."""
    if not told.agrees():
        return set()
    failing = filter(None, (told.failing(outcome.name) for outcome in told.report.outcomes if outcome.mistake))
    first = {mistake: case for case, mistake in sorted(failing, key=lambda found: found[0], reverse=True)}
    return set(first.values())


def _seen(seen: Seen | None, full: bool) -> Iterator[str]:
    if seen is None:
        yield "(nothing was kept)"
        return
    if not seen.written:
        yield "the empty stub"
    yield from _value(seen.values, full) if seen.values else ()
    yield from (f"while trying to {step}: {error}" for step, error in seen.errors.items())
    yield from (f"a forbidden call of {name}" for name in seen.forbidden)
    if seen == Seen():
        yield "nothing at all"


def _value(value: Any, full: bool) -> list[str]:
    """A value as indented lines: names of a dictionary above or before what they hold."""
    if isinstance(value, dict) and value:
        return [line for name, inner in value.items() for line in _entry(f"{name}:", _value(inner, full))]
    if isinstance(value, list) and any(isinstance(v, (dict, list, np.ndarray)) for v in value):
        return [line for inner in value for line in _entry("-", _value(inner, full))]
    if isinstance(value, np.ndarray):
        return [f"{value.dtype} {value.shape}", *_numbers(value, full).splitlines()]
    return (str(value) if isinstance(value, str) else repr(value)).splitlines() or [""]


def _numbers(array: np.ndarray, full: bool) -> str:
    if full:
        return np.array2string(array, threshold=array.size + 1, max_line_width=100)
    return np.array2string(array, threshold=NUMBERS, precision=4, suppress_small=True, max_line_width=100)


def _entry(name: str, lines: list[str]) -> list[str]:
    return [f"{name} {lines[0]}"] if len(lines) == 1 else [name, *_indented(lines, 2)]


def _indented(lines: Sequence[str] | Iterator[str], by: int = 2) -> list[str]:
    return [(" " * by + line).rstrip() for line in lines]
