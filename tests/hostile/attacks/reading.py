"""Solutions, hidden cases, the gradebook, other learners' work, the secret: by path, by link, from memory."""

from tests.hostile.attack import Attack

SEARCH = """
import os, re
WORD = b"TOK" + b"EN-"
def search(data): return sorted({bytes(found) for found in re.findall(WORD + rb"[\\w ]{1,30}", data)})
"""

ATTACKS = [
    Attack(
        "reads what it knows the place of",
        "Opens the solution, the gradebook, the secret, a neighbour's notebook and a file outside, each by its full path.",
        cell="""
import os
for what, path in KNOWS.items():
    if isinstance(path, str) and path.startswith("/"):
        for way in (path, "/proc/1/root" + path, "/proc/self/root" + path, "/proc/self/cwd/../../../../.." + path):
            try: print(what, open(way, "rb").read().hex() if os.path.isfile(way) else os.listdir(way))
            except OSError as error: print(what, type(error).__name__)
""",
    ),
    Attack(
        "searches every file",
        "Walks over everything that it can see, but for Python's own packages, and prints what it is after.",
        cell=SEARCH
        + """
found = []
for top, folders, files in os.walk("/"):
    folders[:] = [f for f in folders if os.path.join(top, f) not in ("/proc", "/sys", "/dev", "/usr", "/lib") and f != "site-packages"]
    for file in files:
        try: found += search(open(os.path.join(top, file), "rb").read(1 << 20))
        except OSError: pass
print(found, [n for n in os.listdir("/course/autograder") if n in ("judges", "grading", "nbgrading", "cli.py")])
""",
    ),
    Attack(
        "searches its own memory",
        "Reads every writable region of its own process, which is a fork of one that other learners' are forks of.",
        cell=SEARCH
        + """
found = []
with open("/proc/self/mem", "rb", 0) as memory:
    for line in open("/proc/self/maps"):
        span, mode, *_ = line.split()
        begin, end = (int(part, 16) for part in span.split("-"))
        if mode.startswith("rw") and end - begin < 1 << 28:
            try:
                memory.seek(begin)
                found += search(memory.read(end - begin))
            except (OSError, ValueError, OverflowError): pass
print(sorted(set(found)))
""",
    ),
    Attack(
        "searches the processes",
        "Environment, arguments, open files, memory and root of every process that it can see, its init among them.",
        cell=SEARCH
        + """
import glob
found = []
for pattern in ("environ", "cmdline", "maps", "mem", "fd/*", "root/*", "cwd/*", "task/*/environ", "mountinfo"):
    for file in glob.glob("/proc/[0-9]*/" + pattern):
        try: found += search(os.readlink(file).encode() if os.path.islink(file) else open(file, "rb").read(1 << 20))
        except OSError: pass
print(sorted(set(found)), os.environ, os.listdir("/proc/self/fd"), [os.path.exists(f"/proc/{p}") for p in range(3, 9)])
""",
    ),
    Attack(
        "imports the judges",
        "Looks for judges and hidden cases under every name and in every copy of our package.",
        cell="""
import importlib, pathlib, sys
for name in ("judges.lesson_01", "grading.secret", "nbgrading.gradebook", "cli", "sandbox.find"):
    try: print(importlib.import_module("autograder." + name))
    except ImportError as error: print(type(error).__name__)
print([str(p) for folder in sys.path + [sys.prefix] for p in pathlib.Path(folder or ".").glob("**/judges/lesson_01*")][:9])
""",
    ),
    Attack(
        "reads the cases' seed",
        "Looks up the frames that call it for a seed or a secret, and through every object alive for bytes of its length.",
        answers={
            "01-parallel-block": """
import gc, sys
class ParallelBlock:
    def __init__(self, *args, **kwargs):
        frame = sys._getframe()
        while frame := frame.f_back:
            for name, value in list(frame.f_locals.items()):
                if "secret" in name or (isinstance(value, bytes) and len(value) == 32): print(name, value)
        print([thing for thing in gc.get_objects() if isinstance(thing, bytes) and len(thing) == 32])
"""
        },
    ),
    Attack(
        "other ways to memory",
        "ptrace, process_vm_readv, files by handle, the kernel's log and keys, devices.",
        cell="""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for name, number in {"ptrace": 101, "process_vm_readv": 310, "open_by_handle_at": 304, "syslog": 103, "keyctl": 250, "bpf": 321,
                     "perf_event_open": 298, "memfd_create": 319, "io_uring_setup": 425, "userfaultfd": 323}.items():
    print(name, libc.syscall(number, 16, 1, 0, 0, 0), ctypes.get_errno())
for device in ("/dev/mem", "/dev/kmsg", "/proc/kcore", "/proc/kallsyms", "/dev/sda", "/proc/sysrq-trigger"):
    try: print(device, open(device, "rb").read(100))
    except OSError as error: print(device, type(error).__name__)
""",
    ),
    Attack(
        "links beside the notebook",
        "Links to the solution, the gradebook, the secret, a neighbour's work and the whole course lie in the submission; the notebook reads them.",
        links={
            "data.txt": "solution",
            "book.db": "gradebook",
            "sub/key": "secret",
            "other.txt": "neighbour",
            "all": "course",
            "predictions.json": "canary",
        },
        cell="""
import os
for top, folders, files in os.walk("."):
    for name in files:
        print(name, open(os.path.join(top, name), "rb").read(3_000_000)[-200_000:].decode("latin-1"))
""",
    ),
    Attack(
        "the notebook is a link to a neighbour's",
        "In the place of the notebook lies a link to a neighbour's, who did well.",
        links={"01-layers-and-blocks.ipynb": "neighbour"},
        ungraded="no notebook of this name",
    ),
]
