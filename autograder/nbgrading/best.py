"""The best of several attempts: each one is graded the ordinary way, and the one that earned most is graded last and stays.

What an attempt has earned is remembered, so that a second run grades what is new and nothing else.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from autograder.classroom import attempts
from autograder.classroom.attempts import Attempt
from autograder.course import Course
from autograder.nbgrading import late, record
from autograder.nbgrading.run import Result, Run, released_files

FILE = "earned.json"


@dataclass(frozen=True)
class Best:
    """As a `Run`, over all that each student has handed in."""

    run: Run

    @property
    def course(self) -> Course:
        return self.run.course

    @property
    def lesson(self) -> str:
        return self.run.lesson

    def all(self, students: Collection[str] = (), told: Callable[[Result], None] = lambda _: None) -> list[Result]:
        """Grade the named students (all, if none is named), each with the attempt that earned most; of equals the latest."""
        several = {student: tries for student in self._chosen(students) if len(tries := self._attempts(student)) > 1}
        while unknown := {
            student: one for student, tries in several.items() if (one := self._ungraded(student, tries))
        }:
            for student, one in unknown.items():
                self._count(student, one)
            for result in dataclasses.replace(self.run, force=False).all(list(unknown)):
                self._remember(result, unknown[result.student])
        for student, tries in several.items():
            earned = self._earned(student)
            self._count(student, max(tries, key=lambda one: (earned[self._key(student, one)], one.folder.name)))
        return self.run.all(students, told)

    def _chosen(self, students: Collection[str]) -> list[str]:
        return [student for student in self.course.submissions(self.lesson) if not students or student in students]

    def _attempts(self, student: str) -> list[Attempt]:
        return attempts.of(self.course, self.lesson, student)

    def _count(self, student: str, one: Attempt) -> None:
        target = self.course.submitted / student / self.lesson
        if attempts.contents(target) != one.files:
            attempts.lay_out(one, target)

    def _ungraded(self, student: str, tries: list[Attempt]) -> Attempt | None:
        earned = self._earned(student)
        return next((one for one in tries if self._key(student, one) not in earned), None)

    def _remember(self, result: Result, one: Attempt) -> None:
        """What has no score is worth less than nothing: it counts only where all there is has none."""
        earned = self._earned(result.student) | {
            self._key(result.student, one): -1.0 if result.score is None else result.score
        }
        self._file(result.student).write_text(json.dumps(earned, indent=1), encoding="utf-8")

    def _earned(self, student: str) -> dict[str, float]:
        try:
            return dict(json.loads(self._file(student).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return {}

    def _file(self, student: str) -> Path:
        return self.course.attempts / student / self.lesson / FILE

    def _key(self, student: str, one: Attempt) -> str:
        """All that decides what an attempt earns: the work, who judges it, and what being late costs."""
        mark = record.stamp(self.lesson, one.folder, released_files(self.course, self.lesson))
        return f"{mark.submission} {mark.graders} {one.handed_in} {late.terms(self.course, self.lesson, student)}"
