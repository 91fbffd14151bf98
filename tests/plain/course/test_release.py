"""The learner's bundle: a whole lesson can be done from it alone, and nothing of grading or the answers is in it."""

import ast
import json
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import nbformat
import pytest

from autograder import answers, lesson, release
from autograder.course import Course
from autograder.release import bundle

ROOT = Path(__file__).resolve().parents[3]
LESSON = "01-layers-and-blocks"

# Runs a notebook's code cells as a kernel does, and prints what each check returns.
DO_THE_LESSON = """
import json, sys
wheel, libraries, notebook = sys.argv[1:]
sys.path[:0] = [wheel]
sys.path.append(libraries)
from IPython.core.interactiveshell import InteractiveShell
import autograder, miniblocks, explorers
assert all(m.__file__.startswith(wheel) for m in (autograder, miniblocks, explorers))
shell, points = InteractiveShell.instance(), {}
for cell in json.load(open(notebook))["cells"]:
    if cell["cell_type"] != "code":
        continue
    ran = shell.run_cell("".join(cell["source"]), store_history=False)
    ran.raise_error()
    name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
    if name.startswith("check-"):
        points[name] = ran.result
print("POINTS", json.dumps(points))
"""


@pytest.fixture(scope="session")
def bundled(tmp_path_factory):
    """The bundle, unpacked, and its wheel's content beside it."""
    folder = tmp_path_factory.mktemp("release")
    bundle(Course(ROOT, ROOT), [LESSON], folder / "lessons.zip")
    with zipfile.ZipFile(folder / "lessons.zip") as archive:
        archive.extractall(folder)
    [wheel] = (folder / "lessons").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "wheel")
    return folder


@pytest.fixture(scope="session")
def source():
    return lesson.read(ROOT / "solutions" / LESSON / f"{LESSON}.md")


def do_the_lesson(bundled, tmp_path, answers_by_id):
    notebook = nbformat.read(bundled / "lessons" / LESSON / f"{LESSON}.ipynb", 4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers_by_id.get(name, cell.source)
    path = tmp_path / "mine.ipynb"
    nbformat.write(notebook, path)
    # -I -S: neither this project's folder nor anything that site-packages would add by .pth files
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        DO_THE_LESSON,
        str(bundled / "wheel"),
        sysconfig.get_path("purelib"),
        str(path),
    ]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert "POINTS" in ran.stdout, ran.stdout[-2000:] + ran.stderr[-2000:]
    return json.loads(ran.stdout.rpartition("POINTS ")[2])


def test_a_whole_lesson_can_be_done_from_the_bundle_alone(bundled, source, tmp_path):
    points = do_the_lesson(bundled, tmp_path, {name: cell.source for name, cell in source.cells("answer").items()})
    wanted = {f"check-{name}": lesson.nbgrader_metadata("check", name)["points"] for name in source.cells("check")}
    assert points == wanted


def test_the_untouched_lesson_runs_to_its_end_and_earns_nothing(bundled, tmp_path):
    assert set(do_the_lesson(bundled, tmp_path, {}).values()) == {0}


def test_nothing_of_grading_is_inside(bundled):
    parts = {p.relative_to(bundled / "wheel").as_posix() for p in (bundled / "wheel").rglob("*.py")}
    mine = {p for p in parts if p.startswith("autograder/")}
    allowed = re.compile(
        r"autograder/(__init__|checking|coursemap|exercise|forbid|ledger|notebooks|probe|report|resetting|updating|wire|(probes|judges)/.+)\.py"
    )
    assert all(allowed.fullmatch(p) for p in mine), sorted(p for p in mine if not allowed.fullmatch(p))
    top = {p.name for p in (bundled / "wheel").iterdir()}
    assert {n for n in top if not n.endswith(".dist-info")} == {"autograder", "miniblocks", "explorers"}
    names = {p.name for p in (bundled / "lessons").iterdir()}
    assert {"README.md", "LICENSE", "requirements.txt", "constraints.txt", LESSON} <= names
    assert not names & {"solutions", "tests", "nbgrader_config.py", "gradebook.db"}


def test_no_solution_and_no_known_right_answer_is_inside(bundled, source):
    texts = {
        p: p.read_text("utf-8", "replace")
        for p in bundled.rglob("*")
        if p.is_file() and p.suffix not in (".whl", ".zip")
    }
    notebooks = {p: "\n".join(c.source for c in nbformat.read(p, 4).cells) for p in texts if p.suffix == ".ipynb"}
    regions = [region for cell in source.cells("answer").values() for region in _regions(cell.source)]
    right = [a.source.strip() for a in answers.of(source) if a.kind == "right"]
    assert len(regions) >= len(source.cells("answer")) and right
    for path, text in (texts | notebooks).items():
        assert not [mark for mark in (lesson.BEGIN, "# %% wrong", "# %% right") if mark in text], path
        assert not [code for code in (*regions, *right) if code in text], path


def _regions(text):
    """Solution regions; one of a few lines may well stand elsewhere, and counts with the code around it."""
    found = re.findall(rf"{lesson.BEGIN}\n(.*?)\n\s*{lesson.END}", text, re.DOTALL)
    return [region for region in found if region.count("\n") > 2] or [text]


def test_the_same_input_makes_the_same_bytes(bundled, tmp_path):
    bundle(Course(ROOT, ROOT), [LESSON], tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (bundled / "lessons.zip").read_bytes()


def test_what_the_framework_and_the_explorers_import_is_required_of_a_learner():
    imported = set()
    for package in ("miniblocks", "explorers"):
        for path in (ROOT / "course" / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
                imported |= {name.partition(".")[0].lower() for name in names}
    imported -= {"miniblocks", "explorers", "autograder"} | {name.lower() for name in sys.stdlib_module_names}
    brought = {"pil", "markupsafe"}  # by matplotlib and jinja2
    assert imported - brought <= set(release.NEEDED)


def test_requirements_are_the_learners_part_of_the_projects_list(bundled):
    lines = (bundled / "lessons" / "requirements.txt").read_text().splitlines()
    assert any(line.endswith(".whl") for line in lines) and any(line.startswith("torch") for line in lines)
    assert not [line for line in lines if line.startswith(("nbgrader", "typer", "hatchling"))]
    assert "://" not in (bundled / "lessons" / "constraints.txt").read_text()
