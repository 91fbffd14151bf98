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

# Submissions to three lessons together in a slow run; `SUBMISSIONS=1000` takes some ten minutes on two cores.
MANY = int(os.environ.get("SUBMISSIONS", "60"))
SIZES = [pytest.param(["01"], 12, 1), pytest.param(["01", "02", "04"], MANY, 5, marks=pytest.mark.slow)]


def start(course, name, *options):
    environment = os.environ | {"AUTOGRADER_SECRETS": str(course.root.parent / "secret"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "autograder", "grade", name, "--json", *options]
    with (course.root / "said").open("w") as said, (course.root / "errors").open("w") as errors:
        return subprocess.Popen(command, cwd=course.root, env=environment, stdout=said, stderr=errors)


def finish(course, name, *options):
    """Its answer, and from moment to moment how many were graded and the bytes that its own processes held."""
    process = start(course, name, *options)
    held, main = [], psutil.Process(process.pid)
    while process.poll() is None:
        try:
            memory = sum(p.memory_info().rss for p in [main, *main.children(recursive=True)] if ours(p))
            held.append((graded(course, name), memory))
        except psutil.Error:
            pass
        time.sleep(0.2)
    assert process.returncode == 0, (course.root / "errors").read_text()
    return json.loads((course.root / "said").read_text()), held


def graded(course, name):
    return len(list(course.autograded.glob(f"*/{name}")))


def ours(process):
    return "autograder.sandbox" not in " ".join(process.cmdline())


def kill_at(process, course, name, count):
    """Kill the command when so many have been graded, and wait until its controllers and sandboxes are gone."""
    while graded(course, name) < count:
        assert process.poll() is None, (course.root / "errors").read_text()
        time.sleep(0.02)
    assert process.poll() is None, "it was to be killed on the way, and is through"
    tree = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(tree, timeout=60)
    assert not alive


def finish_killed(course, classes, kills):
    """Grade one class after the other, killed so many times on the way, at even distances."""
    total, before = sum(classes.values()), 0
    marks = [total * (2 * number + 1) // (2 * kills) for number in range(kills)]
    answers = {}
    for name, count in classes.items():
        for number, mark in enumerate(marks):
            if before <= mark < before + count:
                kill_at(start(course, name, "--jobs", str(1 + number % 3)), course, name, mark - before)
        answers[name], _ = finish(course, name)
        before += count
    return answers


@pytest.mark.parametrize(("lessons", "count", "kills"), SIZES)
def test_a_run_killed_on_the_way_ends_as_one_that_was_not(tmp_path, lessons, count, kills):
    project = Course.here()
    calm, each = _drills.course(tmp_path / "calm", project, lessons), count // len(lessons)
    notebooks = set()
    for lesson in lessons:
        name = _drills.drill(lesson)
        for student in _drills.hand_in(calm, project, lesson, each):
            notebooks.add((calm.submitted / student / name / f"{name}.ipynb").read_bytes())
    assert len(notebooks) >= min(each * len(lessons), 200)
    shutil.copytree(calm.root, tmp_path / "killed")
    killed = Course(tmp_path / "killed", tmp_path / "killed")
    classes = {_drills.drill(lesson): each for lesson in lessons}
    answers = finish_killed(killed, classes, kills)
    for name in classes:
        answer, held = finish(calm, name)
        assert answer["counts"] == {run.GRADED: each}
        assert sum(answers[name]["counts"].values()) == each and run.UNGRADED not in answers[name]["counts"]
        assert gradebook.submissions(killed, name) == gradebook.submissions(calm, name)
        logs = [file.read_text().count(" graded in ") for file in (killed.scratch / "logs" / name).iterdir()]
        assert max(logs) == 1, "nothing is graded twice"
        assert_flat(held, each)


def assert_flat(held, count):
    """The memory of a run that is under way does not grow with the number of submissions.

    What is held until a third is graded is still growing for another reason: controllers start, and meet their
    largest notebook.
    """
    early = [memory for number, memory in held if count / 3 <= number < count * 2 / 3]
    late = [memory for number, memory in held if count * 2 / 3 <= number < count]
    if early and late:  # a short run may pass between two looks
        assert statistics.median(late) < 1.1 * statistics.median(early), held
