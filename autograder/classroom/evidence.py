"""What a mark rests on, kept beside the graded notebook for the day a learner asks why.

`autograded/STUDENT/LESSON/grading.evidence` holds, for each exercise, what was observed on each case, and a digest of
the cases. The cases themselves are drawn again from the course's secret when they are needed, and the digest tells
whether they are the same. Observations are kept rather than made anew by another run: a run of a stranger's code
need not repeat itself (time, random numbers, intent), and the mark was given for this one.

nbgrader copies the files beside a graded notebook on to the feedback, which learners get; `PATTERN` is among what it
ignores (`autograder.nbgrading.config`). The file goes when the graded notebook goes.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder import wire
from autograder.exercise import Case, Error, Seen
from autograder.grading.grade import Judged

FILE = "grading.evidence"
PATTERN = "*.evidence"
VERSION = 1
MAX_EXERCISE = 128 << 10  # bytes, compressed if there are more: what one exercise may take
MAX_RAW = 4 << 20  # bytes: more is not even tried, since compressing takes time
MAX_TEXT = 2000
# Arrays of more numbers are left out, if all of it does not fit.
SMALLER = (None, 4096, 256, 16)
LEFT_OUT = "(left out, too large to be kept: {})"
LIMITS = wire.Limits(total_bytes=256 << 20, header_bytes=64 << 20, arrays=1 << 20, depth=32)


@dataclass(frozen=True)
class Kept:
    """What was kept of one exercise; `whole` tells whether nothing was left out."""

    cases: str  # digest
    committed: Any
    seen: list[Seen]
    whole: bool


def keep(folder: Path, judged: Mapping[str, Judged]) -> None:
    """Write the evidence of one notebook beside it; that of a lesson's other notebooks stays."""
    exercises = _content(folder) | {name: _packed(one) for name, one in judged.items()}
    write(folder, _file(exercises))


def pack(judged: Mapping[str, Judged]) -> bytes:
    """The content of the file: packing takes longer than all else that is written."""
    return _file({name: _packed(one) for name, one in judged.items()})


def _file(exercises: dict[str, Any]) -> bytes:
    return zlib.compress(wire.encode({"version": VERSION, "exercises": exercises}))


def write(folder: Path, packed: bytes) -> None:
    file = folder / FILE
    file.unlink(missing_ok=True)  # nbgrader makes its files read-only
    file.write_bytes(packed)


def read(folder: Path) -> dict[str, Kept]:
    """Exercise → what was kept; empty where there is none, or none of this version."""
    try:
        return {name: _kept(one) for name, one in _content(folder).items()}
    except (KeyError, TypeError):
        return {}


def _content(folder: Path) -> dict[str, Any]:
    try:
        data = zlib.decompressobj().decompress((folder / FILE).read_bytes(), LIMITS.total_bytes)
        content = wire.decode(data, LIMITS)
        return dict(content["exercises"]) if content["version"] == VERSION else {}
    except (OSError, zlib.error, wire.WireError, KeyError, TypeError):
        return {}


def digest(cases: Sequence[Case]) -> str:
    """A digest of cases as they are drawn: without the prediction that grading puts to them."""
    drawn = [{key: _sendable(value) for key, value in case.items() if key != "committed"} for case in cases]
    return hashlib.sha256(wire.encode(drawn)).hexdigest()


def _packed(judged: Judged) -> dict[str, Any]:
    seen: list[dict[str, Any]] = []
    for most in SMALLER:
        seen = [_of_seen(one, most) for one in judged.seen]
        if _fits(wire.encode(seen)):
            break
    else:
        seen, most = [], 0
    committed = judged.cases[0].get("committed") if judged.cases else None
    return {"cases": digest(judged.cases), "committed": committed, "seen": seen, "whole": most is None}


def _fits(data: bytes) -> bool:
    return len(data) <= MAX_EXERCISE or (len(data) <= MAX_RAW and len(zlib.compress(data)) <= MAX_EXERCISE)


def _of_seen(seen: Seen, most: int | None) -> dict[str, Any]:
    errors = {step: [e.type, e.message, e.line] for step, e in seen.errors.items()}
    values = _smaller(_sendable(seen.values), most)
    return {
        "values": values,
        "errors": _sendable(errors),
        "forbidden": list(seen.forbidden),
        "written": seen.written,
    }


def _smaller(value: Any, most: int | None) -> Any:
    if most is None:
        return value
    if isinstance(value, np.ndarray) and value.size > most:
        return LEFT_OUT.format(f"{value.dtype} {value.shape}")
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return value[:MAX_TEXT] + LEFT_OUT.format(f"{len(value) - MAX_TEXT} characters")
    if isinstance(value, list):
        rest = [LEFT_OUT.format(f"{len(value) - most} entries")] if len(value) > most else []
        return [_smaller(v, most) for v in value[:most]] + rest
    if isinstance(value, dict):
        return {k[:MAX_TEXT]: _smaller(v, most) for k, v in list(value.items())[: max(most, 64)]}
    return value


def _sendable(value: Any) -> Any:
    """With `#` before a key escaped, since to `wire` it means something."""
    if isinstance(value, dict):
        return {f"\\{k}" if k.startswith(("#", "\\")) else k: _sendable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_sendable(v) for v in value]
    return value


def _as_sent(value: Any) -> Any:
    if isinstance(value, dict):
        return {k.removeprefix("\\"): _as_sent(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_as_sent(v) for v in value]
    return value


def _kept(content: dict[str, Any]) -> Kept:
    seen = [
        Seen(
            _as_sent(one["values"]),
            {step: Error(*words) for step, words in _as_sent(one["errors"]).items()},
            tuple(one["forbidden"]),
            one["written"],
        )
        for one in content["seen"]
    ]
    return Kept(content["cases"], content["committed"], seen, content["whole"])
