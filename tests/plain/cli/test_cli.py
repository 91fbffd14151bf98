"""The command line: what it offers, and how it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder import cli
from autograder.course import Course, Refused
from autograder.sandbox.base import NoSandbox

ROOT = Path(__file__).resolve().parents[3]


def autograder(*arguments, cwd):
    return subprocess.run([sys.executable, "-m", "autograder", *arguments], cwd=cwd, capture_output=True, text=True)


def test_the_commands_are_these_and_no_others():
    names = {command.name or command.callback.__name__ for command in cli.app.registered_commands}
    assert names == {
        "build",
        "release",
        "release_solutions",
        "due",
        "extend",
        "collect",
        "grade",
        "explain",
        "feedback",
        "report",
        "export",
        "doctor",
        "demo",
    }


def test_outside_a_course_a_command_says_so_in_a_line(tmp_path):
    ran = autograder("build", cwd=tmp_path)
    assert ran.returncode == 1 and "Traceback" not in ran.stderr
    assert "change into the course's folder" in " ".join(ran.stderr.split())


@pytest.mark.parametrize("name, said", [("77", "no such lesson"), ("0", "several lessons begin so")])
def test_a_lesson_that_is_not_meant_clearly_is_refused(tmp_path, name, said):
    for lesson in ("01-a", "02-b"):
        (tmp_path / "solutions" / lesson).mkdir(parents=True)
        (tmp_path / "solutions" / lesson / f"{lesson}.md").touch()
    with pytest.raises(Refused, match=said):
        Course(tmp_path, tmp_path).lesson(name)
    assert Course(tmp_path, tmp_path).lesson("02") == "02-b"


def test_without_a_sandbox_grading_refuses_and_says_what_to_do(monkeypatch):
    def none():
        raise NoSandbox("There is no sandbox on Mars. Grade in the container, or say --unsandboxed.")

    monkeypatch.setattr("autograder.sandbox.find.find_sandbox", none)
    with pytest.raises(Refused, match="--unsandboxed"):
        cli.grading.sandbox(unsandboxed=False)


def test_unsandboxed_is_loud(capsys):
    sandbox = cli.grading.sandbox(unsandboxed=True)
    assert not sandbox.isolated and "NO SANDBOX" in capsys.readouterr().err


def test_the_projects_own_notebooks_are_up_to_date():
    ran = autograder("build", "--check", cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
