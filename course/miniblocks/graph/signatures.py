"""What a captured graph is tied to: the kinds of its inputs, whether the network trains, and whether gradients are recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import torch

from miniblocks.tensor import Tensor, mode

Kind = tuple[torch.Size, torch.dtype, torch.device]


class Signature(NamedTuple):
    """Calls of equal signature can be served by one graph."""

    training: bool
    recording: bool
    kinds: tuple[Kind, ...]

    def __str__(self) -> str:
        inputs = ", ".join(f"{_name(dtype)}{list(shape)} on {device}" for shape, dtype, device in self.kinds)
        return f"{inputs or 'no inputs'}; {_training(self.training)}, {_recording(self.recording)}"


def signature_of(training: bool, inputs: Iterable[Any]) -> Signature | None:
    """The signature of a call; None where no graph can serve it: inside of another capture, and for inputs that are no tensors."""
    if mode.tracer is not None or not all(type(x) is Tensor for x in inputs):
        return None
    return Signature(training, mode.recording, tuple([(x.raw.shape, x.raw.dtype, x.raw.device) for x in inputs]))


def differences(old: Signature, new: Signature) -> list[str]:
    """What is different in words: `batch 32 → 7 in input 0`."""
    if len(old.kinds) != len(new.kinds):
        return [f"{len(old.kinds)} → {len(new.kinds)} inputs"]
    found = [f"{what(a)} → {what(b)}" for what, a, b in _modes(old, new) if a != b]
    for number, (before, after) in enumerate(zip(old.kinds, new.kinds)):
        where = f"in input {number}"
        found += [f"{words} {where}" for words in _shapes(before[0], after[0])]
        found += [f"{_name(before[1])} → {_name(after[1])} {where}"] if before[1] != after[1] else []
        found += [f"{before[2]} → {after[2]} {where}"] if before[2] != after[2] else []
    return found


def nearest(new: Signature, known: Iterable[Signature]) -> tuple[Signature, list[str]] | None:
    """Of the known signatures the one with the fewest differences (of several the newest), and these."""
    found = [(signature, differences(signature, new)) for signature in known]
    return min(reversed(found), key=lambda pair: len(pair[1]), default=None)


def _modes(old: Signature, new: Signature) -> list[tuple[Any, bool, bool]]:
    return [(_training, old.training, new.training), (_recording, old.recording, new.recording)]


def _training(on: bool) -> str:
    return "in training" if on else "in use"


def _recording(on: bool) -> str:
    return "gradients recorded" if on else "under no_grad"


def _shapes(old: torch.Size, new: torch.Size) -> list[str]:
    if len(old) != len(new):
        return [f"shape {list(old)} → {list(new)}"]
    words = ["batch", *(f"axis {axis}:" for axis in range(1, len(new)))]
    return [f"{word} {a} → {b}" for word, a, b in zip(words, old, new) if a != b]


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
