"""A Jupyter server on the loopback address, which knows nothing of the machine's user; tests of several groups start one."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from setup_env import places

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120  # seconds; only a fault takes as long


class Server:
    """`python -m APPLICATION` (jupyterlab, or jupyter server), running in `files` with its settings in `home`."""

    def __init__(self, application: str, home: Path, files: Path, *options: str) -> None:
        self.files = files
        self.token = secrets.token_hex(16)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", *application.split(), "--no-browser", "--allow-root", "--ip=127.0.0.1"]
        command += [f"--port={self.port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}"]
        command += [f"--ServerApp.root_dir={files}", *options]
        self._log = home / "server.log"
        with self._log.open("w") as log:
            # Started where its files are, as by hand: that is where nbgrader puts what is fetched.
            self._process = subprocess.Popen(command, env=environment(home), stdout=log, stderr=log, cwd=files)
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

    def ask(self, path: str, post: bool = False) -> Any:
        """The JSON that the server answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{urllib.parse.quote(path)}",
            data=b"" if post else None,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def stop(self) -> None:
        """End the server, which ends its kernels."""
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def environment(home: Path) -> dict[str, str]:
    """The project's settings; none of the machine's user comes in or is changed; a course's secret is one of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "IPYTHON", "NBGRADER"))}
    own = {"JUPYTER_CONFIG_PATH": str(places.JUPYTER)}
    own |= {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    own |= {"IPYTHONDIR": str(home / "ipython"), "MPLCONFIGDIR": str(home / "mpl")}
    own |= {"AUTOGRADER_SECRETS": str(home / "secrets"), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    path = os.pathsep.join([str(ROOT / "course"), str(ROOT), *filter(None, [kept.get("PYTHONPATH")])])
    return kept | own | {"PYTHONPATH": path}
