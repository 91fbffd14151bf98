"""The real sandbox: what is shown inside, and that nothing outlives the controller."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from autograder.grading.limits import Limits
from autograder.grading.session import Ran, Session
from autograder.sandbox import bubblewrap
from autograder.sandbox.base import NoSandbox
from autograder.sandbox.bubblewrap import Bubblewrap
from autograder.sandbox.find import find_sandbox
from autograder.sandbox.forkserver import ForkServer

CONTROLLER = """
import psutil
from autograder.grading.session import Limits, Ran, Session
from autograder.sandbox.{module} import {kind}
with Session({kind}(), Limits()) as session:
    session.start({{}})
    print(*(p.pid for p in psutil.Process().children(recursive=True)), flush=True)
    session.run(0, "import os, signal, time\\nsignal.pthread_sigmask(signal.SIG_BLOCK, {{2, 15}})\\nos.setsid() if os.fork() else 0\\nwhile True: pass", None, Ran())
"""


def inside(sandbox, code):
    ran = Ran()
    with Session(sandbox, Limits()) as session:
        session.start({})
        session.run(0, code, None, ran)
    return "".join(str(o.get("text", o.get("evalue"))) for o in ran.outputs).strip()


@pytest.mark.parametrize("kind", [Bubblewrap, ForkServer])
def test_workers_die_with_a_controller_that_is_killed(kind):
    code = CONTROLLER.format(module=kind.__module__.rpartition(".")[2], kind=kind.__name__)
    controller = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    tree = [psutil.Process(int(pid)) for pid in controller.stdout.readline().split()]
    assert len(tree) >= 3
    time.sleep(0.5)
    controller.send_signal(signal.SIGKILL)
    controller.wait()
    controller.stdout.close()
    deadline = time.monotonic() + 30
    while alive(tree) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(tree)


def alive(tree):
    return [p for p in tree if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def test_every_probe_can_be_imported_inside(sandbox):
    code = "import importlib, pkgutil, autograder.probes as p\nfor m in pkgutil.iter_modules(p.__path__): importlib.import_module(f'autograder.probes.{m.name}')\nprint('all')"
    assert inside(sandbox, code) == "all"


def test_only_what_is_needed_is_shown(sandbox):
    shown = inside(
        sandbox,
        "import os\nprint(sorted(os.listdir('/')), os.listdir('/home'), sorted(os.listdir('/course')), os.getcwd())",
    )
    top, home = shown.split("]")[:2]
    assert (
        not {"etc", "var", "mnt", "srv", "opt", "boot", "sys", "run"} & set(top.strip("['").split("', '")) - own_tops()
    )
    assert home.strip(" [") == "'learner'"
    assert "['autograder', 'explorers', 'miniblocks'] /home/learner" in shown


def own_tops():
    """Top folders in which this very Python lies."""
    return {folder.split("/")[1] for folder in bubblewrap.python_folders()}


def test_an_installed_copy_of_the_judges_is_hidden(monkeypatch, tmp_path):
    copy = tmp_path / "lib" / "python3.11" / "site-packages" / "autograder"
    copy.mkdir(parents=True)
    (copy / "judge.py").write_text("")
    for folder in (tmp_path, tmp_path.parent):
        folder.chmod(0o755)
    folders = bubblewrap.python_folders()
    monkeypatch.setattr(bubblewrap, "python_folders", lambda: [*folders, str(tmp_path)])
    assert (
        inside(Bubblewrap(), f"import os\nprint(os.listdir({str(copy.parent)!r}), os.listdir({str(copy)!r}))")
        == "['autograder'] []"
    )


@pytest.mark.parametrize("kind", [Bubblewrap, ForkServer])
def test_an_installation_beneath_tmp_is_shown_and_nothing_else_that_lies_there(kind, monkeypatch):
    with tempfile.TemporaryDirectory(prefix="a clone ", dir="/tmp") as clone:
        for name in ("packages/late", "private"):
            (Path(clone) / name).mkdir(parents=True)
        for folder in (Path(clone), *Path(clone).rglob("*")):
            folder.chmod(0o755)
        shown = str(Path(clone) / "packages")
        folders = bubblewrap.python_folders()
        monkeypatch.setattr(bubblewrap, "python_folders", lambda: [*folders, shown])
        sandbox = kind()
        look = f"import os\nprint(os.listdir({shown!r}), os.listdir({clone!r}), {Path(clone).name!r} in os.listdir('/tmp'))\n"
        write = f"try: os.mkdir({shown!r} + '/new')\nexcept OSError as error: print(error.strerror)"
        assert inside(sandbox, look + write).splitlines() == ["['late'] ['packages'] True", "Read-only file system"]
        sandbox.close()


def test_a_neighbour_is_not_touched(grade, right, checked):
    hostile = "import os\nb = []\nfor i in range(40):\n    os.fork() if i < 3 else 0\nos.kill(-1, 9)\nwhile True: b.append(bytearray(1 << 24))"
    limits = Limits(memory_bytes=1 << 30, cell_cpu_seconds=3)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(grade, hostile, checked, limits=limits, student="mallory")
        other = pool.submit(grade, "import time\ntime.sleep(1)", right, checked, limits=limits, student="ada")
        assert other.result().reports["99-double"].score == 5
        assert other.result().notes == []
        assert one.result().reports["99-double"].score == 0


def test_no_bubblewrap_is_said_with_cause_and_mend(monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None if name == "bwrap" else f"/usr/bin/{name}")
    with pytest.raises(NoSandbox, match="bubblewrap.*install"):
        find_sandbox()


@pytest.mark.skipif(os.name != "posix", reason="POSIX")
def test_a_bubblewrap_that_may_not_make_namespaces_is_said(monkeypatch, tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create new namespace: Operation not permitted' >&2\nexit 1\n"
    )
    fake.chmod(0o755)
    monkeypatch.setattr(
        bubblewrap, "_tool", lambda name, found=bubblewrap._tool: str(fake) if name == "bwrap" else found(name)
    )
    with pytest.raises(NoSandbox, match="seccomp=unconfined"):
        find_sandbox()
