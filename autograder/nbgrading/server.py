"""The formgrader's slow buttons, without making everyone else wait: an extension of the Jupyter server.

nbgrader's own handlers grade within the request, on the server's one event loop: until the last cell has run, no page is
answered, no kernel heard and no notebook saved. The routes here are the same, and run the same command of nbgrader's in a process
of its own, which takes the course's `nbgrader_config.py` and with it our sandbox and judges. What the page gets back is the same
too. `python3 start.py lab` loads this extension; elsewhere `jupyter server extension enable autograder.nbgrading.server` does.
"""

from __future__ import annotations

import asyncio
import glob
import json
import subprocess
import sys
from typing import Any

from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader.base import BaseApiHandler, check_notebook_dir, check_xsrf
from tornado import web

# Route of nbgrader's (lesson, and the student where there is a second part) → command of nbgrader's.
SLOW = {
    r"/formgrader/api/submission/([^/]+)/([^/]+)/autograde": "autograde",
    r"/formgrader/api/assignment/([^/]+)/generate_feedback": "generate_feedback",
    r"/formgrader/api/assignment/([^/]+)/([^/]+)/generate_feedback": "generate_feedback",
}
TURN = asyncio.Lock()  # one at a time: the gradebook has one writer, and each grading wants the processors


class Elsewhere(BaseApiHandler):
    """Runs a command of nbgrader's in another process, and answers as nbgrader's handler does: success, log, error."""

    def initialize(self, command: str) -> None:
        self.command = command

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def post(self, lesson: str, student: str = "") -> None:
        words = [sys.executable, "-m", "nbgrader", self.command, f"--assignment={lesson}", "--force"]
        words += [f"--student={glob.escape(student)}"] if student else []
        async with TURN:
            ran = await asyncio.to_thread(
                subprocess.run,
                words,
                cwd=self.coursedir.root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        if book := self.settings["nbgrader_gradebook"]:
            book.db.rollback()  # what this server has read before is out of date now
        log = ran.stdout.decode("utf-8", "replace")
        said: dict[str, Any] = {"success": ran.returncode == 0, "log": log}
        if ran.returncode:
            said["error"] = f"nbgrader {self.command} ended with status {ran.returncode}; its last words are in the log"
        self.write(json.dumps(said))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Add the routes. Extensions are loaded by name, so these stand before nbgrader's, and the first that fits is taken."""
    base = server.web_app.settings["base_url"]
    handlers = [(url_path_join(base, route), Elsewhere, {"command": command}) for route, command in SLOW.items()]
    server.web_app.add_handlers(".*$", handlers)
