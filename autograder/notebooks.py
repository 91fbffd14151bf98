"""A learner's notebooks as plain data: read without trust, written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MAX_BYTES = 64 << 20

Cell = dict[str, Any]
Notebook = dict[str, Any]


def read(path: Path) -> Notebook | None:
    """The notebook in a file, or None: not there, too large, damaged, or none at all."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        return None
    cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    cells = [{**cell, "metadata": _dict(cell.get("metadata"))} for cell in cells]
    return {**notebook, "cells": cells, "metadata": _dict(notebook.get("metadata"))}


def write(path: Path, notebook: Notebook) -> None:
    """Write as Jupyter does; a crash leaves the old file or the new one."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(path)


def source(cell: Cell) -> str:
    """A cell's text, which a notebook holds as one string or as a list of lines."""
    return text(cell.get("source"))


def text(lines: Any) -> str:
    return "".join(map(str, lines)) if isinstance(lines, list) else str(lines or "")


def marks(cell: Cell) -> dict[str, Any]:
    """nbgrader's metadata of a cell; empty if it has none."""
    return _dict(cell["metadata"].get("nbgrader"))


def grade_id(cell: Cell) -> str:
    """nbgrader's name of a cell, or nothing."""
    return str(marks(cell).get("grade_id") or "")


def ours(of: Cell | Notebook) -> dict[str, Any]:
    """What the build wrote into the metadata of a cell or notebook."""
    return _dict(of["metadata"].get("autograder"))


def start(cell: Cell) -> str | None:
    """What stood in an answer's cell when it was handed out."""
    kept = ours(cell).get("stub")
    return kept if isinstance(kept, str) else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
