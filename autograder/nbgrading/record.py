"""What grading found, kept in the autograded notebook: the reports, and the stamp of what was graded."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

import autograder
from autograder.exercise import Mistake, Outcome, Report
from autograder.grading.grade import Graded
from autograder.ledger import FILE as LEDGER
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


def of_graded(mark: Stamp, graded: Graded) -> Record:
    """The record of what grading found."""
    return Record(mark, graded.notes, list(graded.reports.values()))


def attach(notebook: NotebookNode, record: Record) -> None:
    """Keep the record in a notebook's metadata."""
    notebook.metadata[KEY] = dataclasses.asdict(record)


def of(notebook: dict[str, Any]) -> Record | None:
    """The record in an autograded notebook, if it has one."""
    kept = notebook.get("metadata", {}).get(KEY)
    if kept is None:
        return None
    return Record(Stamp(**kept["stamp"]), list(kept["notes"]), [_report(report) for report in kept["reports"]])


def read(path: Path) -> Record | None:
    """The record in an autograded notebook's file, or None: not there, unfinished, or not graded by us."""
    try:
        return of(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def stamp(folder: Path, released: Path) -> Stamp:
    """The stamp of the submission in `folder`, for the lesson released as this notebook."""
    package, module = Path(autograder.__file__).parent, f"lesson_{released.stem[:2]}"
    graders = [p for half in ("judges", "probes") for p in (package / half).glob(f"{module}*/**/*.py")]
    graders += [package / half / f"{module}.py" for half in ("judges", "probes")]
    return Stamp(
        submission.digest(folder / released.name, folder / LEDGER), submission.digest(released, *sorted(graders))
    )


def _report(kept: dict[str, Any]) -> Report:
    outcomes = [
        Outcome(**{**o, "mistake": Mistake(**o["mistake"]) if o["mistake"] else None}) for o in kept["outcomes"]
    ]
    return Report(**{**kept, "outcomes": outcomes, "hints": tuple(kept["hints"])})
