"""setup, lab, demo, test, bench: each makes sure of .venv, then runs something in it."""

import os
import subprocess
import sys

from . import environment, machine, places

# Lab asks a server on the internet for its news and its newest version; a course has no need of that.
QUIET_LAB = [
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]


def setup(arguments: list[str]) -> int:
    """make .venv and stop: the first call of any other command does the same on its way"""
    environment.ensure()
    print(f"{places.VENV} is complete: {places.python()}")
    return 0


def lab(arguments: list[str]) -> int:
    """open JupyterLab at the first page of the course"""
    environment.ensure()
    if not any(places.COURSE.glob("[0-9]*/*.ipynb")):  # what is there may hold a learner's work
        call(["-m", "autograder", "build"])
    return call(["-m", "jupyterlab", *QUIET_LAB, *lab_options(), *arguments])


def lab_options() -> list[str]:
    """The server's root is the project: there nbgrader finds its configuration and the formgrader
    its course. A notebook's kernel still starts in the notebook's own folder."""
    first = places.COURSE / "00-start-here.ipynb"
    page = first if first.exists() else places.COURSE
    options = [
        f"--ServerApp.root_dir={places.ROOT}",
        f"--LabApp.default_url=/lab/tree/{page.relative_to(places.ROOT).as_posix()}",
        # The formgrader's slow buttons, in a process of their own.
        "--ServerApp.jpserver_extensions=autograder.nbgrading.server=True",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    return options


def demo(arguments: list[str]) -> int:
    """grade a bundled class of submissions, from collecting to the class report"""
    environment.ensure()
    return call(["-m", "autograder", "demo", *arguments])


def bench(arguments: list[str]) -> int:
    """compare with peers, side by side in one run (bench NAME: one of them)"""
    environment.ensure()
    return call(["-m", "benchmarks", *arguments])


# (name, arguments): all run, also when one before has failed; pytest comes last, its closing line
# is the last line of all.
CHECKS = [
    ("ruff check", ["-m", "ruff", "check", "."]),
    ("ruff format", ["-m", "ruff", "format", "--check", "."]),
    ("mypy", ["-m", "mypy"]),
    ("course is up to date", ["-m", "autograder", "build", "--check"]),
]


def test(arguments: list[str]) -> int:
    """linters, type checker, all tests this machine can run (--fast: only those that need nothing)"""
    environment.ensure()
    own, more = split_at_dashes(arguments)
    failed = [name for name, command in CHECKS if not passes(name, command)]
    if failed:
        print(f"\nFAILED before the tests: {', '.join(failed)}. Now the tests:", flush=True)
    status = call(["-m", "pytest", *side_by_side(), *markers("--fast" in own), *more])
    return status or (1 if failed else 0)


def split_at_dashes(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What stands after -- is for pytest; so is anything before it that is not ours."""
    if "--" in arguments:
        cut = arguments.index("--")
        return arguments[:cut], arguments[cut + 1 :]
    return arguments, [argument for argument in arguments if argument != "--fast"]


def passes(name: str, command: list[str]) -> bool:
    print(f"== {name}", flush=True)
    return call(command) == 0


def markers(fast: bool) -> list[str]:
    """Which tests: the default of pyproject.toml, or all (those that cannot run here skip)."""
    if fast:
        return []
    return ["-m", "not gpu" if machine.why_no_cuda(places.python()) else ""]


def side_by_side() -> list[str]:
    """A testing process for each processor; tests/conftest.py says what stays together."""
    return ["-n", str(min(machine.processors(), 8)), "--dist", "loadscope", "--no-loadscope-reorder"]


def call(command: list[str]) -> int:
    """Run .venv's Python from the project's root; Ctrl-C is for it to answer, we only wait."""
    sys.stdout.flush()
    child = subprocess.Popen([str(places.python()), *command], cwd=places.ROOT, env=places.child_environment())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue
