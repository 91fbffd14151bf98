"""The command line of start.py."""

import sys
from collections.abc import Callable

from . import commands, doctor, installer, lockfile
from .problem import Problem

COMMANDS: dict[str, tuple[Callable[[list[str]], int], str]] = {
    "lab": (commands.lab, "open JupyterLab at the first page of the course"),
    "demo": (commands.demo, "the instructor's whole loop on a bundled class of submissions"),
    "test": (commands.test, "linters, type checker, tests (--fast: only tests that need nothing)"),
    "bench": (commands.bench, "ratios against peers, measured side by side (bench NAME: one)"),
    "doctor": (doctor.examine, "what this machine can do, and what will be downloaded"),
    "setup": (commands.setup, "make .venv and stop; all the others do that on their way"),
    "lock": (lockfile.write_lock, "for maintainers: write requirements.lock from pyproject.toml"),
}


def main(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):  # a console that cannot show a letter shows a stand-in
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    if not arguments or arguments[0] not in COMMANDS:
        return usage(arguments)
    command, _ = COMMANDS[arguments[0]]
    try:
        return command(arguments[1:])
    except Problem as problem:
        return fail(str(problem), 1)
    except OSError as error:
        return fail(str(installer.why_failed(str(error), 1)), 1)
    except KeyboardInterrupt:
        return fail("stopped: call again, and what is missing is made up for", 130)


def fail(line: str, status: int) -> int:
    print(f"start.py: {line}", file=sys.stderr)
    return status


def usage(arguments: list[str]) -> int:
    asked = not arguments or arguments[0] in ("help", "-h", "--help")
    out = sys.stdout if asked else sys.stderr
    if not asked:
        print(f"start.py: no command {arguments[0]!r}; there are:", file=out)
    print("python3 start.py COMMAND [arguments passed on]", file=out)
    for name, (_, meaning) in COMMANDS.items():
        print(f"  {name:<8}{meaning}", file=out)
    print("The first call makes .venv from requirements.lock; later calls start at once.", file=out)
    return 0 if asked else 2
