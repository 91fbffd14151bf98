"""Watches what a worker's processes use, from outside.

A cell is out of bounds by CPU time, by idling, or by memory. Time spent waiting for a CPU (the kernel counts it as run-queue
delay) or for a disk is the machine's doing and costs the learner nothing. Every moment is one of these: what the processes that
are there do not account for, while one of them runs, was computed by others that have come and gone; else nothing was done.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from autograder.grading.limits import Limits
from autograder.sandbox.base import Worker

INTERVAL = 0.25


@dataclass(frozen=True)
class Usage:
    """What all processes of a worker used up to now, and what they are about."""

    at: float
    cpu: float = 0.0  # of those alive, and of children that they have waited for
    delays: dict[int, float] = field(default_factory=dict)  # thread → seconds in which it waited for a CPU
    memory: int = 0
    running: bool = False  # a thread runs, or wants to
    blocked: bool = False  # a thread waits as for a disk; a vfork's parent looks the same
    stalled: float = 0.0  # seconds in which anything on this machine waited for a disk or for memory
    stolen: float = 0.0  # seconds that this machine's own host kept from it


def usage(worker: Worker, enough: int) -> Usage:
    """A reading; shared memory is counted once where the sum would exceed `enough` otherwise."""
    at, tree = time.monotonic(), worker.tree()
    cpu, memory, delays, states = 0.0, 0, {}, set()
    for process in tree:
        with suppress(psutil.Error, OSError), process.oneshot():
            cpu += sum(process.cpu_times()[:4])
            memory += process.memory_info().rss
        for thread, delay, state in _threads(process.pid):
            delays[thread] = delay
            states.add(state)
    if memory > enough:
        memory = sum(_proportional(process) for process in tree)
    stolen = getattr(psutil.cpu_times(), "steal", 0.0)
    return Usage(at, cpu, delays, memory, "R" in states, "D" in states, _stalled(), stolen)


def _proportional(process: psutil.Process) -> int:
    with suppress(psutil.Error, OSError, AttributeError):
        return process.memory_full_info().pss
    return 0


def _threads(pid: int) -> list[tuple[int, float, str]]:
    """(id, run-queue delay in seconds, state) of a process's threads."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*"):  # none outside Linux
        with suppress(OSError, IndexError, ValueError):
            delay = int((task / "schedstat").read_text().split()[1]) / 1e9
            found.append((int(task.name), delay, (task / "stat").read_text().rpartition(")")[2].split()[0]))
    return found


def _stalled() -> float:
    """See Pressure Stall Information in the kernel's documentation; where it is not told, every such wait is believed."""
    try:
        lines = [Path(f"/proc/pressure/{what}").read_text().split("\n")[0] for what in ("io", "memory")]
        return sum(int(line.rpartition("total=")[2]) for line in lines) / 1e6
    except (OSError, ValueError):
        return time.monotonic()


@dataclass(frozen=True)
class Excess:
    """A limit that was exceeded: what to tell, and what can be done."""

    words: str
    fatal: bool = False  # an interrupt will not help
    final: bool = False  # nor will another worker
    grader: bool = False  # not the learner's doing


class Clock:
    """Decides when a running cell has had enough; asked every `INTERVAL` while the controller waits."""

    def __init__(self, worker: Worker, limits: Limits) -> None:
        self.worker, self.limits, self.deadline = worker, limits, time.monotonic() + limits.wall_seconds
        self._last: Usage | None = None
        self._new_cell = True
        self._counted = 0.0  # CPU time: the most that was ever read, since that of unwaited children is lost
        self._cpu = self._cell_cpu = self._idle = self._cell_idle = 0.0
        self._ahead = 0.0  # what was used before the time for it had passed: a reading takes some time itself

    def begin_cell(self) -> None:
        """The next reading is the start of a new cell: short cells are never measured at all."""
        self._new_cell, self._cell_cpu, self._cell_idle = True, 0.0, 0.0

    def excess(self) -> Excess | None:
        """Take a reading; the limit it exceeds, or None."""
        now = usage(self.worker, self.limits.memory_bytes)
        if self._last is None:
            self._counted = now.cpu
        used = max(0.0, now.cpu - self._counted)
        self._counted += used
        self._cpu += used
        if self._last is not None and not self._new_cell:
            self._cell_cpu += used
            self._charge(self._last, now, used)
        self._last, self._new_cell = now, False
        return self._of_notebook(now) or self._of_cell()

    def _charge(self, last: Usage, now: Usage, used: float) -> None:
        """Lay what is left of the time between two readings to computing, to idling, or to the machine."""
        passed = now.at - last.at
        queued = sum(max(0.0, delay - last.delays.get(thread, 0.0)) for thread, delay in now.delays.items())
        rest = passed - used - queued - (now.stolen - last.stolen) - self._ahead
        self._ahead = min(1.0, max(0.0, -rest))
        rest = max(0.0, rest)
        if now.running:
            self._cpu += rest
            self._cell_cpu += rest
        elif not (now.blocked and now.stalled - last.stalled > passed / 2):
            self._idle += rest
            self._cell_idle += rest

    def _of_notebook(self, now: Usage) -> Excess | None:
        limits = self.limits
        if now.at > self.deadline:
            return Excess("the machine was too busy: the overall time ran out before the learner's own", grader=True)
        if now.memory > limits.memory_bytes:
            return Excess(f"it used more than {limits.memory_bytes >> 20} MiB of memory", fatal=True)
        if self._cpu > limits.notebook_cpu_seconds:
            words = f"the whole notebook computed for more than {limits.notebook_cpu_seconds:g} s"
            return Excess(words, fatal=True, final=True)
        if self._idle > limits.notebook_idle_seconds:
            words = f"the whole notebook did nothing for more than {limits.notebook_idle_seconds:g} s"
            return Excess(words, fatal=True, final=True)
        return None

    def _of_cell(self) -> Excess | None:
        most_cpu, most_idle = self.limits.cell_cpu_seconds, self.limits.cell_idle_seconds
        if self._cell_cpu > most_cpu:
            return Excess(f"it computed for more than {most_cpu:g} s; is there a loop without an end?")
        if self._cell_idle > most_idle:
            return Excess(f"it did nothing for more than {most_idle:g} s; does it sleep or wait for something?")
        return None
