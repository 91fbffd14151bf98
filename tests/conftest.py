"""Tests stand in folders named after what they need; see tests/README.md."""

import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "course")) if path not in sys.path]

from setup_env import machine  # noqa: E402

# No test depends on how fast the machine is.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

GROUPS = ("kernel", "sandbox", "hostile", "browser", "server", "gpu")


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


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Asked at the last moment, so that a run without sandbox tests never starts a sandbox."""
    for group, why_not in WHY_NOT.items():
        if item.get_closest_marker(group) is not None:
            reason = why_not()
            if reason is not None:
                pytest.skip(reason)
