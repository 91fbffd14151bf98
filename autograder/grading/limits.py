"""How much one notebook may use, and the exceptions that say whose fault it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.sandbox.base import Worker


@dataclass(frozen=True)
class Limits:
    """CPU time and idling decide about a learner's code; the wall clock only ever means "ungraded"."""

    cell_cpu_seconds: float = 30.0
    notebook_cpu_seconds: float = 120.0
    cell_idle_seconds: float = 20.0  # neither running nor waiting for a CPU
    notebook_idle_seconds: float = 120.0
    wall_seconds: float = 900.0  # of one worker; more than the budgets above can add up to
    start_seconds: float = 120.0
    grace_seconds: float = 3.0  # from the interrupt to the kill
    restarts: int = 3
    memory_bytes: int = 4 << 30
    processes: int = 64
    file_bytes: int = 64 << 20
    open_files: int = 256
    source_bytes: int = 1 << 20
    cell_output_bytes: int = 2 << 20
    notebook_output_bytes: int = 16 << 20
    data_files: int = 200
    data_bytes: int = 16 << 20

    def for_worker(self, worker: Worker) -> dict[str, Any]:
        """What the worker puts on itself."""
        return {
            "output_bytes": self.cell_output_bytes,
            "memory_bytes": self.memory_bytes,
            # without a user namespace of its own it would be all processes of the operator
            "processes": self.processes if worker.isolated else None,
            "file_bytes": self.file_bytes,
            "open_files": self.open_files,
            "cpu_seconds": int(2 * self.notebook_cpu_seconds) + 60,
        }


DEFAULT = Limits()


class Ungraded(Exception):
    """The grader's fault, never the learner's: there is no score, and the run can be repeated."""


class WorkerLost(Exception):
    """The worker is dead because of what the learner's code did; the words are for the learner."""

    def __init__(self, reason: str, final: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.final = reason, final  # final: another worker would end the same way
