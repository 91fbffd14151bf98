"""Predictions are committed before the reveal: the first answer to each is kept beside the notebook.

The file `predictions.json` is submitted with the notebook. A learner who deletes it can commit again: this
keeps the honest honest, and is no proof.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path("predictions.json")
MAX_BYTES = 64_000


def commit(exercise_id: str, answer: Any, folder: Path | None = None) -> Any:
    """Keep `answer` as the prediction unless one was kept before; returns the one that stands."""
    file = (folder or Path.cwd()) / FILE
    kept = read(file)
    if exercise_id not in kept:
        kept[exercise_id] = answer
        try:
            file.write_text(json.dumps(kept, indent=1, sort_keys=True))
        except OSError:  # a read-only folder: the prediction still counts, it is only not remembered
            pass
    return kept[exercise_id]


def read(file: Path) -> dict[str, Any]:
    """The committed predictions in a file, which may be missing, damaged or hostile."""
    try:
        if file.is_symlink() or file.stat().st_size > MAX_BYTES:
            return {}
        kept = json.loads(file.read_text())
    except (OSError, ValueError, RecursionError):
        return {}
    return {k: v for k, v in kept.items() if isinstance(v, (str, int, float))} if isinstance(kept, dict) else {}
