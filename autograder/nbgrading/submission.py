"""What a learner handed in, made safe to touch: quarantined, size-capped, read, and mended.

Everything here is hostile input. A `BadSubmission` is one line: the file, the cause, the mend.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.classroom import evidence
from autograder.collect import MAX_PER_STUDENT, MAX_STUDENTS_FILES, TIMESTAMP
from autograder.ledger import FILE as LEDGER

MAX_NOTEBOOK_BYTES = 20 << 20
MAX_CELLS = 2000
MAX_SOURCE = 400_000  # characters in one cell
MAX_NOTES = 5
MAX_DEPTH = 20  # of folders in folders
OURS = (TIMESTAMP, str(LEDGER), evidence.FILE)  # files that grading reads or writes
KINDS = (".ipynb", ".html")  # and those of them whose names depend on the lesson
CLEAR = "in JupyterLab: Edit > Clear Outputs of All Cells, save, and hand in again"


class BadSubmission(Exception):
    """This submission cannot be graded; the others can. Its message is one line."""


# --- quarantine -------------------------------------------------------------------------------------------


def quarantine(folder: Path, away: Path) -> dict[str, str]:
    """Move what nbgrader must not meet in a submission to `away`; returns names, and why.

    nbgrader copies what it finds with the instructor's rights, follows links, and copies all of it twice more: a link to the
    instructor's keys would end up in the learner's feedback, and a file with nothing but holes in it would fill the disk.
    """
    moved: dict[str, str] = {}
    room = Room(MAX_STUDENTS_FILES, MAX_PER_STUDENT)
    for path in [folder, *_below(folder)]:
        depth = len(path.relative_to(folder).parts)
        why = "is in too many folders" if depth > MAX_DEPTH else _unwanted(path, room)
        if why and os.path.lexists(path):  # it may have gone away with its folder
            moved[str(path.relative_to(folder.parent))] = why
            _move(path, away / f"{len(moved):03d}-{path.name[:40]}")
    return moved


def notes_on(moved: dict[str, str]) -> list[str]:
    """What was moved away, for the instructor."""
    notes = [f"{name if name.isprintable() else ascii(name)} {why}; it was removed" for name, why in moved.items()]
    return notes[:MAX_NOTES] + ([f"{len(notes) - MAX_NOTES} more were removed"] if len(notes) > MAX_NOTES else [])


@dataclass
class Room:
    """What one submission may still take."""

    files: int
    size: int


def _unwanted(path: Path, room: Room) -> str:
    """Why a thing in a submission is moved away; "" where it stays."""
    try:
        state = path.lstat()
    except OSError:  # went away with its folder; or that cannot be entered, by nobody else either
        return ""
    if stat.S_ISDIR(state.st_mode):
        return "is a folder with the name of a file" if path.name in OURS or path.suffix in KINDS else ""
    if not stat.S_ISREG(state.st_mode):
        return "is a link or a special file"
    if path.suffix == ".ipynb":  # read within a size of its own, and not copied
        return ""
    if room.files < 1 or state.st_size > room.size:
        return f"is too much: more than {MAX_STUDENTS_FILES} files, or {MAX_PER_STUDENT >> 20} MB"
    if path.name == TIMESTAMP and not is_time(path.read_bytes()):
        return "is no time of a hand-in"
    room.files, room.size = room.files - 1, room.size - state.st_size
    return ""


def is_time(content: bytes) -> bool:
    """Whether nbgrader will read this as the time of a hand-in: 2026-01-31 23:59:59.123456 UTC."""
    match = re.fullmatch(rb"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})?)(?: (?:[A-Z]{1,5}|[+-]\d{2,4}))?\s*", content)
    try:
        return match is not None and 1970 < datetime.fromisoformat(match[1].decode()).year < 9999
    except ValueError:  # the 31st of February
        return False


def _below(folder: Path) -> list[Path]:
    """Everything below a folder, no link followed, as deep as nbgrader looks (and any path leads)."""
    if folder.is_symlink():
        return []
    return [
        Path(top) / name for top, folders, files in os.walk(folder, followlinks=False) for name in (*folders, *files)
    ]


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove(target)
    try:
        path.rename(target)
    except OSError:  # another file system: what was there is named in the message, and a link is worth no more
        _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


# --- reading ----------------------------------------------------------------------------------------------


def find_notebooks(folder: Path, names: Collection[str]) -> dict[str, Path]:
    """The notebooks of a submission, by the only names that nbgrader knows; one at least."""
    found = {name: path for name in names if (path := folder / f"{name}.ipynb").is_file()}
    if found:
        return found
    path = folder / f"{next(iter(names))}.ipynb"
    others = (
        sorted(p.name for p in folder.iterdir() if p.is_file() and p.name != LEDGER.name) if folder.is_dir() else []
    )
    there = f"found {', '.join(map(repr, others[:3]))}" if others else "the folder is empty"
    raise BadSubmission(
        f"{path}: no notebook of this name ({there}); rename the learner's notebook, or ask for it again"
    )


def read(path: Path) -> NotebookNode:
    """The notebook in a file, without outputs; raises `BadSubmission` for anything that is none."""
    return parse(content(path), path)


def content(path: Path) -> bytes:
    """What is in a submitted file, unless that is too much."""
    size = path.stat().st_size
    if size > MAX_NOTEBOOK_BYTES:
        raise BadSubmission(f"{path}: {size / 1e6:.0f} MB, more than {MAX_NOTEBOOK_BYTES >> 20} MB; {CLEAR}")
    return path.read_bytes()


def parse(raw: bytes, path: Path) -> NotebookNode:
    """The notebook in the content of the file at `path`, as `read`."""
    try:
        parsed = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadSubmission(f"{path}: not a notebook ({_reason(error)}); hand in the .ipynb file itself") from error
    try:
        return _normal(parsed, path)
    except BadSubmission:
        raise
    except Exception as error:  # nbformat's converters raise anything on damaged input
        raise BadSubmission(
            f"{path}: a damaged notebook ({_reason(error)}); open it in JupyterLab, save, and hand in again"
        ) from error


def _normal(raw: Any, path: Path) -> NotebookNode:
    if not isinstance(raw, dict) or not isinstance(raw.get("nbformat"), int):
        raise BadSubmission(f"{path}: JSON, but not a notebook; hand in the .ipynb file itself")
    for cell in raw["cells"] if isinstance(raw.get("cells"), list) else ():
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            cell.update(outputs=[], execution_count=None)
    notebook = nbformat.reads(json.dumps(raw), as_version=4)
    cells = notebook.get("cells")
    if not cells:
        raise BadSubmission(f"{path}: has no cells; hand in the lesson's notebook again")
    if len(cells) > MAX_CELLS or max(len(cell.source) for cell in cells) > MAX_SOURCE:
        raise BadSubmission(
            f"{path}: more than {MAX_CELLS} cells, or a cell of more than {MAX_SOURCE} characters; hand in the lesson's notebook with your answers only"
        )
    for position, cell in enumerate(cells):
        cell["id"] = f"cell-{position:04d}"  # a learner's own ids may be missing, repeated or malformed
        cell.source = cell.source.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be written
        name = grade_id(cell)
        cell.metadata = NotebookNode(nbgrader=NotebookNode(grade_id=name)) if name else NotebookNode()
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    notebook.nbformat_minor = 5
    kept = notebook.metadata.get("kernelspec") if isinstance(notebook.get("metadata"), dict) else None
    notebook.metadata = NotebookNode(kernelspec=kept if isinstance(kept, dict) else {})  # not explorers' saved states
    json.dumps(notebook, ensure_ascii=False).encode()  # what cannot be written fails here
    nbformat.validate(notebook)
    return notebook


def _reason(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)):
        return "it is not JSON"
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:120]}" if lines else type(error).__name__


# --- mending ----------------------------------------------------------------------------------------------


def grade_id(cell: NotebookNode) -> str | None:
    """nbgrader's name of a cell, if it has a usable one."""
    meta = cell.metadata.get("nbgrader")
    name = meta.get("grade_id") if isinstance(meta, dict) else None
    return name if isinstance(name, str) and name else None


