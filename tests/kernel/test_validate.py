"""What nbgrader's Validate tells a learner: the public checks, each that fails by name."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder import lesson

ROOT = Path(__file__).resolve().parents[2]
LESSON, EXERCISE = "01-layers-and-blocks", "01-parallel-block"


def validate(notebook, folder):
    """What `nbgrader validate` says of a notebook, in a folder that is no course."""
    path = folder / f"{LESSON}.ipynb"
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "nbgrader", "validate", path.name]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout


@pytest.fixture
def solved():
    return lesson.for_nbgrader(lesson.read(ROOT / "solutions" / LESSON / f"{LESSON}.md"))


def test_a_right_notebook_passes(solved, tmp_path):
    assert "Success! Your notebook passes all the tests." in validate(solved, tmp_path)


def test_a_wrong_answer_is_named_and_no_other(solved, tmp_path):
    for cell in solved.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == EXERCISE:
            cell.source = "class ParallelBlock(nn.Block):\n    def forward(self, x):\n        return x"
    said = validate(solved, tmp_path)
    assert "VALIDATION FAILED ON 1 CELL(S)" in said and f'check("{EXERCISE}", ParallelBlock)' in said
