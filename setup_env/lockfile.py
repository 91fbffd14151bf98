"""requirements.lock: exact versions for Linux, macOS and Windows, and nothing about where from.

It is written by uv, which can resolve for all platforms at once. Two things are taken out:

- The CUDA packages of torch. Its own metadata pins them, so pip finds the right ones where a CUDA
  build of torch is installed, and a CPU build stays free of gigabytes it cannot use.
- Local versions (`2.13.0+cpu`): which build of torch is taken is the user's own pip configuration.
"""

import re
import shutil
import subprocess
import sys

from .places import LOCK, PYPROJECT, ROOT
from .problem import Problem

HEADER = """\
# Exact versions for Linux, macOS and Windows, Python >= 3.11. Made from pyproject.toml by
#     python3 start.py lock
# Names, versions and markers only: where packages come from is the user's own pip configuration.
# The CUDA packages that some builds of torch need are left to torch's own metadata.
"""

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)\s*(?:;\s*(?P<marker>.+))?$")
CUDA = re.compile(r"^(nvidia-|cuda-|triton)")

COMPILE = [
    *("pip", "compile", str(PYPROJECT), "--extra", "dev", "--universal", "--python-version", "3.11"),
    *("--fork-strategy", "fewest", "--no-emit-index-url", "--no-annotate", "--no-header"),
    *("--quiet", "--output-file", str(LOCK)),
]


def pins(text: str) -> list[re.Match[str]]:
    """The pinned lines of a lock; anything that is neither a pin nor a comment is an error."""
    found = []
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = PIN.match(line)
        if match is None:
            raise Problem(
                f"requirements.lock has a line that pins nothing: {line!r}",
                "run `python3 start.py lock`",
            )
        found.append(match)
    return found


def cleaned(text: str) -> str:
    """What uv wrote, without CUDA packages and local versions, under our header."""
    lines = []
    for pin in pins(text):
        if CUDA.match(pin["name"]):
            continue
        version = pin["version"].split("+")[0]
        marker = f" ; {pin['marker']}" if pin["marker"] else ""
        lines.append(f"{pin['name']}=={version}{marker}\n")
    return HEADER + "".join(lines)


def write_lock(arguments: list[str]) -> int:
    """Resolve anew; versions that still fit stay (give --upgrade to renew them all)."""
    uv = shutil.which("uv")
    if uv is None:
        raise Problem("`lock` resolves with uv, which is not on the PATH", "run `pip install uv`")
    status = subprocess.call([uv, *COMPILE, *arguments], cwd=ROOT)
    if status == 0:
        LOCK.write_text(cleaned(LOCK.read_text("utf-8")), "utf-8")
        print(f"wrote {LOCK.name}: {len(pins(LOCK.read_text('utf-8')))} packages", file=sys.stderr)
    return status