def mend(notebook: NotebookNode, official: NotebookNode, path: Path) -> list[str]:
    """Bring a submission's graded cells back to the instructor's version; returns what was mended, in words.

    Checks and metadata are the instructor's whatever was handed in; answers are the learner's. A missing check
    is put back as late as its place allows, so that an answer written in another cell is still judged.
    """
    wanted = {name: cell for cell in official.cells if (name := grade_id(cell))}
    names = [name for cell in notebook.cells if (name := grade_id(cell))]
    if not set(names) & set(wanted):
        what = f"the cells of another lesson ({names[0]})" if names else "none of the lesson's cells"
        raise BadSubmission(f"{path}: holds {what}; hand in the notebook of this lesson, with its check cells")
    notes = [*_drop_repeated(notebook, wanted), *_restore(notebook, wanted), *_put_back(notebook, wanted)]
    notes += _after_answers(notebook, wanted)
    if notebook.metadata.get("kernelspec", {}).get("language", "python") != official.metadata.kernelspec.language:
        notes.append("the notebook's kernel was changed; graded with the lesson's own")
    notebook.metadata = NotebookNode(official.metadata)
    nbformat.validate(notebook)
    return notes


def _drop_repeated(notebook: NotebookNode, wanted: dict[str, NotebookNode]) -> Iterator[str]:
    """Of several cells with one grade id, the last counts; a copied check goes, a copied answer still runs."""
    last = _places(notebook)
    kept, repeated = [], set()
    for position, cell in enumerate(notebook.cells):
        name = grade_id(cell)
        if name not in wanted:
            cell.metadata.pop("nbgrader", None)
        elif last[name] != position:
            repeated.add(name)
            cell.metadata.pop("nbgrader")
            if wanted[name].metadata.nbgrader.locked:
                continue
        kept.append(cell)
    notebook.cells = kept
    yield from (f"cell {name} was there more than once; the last one counts" for name in sorted(repeated))


