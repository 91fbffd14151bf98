"""The process of which every learner's worker is a fork: everything is imported once, and nothing of a learner's is here.

It runs inside bubblewrap, without rights, and is told one thing only: to fork. What is to be graded goes to the
child alone, on pipes of its own:

    zygote ── clone ──▶ init of namespaces of every kind: mounts, drops its rights, forks once more, reaps
                           └──▶ the worker (worker.main)

Whoever kills the init, by the handle that it hands over before any code of the learner's runs, kills all that is
left of that learner. The zygote has one thread and no open file beyond three, or it refuses to start: a
lock held by another thread would stay locked in every fork, and a file would be shared by all of them.
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import random
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

import numpy as np
import torch
from matplotlib import font_manager, pyplot

from autograder import probes
from autograder.sandbox import memory, namespaces, shell, worker
from explorers.view.pictures import templates

# One look at each thing that is imported or built on first use.
WARM_CELLS = (
    "x = 1\nx",
    "1 / 0",
    "def f(a):\n    assert a, 'no'\nf(0)",
    "print('x'); import warnings; warnings.warn('x')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "from IPython.display import HTML, display\ndisplay(HTML('x'))",
    "from autograder import check",
    """from miniblocks import autograd, graph, init, loss, nd, nn, optim
import explorers
net = nn.Sequential()
net.add(nn.Dense(2, activation='relu'), nn.Dense(1))
net.initialize()
with autograd.record():
    y = net(nd.ones((2, 3))).sum()
y.backward()
net""",
    "explorers.explore(net)",
    # What only some lessons use: it costs a fork nothing to have it, and a notebook a tenth of a second to fetch it.
    "import encodings.cp437, encodings.unicode_escape, numpy.ctypeslib",
    "import explorers.figures, miniblocks.drawing, miniblocks.summary",
    "import igraph",
    "import onnx",
    "import scipy.special",
    """import torch
m = torch.nn.Linear(2, 2)
o = torch.optim.SGD(m.parameters(), lr=0.1)
m(torch.ones(1, 2)).sum().backward()
o.step()""",
)


def main() -> None:
    control = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    seccomp, owner = control.recv(1 << 16), (os.geteuid(), os.getegid())
    warm_up()
    assert_can_fork(open_files=4)
    signal.signal(signal.SIGCHLD, reap)
    control.send(b"ready")
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 3)
        if not descriptors:
            return
        if namespaces.fork() == 0:
            become_worker(control, descriptors, seccomp, owner)
        for descriptor in descriptors:
            os.close(descriptor)


def reap(*_: Any) -> None:
    """Take leave of workers that have died."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def warm_up() -> None:
    """Import what notebooks import and run what they run, then forget what was run."""
    torch.set_num_threads(1)
    for module in pkgutil.iter_modules(probes.__path__, "autograder.probes."):
        importlib.import_module(module.name)
    torch_state = torch.get_rng_state()
    for name in templates().list_templates():
        templates().get_template(name)
    with worker.miniblocks.nn.fresh_names():
        shell.warm_up(WARM_CELLS)
    pyplot.close("all")
    font_manager._get_font.cache_clear()  # type: ignore[attr-defined]  # it keeps font files open
    torch.set_rng_state(torch_state)
    worker.miniblocks.nd.random.seed(0)
    gc.collect()
    gc.freeze()  # a collection in a fork would otherwise touch, and so copy, every page
    memory.use_huge_pages()


def assert_can_fork(open_files: int) -> None:
    """Raise where a fork would share something with its siblings, or inherit a lock that nobody will open."""
    threads, files = (os.listdir(f"/proc/self/{what}") for what in ("task", "fd"))
    with open("/proc/self/maps") as maps:
        shared = [line for line in maps if line.split()[1].startswith("rw") and line.split()[1].endswith("s")]
    if len(threads) != 1 or len(files) != open_files + 1 or shared:  # one more to list them with
        links = [os.readlink(f"/proc/self/fd/{file}") for file in files if os.path.exists(f"/proc/self/fd/{file}")]
        raise RuntimeError(f"not fit to be forked: {len(threads)} threads, open files {links}, shared memory {shared}")


def become_worker(control: socket.socket, descriptors: list[int], seccomp: bytes, owner: namespaces.Owner) -> None:
    """In the fork: build the walls, then run one notebook. Never returns."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        namespaces.enclose(os.environ["HOME"], seccomp, owner)
        cells_in, cells_out, report = descriptors
        payload = os.fork()
        if payload:
            hand_over(report, payload)
            be_init(payload)
        os.close(report)
        for target, descriptor in enumerate((cells_in, cells_out)):
            os.dup2(descriptor, target)
            os.close(descriptor)
        random.seed()
        np.random.seed()
        worker.main()
    except BaseException as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.__stderr__, flush=True)
    finally:
        os._exit(0)


def hand_over(report: int, payload: int) -> None:
    """Give the controller its handles on this namespace: on the init, and on the notebook's process."""
    handles = [os.pidfd_open(os.getpid()), os.pidfd_open(payload)]
    with socket.socket(fileno=report) as connection:
        socket.send_fds(connection, [b"born"], handles)


def be_init(payload: int) -> None:
    """Reap until the notebook's process ends; the kernel then ends whatever it left behind. Never returns."""
    os.closerange(0, 64)
    while os.waitpid(-1, 0)[0] != payload:
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
