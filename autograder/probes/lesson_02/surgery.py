"""Let the learner move parameters from a file into a planned network, and read what its parameters hold then."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_02.planned import build, initialize, quiet
from miniblocks import nn

EXERCISES = ("02-surgery",)


@probe("02-surgery")
def _(answer: Any, case: Case, see: Observer) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "parameters.safetensors"
        _save(case, file)
        net, own = build(case["plan"])
        initialize(own.values())
        for path, value in case["values"].items():
            own[path].set_data(value)
        see["before"] = _state(own)
        with see.attempt("move the parameters"), quiet():
            answer(str(file), net, dict(case["moves"]))
        see["after"] = _state(own)


def _save(case: Case, file: Path) -> None:
    """The file, as a network that nobody has any more would have written it."""
    source, own = build(case["source"])
    initialize(own.values())
    for path, value in case["file"].items():
        own[path].set_data(value)
    source.save_parameters(file)


def _state(own: dict[str, nn.Parameter]) -> dict[str, Any]:
    """What each parameter holds, or its shape where it has no values yet."""
    return {path: p.data().asnumpy() if p.is_initialized else f"waiting, {p.shape}" for path, p in own.items()}
