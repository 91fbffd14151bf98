"""Bombs, endless loops, and processes that end or do not end."""

from tests.hostile.attack import Attack

COMPUTED = "computed for more than"
ENDED = "ended its own process"
KILLED = "did not react to an interrupt"

ATTACKS = [
    Attack("endless loop", "A cell computes without end.", cell="while True: pass", says=COMPUTED),
    Attack(
        "endless loop that catches interrupts",
        "A cell computes without end and swallows every exception.",
        cell="while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        says=COMPUTED,
    ),
    Attack(
        "endless loop in an answer",
        "The check of one answer does not come back.",
        answers={
            "01-parallel-block": "class ParallelBlock(nn.Block):\n    def __init__(self, *args, **kwargs):\n        while True: pass\n"
        },
        says=COMPUTED,
    ),
    Attack(
        "blocked signals",
        "All signals are blocked before the loop begins.",
        cell="import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
        says=KILLED,
    ),
    Attack(
        "sleeps", "A cell does nothing, for very long.", cell="import time\ntime.sleep(10**6)", says="did nothing for"
    ),
    Attack(
        "waits in the kernel's deepest sleep",
        "A vfork whose child never goes on: the parent waits as for a disk, which costs neither computing nor idle time.",
        cell="import ctypes, time\nif ctypes.CDLL(None).vfork() == 0:\n    while True: time.sleep(1000)",
        says="did nothing for",
    ),
    Attack(
        "children whose time nobody counts",
        "Short-lived children compute one after the other, and are reaped without their times being added up.",
        cell="""
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    if os.fork() == 0:
        end = time.monotonic() + 0.02
        while time.monotonic() < end: pass
        os._exit(0)
    try: os.wait()
    except ChildProcessError: pass
""",
    ),
    Attack(
        "a kernel that never ends",
        "Threads and exit handlers keep the process alive when everything has been run.",
        cell="""
import atexit, signal, threading, time
for _ in range(5): threading.Thread(target=time.sleep, args=(10**6,)).start()
atexit.register(time.sleep, 10**6)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE): signal.signal(number, signal.SIG_IGN)
""",
    ),
    Attack(
        "os._exit", "The process ends itself, with the status of success.", cell="import os\nos._exit(0)", says=ENDED
    ),
    Attack("segmentation fault", "The process reads address 0.", cell="import ctypes\nctypes.string_at(0)", says=ENDED),
    Attack(
        "stack overflow",
        "Recursion without a limit.",
        cell="import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
    ),
    Attack(
        "stops itself",
        "The process stops itself and all that belongs to it.",
        cell="import os, signal\nos.kill(0, signal.SIGSTOP)",
        says="did nothing",
    ),
    Attack(
        "becomes another program",
        "The process becomes one that answers on the pipes.",
        cell="import os\nos.execv('/usr/bin/yes', ['yes', '{}'])",
    ),
    Attack(
        "closes every file",
        "The pipes to the controller are closed and others opened under their numbers.",
        cell="import os\nos.closerange(0, 256)\nfor _ in range(20): os.open('/dev/zero', os.O_RDWR)",
    ),
    Attack(
        "fork bomb",
        "Every process makes two more, for ever.",
        cell="import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    ),
    Attack(
        "thread bomb",
        "Threads without end.",
        cell="import threading, time\nwhile True:\n    try: threading.Thread(target=time.sleep, args=(10**6,), daemon=True).start()\n    except RuntimeError: break",
    ),
    Attack(
        "memory bomb",
        "Takes memory without end, then in many processes at a time.",
        cell="""
import os
children = []
try:
    for _ in range(12):
        if os.fork() == 0:
            kept = []
            while True: kept.append(bytearray(b"x" * (1 << 24)))
    os.wait()
except OSError: pass
""",
    ),
    Attack(
        "memory that is nobody's",
        "Shared mappings and files in memory, which no limit of a process counts.",
        cell="""
import mmap
kept = []
for name in ("/dev/shm", "/tmp", "."):
    try:
        for number in range(100):
            with open(f"{name}/{number}", "wb") as file: file.write(b"x" * (32 << 20))
    except OSError as error: print(error)
while True:
    piece = mmap.mmap(-1, 1 << 26)
    piece.write(b"x" * (1 << 26))
    kept.append(piece)
""",
    ),
    Attack(
        "disk bomb",
        "Fills every folder that it can write to, with large files and with many empty ones.",
        cell="""
import os
for place in (".", "/tmp", "/dev/shm", "/var/tmp", "/course", "/home"):
    try:
        for number in range(200):
            with open(f"{place}/{number}.bin", "wb") as file: file.write(b"x" * (60 << 20))
    except OSError as error: print(error)
    try:
        for number in range(100_000): open(f"{place}/{number}.empty", "w").close()
    except OSError as error: print(error)
    for name in os.listdir(place):
        try: os.unlink(f"{place}/{name}")
        except OSError: pass
""",
    ),
    Attack("output bomb", "Prints without end.", cell="while True: print('x' * 100_000)"),
    Attack(
        "output bombs of other kinds",
        "A line of 300 MB, 100,000 displays, a traceback of 100 MB, a child that writes to the terminal.",
        cell="""
import subprocess
print("x" * 300_000_000)
for i in range(100_000): display(i)
subprocess.run("yes | head -c 200000000", shell=True)
raise ValueError("x" * 100_000_000)
""",
    ),
    Attack(
        "observations without end",
        "What one answer gives back is a gigabyte of zeros; its name is a book.",
        answers={
            "01-parallel-block": "class ParallelBlock(nn.Block):\n    def __init__(self, *args, **kwargs):\n        super().__init__()\n    def forward(self, x):\n        return nd.zeros((16384, 16384))\nParallelBlock.__name__ = 'x' * 50_000_000\n"
        },
    ),
    Attack(
        "decompression bomb in the notebook",
        "The notebook unpacks a bomb of its own.",
        cell="import zlib\nbomb = zlib.compress(bytes(1 << 20), 9) * 1\nkept = []\nwhile True: kept.append(zlib.decompress(bomb))",
    ),
]
