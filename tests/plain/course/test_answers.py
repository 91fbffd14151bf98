"""Every exercise of every lesson, held against answers that real learners give: wrong, right, and none."""

import ast
import contextlib
import inspect
import io
import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from autograder import answers, lesson
from autograder.exercise import load

SOLUTIONS = Path(__file__).resolve().parents[3] / "solutions"
# Findings that name no mistake; `forbidden-call` names one.
GENERIC = {"raised", "not-observed", "not-an-array", "not-a-number", "no-cases"}
# Secrets in a bare run, and in a slow one; `SECRETS=1000` takes hours on two cores.
FEW, MANY = 5, int(os.environ.get("SECRETS", "10"))


@cache
def lessons():
    return [lesson.read(path) for path in sorted(SOLUTIONS.glob("*/*.md")) if path.stem == path.parent.name]


@cache
def known(exercise_id):
    return [answer for one in lessons() for answer in answers.of(one) if answer.exercise == exercise_id]


def exercises():
    return [name for one in lessons() for name in one.cells("check")]


def lesson_of(exercise_id):
    return next(one for one in lessons() if one.name[:2] == exercise_id[:2])


def examined(exercise_id, source, seeds=(None,)):
    """The reports on an answer under several seeds; what the answer prints is swallowed."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        made = answers.run_answer(lesson_of(exercise_id), exercise_id, source)
        return [answers.report_on(exercise_id, made, *(() if seed is None else (seed,))) for seed in seeds]


def each(kind):
    found = [(name, answer) for name in exercises() for answer in known(name) if answer.kind == kind]
    return pytest.mark.parametrize("name, answer", found, ids=[f"{n}: {a.title}" for n, a in found])


@each("wrong")
def test_a_wrong_answer_is_refused_by_the_finding_that_names_it(name, answer):
    [report] = examined(name, answer.source)
    found = {mistake.id: mistake.observed for mistake in report.mistakes}
    assert answer.finding in found, f"{answer} is found {found}"
    observed = [m.observed for m in report.mistakes if m.id == answer.finding]
    assert any(answer.observed in text for text in observed), f"{answer}: observed {observed}"
    assert (report.score, report.score < report.points) == (answer.score, True), str(answer)


@each("right")
def test_a_right_answer_gets_every_point(name, answer):
    [report] = examined(name, answer.source)
    assert report.score == report.points, f"{answer}: {list(report.mistakes)}"


@pytest.mark.parametrize("name", exercises())
def test_the_lessons_own_solution_gets_every_point(name):
    [report] = examined(name, lesson_of(name).cells("answer")[name].source)
    assert report.score == report.points > 0, report.mistakes


@pytest.mark.parametrize("name", exercises())
def test_nothing_written_earns_nothing_and_is_called_so(name):
    [report] = examined(name, lesson.stubbed(lesson_of(name).cells("answer")[name].source))
    assert report.score == 0 and not report.written


@pytest.mark.parametrize("name", exercises())
def test_there_are_enough_known_answers_and_named_findings(name, record_property):
    counts = Counter(answer.kind for answer in known(name))
    findings = {answer.finding for answer in known(name) if answer.kind == "wrong"}
    record_property("known answers", (name, counts["wrong"], counts["right"], len(findings)))
    assert not findings & GENERIC
    assert len(findings) >= 5
    assert counts["right"] >= 3 and counts["wrong"] >= 8
    assert len({answer.title for answer in known(name)}) == len(known(name))


@pytest.mark.parametrize("name", [name for name in exercises() if load(name).prediction])
def test_a_prediction_is_tried_with_all_its_choices_and_one_is_right(name):
    choices = inspect.getclosurevars(load(name).prediction).nonlocals["choices"]
    outcomes = {choice: examined(name, _predicting(name, choice))[0] for choice in choices}
    assert sum(report.score == report.points for report in outcomes.values()) == 1
    assert sum(report.score == 0 for report in outcomes.values()) == len(choices) - 1
    tried = {constant for answer in known(name) for constant in _strings(answer.source)}
    assert set(choices) <= tried, f"no known answer chooses {set(choices) - tried}"


def _predicting(name, choice):
    source = lesson_of(name).cells("answer")[name].source
    function = next(node.name for node in ast.parse(lesson.stubbed(source)).body if isinstance(node, ast.FunctionDef))
    return f"def {function}():\n    return {choice!r}\n"


def _strings(source):
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def scores_under(name, seeds):
    """Known answer → (the scores it gets under these seeds, the score it should have).

    It is run anew for each twenty: a grader runs it once for one secret, and one that keeps all it ever computed is
    slower from secret to secret.
    """
    full, some = load(name).points, [seeds[i : i + 20] for i in range(0, len(seeds), 20)]
    return {
        str(answer): (
            Counter(r.score for few in some for r in examined(name, answer.source, few)),
            full if answer.score is None else answer.score,
        )
        for answer in known(name)
    }


@pytest.mark.parametrize("name", exercises())
def test_an_answer_scores_the_same_whatever_the_secret(name):
    differing = {
        answer: got for answer, got in scores_under(name, range(1, 1 + FEW)).items() if set(got[0]) != {got[1]}
    }
    assert not differing


@pytest.mark.slow
@pytest.mark.parametrize("name", exercises())
def test_an_answer_scores_the_same_under_many_secrets(name):
    for answer, (got, wanted) in scores_under(name, range(1 << 40, (1 << 40) + MANY)).items():
        assert got == {wanted: MANY}, f"{answer}: {dict(got)} under {MANY} secrets, not always {wanted}"
