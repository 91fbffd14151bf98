"""A worker without walls: for our own trusted submissions, or when the operator insists."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress

import psutil

from autograder.sandbox.base import Sandbox, Worker
from autograder.sandbox.environment import worker_environment
from autograder.sandbox.spawned import WORKER, spawn
from autograder.sandbox.stage import learners_half


class Unsandboxed(Sandbox):
    """Runs a notebook as an ordinary process with the rights of whoever grades: no protection at all."""

    isolated = False

    def start(self) -> Worker:
        home = tempfile.mkdtemp(prefix="worker-")
        environment = worker_environment(home, str(learners_half(self.extra)))
        if os.name == "nt":  # without these no Python starts on Windows
            environment |= {k: os.environ[k] for k in ("SYSTEMROOT", "PATH", "TEMP", "TMP") if k in os.environ}
        return spawn(
            [sys.executable, *WORKER],
            environment,
            _itself,
            isolated=False,
            cwd=home,
            clean_up=lambda: shutil.rmtree(home, ignore_errors=True),
        )


def _itself(process: subprocess.Popen[bytes]) -> psutil.Process | None:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(process.pid)
    return None
