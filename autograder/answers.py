"""The known answers of a lesson, right and wrong, and how to run one as a learner's notebook would.

`solutions/NN-name/answers/ID.py` holds an exercise's answers as percent cells:

    # %% wrong: joins along axis 1 whatever was asked
    # finding: axis-ignored
    # observed: (3, 10)
    # score: 3
    class ParallelBlock(nn.Block): ...
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Refused
from autograder.exercise import PUBLIC_SEED, Report, load
from autograder.lesson import Lesson
from autograder.probe import observe

_HEAD = re.compile(r"^# %% (?P<kind>right|wrong): (?P<title>.+)$")
_FIELD = re.compile(r"^# (?P<name>finding|observed|score): (?P<value>.+)$")


@dataclass(frozen=True)
class Answer:
    """An answer that a learner might hand in, and for a wrong one what its report must say."""

    exercise: str
    kind: str  # right or wrong
    title: str
    source: str
    path: Path
    line: int
    finding: str = ""
    observed: str = ""
    score: int | None = None

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line} {self.kind}: {self.title}"


def read(path: Path) -> list[Answer]:
    """The answers in a file; its name is the exercise's id."""
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("# %%")]
    return [_answer(path, lines, start, end) for start, end in zip(starts, [*starts[1:], len(lines)])]


def of(lesson: Lesson) -> list[Answer]:
    """All known answers of a lesson, by exercise."""
    return [answer for path in sorted((lesson.path.parent / "answers").glob("*.py")) for answer in read(path)]


def _answer(path: Path, lines: list[str], start: int, end: int) -> Answer:
    head = _HEAD.match(lines[start])
    if head is None:
        raise Refused(f"{path}:{start + 1}: a cell begins with `# %% right: …` or `# %% wrong: …`")
    fields: dict[str, str] = {}
    body = start + 1
    while body < end and (match := _FIELD.match(lines[body])):
        fields[match["name"]] = match["value"].strip()
        body += 1
    if head["kind"] == "wrong" and set(fields) != {"finding", "observed", "score"}:
        raise Refused(
            f"{path}:{start + 1}: a wrong answer states `# finding:`, `# observed:` and `# score:`, one line each"
        )
    return Answer(
        exercise=path.stem,
        kind=head["kind"],
        title=head["title"].strip(),
        source="\n".join(lines[body:end]).strip() + "\n",
        path=path,
        line=start + 1,
        finding=fields.get("finding", ""),
        observed=fields.get("observed", ""),
        score=int(fields["score"]) if "score" in fields else None,
    )


def run_answer(lesson: Lesson, exercise_id: str, source: str) -> Any:
    """What the check cell would pass on, after the lesson's import cell and this source in a fresh namespace."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    _execute("\n".join(_without_magics(lesson.imports)), f"<imports of {lesson.name}>", namespace)
    _execute(source, f"<answer to {exercise_id}>", namespace)
    return eval(lesson.answer_expression(exercise_id), namespace)


def _without_magics(source: str) -> Iterator[str]:
    yield from (line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))


def _execute(source: str, filename: str, namespace: dict[str, Any]) -> None:
    # Reports quote the learner's line, and scripting reads a function's source: both ask linecache.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec"), namespace)


def report_on(exercise_id: str, answer: Any, seed: int = PUBLIC_SEED) -> Report:
    """The report on an answer under a seed: what the notebook shows for the public one, without its ledger."""
    exercise = load(exercise_id)
    cases = exercise.draw(seed)
    return exercise.judge(cases, [observe(exercise_id, answer, case) for case in cases])
