"""Trials of a sandbox: each promise is proved by trying to break it, as a learner's code would."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import psutil

from autograder.grading.limits import Ungraded, WorkerLost
from autograder.sandbox import neighbours
from autograder.sandbox.base import Sandbox
from autograder.sandbox.stage import package
from autograder.sandbox.visit import LIMITS, answer, inside

SLEEPER = "import sys, time; time.sleep(600)"


@dataclass(frozen=True)
class Trial:
    """One promise, whether it holds, and what was seen."""

    name: str
    holds: bool
    detail: str


def trials(sandbox: Sandbox) -> list[Trial]:
    """Try every promise."""
    return [tried(name, sandbox) for name in TRIALS]


def tried(name: str, sandbox: Sandbox) -> Trial:
    """Try one promise: its function answers "held", or what it could do."""
    try:
        said = TRIALS[name](sandbox)
    except (Ungraded, WorkerLost) as error:
        return Trial(name, False, f"it could not be tried: {error}")
    return Trial(name, said == "held", said)


def reads_nothing_of_ours(sandbox: Sandbox) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "gradebook.db")
        file.write_text("marks")
        os.chmod(folder, 0o755)  # only the sandbox stands in the way
        secret = [
            str(file),
            folder,
            str(package("autograder") / "judges"),
            os.path.expanduser("~/.ssh"),
            # The course itself; where Python's environment lies inside it, that part alone has to be there.
            *(str(path) for path in Path.cwd().iterdir() if not Path(sys.prefix).is_relative_to(path)),
        ]
        code = (
            f"import os\nprint([p for p in {secret} if os.path.exists(p) and os.listdir(os.path.dirname(p))] or 'held')"
        )
        return answer(sandbox, code)


def imports_no_judge(sandbox: Sandbox) -> str:
    code = """
import importlib.util as u
names = ("judges", "grading", "cli", "sandbox.bubblewrap", "nbgrading")
print([n for n in names if u.find_spec("autograder." + n)] or "held")
"""
    return answer(sandbox, code)


def sees_no_environment(sandbox: Sandbox) -> str:
    name, value = "AUTOGRADER_TRIAL", token_hex()
    os.environ[name] = value
    code = f"""
import glob, os
found = {value!r} in str(os.environ)
for file in glob.glob("/proc/[0-9]*/environ"):
    try: found = found or {value!r}.encode() in open(file, "rb").read()
    except OSError: pass
print("it reads the operator's variables" if found else "held")
"""
    try:
        with _neighbour():  # started now, so that its variables hold ours
            return answer(sandbox, code)
    finally:
        del os.environ[name]


@contextmanager
def _neighbour(*arguments: str) -> Iterator[None]:
    """A process of the operator's beside the sandbox."""
    process = subprocess.Popen([sys.executable, "-c", SLEEPER, *arguments])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def writes_nothing_outside(sandbox: Sandbox) -> str:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        places = ["/", "/usr", "/etc", "/dev", "/course", sys.prefix, sys.base_prefix, folder, str(package("torch"))]
        name = f"trial-{token_hex(4)}"
        code = f"""
import os
wrote = []
for place in {places}:
    try:
        open(os.path.join(place, {name!r}), "w").close()
        os.unlink(os.path.join(place, {name!r}))
        wrote.append(place)
    except OSError: pass
print(wrote or "held")
"""
        return answer(sandbox, code)


def reaches_no_network(sandbox: Sandbox) -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"""
import socket
try:
    socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), timeout=2)
    print("it reached a listener on the loopback address")
except OSError: print("held")
"""
        return answer(sandbox, code)


def has_no_interface(sandbox: Sandbox) -> str:
    code = "import socket\nprint([n for _, n in socket.if_nameindex() if n != 'lo'] or 'held')"
    return answer(sandbox, code)


