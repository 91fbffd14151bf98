"""Many submissions through the command line, killed (SIGKILL) on the way: the gradebook of a run that nobody disturbed."""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time

import psutil
import pytest

from autograder.course import Course
from autograder.nbgrading import gradebook, run
from benchmarks import _drills

# Submissions to each of two lessons in a slow run; `SUBMISSIONS=500` takes a quarter of an hour and more on two cores.
MANY = int(os.environ.get("SUBMISSIONS", "100"))
SIZES = [pytest.param(["01"], 12, 1), pytest.param(["01", "03"], MANY, 5, marks=pytest.mark.slow)]


def start(course, name, *options):
    environment = os.environ | {"AUTOGRADER_SECRETS": str(course.root.parent / "secret"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "autograder", "grade", name, "--json", *options]
    with (course.root / "said").open("w") as said, (course.root / "errors").open("w") as errors:
        return subprocess.Popen(command, cwd=course.root, env=environment, stdout=said, stderr=errors)


def finish(course, name, *options):
    """Its answer, and what its own processes (not the sandbox's) held in memory, from second to second."""
    process = start(course, name, *options)
    held, main = [], psutil.Process(process.pid)
    while process.poll() is None:
        try:
            held.append(sum(p.memory_info().rss for p in [main, *main.children(recursive=True)] if ours(p)))
        except psutil.Error:
            pass
        time.sleep(1)
    assert process.returncode == 0, (course.root / "errors").read_text()
    return json.loads((course.root / "said").read_text()), held


def ours(process):
    return "autograder.sandbox" not in " ".join(process.cmdline())


def kill_at(process, course, name, count):
    """Kill the command when so many have been graded, and wait until its controllers and sandboxes are gone."""
    while len(list(course.autograded.glob(f"*/{name}"))) < count:
        assert process.poll() is None, (course.root / "errors").read_text()
        time.sleep(0.02)
    tree = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(tree, timeout=60)
    assert not alive


@pytest.mark.parametrize(("lessons", "count", "kills"), SIZES)
def test_a_run_killed_on_the_way_ends_as_one_that_was_not(tmp_path, lessons, count, kills):
    project = Course.here()
    calm = _drills.course(tmp_path / "calm", project, lessons)
    for lesson in lessons:
        students = _drills.hand_in(calm, project, lesson, count)
        name = _drills.drill(lesson)
        notebooks = {(calm.submitted / student / name / f"{name}.ipynb").read_bytes() for student in students}
        assert len(notebooks) >= min(count, 200)
    shutil.copytree(calm.root, tmp_path / "killed")
    killed = Course(tmp_path / "killed", tmp_path / "killed")
    for lesson in lessons:
        name = _drills.drill(lesson)
        answer, held = finish(calm, name)
        assert answer["counts"] == {run.GRADED: count}
        for number in range(1, kills + 1):
            kill_at(start(killed, name, "--jobs", str(1 + number % 3)), killed, name, count * number // (kills + 1))
        answer, _ = finish(killed, name)
        assert sum(answer["counts"].values()) == count and run.UNGRADED not in answer["counts"]
        assert gradebook.submissions(killed, name) == gradebook.submissions(calm, name)
        logs = [file.read_text().count(" graded in ") for file in (killed.scratch / "logs" / name).iterdir()]
        assert max(logs) == 1, "nothing is graded twice"
        if count >= 100:  # a fifth of the run to get under way
            early, late = held[len(held) // 5 : 2 * len(held) // 5], held[-len(held) // 5 :]
            assert statistics.median(late) < 1.2 * statistics.median(early), "memory is flat"