def _restore(notebook: NotebookNode, wanted: dict[str, NotebookNode]) -> Iterator[str]:
    for cell in notebook.cells:
        if not (name := grade_id(cell)):
            continue
        ours = wanted[name]
        if cell.cell_type != ours.cell_type:
            _retype(cell, ours.cell_type)
        cell.metadata = NotebookNode(ours.metadata)
        if ours.metadata.nbgrader.locked and cell.source != ours.source:
            cell.source = ours.source
            yield f"cell {name} differed from the lesson's (another version, or edited); the lesson's was used"


def _retype(cell: NotebookNode, cell_type: str) -> None:
    cell.cell_type = cell_type
    if cell_type == "code":
        cell.update(outputs=[], execution_count=None)
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _put_back(notebook: NotebookNode, wanted: dict[str, NotebookNode]) -> Iterator[str]:
    order, there = list(wanted), _places(notebook)
    for index, name in enumerate(order):
        meta = wanted[name].metadata.nbgrader
        if name in there:
            continue
        if not meta.grade:
            yield f"cell {name}, the answer, is missing (deleted, or not in that version of the lesson)"
            continue
        places = _places(notebook)
        earliest = max((places[n] + 1 for n in order[:index] if n in places), default=0)
        later = [places[n] for n in order[index + 1 :] if n in places and places[n] >= earliest]
        notebook.cells.insert(min(later, default=len(notebook.cells)), _copy(wanted[name], index))
        yield f"cell {name} was missing; it was put back from the lesson"


def _after_answers(notebook: NotebookNode, wanted: dict[str, NotebookNode]) -> Iterator[str]:
    """A check that stands before its answer is moved after it: names exchanged, or a cell moved by mistake."""
    places = _places(notebook)
    for name, cell in wanted.items():
        answer = name.removeprefix("check-")
        if cell.metadata.nbgrader.locked and answer != name and places.get(answer, -1) > places.get(name, len(places)):
            notebook.cells.insert(places[answer], notebook.cells.pop(places[name]))
            places = _places(notebook)
            yield f"cell {name} stood before its answer; it was moved after it"


def _places(notebook: NotebookNode) -> dict[str | None, int]:
    """The position of each named cell; of several with one name, of the last."""
    return {grade_id(cell): position for position, cell in enumerate(notebook.cells)}


def _copy(cell: NotebookNode, index: int) -> NotebookNode:
    copy = nbformat.from_dict(json.loads(json.dumps(cell)))
    copy["id"] = f"restored-{index:03d}"
    return copy


# --- identity ---------------------------------------------------------------------------------------------


def digest(*paths: Path) -> str:
    """One hash of several files; a missing one counts as empty."""
    total = hashlib.sha256()
    for path in paths:
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
        total.update(path.name.encode("utf-8", "replace"))
    return total.hexdigest()
