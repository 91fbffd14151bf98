"""The zygote: what it refuses to be, and what comes of its death."""

import signal
import time

import psutil
import pytest

from autograder.grading.limits import Limits, Ungraded
from autograder.grading.session import Ran, Session
from autograder.sandbox.forkserver import ForkServer


@pytest.fixture(scope="module")
def server():
    server = ForkServer()
    yield server
    server.close()


def printed(server, *cells):
    ran = Ran()
    with Session(server, Limits()) as session:
        session.start({})
        for number, cell in enumerate(cells):
            session.run(number, cell, None, ran)
    return "".join(str(o.get("text", o.get("evalue"))) for o in ran.outputs)


def zygote_of(server):
    return next(
        p for p in psutil.Process(server._zygote._process.pid).children(recursive=True) if "zygote" in str(p.cmdline())
    )


SPOILED = {
    "a thread": "threading.Thread(target=threading.Event().wait, daemon=True).start()",
    "an open file": "kept = open('kept', 'w')",
    "shared memory": "import mmap; kept = mmap.mmap(-1, 4096)",
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_what_a_fork_would_share_is_noticed(server, spoil):
    check = (
        "from autograder.sandbox import zygote\nimport os, threading\nfiles = len(os.listdir('/proc/self/fd')) - 1\n"
    )
    again = "zygote.assert_can_fork(files)\nprint('fit')"
    assert printed(server, check + again) == "fit\n"
    assert "not fit to be forked" in printed(server, check + spoil + "\n" + again)


def test_workers_of_one_zygote_start_alike_and_draw_different_random_numbers(server):
    code = "import random, numpy, torch\nprint(random.random(), numpy.random.rand())"
    assert printed(server, code) != printed(server, code)
    code = "print(sorted(k for k in globals() if not k.startswith('_')), In, Out, torch.rand(1).item() if 'torch' in dir() else '')"
    assert printed(server, code) == printed(server, code)
    assert printed(server, "import torch\nprint(torch.rand(3))") == printed(
        server, "import torch\nprint(torch.rand(3))"
    )


def test_nothing_is_left_of_workers_that_have_ended(server):
    printed(server, "import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)")
    root = psutil.Process(server._zygote._process.pid)
    until = time.monotonic() + 30  # the zygote buries its dead when it next gets a CPU
    while len(left := root.children(recursive=True)) > 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert len(left) == 2, "bubblewrap's init and the zygote"


def test_a_zygote_that_dies_costs_nobody_a_mark_and_is_replaced(server):
    first = printed(server, "print('there')")
    with Session(server, Limits()) as session:
        session.start({})
        zygote_of(server).send_signal(signal.SIGKILL)
        with pytest.raises(Ungraded, match="the sandbox itself ended"):
            session.run(0, "import time\ntime.sleep(600)", None, Ran())
    assert printed(server, "print('there')") == first
