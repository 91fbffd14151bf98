"""A class graded on a Dask cluster: a real scheduler, several workers, one of them killed on the way."""

import os
import signal
import subprocess
import sys
import time

import pytest

from autograder.course import Course
from autograder.grading import pool
from autograder.nbgrading import gradebook, run
from autograder.sandbox.find import Found
from benchmarks import _drills

LESSON, COUNT = "01-drill", 16


@pytest.fixture
def cluster(tmp_path):
    """(the scheduler's address, the workers' processes)"""
    contact = tmp_path / "scheduler.json"
    environment = os.environ | {"OMP_NUM_THREADS": "1"}

    def dask(*arguments):
        command = [sys.executable, "-m", "dask", *arguments, "--scheduler-file", str(contact), "--host", "127.0.0.1"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([*command, "--no-dashboard"], env=environment, cwd=tmp_path, **quiet)

    scheduler = dask("scheduler", "--port", "0")
    workers = [dask("worker", "--nthreads", "1", "--no-nanny") for _ in range(3)]
    while not contact.exists():
        assert scheduler.poll() is None
        time.sleep(0.1)
    from distributed import Client

    with Client(scheduler_file=str(contact)) as client:
        client.wait_for_workers(len(workers), timeout=300)
        address = client.scheduler.address
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def test_a_class_is_graded_though_a_worker_is_killed(tmp_path, cluster):
    address, workers = cluster
    course = _drills.course(tmp_path / "course", Course.here(), ["01"])
    _drills.hand_in(course, Course.here(), "01", COUNT, right=True)
    start, threads = pool.cluster(address)
    assert threads == len(workers)
    told = []

    def kill_one(result):
        told.append(result)
        if len(told) == 2:
            workers[0].send_signal(signal.SIGKILL)

    results = run.Run(course, LESSON, Found(), bytes(32), False, threads, start=start).all(told=kill_one)
    assert workers[0].wait() == -signal.SIGKILL
    assert {r.status for r in results} == {run.GRADED} and len(results) == COUNT
    assert len({r.score for r in results}) == 1 and results[0].score == results[0].max_score
    assert len(gradebook.submissions(course, LESSON)) == COUNT
