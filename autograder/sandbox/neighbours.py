"""Trials with two workers: neither finds a trace of the other, nor of the process that both may be forks of."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_hex

from autograder.sandbox.base import Sandbox
from autograder.sandbox.visit import answer, inside

PLACES = ["/tmp", "/dev/shm", "/var/tmp", "/run", "/course", "."]


def finds_no_file(sandbox: Sandbox) -> str:
    """Neither while the other worker lives nor when it is gone."""
    name = f"trial-{token_hex(4)}"
    leave = f"""
import os
for place in {PLACES}:
    try: open(os.path.join(place, {name!r}), "w").close()
    except OSError: pass
"""
    look = f"import os\nprint([p for p in {PLACES} if os.path.exists(os.path.join(p, {name!r}))] or 'held')"
    with inside(sandbox) as run:
        run(leave)
        during = answer(sandbox, look)
    after = answer(sandbox, look)
    remove = f"import os\nfor p in {PLACES}:\n    if os.path.exists(f := os.path.join(p, {name!r})): os.unlink(f)"
    answer(sandbox, remove)  # where there are no walls
    return during if during != "held" else after


def sees_no_process(sandbox: Sandbox) -> str:
    """Its own and its init: no neighbour's, and not the one it was forked from."""
    code = """
import os
seen = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
others = [pid for pid in seen if pid not in (1, os.getpid())]
print(f"it sees the processes {others[:9]}" if others or os.getppid() > 1 else "held")
"""
    with inside(sandbox) as run:
        run("import subprocess\nchild = subprocess.Popen(['sleep', '600'])")
        return answer(sandbox, code)


def signals_nobody(sandbox: Sandbox) -> str:
    """Not by number, and not through a process group. Signal 0 asks only whether one could be sent: it harms nobody."""
    code = """
import os
def can_signal(pid):
    try: os.kill(pid, 0)
    except OSError: return False
    return True
reached = [pid for pid in range(1, 100_000) if pid not in (1, os.getpid()) and can_signal(pid)]
print(reached[:9] or ("its process group is not its own" if 0 in (os.getpgrp(), os.getsid(0)) else "held"))
"""
    with inside(sandbox) as run:
        run("import subprocess\nchild = subprocess.Popen(['sleep', '600'])")
        return answer(sandbox, code)


def meets_nobody(sandbox: Sandbox) -> str:
    """No socket in common, by address or by name, and no shared memory or semaphore of System V."""
    name = token_hex(8)
    listen = f"""
import socket
abstract = socket.socket(socket.AF_UNIX)
abstract.bind(chr(0) + {name!r})
abstract.listen()
port = 0
try:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
except OSError: pass
print(port)
"""
    with inside(sandbox) as run:
        port = run(listen)
        code = f"""
import socket
met = []
for family, address in ((socket.AF_UNIX, chr(0) + {name!r}), (socket.AF_INET, ("127.0.0.1", {int(port)}))):
    with socket.socket(family) as caller:
        try:
            caller.connect(address)
            met.append(str(address))
        except OSError: pass
print(met or "held")
"""
        return answer(sandbox, code)


def shares_no_terminal(sandbox: Sandbox) -> str:
    code = "import os\nprint([t for t in os.listdir('/dev/pts') if t.isdigit()] or 'held')"
    with inside(sandbox) as run:
        run("import pty\nterminal = pty.openpty()")
        return answer(sandbox, code)


def inherits_nothing_open(sandbox: Sandbox) -> str:
    """Two pipes of the protocol, and what its own standard streams became: nothing of the process it was forked from."""
    code = """
import os
kinds = []
for name in sorted(os.listdir("/proc/self/fd"), key=int):
    try: target = os.readlink(f"/proc/self/fd/{name}")
    except OSError: continue
    if target != "/dev/null" and not (int(name) in (1, 2) and target.startswith(("/tmp/", os.path.expanduser("~")))):
        kinds.append(target.split(":")[0])
mapped = [line.split()[-1] for line in open("/proc/self/maps") if line.split()[1].startswith("rw") and "s" in line.split()[1]]
print("held" if kinds == ["pipe", "pipe"] and not mapped else (kinds, mapped))
"""
    return answer(sandbox, code)


TRIALS: dict[str, Callable[[Sandbox], str]] = {
    "finds no file of another submission, graded before or beside it": finds_no_file,
    "sees no process but its own": sees_no_process,
    "sends no signal to another submission": signals_nobody,
    "meets no other submission over sockets": meets_nobody,
    "shares no terminal with another submission": shares_no_terminal,
    "inherits no open file and no shared memory": inherits_nothing_open,
}
