"""pip or uv: which one, its commands, its progress, and why it failed.

uv is several times faster, but it does not read pip's configuration. Someone who has told pip where
packages come from (a mirror, a folder of wheels, a CPU-only torch, a proxy, constraints) would be
ignored, and might get gigabytes of CUDA instead. So uv is used only where it is on the PATH and pip
has no configuration at all that could matter; uv's own (`UV_*`, uv.toml) it reads by itself.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import places
from .lockfile import pins
from .problem import Problem
from .progress import Progress

# Variables of pip that change how it talks, and not what it installs or from where.
HARMLESS = {"PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_INPUT", "PIP_NO_CACHE_DIR", "PIP_NO_COLOR"}
HARMLESS |= {"PIP_DEFAULT_TIMEOUT", "PIP_ROOT_USER_ACTION", "PIP_PROGRESS_BAR", "PIP_QUIET"}


def pip_files() -> list[Path]:
    """Where pip looks for configuration files (pip's user guide, "Configuration Files")."""
    home = Path.home()
    name = "pip.ini" if places.WINDOWS else "pip.conf"
    folders = [home / ".pip", Path(sys.prefix), Path(sys.base_prefix)]
    if places.WINDOWS:
        folders = [home / "pip", *folders[1:]]
        folders += [Path(os.environ[v]) / "pip" for v in ("APPDATA", "PROGRAMDATA") if v in os.environ]
    else:
        folders += [Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip", Path("/etc")]
        folders += [Path(d) / "pip" for d in os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")]
    if sys.platform == "darwin":
        folders += [Path("/Library/Application Support/pip")]
        folders += [home / "Library/Application Support/pip"]
    return [folder / name for folder in folders]


def pip_settings() -> list[str]:
    """The names of what the user has told pip: variables and files."""
    variables = [name for name in os.environ if name.startswith("PIP_") and name not in HARMLESS]
    return sorted(variables) + [str(path) for path in dict.fromkeys(pip_files()) if path.is_file()]


def choose_uv() -> str | None:
    """uv's path where it may be used, None where it has to be venv and pip."""
    return None if pip_settings() else shutil.which("uv")


def steps() -> list[tuple[str, list[str]]]:
    """The three commands that make .venv, each with its name.

    The project itself comes last, from the tree (editable), built by the hatchling that the lock
    has just brought: nothing is looked up again, nothing is resolved again.
    """
    uv = choose_uv()
    base, inside, lock = places.base_python(), str(places.python()), str(places.LOCK)
    editable = ["--no-deps", "--no-build-isolation", "--editable", str(places.ROOT)]
    if uv:
        install = [uv, "pip", "install", "--python", inside]
        make = [uv, "venv", "--allow-existing", "--seed", "--python", base, str(places.VENV)]
    else:
        install = [inside, "-m", "pip", "install", "--disable-pip-version-check"]
        install += ["--no-input", "--progress-bar", "off"]
        make = [base, "-m", "venv", str(places.VENV)]
    return [
        ("making .venv", make),
        ("packages", [*install, "--requirement", lock]),
        ("the project itself", [*install, *editable]),
    ]


def run(label: str, command: list[str]) -> None:
    """Run one step under a moving line; everything it says goes to the log."""
    places.VENV.mkdir(exist_ok=True)
    with places.LOG.open("a", encoding="utf-8") as log, Progress(label, installed) as progress:
        try:
            status = follow(command, log, progress)
        except OSError as error:
            raise Problem(f"could not run {command[0]} ({error})", "is it installed?") from None
        if status:
            log.flush()
            raise why_failed(places.LOG.read_text("utf-8", "replace"), status)


def follow(command: list[str], log, progress: Progress) -> int:
    child = subprocess.Popen(
        command,
        cwd=places.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        close_fds=False,  # it keeps our lock (environment.one_at_a_time)
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        encoding="utf-8",
        errors="replace",
    )
    try:
        assert child.stdout is not None
        for line in child.stdout:
            log.write(line)
            progress.doing = worth_showing(line) or progress.doing
        return child.wait()
    finally:  # an interrupted set-up leaves no installer behind that goes on writing
        child.kill()
        child.wait()


SHOWN = re.compile(
    r"^\s*(Collecting|Downloading|Using cached|Processing|Building|Installing|Resolved|Prepared"
    r"|Obtaining|WARNING: Retrying)"
)


def worth_showing(line: str) -> str | None:
    """A line of the installer that tells where it is; the rest (and its warnings) is for the log."""
    if not SHOWN.match(line):
        return None
    if "Retrying" in line:
        return "no answer from where packages come from, trying again"
    if line.startswith("Installing collected"):
        return "unpacking"
    words = line.strip().split(" (from ")[0].split()
    return " ".join([words[0], *(word.rsplit("/", 1)[-1] for word in words[1:])])


def installed() -> str:
    """How many of the lock's packages are in place. Some pins are for other systems: hence "about"."""
    try:
        wanted = sum(not pin["marker"] for pin in pins(places.LOCK.read_text("utf-8")))
    except OSError:
        return ""
    there = sum(1 for _ in places.site_packages().glob("*.dist-info"))
    return f"[{there} of about {wanted}]"


# The first that fits tells why: what the installer printed, the cause, the mend.
REASONS = [
    (
        r"No space left|Errno 28|WinError 112|os error 28|Disk quota exceeded",
        "the disk is full",
        "free some space (also where TMPDIR and pip's cache lie) and call again",
    ),
    (
        r"ensurepip is not available|No module named ensurepip|No module named venv",
        "this Python has no venv",
        "install it (Debian, Ubuntu: apt-get install python3-venv) and call again",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|invalid peer certificate",
        "the certificate of the package index is not trusted here",
        "a proxy? give pip its certificate: pip config set global.cert FILE",
    ),
    (
        r"Proxy Authentication|Cannot connect to proxy|ProxyError",
        "the proxy refuses",
        "set HTTPS_PROXY to http://user:password@host:port and call again",
    ),
    (
        r"NewConnectionError|Name or service not known|name resolution|getaddrinfo|Connection refused"
        r"|ConnectTimeout|Read timed out|Max retries|after connection broken|dns error"
        r"|error sending request|Network is unreachable|Could not connect|ConnectionReset",
        "no network, or no way to where packages come from",
        "connect (or see `python3 start.py doctor` and your pip configuration) and call again",
    ),
    (
        r"from versions: none",
        "nothing offers the first package of the lock: no network, or the pip configuration forbids it",
        "connect, or see `pip config list` (no-index? find-links?), and call again",
    ),
    (
        r"(No matching distribution found for \S+|no version of \S+)",
        "{found} with this Python and the places your pip configuration names",
        "use another Python (3.11 to 3.14), or see `pip config list`",
    ),
    (
        r"No solution found when resolving",
        "the versions of the lock cannot be had for this Python",
        "use another Python (3.11 to 3.14)",
    ),
    (
        r"Permission denied|Read-only file system|WinError 5\b|WinError 32\b|Access is denied",
        "something in .venv may not be written",
        "close what runs from it (JupyterLab?), and see who owns the folder",
    ),
]


def why_failed(output: str, status: int) -> Problem:
    """The one line that a failed step ends in."""
    if status < 0:
        return Problem("the installer was stopped", "call again, the set-up starts afresh")
    for pattern, cause, mend in REASONS:
        match = re.search(pattern, output, re.IGNORECASE)
        if match:
            return Problem(cause.format(found=match[0]), f"{mend} (all it said: {places.LOG})")
    return Problem(f"the set-up failed ({telling_line(output)})", f"all it said: {places.LOG}")


def telling_line(output: str) -> str:
    """The last line that names an exception, else an error, else just the last."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for pattern in (r"\w+(Error|Exception): .", r"(error|ERROR): .", "."):
        found = [line for line in lines if re.match(pattern, line)]
        if found:
            return found[-1]
    return "it said nothing"
