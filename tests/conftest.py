"""Tests stand in folders named after what they need; see tests/README.md."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "course")) if path not in sys.path]

from setup_env import machine  # noqa: E402

if "PYTEST_XDIST_WORKER" in os.environ:  # several processes at work, a processor for each
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test depends on how fast the machine is.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

GROUPS = ("kernel", "sandbox", "hostile", "browser", "server", "gpu")

# Where several processes test, the tests of a file stay together, for what they share; these share nothing.
APART = {"test_answers.py", "test_forged_evidence.py", "test_notebooks.py", "test_graph_programs.py"}

# What tests found, as tables at the end: a test hands in its row by `record_property(table, row)`.
TABLES = {
    "attacks": ("command", "family", "attack", "score", "twin's", "outcome", "what the instructor is told"),
    "known answers": ("exercise", "wrong", "right", "findings"),
}


def why_no_gpu() -> str | None:
    # nvidia-smi first: importing torch costs seconds that most runs need not pay here.
    if shutil.which("nvidia-smi") is None:
        return "no CUDA: this machine has no NVIDIA driver"
    import torch

    return None if torch.cuda.is_available() else "no CUDA: torch sees no GPU here"


WHY_NOT = {
    "sandbox": machine.why_no_sandbox,
    "hostile": machine.why_no_sandbox,
    "browser": machine.why_no_browser,
    "gpu": why_no_gpu,
}


def group_of(path: Path) -> str | None:
    """The first folder below tests/, where it is one of the groups that need something."""
    parts = path.relative_to(TESTS).parts
    return parts[0] if parts[0] in GROUPS else None


# tryfirst: pytest's own -m must find the markers in place.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        group = group_of(item.path) if item.path.is_relative_to(TESTS) else None
        if group is not None:
            item.add_marker(group)


def together(test: str) -> str:
    """Tests of one name run in one process. A class of attackers is graded once by a command, for the tests of three files."""
    path, _, name = test.partition("::")
    if path.startswith("tests/hostile/"):
        return "stock attacked" if "[stock" in name else "ours attacked"
    return test if Path(path).name in APART else path


# optionalhook: without xdist, or with -n 0, everything runs in one process.
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return together(nodeid)

    return Scheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Asked at the last moment, so that a run without sandbox tests never starts a sandbox."""
    for group, why_not in WHY_NOT.items():
        if item.get_closest_marker(group) is not None:
            reason = why_not()
            if reason is not None:
                pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [r for kind in terminalreporter.stats.values() for r in kind if getattr(r, "when", None) == "call"]
    for table, heads in TABLES.items():
        rows = sorted(tuple(map(str, row)) for r in reports for name, row in r.user_properties if name == table)
        if not rows:
            continue
        terminalreporter.section(f"{table}: {len(rows)}")
        widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads) - 1)]
        for row in [heads, *rows]:
            terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0])))
