"""The untrusted half of an exercise: run the learner's answer on a case and write down what it did.

    @probe("01-parallel-block", forbids=("miniblocks.nn.Parallel",))
    def _(answer, case, see):
        with see.step("build the block"):           # an error here is recorded and ends this case
            net = answer(nn.Dense(3), nn.Dense(4), axis=case["axis"])
            net.initialize()
        with see.attempt("call it"):                # an error here is recorded, and the probe goes on
            see["output"] = net(nd.array(case["x"]))

A probe returns evidence, never a verdict: values that behaviour produced. It runs in the learner's process
(the notebook's kernel, or the sandbox at grading), so nothing it says is trusted beyond those values.
"""

from __future__ import annotations

import linecache
import random
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch

import miniblocks
from autograder import wire
from autograder.exercise import Case, Error, Seen, _lesson_part
from autograder.forbid import forbidden
from miniblocks import nd

Probe = Callable[[Any, Case, "Observer"], None]


class _EndOfCase(Exception):
    """A step failed; what depends on it cannot be tried."""


class Observer:
    """Collects what a probe sees: `see[name] = value`, and errors by step."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.errors: dict[str, Error] = {}
        self.forbidden: list[str] = []
        self.written = True

    def __setitem__(self, name: str, value: Any) -> None:
        self.values[name] = plain(value)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Try something; an error is recorded under `name` and ends the case. Name it by a verb phrase."""
        with self.attempt(name):
            yield
        if name in self.errors:
            raise _EndOfCase

    @contextmanager
    def attempt(self, name: str) -> Iterator[None]:
        """Try something; an error is recorded under `name`, and the probe goes on."""
        try:
            yield
        except _EndOfCase:
            raise
        except NotImplementedError as error:
            self.written = self.written and not _is_stub(error)
            self.errors[name] = _record(error)
        except Exception as error:
            self.errors[name] = _record(error)


def plain(value: Any) -> Any:
    """A value as it is sent to the judge: arrays and plain values stay, anything else becomes words."""
    if isinstance(value, nd.Tensor):
        return value.asnumpy()
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        return (value.float() if value.dtype is torch.bfloat16 else value).numpy()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int) and abs(value) > wire.LARGEST:
        return f"<int of {value.bit_length()} bits>"
    if value is None or isinstance(value, (bool, int, float, str, np.ndarray)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    return f"<{type(value).__name__}>"


_PROBES: dict[str, tuple[Probe, tuple[str, ...]]] = {}


def probe(exercise_id: str, *, forbids: Sequence[str] = ()) -> Callable[[Probe], Probe]:
    """Decorator: the probe of an exercise. `forbids` names what its answer must not call."""

    def register(function: Probe) -> Probe:
        _PROBES[exercise_id] = (function, tuple(forbids))
        return function

    return register


def observe(exercise_id: str, answer: Any, case: Case) -> Seen:
    """Run the exercise's probe on one case: seeded, with fresh block names and forbidden calls disabled."""
    _lesson_part("probes", exercise_id)
    function, forbids = _PROBES[exercise_id]
    see = Observer()
    if answer is None or answer is ...:
        return Seen(written=False)
    with ExitStack() as stack:
        stack.enter_context(_seeded(case["seed"]))
        stack.enter_context(miniblocks.nn.fresh_names())
        stack.enter_context(forbidden(forbids, see.forbidden))
        try:
            function(answer, case, see)
        except _EndOfCase:
            pass
        except Exception as error:  # outside of any step: the answer gave back something the probe cannot handle
            see.errors.setdefault("look at what your answer gives back", _record(error))
    return Seen(see.values, see.errors, tuple(dict.fromkeys(see.forbidden)), see.written)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """All random numbers from this seed; the learner's own sequences go on afterwards as if nothing had been drawn."""
    generator = nd.random.generator()
    before = random.getstate(), np.random.get_state(), torch.get_rng_state(), generator.get_state()
    random.seed(seed)
    np.random.seed(seed % (1 << 32))
    # `torch.manual_seed` writes down the whole stack for each kind of device that has not been used yet, as it is at grading.
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed_all(seed)
    generator.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])
        torch.set_rng_state(before[2])
        generator.set_state(before[3])


def _is_stub(error: BaseException) -> bool:
    """Whether an error is the `raise NotImplementedError` that stands in an unwritten cell."""
    return not error.args


def _record(error: Exception) -> Error:
    """Type, message and the learner's own line, at most a few hundred characters of each."""
    ours = ("autograder", "miniblocks")  # a block or an initializer of the learner's is called by the framework
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not any(part in f.filename for part in ours)]
    line = next((linecache.getline(f.filename, f.lineno or 0).strip() for f in frames), "")
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be shown)"
    return Error(type(error).__name__, message[:800], line[:200])
