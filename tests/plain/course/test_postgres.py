"""The gradebook in a real PostgreSQL: an ordinary setting of nbgrader's, and the same results."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from autograder.nbgrading import gradebook, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("postgres") and shutil.which("initdb")), reason="PostgreSQL is not installed"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]

LESSON = "97-tiny"
USER = "nobody"  # PostgreSQL refuses to run as root


@pytest.fixture(scope="module")
def server():
    """The URL of a database on the loopback address, with nobody else's data in it."""
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to other users
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    away = []
    if os.geteuid() == 0:
        away = [shutil.which("setpriv"), f"--reuid={USER}", "--clear-groups", "--regid=65534"]
        shutil.chown(folder, USER)
    data = folder / "data"
    made = [*away, shutil.which("initdb"), "-D", str(data), "-U", "grader", "-A", "trust"]
    subprocess.run(made, check=True, capture_output=True, cwd=folder)
    settings = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}", "-p", str(port)]
    process = subprocess.Popen([*away, shutil.which("postgres"), "-D", str(data), *settings], cwd=folder)
    while socket.socket().connect_ex(("127.0.0.1", port)):
        assert process.poll() is None
        time.sleep(0.1)
    yield f"postgresql+psycopg://grader@127.0.0.1:{port}/postgres"
    process.terminate()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_class_in_postgres(server, hand_in, grade, configure):
    configure(f'c.CourseDirectory.db_url = "{server}"')
    for student in ("ada", "bärbel müller"):
        hand_in(student)
    hand_in("cy", {})
    results = grade()
    assert {s: (r.status, r.score) for s, r in results.items()} == {
        "ada": ("graded", 6),
        "bärbel müller": ("graded", 6),
        "cy": ("graded", 0),
    }
    hand_in("cy")
    again = grade()
    assert (again["ada"].status, again["cy"].status, again["cy"].score) == (run.UNCHANGED, run.GRADED, 6)
    assert gradebook.automatic_scores(server, LESSON) == dict.fromkeys(("ada", "bärbel müller", "cy"), True)