def sees_no_processes(sandbox: Sandbox) -> str:
    marker = token_hex()
    code = f"""
import glob
found = False
for file in glob.glob("/proc/[0-9]*/cmdline"):
    try: found = found or {marker!r}.encode() in open(file, "rb").read()
    except OSError: pass
print("it sees the processes of this machine" if found else "held")
"""
    with _neighbour(marker):
        return answer(sandbox, code)


def leaves_no_process(sandbox: Sandbox) -> str:
    marker = token_hex()
    code = f"""
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", {SLEEPER!r}, {marker!r}])
    os._exit(0)
os.wait()
time.sleep(0.5)
"""
    with inside(sandbox) as run:
        run(code)
        if not _running(marker):
            return "it could not be tried: no process was left behind"
    left = _running(marker)
    for process in left:
        process.kill()
    return f"{len(left)} processes outlive the worker" if left else "held"


def _running(marker: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if marker in process.cmdline():
                found.append(process)
    return found


def leaves_no_files(sandbox: Sandbox) -> str:
    name = f"trial-{token_hex(4)}"
    places = ["/tmp", "/dev/shm", "/var/tmp"]
    answer(
        sandbox,
        f"import os\nfor p in {places}:\n    if os.access(p, os.W_OK): open(os.path.join(p, {name!r}), 'w').close()",
    )
    left = [place for place in places if Path(place, name).exists()]
    for place in left:
        Path(place, name).unlink()
    return str(left) if left else "held"


def has_no_rights(sandbox: Sandbox) -> str:
    code = """
import os
status = {name: value.strip() for name, _, value in (line.partition(":") for line in open("/proc/self/status"))}
right = {"CapEff": "0" * 16, "CapPrm": "0" * 16, "CapBnd": "0" * 16, "NoNewPrivs": "1", "Seccomp": "2"}
wrong = {name: status.get(name) for name, value in right.items() if status.get(name) != value}
print(wrong or ("it is root" if os.geteuid() == 0 else "held"))
"""
    return answer(sandbox, code)


def gains_no_rights(sandbox: Sandbox) -> str:
    code = """
import ctypes, os
libc, could = ctypes.CDLL(None), []
if libc.unshare(0x10000000) == 0: could.append("a user namespace")
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0: could.append("a mount")
if libc.ptrace(0, 0, 0, 0) == 0: could.append("ptrace")
try: os.memfd_create("x"); could.append("memory that nobody counts")
except (OSError, AttributeError): pass
print(could or "held")
"""
    return answer(sandbox, code)


def has_bounded_memory(sandbox: Sandbox) -> str:
    code = f"try: bytearray({LIMITS.memory_bytes} + (1 << 20)); print('it took more than its share')\nexcept MemoryError: print('held')"
    return answer(sandbox, code)


def has_bounded_processes(sandbox: Sandbox) -> str:
    code = f"""
import os, signal
children = []
try:
    for i in range({2 * LIMITS.processes}):
        child = os.fork()
        if child == 0: signal.pause()
        children.append(child)
    print("it made", len(children), "processes")
except OSError: print("held")
for child in children: os.kill(child, 9)
"""
    return answer(sandbox, code)


TRIALS: dict[str, Callable[[Sandbox], str]] = {
    "reads no gradebook, no other submission, no secret, no solution": reads_nothing_of_ours,
    "holds no judge and nothing of grading": imports_no_judge,
    "sees none of the operator's environment variables": sees_no_environment,
    "writes nowhere outside its own home": writes_nothing_outside,
    "reaches no network, not even the loopback address": reaches_no_network,
    "has no network interface": has_no_interface,
    "sees no process of the machine": sees_no_processes,
    "leaves no process alive": leaves_no_process,
    "leaves no file for the next one": leaves_no_files,
    "has no rights": has_no_rights,
    "gains no rights": gains_no_rights,
    "has bounded memory": has_bounded_memory,
    "has bounded processes": has_bounded_processes,
    **neighbours.TRIALS,
}
