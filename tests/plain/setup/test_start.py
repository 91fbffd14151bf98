"""The logic of start.py, without a network and without making an environment."""

import ast
import json
import os
import signal
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from setup_env import cli, commands, environment, installer, lockfile, machine, places
from setup_env.problem import Problem

ROOT = places.ROOT
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """A project folder of our own, with lock and pyproject and no .venv."""
    for name in ("PYPROJECT", "LOCK"):
        copy = tmp_path / getattr(places, name).name
        copy.write_bytes(getattr(places, name).read_bytes())
        monkeypatch.setattr(places, name, copy)
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setattr(places, "BUILD", tmp_path / "build")
    monkeypatch.setattr(places, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(places, "STAMP", tmp_path / ".venv" / "complete.json")
    monkeypatch.setattr(places, "LOG", tmp_path / ".venv" / "setup.log")
    monkeypatch.setattr(places, "python", lambda venv=None: places.programs(places.VENV) / "python")
    return tmp_path


@pytest.fixture
def steps_taken(empty, monkeypatch):
    """Set-ups run in name only: each step notes its label, the first makes a Python."""
    taken = []

    def run(label, command):
        taken.append(label)
        places.python().parent.mkdir(parents=True, exist_ok=True)
        places.python().touch()

    monkeypatch.setattr(installer, "run", run)
    return taken


def no_pip_settings(monkeypatch):
    monkeypatch.setattr(installer, "pip_files", lambda: [])
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)


# -- the door ---------------------------------------------------------------------------------


def test_an_old_python_is_told_so_before_anything_else():
    source = (ROOT / "start.py").read_text("utf-8")
    ast.parse(source, feature_version=(3, 4))
    check = source.index("sys.exit(\n")
    assert check < source.index("from setup_env")
    assert "f'" not in source and 'f"' not in source


def test_only_the_standard_library():
    imported = set()
    for path in [ROOT / "start.py", *(ROOT / "setup_env").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                imported.add(node.module.split(".")[0])
    assert imported - sys.stdlib_module_names <= {"setup_env"}


def test_usage_names_every_command(capsys):
    assert cli.main([]) == 0
    printed = capsys.readouterr().out
    assert all(f"  {name} " in printed for name in ("lab", "demo", "test", "bench", "doctor"))


def test_an_unknown_command_fails(capsys):
    assert cli.main(["labb"]) == 2
    assert "labb" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error, status",
    [(Problem("no disk", "buy one"), 1), (KeyboardInterrupt(), 130), (OSError("read-only"), 1)],
)
def test_every_failure_is_one_line(error, status, monkeypatch, capsys):
    def fail(arguments):
        raise error

    monkeypatch.setitem(cli.COMMANDS, "lab", (fail, ""))
    assert cli.main(["lab"]) == status
    assert capsys.readouterr().err.count("\n") == 1


# -- .venv: complete or not -------------------------------------------------------------------


def test_the_first_call_makes_it_and_the_second_does_nothing(steps_taken):
    environment.ensure()
    assert steps_taken == ["making .venv", "packages", "the project itself"]
    environment.ensure()
    assert len(steps_taken) == 3


def test_the_stamp_comes_last(empty, monkeypatch):
    def run(label, command):
        assert not places.STAMP.exists()
        if label == "packages":
            raise KeyboardInterrupt
        places.VENV.mkdir(exist_ok=True)

    monkeypatch.setattr(installer, "run", run)
    with pytest.raises(KeyboardInterrupt):
        environment.ensure()
    assert places.VENV.exists() and not environment.is_complete()


def test_an_unfinished_one_is_made_afresh(steps_taken, capsys):
    places.VENV.mkdir()
    (places.VENV / "half a package").touch()
    environment.ensure()
    assert not (places.VENV / "half a package").exists()
    assert "did not finish" in capsys.readouterr().err


def test_a_changed_lock_updates_in_place(steps_taken, capsys):
    environment.ensure()
    (places.VENV / "the learner's own package").touch()
    places.LOCK.write_text(places.LOCK.read_text("utf-8") + "extra==1.0\n", "utf-8")
    environment.ensure()
    assert len(steps_taken) == 6
    assert (places.VENV / "the learner's own package").exists()
    assert "up to date" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["python", "place"])
def test_another_python_or_a_moved_folder_makes_it_anew(what, steps_taken, capsys):
    environment.ensure()
    stamp = json.loads(places.STAMP.read_text("utf-8"))
    places.STAMP.write_text(json.dumps({**stamp, what: "another"}), "utf-8")
    (places.VENV / "old").touch()
    environment.ensure()
    assert not (places.VENV / "old").exists()
    assert environment.is_complete()


