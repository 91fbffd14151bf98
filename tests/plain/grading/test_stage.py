"""The learner's half goes with its process, or, if that was killed, with the next process."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

STAGE = """
import sys, time
from autograder.sandbox.stage import learners_half
print(learners_half(), flush=True)
time.sleep(float(sys.argv[1]))
"""


@pytest.fixture
def stage(tmp_path):
    """Starts a process that makes the folder and stays for so many seconds; gives the process and the folder."""
    started = []

    def start(seconds):
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        process = subprocess.Popen(
            [sys.executable, "-c", STAGE, str(seconds)], stdout=subprocess.PIPE, text=True, env=environment
        )
        started.append(process)
        return process, Path(process.stdout.readline().strip())

    yield start
    for process in started:
        process.kill()
        process.wait()


def aged(folder):
    old = time.time() - 3600
    os.utime(folder, (old, old))
    return folder


def test_it_is_gone_when_its_process_ends(stage):
    process, folder = stage(0)
    process.wait()
    assert folder.name.startswith("learners-half-") and not folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="killed processes leave their folder there")
def test_what_a_killed_process_left_is_removed_by_the_next_and_what_is_in_use_stays(stage):
    killed, left = stage(60)
    living, used = stage(60)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    young = left.with_name("learners-half-young")
    young.mkdir()
    file = left.with_name("learners-half-file")
    file.touch()
    for each in (left, used, file):
        aged(each)
    stage(0)[0].wait()
    assert living.poll() is None
    assert [each.exists() for each in (left, used, young, file)] == [False, True, True, True]
    assert (used / "autograder" / "probe.py").is_file()


def test_it_lies_where_temporary_files_lie(stage, tmp_path):
    assert stage(0)[1].parent == tmp_path != Path(tempfile.gettempdir())
