"""Writing what grading found: into the gradebook and beside it, for one submission, all or nothing.

The autograded notebook holds the stamp of what was graded, and appears only after the scores are committed:

    take back what an earlier grading gave → write the notebook aside → commit the scores → move the notebook into place

A writer that is killed on the way leaves a submission that counts as ungraded, or, between the last two, one
that needs nothing but the move (`finish`). In no case does an old score pass for a new one.
"""

from __future__ import annotations

import glob
import json
import os
from pathlib import Path
from shutil import rmtree
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import Autograde
from traitlets.config import Config

from autograder.classroom import evidence
from autograder.course import Course
from autograder.nbgrading import config, gradebook, record
from autograder.nbgrading.transaction import Shared
from autograder.nbgrading.work import Done


class Writer:
    """The one writer to a course's gradebook, for one lesson; use it as a context manager."""

    def __init__(self, course: Course, lesson: str) -> None:
        self.course, self.lesson = course, lesson
        self._settings = config.of(course)
        self._shared = Shared(gradebook.db_url(self._settings, lesson))
        self._scored = gradebook.automatic_scores(self._shared.url, lesson)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._shared.__exit__()

    def write(self, student: str, done: Done, mark: record.Stamp) -> None:
        """Replace what was there for a submission by what grading found."""
        before = record.read(self.course.autograded / student / self.lesson)
        same_work = before is not None and before.stamp.submission == mark.submission
        self.take_back(student)
        settings = Config(self._settings)
        settings.CourseDirectory.autograded_directory = str(self._aside())
        converter = _Filled(done, mark, config.directory(settings, self.lesson, glob.escape(student)), settings)
        with self._shared.transaction():
            converter.start()
            if same_work:
                gradebook.keep_decisions(self._shared.url, self.lesson, student)
        self._scored[student] = True
        self._into_place(student)

    def take_back(self, student: str) -> None:
        """No score and no autograded copy stands for a submission; what a person gave and wrote stays."""
        rmtree(self.course.autograded / student / self.lesson, ignore_errors=True)
        rmtree(self._aside() / student / self.lesson, ignore_errors=True)
        if student in self._scored:
            with self._shared.transaction():
                gradebook.invalidate(self._shared.url, self.lesson, student)
            del self._scored[student]

    def finish(self, student: str, mark: record.Stamp) -> bool:
        """Whether a grading of just this was committed and only the move is missing; then it is made up for."""
        kept = record.read(self._aside() / student / self.lesson)
        if kept is None or kept.stamp != mark or not self._scored.get(student):
            return False
        self._into_place(student)
        return True

    def _aside(self) -> Path:
        return self.course.scratch / "grading"

    def _into_place(self, student: str) -> None:
        target = self.course.autograded / student / self.lesson
        target.parent.mkdir(parents=True, exist_ok=True)
        rmtree(target, ignore_errors=True)
        os.replace(self._aside() / student / self.lesson, target)


class _Filled(Autograde):
    """nbgrader's autograding of a submission that has been run and judged: all its steps from there on.

    The steps before (its reading and sanitizing) have been taken by `submission`, with the same result.
    """

    def __init__(self, done: Done, mark: record.Stamp, coursedir: object, settings: Config) -> None:
        super().__init__(coursedir=coursedir, config=settings)
        self.force, self.exporter_class = True, _InPlace
        self._done = done
        for graded in done.graded.values():
            record.attach(graded.notebook, record.of_graded(mark, graded))
        steps = self.autograde_preprocessors  # type: ignore[has-type]  # from the course's configuration
        self.autograde_preprocessors = [step for step in steps if step != config.GRADING]

    def convert_single_notebook(self, notebook_filename: str) -> None:
        resources = self.init_single_notebook_resources(notebook_filename)
        self._sanitizing = False
        self._init_preprocessors()
        try:
            graded = self._done.graded[Path(notebook_filename).stem]
            output, resources = self.exporter.from_notebook_node(graded.notebook, resources)
        finally:
            self._sanitizing = True
        self.write_single_notebook(output, resources)
        evidence.write(Path(self.writer.build_directory), self._done.evidence)


class _InPlace(NotebookExporter):
    """Takes nbgrader's steps on the notebook itself, of which nbconvert would make four copies, and writes short JSON."""

    def from_notebook_node(self, nb: nbformat.NotebookNode, resources: Any = None, **_: Any) -> tuple[Any, Any]:
        resources = self._init_resources(resources)
        for step in self._preprocessors:
            nb, resources = step(nb, resources)
        nbformat.validate(nb)
        return json.dumps(nb, ensure_ascii=False), resources
