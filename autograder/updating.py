"""A newer release of the course, brought into notebooks that a learner has begun.

    from autograder import update
    update("~/Downloads/lessons")       # the newer release, unpacked

The learner's stays: answers, cells of their own, what they changed in a given cell that the release left as it was, outputs of
all these, `predictions.json`. All else becomes as the release has it. The notebook as it was is kept beside the new one, and
a second call changes nothing.

Every released notebook says what it was made of: `metadata.autograder.given` holds a digest of each given cell, and an answer's cell the
text it was handed out with. So what the learner wrote and what the release changed can be told apart.
"""

from __future__ import annotations

import copy
import hashlib
import re
import shutil
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import count
from pathlib import Path
from typing import Any

from autograder.notebooks import Cell, Notebook, grade_id, marks, ours, read, source, start, write

GIVEN_ID = re.compile(r"\d\d-cell-\d{3}")  # how the build names the cells that are no exercise


@dataclass
class Updated:
    """What became of each notebook, in a line each."""

    lines: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        return "\n".join(self.lines)


def update(release: str | Path, folder: str | Path | None = None) -> Updated:
    """Bring the lessons of an unpacked release into `folder` (the working directory, unless one is named)."""
    new, home = Path(release).expanduser(), Path(folder or Path.cwd())
    lessons = sorted(path for path in new.glob("[0-9][0-9]-*/*.ipynb")) if new.is_dir() else []
    if not lessons:
        raise FileNotFoundError(f"{new}: no lessons there; unpack the release and name its folder, which holds 01-…/")
    if new.resolve() == home.resolve():
        raise ValueError(f"{new}: that is where your own notebooks lie; unpack the newer release somewhere else")
    done = Updated()
    for path in lessons:
        done.lines += _one(path, home / path.relative_to(new))
    for path in sorted(p for p in new.glob("[0-9][0-9]-*/**/*") if p.is_file() and p.suffix != ".ipynb"):
        done.lines += _file(path, home / path.relative_to(new))
    for page in sorted(new.glob("*.ipynb")):
        done.lines += _one(page, home / page.name)
    if wheel := _other_checks(new):
        done.lines.append(
            f"the checks have changed; install them: python -m pip install --force-reinstall --no-deps {wheel}"
        )
    return done


def _other_checks(new: Path) -> Path | None:
    """The release's wheel, if its checks are not those that run here."""
    here = Path(__file__).parents[1]
    for wheel in new.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            files = [name for name in archive.namelist() if name.startswith("autograder/")]
            if any(not (here / f).is_file() or (here / f).read_bytes() != archive.read(f) for f in files):
                return wheel
    return None


def _one(path: Path, target: Path) -> list[str]:
    released, mine = read(path), read(target)
    if released is None:
        raise ValueError(f"{path}: cannot be read; get the release again")
    if mine is None:
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            return [f"{target.stem}: new"]
        return [f"{target.stem}: yours cannot be read and was left as it is; move it away, then update again"]
    merged, notes = merge(mine, released)
    if merged == mine:
        return [f"{target.stem}: as before"]
    backup = _beside(target)
    shutil.copyfile(target, backup)
    write(target, merged)
    return [f"{target.stem}: updated; as it was: {backup.name}", *(f"  {note}" for note in notes)]


def _file(path: Path, target: Path) -> list[str]:
    """A file that belongs to a lesson; one that differs is kept under another name."""
    if target.exists() and target.read_bytes() == path.read_bytes():
        return []
    notes = [f"{target.name}: new"]
    if target.exists():
        backup = _beside(target)
        target.rename(backup)
        notes = [f"{target.name}: updated; as it was: {backup.name}"]
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    return notes


def _beside(path: Path) -> Path:
    names = (path.with_name(f"{path.stem}.before-update-{n}{path.suffix}") for n in count(1))
    return next(name for name in names if not name.exists())


# --- merging ----------------------------------------------------------------------------------------------


def merge(mine: Notebook, released: Notebook) -> tuple[Notebook, list[str]]:
    """(the release with what is the learner's in it, a line for each thing worth telling); neither is changed."""
    notes: list[str] = []
    cells = _named_once(copy.deepcopy(mine["cells"]))
    news = copy.deepcopy(released["cells"])
    theirs = [cell for cell in cells if not _is_own(cell, news)]
    partner = _partners(theirs, news)
    placed = [_placed(new, partner.get(position), _given(mine), notes) for position, new in enumerate(news)]
    merged = _with_own(cells, theirs, placed, {id(cell): position for position, cell in partner.items()})
    return {**mine, "cells": _with_own_ids(merged), "metadata": _metadata(mine, released)}, notes


