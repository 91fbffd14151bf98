"""Errors while a graph runs: which step failed, on what, and which line of somebody's code it comes from.

Generated code costs nothing for this while it runs. Its globals hold, for each of its lines, the instructions that the line carries
out (`ORIGINS`); when it fails, the traceback tells the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from miniblocks.errors import MiniblocksError
from miniblocks.graph.infer import meta
from miniblocks.graph.ir import Instruction, Ref, Step, reads
from miniblocks.graph.printing import kind, line, made_by
from miniblocks.tensor import EVALUATION, Tensor, explained

ORIGINS = "origins_"  # its name among the globals


@dataclass(frozen=True)
class Origin:
    """What a line of generated code carries out.

    `words` are the names in the code of the values that the instruction reads, in code that goes through the tape: there they may be of
    another kind than at capture. Code of raw arrays, whose inputs are looked at beforehand, has None.
    """

    instruction: Instruction
    words: Mapping[Ref, str] | None = None


def blame(error: Exception, labels: Mapping[Ref, str]) -> None:
    """Say in an error which step of a graph failed; `labels` are its. What torch itself says is raised anew in the tape's words.

    Nothing happens to an error that did not come up in generated code, or that names its step already.
    """
    found = None if hasattr(error, "origin") and error.origin else _failed(error.__traceback__)
    if found is None:
        return
    origin, names = found
    better, story = _in_our_words(error, origin), _story(origin, names, labels)
    if isinstance(better, (IndexError, TypeError)) and not isinstance(better, MiniblocksError):
        better = type(better)(f"{better}\n{story}")
    elif not isinstance(better, MiniblocksError):
        better.add_note(story)
    better.origin = story  # type: ignore[attr-defined]
    if better is not error:
        raise better from error


def _failed(traceback: TracebackType | None) -> tuple[Origin, dict[str, Any]] | None:
    """The innermost line of generated code that an error went through, and the values of its names."""
    found = None
    while traceback is not None:
        frame, row = traceback.tb_frame, traceback.tb_lineno - 1
        origins = frame.f_globals.get(ORIGINS, ())
        if row < len(origins) and origins[row] is not None:
            found = origins[row], {**frame.f_globals, **frame.f_locals}
        traceback = traceback.tb_next
    return found


def _in_our_words(error: Exception, origin: Origin) -> Exception:
    """What the tape would have said to the same arguments; the error itself where the tape has spoken already."""
    step = origin.instruction
    if origin.words is not None or not isinstance(step, Step) or not isinstance(error, EVALUATION):
        return error
    raws = [meta(a.shape, a.dtype) if isinstance(a, Ref) else a for a in step.args]
    return explained(step.op, raws, step.static, error)


def _story(origin: Origin, names: Mapping[str, Any], labels: Mapping[Ref, str]) -> str:
    instruction, words = origin.instruction, origin.words or {}
    told = [f"  in the graph: {line(instruction).splitlines()[0]}"]
    for ref in dict.fromkeys(reads(instruction)):
        label = f" ({labels[ref]})" if ref in labels else ""
        told.append(f"  {ref}{label}: {_kinds(ref, names.get(words.get(ref, '')))}")
    return "\n".join([*told, *(f"  {told_place}" for told_place in made_by(instruction))])


def _kinds(ref: Ref, value: Any) -> str:
    """What a value was when the step failed, and what it had been at capture where that is something else."""
    now = Ref(ref.name, value.shape, value.dtype) if isinstance(value, Tensor) else ref
    return kind(ref) if now == ref else f"{kind(now)}, captured as {kind(ref)}"
