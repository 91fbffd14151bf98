"""`check(exercise, answer)`: probe, judge and report in the notebook, on the public cases."""

from __future__ import annotations

from typing import Any

from IPython.display import display

from autograder.exercise import PUBLIC_SEED, Exercise, Mistake, Outcome, Report, load
from autograder.ledger import commit
from autograder.probe import observe
from autograder.report import Shown


def check(exercise_id: str, answer: Any) -> int:
    """Try the answer on the public cases, show the report, and return the points it earns.

    The number is what nbgrader's Validate reads; at grading the same cell is asked with secret cases.
    """
    report = examine(exercise_id, answer)
    display(Shown(report))
    return report.result


def examine(exercise_id: str, answer: Any) -> Report:
    """The report on an answer, on the public cases."""
    exercise = load(exercise_id)
    cases = exercise.draw(PUBLIC_SEED)
    seen = [observe(exercise_id, answer, case) for case in cases]
    if exercise.prediction and exercise.prediction(seen[0].values.get("answer")):
        committed = commit(exercise_id, seen[0].values["answer"])
        cases = [{**case, "committed": committed} for case in cases]
    try:
        return exercise.judge(cases, seen)
    except (
        Exception
    ) as error:  # at grading this is the grader's fault; here the learner should get words, not our traceback
        return _stumbled(exercise, error)


def _stumbled(exercise: Exercise, error: Exception) -> Report:
    mistake = Mistake(
        "check-stumbled",
        "results of the shapes and types that are asked for",
        f"{type(error).__name__}: {error}",
        "The check itself stumbled over what your answer gave back. Look at the shapes and types of your results, and tell your instructor.",
    )
    outcomes = [Outcome(c.name, c.points, c.says, mistake) for c in exercise.criteria]
    return Report(exercise.id, exercise.title, exercise.section, outcomes, exercise.hints, exercise.extra)
