"""A course with a lesson handed in, and a Jupyter server on the loopback address that opens it."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import nbformat
import pytest

from autograder import build
from autograder.course import Course
from autograder.nbgrading.generate import register

ROOT = Path(__file__).resolve().parents[2]
LESSON = "01-layers-and-blocks"
PATIENCE = 120  # seconds; only a fault takes as long


class Server:
    """A running Jupyter server, with nbgrader and whatever else is enabled."""

    def __init__(self, home: Path, course: Path, *options: str) -> None:
        self.token = secrets.token_hex(16)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
        command += [f"--port={self.port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}"]
        command += [f"--ServerApp.root_dir={course}", "--ServerApp.disable_check_xsrf=True", *options]
        self._log = home / "server.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(command, env=environment(home), stdout=log, stderr=log, cwd=course)
        self._wait()

    def _wait(self) -> None:
        for _ in range(PATIENCE * 10):
            try:
                self.ask("/api")
                return
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the server did not start; it said:\n{self._log.read_text()[-3000:]}")

    def ask(self, path: str, post: bool = False):
        """The JSON that the server answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{urllib.parse.quote(path)}",
            data=b"" if post else None,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def environment(home: Path) -> dict[str, str]:
    """No setting of the machine's user comes in, none is changed; the course's secret is one of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "IPYTHON", "NBGRADER"))}
    own = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    own |= {"IPYTHONDIR": str(home / "ipython"), "AUTOGRADER_SECRETS": str(home / "secrets"), "OMP_NUM_THREADS": "1"}
    path = os.pathsep.join([str(ROOT / "course"), str(ROOT), *filter(None, [kept.get("PYTHONPATH")])])
    return kept | own | {"PYTHONPATH": path}


@pytest.fixture(scope="session")
def course(tmp_path_factory) -> Course:
    """A course of one real lesson, known to its gradebook."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "solutions" / LESSON, root / "solutions" / LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    made = Course(root, root)
    build.build(made, [])
    register(made, LESSON)
    return made


@pytest.fixture(scope="session")
def hand_in(course):
    """Hand the lesson in with these words in the place of an exercise's answer."""

    def put(student: str, exercise: str, answer: str) -> None:
        notebook = nbformat.read(course.release / LESSON / f"{LESSON}.ipynb", 4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise:
                cell.source = answer
        folder = course.submitted / student / LESSON
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{LESSON}.ipynb")

    return put


@pytest.fixture
def serve(course, tmp_path):
    """Start a server with these options; it ends with the test."""
    running = []

    def start(*options: str) -> Server:
        running.append(Server(tmp_path, course.root, *options))
        return running[-1]

    yield start
    for one in running:
        one.stop()