def test_settings_of_tools_are_no_reason_to_install_anew(steps_taken):
    environment.ensure()
    text = places.PYPROJECT.read_text("utf-8") + "\n[tool.other]\nx = 1\n"
    places.PYPROJECT.write_text(text, "utf-8")
    assert environment.is_complete()


@pytest.mark.parametrize("stamp", ["", "[]", '{"python": "3.11"', "null"])
def test_a_torn_stamp_is_no_stamp(stamp, steps_taken):
    environment.ensure()
    places.STAMP.write_text(stamp, "utf-8")
    assert not environment.is_complete()


def test_a_stamp_without_its_python_is_no_stamp(steps_taken):
    environment.ensure()
    places.python().unlink()
    assert not environment.is_complete()


def test_a_full_disk_is_told_before_anything_is_made(steps_taken, monkeypatch):
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda path: Usage(10e9, 9.5e9, 0.5e9))
    with pytest.raises(Problem, match=r"0\.5 GB free .* free some space"):
        environment.ensure()
    assert steps_taken == []


def test_a_polite_kill_is_like_ctrl_c():
    with pytest.raises(KeyboardInterrupt), environment.stopped_like_ctrl_c():
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.skipif(sys.platform == "win32", reason="asks POSIX locks")
def test_two_set_ups_do_not_run_at_once(empty):
    with environment.one_at_a_time(), (places.BUILD / "setup.lock").open("a+b") as other:
        assert not environment.try_lock(other)
    with (places.BUILD / "setup.lock").open("a+b") as other:
        assert environment.try_lock(other)


# -- pip or uv --------------------------------------------------------------------------------


def test_uv_is_used_where_pip_has_nothing_to_say(monkeypatch):
    no_pip_settings(monkeypatch)
    monkeypatch.setattr(installer.shutil, "which", lambda name: "/somewhere/uv")
    assert [command[0] for _, command in installer.steps()] == ["/somewhere/uv"] * 3


@pytest.mark.parametrize("name", ["PIP_INDEX_URL", "PIP_FIND_LINKS", "PIP_CONSTRAINT", "PIP_PROXY"])
def test_a_variable_of_pip_keeps_uv_away(name, monkeypatch):
    no_pip_settings(monkeypatch)
    monkeypatch.setattr(installer.shutil, "which", lambda name: "/somewhere/uv")
    monkeypatch.setenv(name, "x")
    assert installer.choose_uv() is None
    assert all("uv" not in Path(command[0]).name for _, command in installer.steps())


def test_a_configuration_file_of_pip_keeps_uv_away(monkeypatch, tmp_path):
    no_pip_settings(monkeypatch)
    monkeypatch.setattr(installer.shutil, "which", lambda name: "/somewhere/uv")
    configuration = tmp_path / "pip.conf"
    monkeypatch.setattr(installer, "pip_files", lambda: [configuration])
    assert installer.choose_uv() == "/somewhere/uv"
    configuration.write_text("[global]\n", "utf-8")
    assert installer.choose_uv() is None


def test_a_variable_that_matters_not_does_not(monkeypatch):
    no_pip_settings(monkeypatch)
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    assert installer.pip_settings() == []


def test_the_project_is_installed_without_asking_anyone():
    label, command = installer.steps()[-1]
    assert {"--no-deps", "--no-build-isolation", "--editable"} <= set(command)


# -- why an installation failed ---------------------------------------------------------------

RETRYING = (
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...)'\n"
    "ERROR: Could not find a version that satisfies the requirement rich (from versions: none)\n"
    "ERROR: No matching distribution found for rich\n"
)


@pytest.mark.parametrize(
    "output, cause",
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        (RETRYING, "no network"),
        ("error: Failed to fetch: dns error: Temporary failure in name resolution", "no network"),
        ("(from versions: none)\nNo matching distribution found for rich==1", "nothing offers"),
        ("(from versions: 1.0)\nERROR: No matching distribution found for rich==2", "rich==2"),
        ("The virtual environment ... because ensurepip is not available.", "no venv"),
        ("ssl.SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED", "certificate"),
        ("PermissionError: [Errno 13] Permission denied: 'x'", "may not be written"),
        ("something\nnobody has seen\n", "nobody has seen"),
        (
            "OSError: Readme file does not exist: R.md\nerror: metadata-generation-failed\nhint: x",
            "Readme file does not",
        ),
        ("", "it said nothing"),
    ],
)
def test_the_reason_is_named(output, cause):
    problem = installer.why_failed(output, 1)
    assert cause in problem.cause
    assert problem.mend and "\n" not in str(problem)