def digest(text: str) -> str:
    """A given cell's text in a few letters; the build writes them down."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def _given(notebook: Notebook) -> set[str]:
    kept = ours(notebook).get("given")
    return set(map(str, kept)) if isinstance(kept, list) else set()


def _metadata(mine: Notebook, released: Notebook) -> dict[str, Any]:
    return mine["metadata"] | ({"autograder": ours(released)} if ours(released) else {})


def _named_once(cells: list[Cell]) -> list[Cell]:
    """Of several cells of one name the last is the exercise's, as at grading; the others are the learner's own."""
    last = {grade_id(cell): position for position, cell in enumerate(cells) if grade_id(cell)}
    for position, cell in enumerate(cells):
        if grade_id(cell) and last[grade_id(cell)] != position:
            _disown(cell)
    return cells


def _disown(cell: Cell) -> None:
    cell["metadata"] = {k: v for k, v in cell["metadata"].items() if k not in ("nbgrader", "autograder", "deletable")}


def _is_own(cell: Cell, news: list[Cell]) -> bool:
    """Whether a cell is the learner's own: neither an exercise's nor one that some release gave."""
    if grade_id(cell):
        return False
    if "id" in cell:
        return not GIVEN_ID.fullmatch(str(cell["id"]))
    return all(_key(cell) != _key(new) for new in news)  # saved by an old Jupyter, which knows no ids


def _key(cell: Cell) -> str:
    return grade_id(cell) or f"{cell.get('cell_type')} {source(cell)}"


def _partners(theirs: list[Cell], news: list[Cell]) -> dict[int, Cell]:
    """Position in the release → the learner's cell in its place: exercises by name, given cells by text and order."""
    found: dict[int, Cell] = {}
    matcher = SequenceMatcher(None, [_key(c) for c in theirs], [_key(c) for c in news], autojunk=False)
    for kind, i, j, k, l in matcher.get_opcodes():
        if kind == "equal" or (kind == "replace" and j - i == l - k):
            found |= {k + step: theirs[i + step] for step in range(j - i)}
    by_name = {grade_id(cell): cell for cell in theirs if grade_id(cell)}
    found = {k: cell for k, cell in found.items() if not grade_id(cell) and not grade_id(news[k])}
    return found | {k: by_name[name] for k, new in enumerate(news) if (name := grade_id(new)) in by_name}


def _placed(new: Cell, old: Cell | None, given: set[str], notes: list[str]) -> Cell:
    """What stands in the place of a released cell: the release's text or the learner's, with the outputs that belong to it."""
    if old is None or old.get("cell_type") != new.get("cell_type"):
        return new
    kept = _kept(new, old, given, notes)
    if kept != source(new):
        new["source"] = kept
    if kept == source(old):
        new |= {name: old[name] for name in ("source", "outputs", "execution_count", "attachments") if name in old}
        new["metadata"] = {**old["metadata"], **new["metadata"]}
    return new


def _kept(new: Cell, old: Cell, given: set[str], notes: list[str]) -> str:
    """The text that stays, and a note where the learner should look at it."""
    name, mine, theirs = grade_id(new), source(old), source(new)
    if name and marks(new).get("solution"):
        if mine == start(old) or mine == theirs:
            return theirs
        if start(old) != start(new):
            notes.append(f"{name}: what is given in its cell has changed, and your answer is kept; see reset({name!r})")
        return mine
    if name or mine == theirs or digest(mine) in given:
        return theirs
    if digest(theirs) in given:
        return mine  # the release has left it as it was
    notes.append(f"a cell that you had changed has been corrected: {theirs.strip()[:60]!r}")
    return theirs


def _with_own(cells: list[Cell], theirs: list[Cell], placed: list[Cell], position: dict[int, int]) -> list[Cell]:
    """The learner's own cells, each after the cell that it stood after."""
    after: dict[int, list[Cell]] = {}
    names, gone = {grade_id(cell) for cell in placed}, {id(cell) for cell in theirs}
    last = -1
    for cell in cells:
        if id(cell) in position:
            last = position[id(cell)]
        elif id(cell) not in gone:
            after.setdefault(last, []).append(cell)
        elif grade_id(cell) not in names and marks(cell).get("solution") and source(cell) != start(cell):
            _disown(cell)  # an exercise that is no more, and was worked on
            after.setdefault(last, []).append(cell)
    return [*after.get(-1, []), *(c for k, new in enumerate(placed) for c in (new, *after.get(k, [])))]


def _with_own_ids(cells: list[Cell]) -> list[Cell]:
    """No two cells of one id, which Jupyter would not open in peace."""
    seen: Counter[str] = Counter()
    for cell in cells:
        if name := str(cell.get("id", "")):
            seen[name] += 1
            if seen[name] > 1:
                cell["id"] = f"{name[:56]}-own-{seen[name]}"
    return cells
