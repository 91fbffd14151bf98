"""What this machine can do. Each question is answered with a reason why not, or None."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


COMPILERS = ("cc", "gcc", "clang")  # the order in which miniblocks looks for one


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def chromium() -> str | None:
    """A browser that playwright can drive: $CHROMIUM, one on the PATH, or one in its usual place."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, CHROMIUMS), *CHROMIUM_PLACES]
    return next((path for path in candidates if path and Path(path).exists()), None)


def why_no_browser() -> str | None:
    if chromium():
        return None
    return "no Chromium: install one (Debian: apt-get install chromium) or name it in $CHROMIUM"


def compiler() -> str | None:
    """What the backend `native` builds with: what $CC names, or one on the PATH."""
    chosen = os.environ.get("CC")
    return next((path for name in ([chosen] if chosen else COMPILERS) if (path := shutil.which(name))), None)


def why_no_compiler() -> str | None:
    if compiler():
        return None
    return "no C compiler: install one (Debian: apt-get install gcc libc6-dev) or name it in $CC"


@functools.cache
def why_no_sandbox() -> str | None:
    """Why bubblewrap cannot shut a process in here. It is tried, because many hosts forbid it."""
    if not sys.platform.startswith("linux"):
        return "no sandbox on this system: bubblewrap is for Linux; use the container"
    if shutil.which("bwrap") is None:
        return "no bubblewrap: install it (Debian: apt-get install bubblewrap)"
    trial = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    try:
        done = subprocess.run(as_plain_user(trial), capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap does not run here: {error}"
    if done.returncode:
        return f"bubblewrap may not make namespaces here: {done.stderr.strip().splitlines()[-1:]}"
    return None


def as_plain_user(command: list[str]) -> list[str]:
    """The sandbox never runs as root, so root tries it as nobody."""
    if os.geteuid() == 0 and shutil.which("setpriv"):
        return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    return command


def why_no_cuda(python: Path | None) -> str | None:
    """Asked of the Python that has torch, in a process of its own; None: there is no such Python yet."""
    if shutil.which("nvidia-smi") is None:
        return "no CUDA: this machine has no NVIDIA driver"
    question = "import torch, sys; sys.exit(0 if torch.cuda.is_available() else 1)"
    if python and subprocess.run([str(python), "-c", question], capture_output=True).returncode:
        return "no CUDA: torch sees no GPU here"
    return None
