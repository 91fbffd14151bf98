"""What a set-up would fetch, and how much: asked of pip, without installing anything.

pip itself answers (`--dry-run --report`), so the user's own configuration decides, as it will in the
set-up: mirrors, folders of wheels, a CPU-only torch. Sizes: a local file's from the disk, a remote
file's from a HEAD request; one that will not say its size is counted as unknown.
"""

import json
import os
import ssl
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from . import places
from .installer import why_failed
from .problem import Problem
from .progress import Progress


@dataclass(frozen=True)
class Download:
    name: str
    version: str
    url: str
    size: int | None = None

    @property
    def is_local(self) -> bool:
        return self.url.startswith("file:")


def planned() -> list[Download]:
    """Everything the lock brings on this machine, largest first."""
    with tempfile.TemporaryDirectory(prefix="doctor-") as folder:
        found = from_report(dry_run(Path(folder)))
    head = head_request()
    with ThreadPoolExecutor(16) as pool:
        sizes = pool.map(lambda one: size_of(one.url, head), found)
        known = [Download(d.name, d.version, d.url, size) for d, size in zip(found, sizes)]
    return sorted(known, key=lambda one: (-(one.size or 0), one.name))


def dry_run(folder: Path) -> dict:
    """pip's report. The pip is the one a new .venv would get, in an environment thrown away."""
    venv, report = folder / "venv", folder / "report.json"
    pip = [str(places.python(venv)), "-m", "pip", "--disable-pip-version-check", "install"]
    ask = [*pip, "--quiet", "--dry-run", "--no-input", "--report", str(report)]
    with Progress("asking pip what it would fetch"):
        for command in (
            [places.base_python(), "-m", "venv", str(venv)],
            [*ask, "--requirement", str(places.LOCK)],
        ):
            done = subprocess.run(command, capture_output=True, text=True, cwd=places.ROOT)
            if done.returncode:
                output = done.stdout + done.stderr
                problem = why_failed(output, done.returncode)
                raise Problem(problem.cause, problem.mend.split(" (all it said")[0])
    return json.loads(report.read_text("utf-8"))


def from_report(report: dict) -> list[Download]:
    return [
        Download(item["metadata"]["name"], item["metadata"]["version"], item["download_info"]["url"])
        for item in report["install"]
    ]


def size_of(url: str, head: Callable[[str], int | None]) -> int | None:
    if url.startswith("file:"):
        try:
            return os.stat(urllib.request.url2pathname(urlsplit(url).path)).st_size
        except OSError:
            return None
    return head(url)


def head_request() -> Callable[[str], int | None]:
    """Asks a server how long a file is; trusts the certificate that pip has been given."""
    try:
        context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    except OSError:
        context = ssl.create_default_context()

    def head(url: str) -> int | None:
        request = urllib.request.Request(url, method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=15, context=context) as answer:
                return int(answer.headers["Content-Length"])
        except (OSError, ValueError, TypeError):  # no answer, no length, no number
            return None

    return head


def told(downloads: list[Download], one_by_one: int = 12) -> list[str]:
    """Lines for people: the sum, the largest each, the others in a paragraph."""
    known = [one.size for one in downloads if one.size is not None]
    unknown = len(downloads) - len(known)
    local = sum(one.size or 0 for one in downloads if one.is_local)
    sum_line = f"{len(downloads)} packages, {megabytes(sum(known))}"
    if local:
        sum_line += f" (of these {megabytes(local)} from files on this machine)"
    if unknown:
        sum_line += f", and {unknown} whose size is not told"
    lines = [sum_line]
    for one in downloads[:one_by_one]:
        origin = "local file" if one.is_local else "download"
        lines.append(f"{megabytes(one.size):>12}  {one.name} {one.version}, {origin}")
    lines += told_in_short(downloads[one_by_one:])
    return lines


def told_in_short(others: list[Download]) -> list[str]:
    small = [one for one in others if one.size is not None and one.size < 50_000]
    rest = [one for one in others if one not in small]
    lines = []
    if rest:
        each = ", ".join(f"{one.name} ({megabytes(one.size)})" for one in rest)
        lines.append(f"and {len(rest)} more: {each}")
    if small:
        each = ", ".join(one.name for one in small)
        lines.append(f"and {len(small)} of less than 0.05 MB each: {each}")
    return lines


def megabytes(size: int | None) -> str:
    return "size unknown" if size is None else f"{size / 1e6:.1f} MB"
