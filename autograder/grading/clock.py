"""Watches what a worker's processes use, from outside.

A cell is out of bounds by CPU time, by idling, or by memory. Time spent waiting for a CPU (the kernel counts
it as run-queue delay) is the machine's doing and costs the learner nothing.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograder.grading.limits import Limits
from autograder.sandbox.base import Worker

INTERVAL = 0.25


@dataclass(frozen=True)
class Usage:
    """What all processes of a worker used up to now, and whether any of them is busy."""

    at: float
    cpu: float = 0.0
    delay: float = 0.0
    memory: int = 0
    busy: bool = False


def usage(worker: Worker, enough: int) -> Usage:
    """A reading; shared memory is counted once where the sum would exceed `enough` otherwise."""
    tree = worker.tree()
    parts = [_of(process) for process in tree]
    memory = sum(p.memory for p in parts)
    if memory > enough:
        memory = sum(_proportional(process) for process in tree)
    return Usage(
        time.monotonic(), sum(p.cpu for p in parts), sum(p.delay for p in parts), memory, any(p.busy for p in parts)
    )


def _of(process: psutil.Process) -> Usage:
    try:
        with process.oneshot():
            cpu, memory = sum(process.cpu_times()[:4]), process.memory_info().rss
        delay, busy = _threads(process.pid)
        return Usage(0.0, cpu, delay, memory, busy)
    except (psutil.Error, OSError):
        return Usage(0.0)


def _proportional(process: psutil.Process) -> int:
    with suppress(psutil.Error, OSError, AttributeError):
        return process.memory_full_info().pss
    return 0


def _threads(pid: int) -> tuple[float, bool]:
    """Run-queue delay in seconds, and whether any thread runs, wants to run, or waits for a disk."""
    delay, busy = 0.0, False
    for task in Path(f"/proc/{pid}/task").glob("*"):  # none outside Linux
        with suppress(OSError, IndexError, ValueError):
            delay += int((task / "schedstat").read_text().split()[1]) / 1e9
            busy = busy or (task / "stat").read_text().rpartition(")")[2].split()[0] in "RD"
    return delay, busy


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
        self._first: Usage | None = None  # when the notebook began
        self._cell: Usage | None = None
        self._last = Usage(time.monotonic())
        self._idle = self._idle_before = 0.0

    def begin_cell(self) -> None:
        """The next reading is the start of a new cell: short cells are never measured at all."""
        self._cell, self._idle_before, self._idle = None, self._idle_before + self._idle, 0.0

    def excess(self) -> Excess | None:
        """Take a reading; the limit it exceeds, or None."""
        now = usage(self.worker, self.limits.memory_bytes)
        if self._first is None:
            self._first = now
        if self._cell is None:
            self._cell = self._last = now
        self._count_idle(now)
        self._last = now
        return self._of_notebook(now, now.cpu - self._first.cpu) or self._of_cell(now.cpu - self._cell.cpu)

    def _of_notebook(self, now: Usage, cpu: float) -> Excess | None:
        limits = self.limits
        if now.at > self.deadline:
            return Excess("the machine was too busy: the overall time ran out before the learner's own", grader=True)
        if now.memory > limits.memory_bytes:
            return Excess(f"it used more than {limits.memory_bytes >> 20} MiB of memory", fatal=True)
        if cpu > limits.notebook_cpu_seconds:
            words = f"the whole notebook computed for more than {limits.notebook_cpu_seconds:g} s"
            return Excess(words, fatal=True, final=True)
        if self._idle_before + self._idle > limits.notebook_idle_seconds:
            words = f"the whole notebook did nothing for more than {limits.notebook_idle_seconds:g} s"
            return Excess(words, fatal=True, final=True)
        return None

    def _of_cell(self, cpu: float) -> Excess | None:
        most_cpu, most_idle = self.limits.cell_cpu_seconds, self.limits.cell_idle_seconds
        if cpu > most_cpu:
            return Excess(f"it computed for more than {most_cpu:g} s; is there a loop without an end?")
        if self._idle > most_idle:
            return Excess(f"it did nothing for more than {most_idle:g} s; does it sleep or wait for something?")
        return None

    def _count_idle(self, now: Usage) -> None:
        used = now.cpu - self._last.cpu + now.delay - self._last.delay
        if not now.busy:
            self._idle += max(0.0, now.at - self._last.at - max(0.0, used))
