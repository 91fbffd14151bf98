"""A course that attackers, their honest twins and honest neighbours hand in to; and what an attacker is after in it.

Everything worth stealing holds a word that begins with `TOKEN-`; whatever an attacker gets back is searched for them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import nbformat
import psutil
from nbformat import NotebookNode

from autograder import answers, build
from autograder.course import Course
from autograder.demo.students import notebook_of
from autograder.exercise import load
from autograder.lesson import read
from tests.hostile.attack import Attack, attacked, twin
from tests.hostile.listener import Listener

LESSON = "01-layers-and-blocks"
# What the honest wrote: a known answer that earns a part, or the lesson's own.
HONEST = {
    "01-control-flow-predict-dynamic": "every object is true",
    "01-list-is-not-a-block": "a plain list",
    "01-block-factory": "copies of one block",
    "01-control-flow": "Python decides, with numbers",
}
NEIGHBOURS: list[dict] = [
    {},
    {"answers": HONEST},
    {"answers": {"01-parallel-block": "joins along axis 1 whatever was asked"}, "without": ["01-missing-super"]},
    {"base": "nothing"},
]
CONFIG = """\
from pathlib import Path
from autograder.course import Course
from autograder.nbgrading.config import configure
here = Path(__file__).resolve().parent
c = get_config()
configure(c, Course(here, here))
# An endless loop need not take its full time here.
c.Limits.cell_cpu_seconds = 4
c.Limits.cell_idle_seconds = 3
c.Limits.grace_seconds = 1
c.Limits.memory_bytes = 2 << 30
c.Exchange.root = str(here.parent / "exchange")
c.ExchangeCollect.check_owner = False  # one user plays them all
"""
SECRET = b"TOKEN-secret-0123456789abcdef012"
SOLUTION = "# TOKEN-solution"


@dataclass
class Handed:
    """What was handed in under a student's name, and the score that its honest part deserves."""

    notebook: bytes
    deserves: float
    attack: Attack | None = None


@dataclass
class Outcome:
    """What one command made of everybody: results by student, and everything that it left behind."""

    results: dict[str, dict]
    seen: dict[str, str] = field(default_factory=dict)  # student → all that they get back, and the instructor's log
    harm: dict[str, list[str]] = field(default_factory=dict)  # attack → what it reached outside
    left: list[str] = field(default_factory=list)  # processes


