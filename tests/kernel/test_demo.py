"""The instructor's whole loop, as a new instructor meets it."""

import csv
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_everyone_in_the_demos_class_gets_what_they_deserve():
    gradebook = ROOT / "gradebook.db"
    before = gradebook.stat().st_mtime_ns if gradebook.exists() else None
    ran = subprocess.run([sys.executable, "-m", "autograder", "demo"], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    handed_in = {
        (path.stem, submission["student"]): submission
        for path in (ROOT / "autograder/demo/classes").glob("*.toml")
        for submission in tomllib.loads(path.read_text(encoding="utf-8"))["submission"]
    }
    assert len(handed_in) >= 10

    with (ROOT / "build/demo/grades.csv").open(encoding="utf-8-sig") as file:
        rows = {(row["lesson"][:2], row["student"]): row for row in csv.DictReader(file)}
    for key, submission in handed_in.items():
        row = rows[key]
        assert (float(row["total"]) if row["total"] else None) == submission.get("score")
        assert row["status"] in (("graded", "to be graded by hand") if "score" in submission else ("ungraded",))
    assert {row["status"] for key, row in rows.items() if key not in handed_in} <= {"missing"}

    pages = list((ROOT / "build/demo/feedback").rglob("*.html"))
    assert len(pages) == sum("score" in submission for submission in handed_in.values())
    for page in pages:
        assert not re.search(r"<script|(src|href)=\"(?!#|data:)|@import|url\(", page.read_text(encoding="utf-8"))
    assert (gradebook.stat().st_mtime_ns if gradebook.exists() else None) == before
