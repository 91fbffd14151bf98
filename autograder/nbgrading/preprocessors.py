"""Our steps in nbgrader's autograding: read and mend what was handed in, run it in the sandbox, judge."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.classroom import evidence
from autograder.grading.files import beside
from autograder.grading.grade import exercises_of, grade_notebook
from autograder.grading.secret import course_secret, seeds
from autograder.nbgrading import config, gradebook, record, submission
from autograder.sandbox.base import Sandbox
from autograder.sandbox.find import find_sandbox

Resources = dict[str, Any]


def before_copying(notebooks: list[str], **_: Any) -> None:
    """nbgrader's hook before it copies a submission: nothing but plain files may be there.

    An exception here would only be logged, and the copying would go on; hence `SystemExit`.
    """
    folder = Path(notebooks[0]).parent
    try:
        submission.quarantine(folder, quarantine_of(folder))
    except Exception as error:
        raise SystemExit(
            f"{folder}: cannot be made safe ({error}); remove its links and special files, then grade again"
        ) from error


def quarantine_of(folder: Path) -> Path:
    """Where the links and special files of a submission's folder are put."""
    return folder.parents[2] / "build" / "quarantine" / folder.parent.name / folder.name


class SubmissionExporter(NotebookExporter):
    """Reads a submission as `submission.read` does, and mends it, before any step of nbgrader sees it.

    From here on until its new score is written, a submission has no automatic score: whatever fails on the
    way, an old one can never pass for new.
    """

    def from_file(self, file_stream: Any, resources: Resources | None = None, **kw: Any) -> Any:
        converter: Any = self.parent
        if not converter._sanitizing:
            return super().from_file(file_stream, resources, **kw)
        assert resources is not None
        key = resources["nbgrader"]
        gradebook.invalidate(key["db_url"], key["assignment"], key["student"], key["notebook"])
        path = Path(file_stream.name)
        notebook = submission.read(path)
        for note in submission.mend(notebook, official(released(converter.coursedir, key)), path):
            self.log.warning("%s: %s", path, note)
        return self.from_notebook_node(notebook, resources, **kw)


def released(directory: CourseDirectory, key: dict[str, str]) -> Path:
    """The learner's notebook of a lesson, where nbgrader's settings say."""
    folder = directory.format_path(directory.release_directory, ".", key["assignment"])
    return Path(folder) / f"{key['notebook']}.ipynb"


def official(path: Path) -> NotebookNode:
    """The learner's notebook as the instructor released it."""
    return nbformat.read(path, as_version=4)


class GradeInSandbox(NbGraderPreprocessor):
    """In nbgrader's `Execute`'s place: outputs and scores come from the sandbox and the judge."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        key, directory = resources["nbgrader"], self.parent.parent.coursedir  # the exporter's converter's
        submitted = Path(directory.format_path(directory.submitted_directory, key["student"], key["assignment"]))
        source, release = (
            Path(directory.format_path(folder, ".", key["assignment"]))
            for folder in (directory.source_directory, directory.release_directory)
        )
        mark = record.stamp(key["assignment"], submitted, record.released_from(source, release))
        secret = course_secret(directory.course_id, Path(directory.root))
        limits = config.limits(self.config)
        graded = grade_notebook(
            nb,
            seeds=seeds(secret, directory.course_id, key["student"], exercises_of(nb)),
            beside=beside(Path(resources["metadata"]["path"]), limits),
            sandbox=_sandbox(),
            limits=limits,
        )
        record.attach(graded.notebook, record.of_graded(mark, graded))
        evidence.keep(Path(resources["metadata"]["path"]), graded.judged)
        return graded.notebook, resources


class SaveExtraCredit(NbGraderPreprocessor):
    """After nbgrader's `SaveAutoGrades`: the points of extra exercises go into nbgrader's field for extra credit."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        key, kept = resources["nbgrader"], record.of(nb)
        extra = [report for report in kept.reports if report.extra] if kept else []
        if extra:
            with Gradebook(key["db_url"]) as book:
                for report in extra:
                    name = gradebook.CHECK + report.exercise
                    grade = book.find_grade(name, key["notebook"], key["assignment"], key["student"])
                    grade.extra_credit = float(report.score)
                book.db.commit()
        return nb, resources


@cache
def _sandbox() -> Sandbox:
    """One for all submissions of a command, or of a server."""
    return find_sandbox()
