"""`start.py doctor`: what this machine can do, and what a set-up will fetch, before it is fetched."""

import platform
import shutil
import sys
import textwrap

from . import downloads, environment, installer, machine, places
from .problem import Problem

INDENT = " " * 11


def examine(arguments: list[str]) -> int:
    """Print the findings; 0 where nothing stands in the way of `lab`."""
    ready = environment.is_complete()
    show("ok", f"Python {platform.python_version()}, {sys.executable}")
    show("ok", f"{platform.system()} {platform.machine()}")
    room = tell_space(ready)
    tell_installer()
    tell_limits(ready)
    if ready:
        show("ok", ".venv is complete: nothing will be downloaded")
        return 0
    unfinished = places.VENV.exists() and environment.stamped() is None
    show("--", ".venv was not finished and will be made anew" if unfinished else ".venv is not there yet")
    return 0 if tell_downloads() and room else 1


def show(mark: str, text: str) -> None:
    wrapped = textwrap.wrap(text, 100, subsequent_indent=INDENT, break_on_hyphens=False)
    print(f"  [{mark:^4}] " + "\n".join(wrapped or [""]))


def tell_space(ready: bool) -> bool:
    gigabytes = shutil.disk_usage(places.ROOT).free / environment.GIGABYTE
    needed = environment.SPACE_NEEDED / environment.GIGABYTE
    enough = ready or gigabytes >= needed
    text = f"{gigabytes:.1f} GB free on the disk of {places.ROOT}"
    if not enough:
        text += f": the set-up needs about {needed:.0f} GB, so free some space first"
    show("ok" if enough else "NO", text)
    return enough


def tell_installer() -> None:
    uv, settings = installer.choose_uv(), installer.pip_settings()
    if uv:
        show("ok", f"installs with uv ({uv})")
    elif settings:
        show("ok", f"installs with pip, as configured in: {', '.join(settings)}")
    else:
        show("ok", "installs with venv and pip (uv, where it is there, is faster)")


def tell_limits(ready: bool) -> None:
    """What will be missing here, and what that means."""
    sandbox = machine.why_no_sandbox()
    missing = "grading strangers' work refuses to run, sandbox tests skip; the rest works"
    show("--" if sandbox else "ok", f"{sandbox}: {missing}" if sandbox else "bubblewrap shuts code in")
    browser = machine.why_no_browser()
    show(
        "--" if browser else "ok",
        f"{browser}; else browser tests skip" if browser else f"Chromium: {machine.chromium()}",
    )
    compiler = machine.why_no_compiler()
    without = "the graphs' backend native runs as the backend python, its tests skip"
    show(
        "--" if compiler else "ok",
        f"{compiler}; else {without}" if compiler else f"C compiler: {machine.compiler()}",
    )
    cuda = machine.why_no_cuda(places.python() if ready else None)
    show("--" if cuda else "ok", f"{cuda}: everything runs on the CPU, GPU tests skip" if cuda else "CUDA")


def tell_downloads() -> bool:
    try:
        total, *details = downloads.told(downloads.planned())
    except Problem as problem:
        show("NO", f"what will be downloaded cannot be told: {problem}")
        return False
    show("--", f"the next call of lab, demo, test or bench fetches {total}:")
    for line in details:
        print(textwrap.fill(line, 100, initial_indent=INDENT, subsequent_indent=INDENT))
    return True
