"""An exercise as it was handed out, for whoever wants to begin anew.

Write `reset("01-parallel-block")` into the exercise's own cell, as all there is in it, and run it: the cell then holds what it was
handed out with. (`from autograder import reset` first.) Run anywhere else, it shows that text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.notebooks import Cell, grade_id, read, start


def reset(exercise_id: str) -> None:
    """Put an exercise's cell back to its beginning, if run in it; else show how it begins."""
    cell = _cell_of(exercise_id, Path.cwd())
    text = start(cell) if cell else None
    if cell is None or text is None:
        raise KeyError(f"{exercise_id!r}: no exercise of a notebook in {Path.cwd()}; its id stands in its check cell")
    shell = _shell()
    if shell is not None and _running_cell(shell) == cell.get("id"):
        shell.set_next_input(text, replace=True)
        print("This cell is as it was handed out.")
        return
    print(
        f'{text}\n\n# To put this back: write reset("{exercise_id}") into the cell of your answer, alone, and run it.'
    )


def _cell_of(exercise_id: str, folder: Path) -> Cell | None:
    """The answer's cell in the notebooks of a folder; a lesson's own before copies of it."""
    for path in sorted(folder.glob("*.ipynb"), key=lambda path: (path.stem != folder.name, path.name)):
        for cell in (read(path) or {"cells": []})["cells"]:
            if grade_id(cell) == exercise_id and start(cell) is not None:
                return cell
    return None


def _shell() -> Any:
    from IPython.core.getipython import get_ipython

    return get_ipython()


def _running_cell(shell: Any) -> str | None:
    """The id of the cell that runs, which JupyterLab sends along."""
    try:
        return shell.get_parent()["metadata"].get("cellId")
    except (AttributeError, KeyError, TypeError):
        return None
