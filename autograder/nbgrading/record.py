"""What grading found, kept in the autograded notebook: the reports, and the stamp of what was graded."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

import autograder
from autograder.classroom.attempts import TIMESTAMP
from autograder.exercise import Mistake, Outcome, Report
from autograder.grading.grade import Graded
from autograder.nbgrading import submission

KEY = "autograder"


@dataclass(frozen=True)
class Stamp:
    """What was graded, and by what: digests of the submission, and of the lesson with its judges and probes."""

    submission: str
    graders: str


@dataclass(frozen=True)
class Record:
    stamp: Stamp
    notes: list[str]
    reports: list[Report]  # in the order of the notebook

    @property
    def message(self) -> str:
        """What an instructor reads beside the score: notes on the notebook, then each exercise's first mistake."""
        empty = [report.exercise for report in self.reports if not report.written]
        causes = [
            f"{report.exercise}: {_named(report.mistakes[0])}"
            for report in self.reports
            if report.written and report.mistakes
        ]
        if empty:
            causes.append(
                "nothing written yet" if len(empty) == len(self.reports) else f"not written yet: {', '.join(empty)}"
            )
        return "; ".join([*self.notes, *causes]) or "all right"


def _named(mistake: Mistake) -> str:
    """A mistake by its name; an error that nobody foresaw by its own words."""
    return mistake.observed[:100] if mistake.id == "raised" else mistake.id


def of_graded(mark: Stamp, *graded: Graded) -> Record:
    """The record of what grading found in one notebook, or in several."""
    notes = list(dict.fromkeys(note for one in graded for note in one.notes))
    return Record(mark, notes, [report for one in graded for report in one.reports.values()])


def attach(notebook: NotebookNode, record: Record) -> None:
    """Keep the record in a notebook's metadata."""
    notebook.metadata[KEY] = dataclasses.asdict(record)


def of(notebook: dict[str, Any]) -> Record | None:
    """The record in an autograded notebook, if it has one."""
    kept = notebook.get("metadata", {}).get(KEY)
    if kept is None:
        return None
    return Record(Stamp(**kept["stamp"]), list(kept["notes"]), [_report(report) for report in kept["reports"]])


def read(folder: Path) -> Record | None:
    """The record in the notebooks of an autograded folder, or None: not there, unfinished, or not graded by us."""
    try:
        paths = sorted(folder.glob("*.ipynb"), key=lambda path: path.stem)
        found = [of(json.loads(path.read_text(encoding="utf-8"))) for path in paths]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    kept = [one for one in found if one is not None]
    if not kept or len({one.stamp for one in kept}) > 1 or None in found:
        return None
    notes = list(dict.fromkeys(note for one in kept for note in one.notes))
    return Record(kept[0].stamp, notes, [report for one in kept for report in one.reports])


def released_from(source: Path, release: Path) -> list[Path]:
    """What learners got of a lesson, given its folder in nbgrader's source directory, and where it was released."""
    return [release / path.relative_to(source) for path in sorted(source.rglob("*")) if path.is_file()]


def stamp(lesson: str, folder: Path, released: Iterable[Path]) -> Stamp:
    """The stamp of the submission in `folder`, to the lesson of which learners got the files `released`."""
    package, module = Path(autograder.__file__).parent, f"lesson_{lesson[:2]}"
    graders = [p for half in ("judges", "probes") for p in (package / half).glob(f"{module}*/**/*.py")]
    graders += [package / half / f"{module}.py" for half in ("judges", "probes")]
    handed_in = sorted(path for path in folder.rglob("*") if path.name != TIMESTAMP and path.is_file())
    return Stamp(submission.digest(*handed_in), submission.digest(*released, *sorted(graders)))


def _report(kept: dict[str, Any]) -> Report:
    outcomes = [
        Outcome(**{**o, "mistake": Mistake(**o["mistake"]) if o["mistake"] else None}) for o in kept["outcomes"]
    ]
    return Report(**{**kept, "outcomes": outcomes, "hints": tuple(kept["hints"])})
