"""`autograder release`: what learners get, as one zip: notebooks, one wheel, set-up, licence. Nothing of grading.

The wheel holds miniblocks, explorers and the learner's half of `autograder`, named file by file: what is not
named here stays with the instructor.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from hatchling.builders.wheel import WheelBuilder

from autograder import build
from autograder.course import Course, Refused

# The learner's half; sandbox, grading, nbgrading, command line, answers and demo are the instructor's.
LEARNERS_HALF = (
    "__init__.py",
    "checking.py",
    "coursemap.py",
    "exercise.py",
    "forbid.py",
    "ledger.py",
    "notebooks.py",
    "probe.py",
    "report.py",
    "resetting.py",
    "updating.py",
    "wire.py",
    "templates",
    "probes",
    "judges",
)
# Of the project's dependencies, those that a learner needs.
NEEDED = (
    "torch",
    "numpy",
    "scipy",
    "safetensors",
    "jupyterlab",
    "notebook",
    "ipykernel",
    "ipython",
    "ipywidgets",
    "anywidget",
    "traitlets",
    "matplotlib",
    "jinja2",
    "igraph",
    "onnx",
    "platformdirs",
    "rich",
)
LEGAL = ("LICENSE", "ATTRIBUTION.md")
EPOCH = 1_577_836_800  # 2020-01-01: the date of every file in the archives, so that the same input makes the same bytes
NO_CACHE = shutil.ignore_patterns("__pycache__", "*.pyc", ".ipynb_checkpoints")

README = """\
# {title}

1. Install Python 3.11 or newer, unpack this folder and open a terminal in it.
2. Make an environment and install what the lessons need (on Windows write `.venv\\Scripts\\python` for `.venv/bin/python`):

       python3 -m venv .venv
       .venv/bin/python -m pip install -r requirements.txt -c constraints.txt

3. Start JupyterLab and open a lesson:

       .venv/bin/python -m jupyterlab

Write your answers where a cell says `raise NotImplementedError`. The cell below it checks your answer as often as you
like and tells you what is still missing. Hand in the notebook; where a lesson has predictions, hand in
`predictions.json`, which lies beside it, as well.

Lessons: {lessons}.
"""


def bundle(course: Course, lessons: list[str], target: Path) -> None:
    """Write the zip; refuses notebooks that are out of date."""
    if old := build.stale(course, lessons):
        raise Refused(f"{old[0]}: out of date; run `autograder build`")
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch) / "lessons"
        stage.mkdir()
        _notebooks(course, lessons, stage)
        wheel = wheel_of(course, stage)
        project = _project(course)
        (stage / "requirements.txt").write_text(
            "".join(f"{r}\n" for r in (f"./{wheel.name}", *requirements(project))), encoding="utf-8"
        )
        shutil.copyfile(course.project / "requirements.lock", stage / "constraints.txt")
        title = project["description"].split(":")[0]
        (stage / "README.md").write_text(README.format(title=title, lessons=", ".join(lessons)), encoding="utf-8")
        for name in LEGAL:
            shutil.copyfile(course.project / name, stage / name)
        pack(stage, target)


def _notebooks(course: Course, lessons: list[str], stage: Path) -> None:
    for page in course.release.glob("*.ipynb"):
        shutil.copyfile(page, stage / page.name)
    for name in lessons:
        for path in build.released_files(course, name):
            _copy(path, stage / path.relative_to(course.release))


def _project(course: Course) -> dict:  # type: ignore[type-arg]
    return tomllib.loads((course.project / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements(project: dict) -> list[str]:  # type: ignore[type-arg]
    """The learner's part of the project's one list of dependencies."""
    names = {
        requirement: requirement.split("=")[0].split(">")[0].split("<")[0].split("[")[0].strip()
        for requirement in project["dependencies"]
    }
    return [requirement for requirement, name in names.items() if name in NEEDED]


def wheel_of(course: Course, folder: Path) -> Path:
    """Build the learner's wheel into a folder, from a staging folder that holds nothing else."""
    project = _project(course)
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch)
        for package in ("miniblocks", "explorers"):
            shutil.copytree(course.release / package, stage / package, ignore=NO_CACHE)
        for name in LEARNERS_HALF:
            _copy(course.project / "autograder" / name, stage / "autograder" / name)
        for name in LEGAL:
            shutil.copyfile(course.project / name, stage / name)
        (stage / "pyproject.toml").write_text(_pyproject(project), encoding="utf-8")
        with mock.patch.dict(os.environ, {"SOURCE_DATE_EPOCH": str(EPOCH)}):
            built = next(WheelBuilder(str(stage)).build(directory=str(folder), versions=["standard"]))
    return Path(built)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=NO_CACHE)
    else:
        shutil.copyfile(source, target)


def _pyproject(project: dict) -> str:  # type: ignore[type-arg]
    dependencies = "".join(f"  {requirement!r},\n" for requirement in requirements(project))
    return f"""\
[project]
name = "{project["name"]}"
version = "{project["version"]}"
description = "{project["description"]}"
requires-python = "{project["requires-python"]}"
license = "{project["license"]}"
license-files = {list(LEGAL)!r}
dependencies = [
{dependencies}]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["miniblocks", "explorers", "autograder"]
"""


def pack(folder: Path, target: Path) -> None:
    """Zip a folder, the same bytes for the same files."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _sorted_files(folder):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", (2020, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, path.read_bytes())


def _sorted_files(folder: Path) -> Iterator[Path]:
    yield from sorted(p for p in folder.rglob("*") if p.is_file())
