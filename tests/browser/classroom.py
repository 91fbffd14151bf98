"""An instructor's course, with nbgrader's exchange between it and the learners' own folders."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

from tests.jupyter import ROOT, environment

LESSON = "01-layers-and-blocks"
COURSE_ID = "blocks"


class Classroom:
    """A copy of the project's course with one lesson, in a temporary folder; what it runs are the real commands."""

    def __init__(self, home: Path) -> None:
        self.course, self.exchange = home / "course", home / "exchange"
        shutil.copytree(ROOT / "solutions" / LESSON, self.course / "solutions" / LESSON)
        settings = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        own = f"c.CourseDirectory.course_id = {COURSE_ID!r}\nc.Exchange.root = {str(self.exchange)!r}\n"
        (self.course / "nbgrader_config.py").write_text(settings + own, encoding="utf-8")
        self._environment = environment(home / "instructor") | {"AUTOGRADER_SECRETS": str(home / "secrets")}

    def run(self, *command: str) -> str:
        """Run `autograder …` or `nbgrader …` as the instructor does, in the course's folder."""
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=self.course, env=self._environment, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def release(self) -> None:
        """Hand the lesson out, as docs/instructor-quickstart.md says."""
        self.run("autograder", "build")
        self.run("nbgrader", "generate_assignment", LESSON, "--force")
        self.run("nbgrader", "release_assignment", LESSON)

    def grades(self) -> dict[str, str]:
        """The one learner's row in the gradebook: exercise → points."""
        self.run("autograder", "export", "-o", "grades.csv")
        with (self.course / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            [row] = csv.DictReader(file)
        return row

    def enrol(self, home: Path) -> None:
        """Tell the Jupyter of a learner's machine which course and which exchange there are."""
        config = home / "config"
        config.mkdir(parents=True)
        text = f"c.CourseDirectory.course_id = {COURSE_ID!r}\nc.Exchange.root = {str(self.exchange)!r}\n"
        (config / "nbgrader_config.py").write_text(f"c = get_config()\n{text}", encoding="utf-8")