class Hostile:
    """The course in a folder of its own; `TOKEN-`s are planted in it."""

    def __init__(self, root: Path, attacks: Iterable[Attack], listener: Listener) -> None:
        self.root, self.attacks, self.listener = root / "course", list(attacks), listener
        self.root.mkdir(parents=True)
        self.project = Course.here()
        self.course = Course(self.root, self.root)
        self._build()
        self._plant(root)
        self.class_ = dict(self._class())

    def _build(self) -> None:
        (self.root / "nbgrader_config.py").write_text(CONFIG)
        source = self.project.solutions / LESSON / f"{LESSON}.md"
        target = self.course.solutions / LESSON / source.name
        target.parent.mkdir(parents=True)
        marked = source.read_text(encoding="utf-8").replace(
            "    ### BEGIN SOLUTION\n", f"    ### BEGIN SOLUTION\n    {SOLUTION}\n"
        )
        assert SOLUTION in marked
        target.write_text(marked, encoding="utf-8")
        shutil.copytree(source.parent / "answers", target.parent / "answers")
        build.build(self.course, [])

    def _plant(self, root: Path) -> None:
        self.secrets, self.outside = root / "secrets", root / "outside"
        self.secrets.mkdir(mode=0o700)
        (self.secrets / "blocks.secret").write_bytes(SECRET)
        os.chmod(self.secrets / "blocks.secret", 0o600)
        for attack in self.attacks:
            (self.outside / attack.name).mkdir(parents=True)
            (self.outside / attack.name / "canary").write_text(f"TOKEN-outside of {attack.name}")
        self.neighbour = self.course.submitted / "000 neighbour 0" / LESSON / f"{LESSON}.ipynb"

    def known(self, attack: Attack) -> dict[str, str | int]:
        """What an attacker knows: everything but the tokens."""
        return {
            "course": str(self.root),
            "gradebook": str(self.root / "gradebook.db"),
            "secret": str(self.secrets / "blocks.secret"),
            "solution": str(self.course.solutions / LESSON / f"{LESSON}.md"),
            "neighbour": str(self.neighbour),
            "outside": str(self.outside / attack.name),
            "canary": str(self.outside / attack.name / "canary"),
            "port": self.listener.port,
            "name": attack.name,
            "marker": self.marker,
        }

    @property
    def marker(self) -> str:
        """Stands in the arguments of every process that an attack leaves behind."""
        return f"left-behind-{os.getpid()}"

    @cached_property
    def lesson(self):
        return read(self.course.solutions / LESSON / f"{LESSON}.md")

    @cached_property
    def released(self) -> NotebookNode:
        return nbformat.read(self.course.release / LESSON / f"{LESSON}.ipynb", as_version=4)

    def _notebook(self, submission: dict) -> NotebookNode:
        text = notebook_of({**submission, "student": "", "what": ""}, self.course, self.lesson)
        return nbformat.reads(text.replace(SOLUTION, "#"), as_version=4)

    def deserves(self, submission: dict, unwritten: Iterable[str] = ()) -> float:
        """The points of a submission, as its known answers state them."""
        none = set(submission.get("without", ())) | set(unwritten)
        if submission.get("base") == "nothing":
            return 0
        stated = {(a.exercise, a.title): a.score for a in answers.of(self.lesson)}
        chosen = submission.get("answers", {})
        exercises = [name for name in self.lesson.cells("check") if name not in none]
        return sum(stated[name, chosen[name]] if name in chosen else load(name).points for name in exercises)

    def _class(self):
        """(student, what is handed in), neighbours among the attackers, and each twin once."""
        honest = self._notebook({"answers": HONEST})
        twins: dict[bytes, str] = {}
        self.twin_of: dict[str, str] = {}
        self.student_of: dict[str, str] = {}
        for number, attack in enumerate(self.attacks):
            if number % 12 == 0:
                index = number // 12
                submission = NEIGHBOURS[index % len(NEIGHBOURS)]
                notebook = self._notebook(submission)
                notebook.cells[-1].source += f"\n# TOKEN-neighbour-{index}"
                yield f"{number:03d} neighbour {index}", Handed(_bytes(notebook), self.deserves(submission))
            deserves = self.deserves({"answers": HONEST}, attack.answers)
            same = _bytes(twin(attack, honest, self.released))
            if same not in twins:
                twins[same] = f"{number:03d} twin"
                yield twins[same], Handed(same, deserves)
            student = f"{number:03d} {attack.name}"
            self.twin_of[attack.name], self.student_of[attack.name] = twins[same], student
            made = _bytes(attacked(attack, honest, self.known(attack)))
            yield student, Handed(attack.raw(made.decode()) if attack.raw else made, deserves, attack)

    def fill(self, folder: Path, one: Handed) -> None:
        """Put what is handed in into a learner's folder."""
        folder.mkdir(parents=True)
        (folder / f"{LESSON}.ipynb").write_bytes(one.notebook)
        if one.attack is None:
            return
        known = self.known(one.attack)
        for name, content in one.attack.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        for name, key in one.attack.links.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.symlink_to(str(known[key]))
        if one.attack.place:
            one.attack.place(folder)

    def submit(self) -> None:
        """Everything lies where submissions lie, links and all: as an instructor's `rsync -a` leaves it."""
        for student, one in self.class_.items():
            self.fill(self.course.submitted / student / LESSON, one)

    def submit_to_exchange(self) -> None:
        """Everything lies in nbgrader's exchange, whose folders belong to the learners."""
        inbound = self.root.parent / "exchange" / "blocks" / "inbound"
        for number, (student, one) in enumerate(self.class_.items()):
            when = datetime(2026, 1, 1) + timedelta(minutes=number)
            folder = inbound / f"{student}+{LESSON}+{when:%Y-%m-%d %H:%M:%S} UTC+abc{number}"
            self.fill(folder, one)
            if not (folder / "timestamp.txt").exists():
                (folder / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S.%f} UTC")
        (self.root.parent / "exchange").chmod(0o777)

    def type(self, *words: str, timeout: int = 1800) -> subprocess.CompletedProcess[str]:
        """Type a command in the course's folder; a command that does not end fails the test."""
        environment = os.environ | {
            "AUTOGRADER_SECRETS": str(self.secrets),
            "OMP_NUM_THREADS": "1",
            "HOSTILE": "TOKEN-environment",
            "COLUMNS": "200",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=self.root,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            said, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            raise
        return subprocess.CompletedProcess(words, process.returncode, said, errors)

    # --- afterwards ------------------------------------------------------------------------------------------

    def outcome(self, results: dict[str, dict]) -> Outcome:
        """What came of it all."""
        found = Outcome(results)
        for student, one in self.class_.items():
            if one.attack is not None:
                found.seen[student] = self._seen(student, results.get(student, {}))
                found.harm[one.attack.name] = self._harm(one.attack)
        found.left = [f"{p.pid} {command[:200]}" for p, command in _commands() if self.marker in command]
        return found

    def _seen(self, student: str, result: dict) -> str:
        """All that a learner gets back, and what was written down about them."""
        folders = [self.course.autograded / student, self.course.feedback / student]
        files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
        files.append(self.course.scratch / "logs" / LESSON / f"{student}.log")
        texts = [path.read_bytes().decode("utf-8", "replace") for path in files if path.is_file()]
        return "\n".join([json.dumps(result), *texts])

    def _harm(self, attack: Attack) -> list[str]:
        folder = self.outside / attack.name
        harm = [] if (folder / "canary").is_file() else ["the canary is gone"]
        if not harm and (folder / "canary").read_text() != f"TOKEN-outside of {attack.name}":
            harm.append("the canary was written to")
        harm += [f"it wrote {path.name} outside" for path in folder.iterdir() if path.name != "canary"]
        return harm + [f"it reached the network ({said})" for said in self.listener.heard if attack.name in said]


def _bytes(notebook: NotebookNode) -> bytes:
    return nbformat.writes(notebook).encode("utf-8", "replace")


def _commands():
    for process in psutil.process_iter():
        try:
            yield process, " ".join(process.cmdline())
        except psutil.Error:
            continue
