"""The instructor's commands after grading, as they are typed, in a course of its own."""

import json
import os
import zipfile

import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.grading import secret

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

LESSON = "97-tiny"
ROSTER = "Identifier,Full name,Grade,Last modified (grade)\nParticipant 7,Ada L,,-\nParticipant 8,Bo,,-\n"
CONFIG = """\
from pathlib import Path
from autograder.course import Course
from autograder.nbgrading.config import configure
here = Path(__file__).resolve().parent
configure(get_config(), Course(here, here))
"""


@pytest.fixture
def typed(course, released, monkeypatch, tmp_path):
    """Type a command in the course's folder; returns what it said."""
    (course.root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(course.root)
    monkeypatch.setenv(secret.VARIABLE, str(tmp_path / "secrets"))
    (tmp_path / "secrets").mkdir()
    kept = tmp_path / "secrets" / "blocks.secret"
    kept.write_bytes(bytes(range(32)))  # the fixture `grade` draws its cases from it
    os.chmod(kept, 0o600)

    def run(*words):
        ran = CliRunner().invoke(cli.app, words, env={"COLUMNS": "200"}, catch_exceptions=False)
        assert ran.exit_code == 0, ran.output
        return " ".join(ran.output.split())

    return run


def test_from_the_platforms_zip_to_the_platforms_files(course, notebook, grade, typed, tmp_path):
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        for name in ("Ada L_7", "Eve_9"):
            archive.writestr(f"{name}_assignsubmission_file_/work.ipynb", json.dumps(notebook()))
    said = typed("collect", str(tmp_path / "m.zip"), "97", "--roster", str(tmp_path / "roster.csv"))
    assert "2 new" in said and "it does not tell when work was handed in" in said
    grade()

    assert "2 graded, 0 not" in typed("report", "97")
    assert "Answers that are alike" in (course.scratch / "reports" / f"{LESSON}.html").read_text(encoding="utf-8")
    said = typed("explain", "Ada L", "97-double")
    assert "3 of 3 points" in said and "Judged again now: the same result" in said

    assert "2 graded" in typed("export", "-o", "grades.csv")
    typed("export", "97", "--format", "moodle", "--roster", str(tmp_path / "roster.csv"), "-o", "back.csv")
    assert (course.root / "back.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        '"Participant 7","Ada L",6,"-"',
        '"Participant 8","Bo","","-"',
    ]
    typed("feedback", "97", "--zip", "back.zip")
    with zipfile.ZipFile(course.root / "back.zip") as archive:
        assert sorted(archive.namelist()) == [
            f"Ada L_7_assignsubmission_file_{LESSON}.html",
            f"Eve_9_assignsubmission_file_{LESSON}.html",
        ]
