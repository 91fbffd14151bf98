"""What an attack is: data, so that an instructor can read what was tried. The attacks themselves stand in attacks/, one family a file."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

# The attacker knows where everything lies (`Known`); in the code of an attack its paths are values of `KNOWS`.
Known = Mapping[str, str | int]


@dataclass(frozen=True)
class Attack:
    """One hostile submission: an honest notebook of the class, and what is done to it.

    Its honest twin is the same notebook without `cell`, `files`, `links`, `place`, `checks`, `tamper` and `raw`, and with the
    exercises of `answers` unwritten. The attack is held when both have the same score, and nothing else has come of it.
    """

    name: str
    tries: str  # in one sentence
    cell: str = ""  # code in a cell of its own, right after the imports
    answers: Mapping[str, str] = field(default_factory=dict)  # exercise → what stands in the cell of its answer
    checks: Mapping[str, str] = field(default_factory=dict)  # exercise → what stands in its check cell
    files: Mapping[str, str | bytes] = field(default_factory=dict)  # beside the notebook
    links: Mapping[str, str] = field(default_factory=dict)  # name beside the notebook → key of `KNOWS` it points to
    place: Callable[[Path], None] | None = None  # does whatever else to the folder that is handed in
    tamper: Callable[[NotebookNode], None] | None = None  # changes the notebook's structure
    raw: Callable[[str], bytes] | None = None  # from the notebook's text, the bytes that are handed in
    says: str = ""  # what the instructor is told
    ungraded: str = ""  # why there is no score at all, where that is the right outcome

    @property
    def family(self) -> str:
        return FAMILY[self.name]


FAMILY: dict[str, str] = {}  # attack → file in attacks/


def attacked(attack: Attack, honest: NotebookNode, known: Known) -> NotebookNode:
    """The honest notebook with the attack in it."""
    notebook = copy.deepcopy(honest)
    for name, cell in _cells(notebook).items():
        exercise = name.removeprefix("check-")
        written = attack.checks if name.startswith("check-") else attack.answers
        cell.source = _knowing(written[exercise], known) if exercise in written else cell.source
    if attack.cell:
        notebook.cells.insert(_after_imports(notebook), nbformat.v4.new_code_cell(_knowing(attack.cell, known)))
    if attack.tamper:
        attack.tamper(notebook)
    return notebook


def twin(attack: Attack, honest: NotebookNode, released: NotebookNode) -> NotebookNode:
    """The same notebook without the attack."""
    notebook, stubs = copy.deepcopy(honest), _cells(released)
    for name, cell in _cells(notebook).items():
        if name in attack.answers:
            cell.source = stubs[name].source
    return notebook


def _cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    return {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}


def _after_imports(notebook: NotebookNode) -> int:
    return 1 + next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")


def _knowing(code: str, known: Known) -> str:
    return f"KNOWS = {dict(known)!r}\n{code}" if "KNOWS" in code else code