def test_a_killed_installer_is_no_riddle():
    assert "stopped" in installer.why_failed("whatever", -signal.SIGTERM).cause


def run_step(program: str) -> None:
    installer.run("a step", [sys.executable, "-c", program])


def test_a_step_that_fails_raises_and_logs(empty):
    with pytest.raises(Problem, match="disk is full"):
        run_step("import sys; print('No space left on device'); sys.exit(1)")
    assert "No space left" in places.LOG.read_text("utf-8")


def test_a_step_that_ends_well_says_nothing_but_progress(empty, capsys):
    run_step("print('Collecting rich==1.0 (from -r lock)')")
    assert "done" in capsys.readouterr().err


def test_a_program_that_is_not_there_is_a_problem(empty):
    with pytest.raises(Problem, match="could not run"):
        installer.run("a step", [str(empty / "no such program")])


@pytest.mark.parametrize(
    "line, shown",
    [
        ("Collecting rich==15.0.0 (from -r requirements.lock (line 3))", "Collecting rich==15.0.0"),
        ("Processing /some/where/torch-2.whl (from x)", "Processing torch-2.whl"),
        ("WARNING: Location 'file:///x/rich/' is ignored: it is neither a file nor a directory.", None),
        ("Installing collected packages: a, b, c", "unpacking"),
        ("WARNING: Retrying (Retry(total=4)) after ...", "no answer from where packages come from"),
    ],
)
def test_noise_is_kept_out_of_the_progress(line, shown):
    seen = installer.worth_showing(line)
    assert seen == shown if shown is None else seen.startswith(shown)


# -- the commands -----------------------------------------------------------------------------


SIDE_BY_SIDE = ["-n", "3", "--dist", "loadscope", "--no-loadscope-reorder"]


@pytest.fixture
def called(monkeypatch):
    """What would be run in .venv; everything succeeds unless a test says otherwise."""
    calls = []
    monkeypatch.setattr(environment, "ensure", lambda: None)
    monkeypatch.setattr(commands, "call", lambda command: calls.append(command) or 0)
    monkeypatch.setattr(machine, "processors", lambda: 3)
    return calls


def test_lab_opens_the_first_page_and_passes_arguments_on(called):
    commands.lab(["--no-browser"])
    command = called[-1]
    assert command[:2] == ["-m", "jupyterlab"] and command[-1] == "--no-browser"
    assert any("default_url=/lab/tree/course" in part for part in command)
    assert "--LabApp.news_url=None" in command


def test_test_runs_every_check_and_pytest_last(called, monkeypatch):
    monkeypatch.setattr(machine, "why_no_cuda", lambda python: "no CUDA")
    assert commands.test([]) == 0
    assert [command[1] for command in called] == ["ruff", "ruff", "mypy", "autograder", "pytest"]
    assert called[-1][2:] == [*SIDE_BY_SIDE, "-m", "not gpu"]


def test_a_failed_check_fails_the_whole_and_the_tests_run_all_the_same(called, monkeypatch, capsys):
    monkeypatch.setattr(commands, "passes", lambda name, command: name != "mypy")
    assert commands.test(["--fast"]) == 1
    assert called[-1][:2] == ["-m", "pytest"]
    assert "FAILED before the tests: mypy" in capsys.readouterr().out


def test_fast_takes_the_default_group_and_dashes_reach_pytest(called):
    commands.test(["--fast", "--", "-k", "tape"])
    assert called[-1] == ["-m", "pytest", *SIDE_BY_SIDE, "-k", "tape"]


def test_everything_runs_where_there_is_a_gpu(called, monkeypatch):
    monkeypatch.setattr(machine, "why_no_cuda", lambda python: None)
    commands.test([])
    assert called[-1][2:] == [*SIDE_BY_SIDE, "-m", ""]


# -- the lock ---------------------------------------------------------------------------------


def test_lock_without_uv_says_what_to_do(monkeypatch):
    monkeypatch.setattr(lockfile.shutil, "which", lambda name: None)
    with pytest.raises(Problem, match="pip install uv"):
        lockfile.write_lock([])


def test_start_py_runs_from_anywhere(tmp_path):
    door = [sys.executable, str(ROOT / "start.py"), "help"]
    done = subprocess.run(door, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0 and "doctor" in done.stdout
