"""Grades for spreadsheets and platforms: the right numbers to the right people, and no formula of a learner's."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import export as exporting
from autograder.classroom import records, roster, spreadsheet
from autograder.course import Refused

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

LESSON = "97-tiny"
CANVAS_EXPORT = f"""\
Student,ID,SIS User ID,SIS Login ID,Section,Essay (5),{LESSON} (77),Final Score
    Points Possible,,,,,10,9,(read only)
"Lovelace, Ada",123,s1,ada,"Mon, 9",8,,50
"Curie, Marie",124,-7,marie,Mon,,,
"Hopper, Grace",125,s3,grace,=1+1,,,
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 123,Ada Lovelace,a@x.org,Submitted for grading,,9.00,Yes,"Sunday, 1 March 2026, 11:59 PM",-,
Participant 124,Marie Curie,m@x.org,Submitted for grading,3.00,9.00,Yes,"Sunday, 1 March 2026, 10:00 PM",-,"good, but"
Participant 125,Grace Hopper,g@x.org,No submission,,9.00,Yes,-,-,
"""
PARTICIPANTS = (
    "First name,Last name,ID number,Email address,Groups\nAda,Lovelace,0017,a@x.org,A\nMarie,Curie,0018,m@x.org,A\n"
)


def rows_of(path):
    return list(csv.reader(path.open(encoding="utf-8", newline="")))


@pytest.fixture
def listed(tmp_path):
    def read(text):
        path = tmp_path / "roster.csv"
        path.write_text(text, encoding="utf-8")
        return roster.read(path)

    return read


@pytest.fixture
def graded(course, hand_in, grade):
    """Ada right, Marie half right, Eve (on no list) unreadable; as if collected from a platform."""

    def do(platform):
        people = {
            "moodle": {"Ada Lovelace": "123", "Marie Curie": "124", "Eve": "999"},
            "canvas": {"lovelaceada-123": "123", "curiemarie-124": "124", "eve-999": "999"},
        }[platform]
        ada, marie, eve = people
        hand_in(ada)
        hand_in(marie, {"97-double": "def double(x):\n    return 2 * x"})
        hand_in(eve, b"no notebook")
        roster.keep(
            course,
            LESSON,
            {s: roster.Origin(platform, n, s.split("-")[0], late=s.startswith("curie")) for s, n in people.items()},
        )
        grade()
        return people

    return do


def test_canvas_without_a_roster(course, graded, tmp_path):
    graded("canvas")
    target = tmp_path / "canvas.csv"
    made = exporting.export_for("canvas", course, target)
    assert rows_of(target) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", LESSON],
        ["    Points Possible", "", "", "", "", "9"],
        ["curiemarie", "124", "", "", "", "3"],
        ["eve", "999", "", "", "", ""],
        ["lovelaceada", "123", "", "", "", "6"],
    ]
    assert made.problems == [f"eve-999: {LESSON} is ungraded; left blank"]
    assert exporting.rows_of(course, LESSON)[0]["late"] == "late", "Canvas's mark in the file's name"


def test_canvas_with_its_own_export(course, graded, listed, tmp_path):
    graded("canvas")
    target = tmp_path / "canvas.csv"
    made = exporting.export_for("canvas", course, target, roster=listed(CANVAS_EXPORT))
    assert rows_of(target) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", f"{LESSON} (77)"],
        ["    Points Possible", "", "", "", "", "9"],
        ["Curie, Marie", "124", "-7", "marie", "Mon", "3"],
        ["Lovelace, Ada", "123", "s1", "ada", "Mon, 9", "6"],
    ]
    assert any(p.startswith("eve-999: is not one single person") for p in made.problems)


def test_moodles_worksheet_made_and_filled_in(course, graded, listed, tmp_path):
    graded("moodle")
    target = tmp_path / "moodle.csv"
    exporting.export_for("moodle", course, target)
    assert rows_of(target) == [
        ["Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)"],
        ["Participant 123", "Ada Lovelace", "6", "9", ""],
        ["Participant 124", "Marie Curie", "3", "9", ""],
    ]
    exporting.export_for("moodle", course, target, roster=listed(WORKSHEET))
    before, after = list(csv.reader(io.StringIO(WORKSHEET))), rows_of(target)
    grade = before[0].index("Grade")
    assert [row[grade] for row in after] == ["Grade", "6", "3", ""]
    for row in (*before, *after):
        del row[grade]
    assert after == before, "all else is as it was"


def test_moodles_gradebook_by_what_tells_who_someone_is(course, graded, listed, tmp_path):
    graded("moodle")
    target = tmp_path / "moodle.csv"
    made = exporting.export_for("moodle", course, target, roster=listed(PARTICIPANTS))
    assert rows_of(target) == [
        ["First name", "Last name", "ID number", "Email address", LESSON],
        ["Ada", "Lovelace", "0017", "a@x.org", "6"],
        ["Marie", "Curie", "0018", "m@x.org", "3"],
    ]
    assert any("Eve" in p for p in made.problems)


def test_a_free_text_without_a_score_is_left_blank_and_told(course, hand_in, grade, tmp_path):
    hand_in("Ada", {"97-why": "Because."})
    grade()
    roster.keep(course, LESSON, {"Ada": roster.Origin("moodle", "5", "Ada")})
    made = exporting.export_for("moodle", course, tmp_path / "m.csv")
    assert made.rows == [] and made.problems == [f"Ada: {LESSON} is to be graded by hand; left blank"]


def test_a_worksheet_is_of_one_assignment():
    rows = [{"lesson": lesson, "student": "Ada", "status": "missing"} for lesson in ("01", "02")]
    grades = records.Grades({row["lesson"]: {"Ada": row} for row in rows}, {})
    with pytest.raises(Refused, match="name one of 01, 02"):
        records.for_moodle(grades, None)


# --- formulas ---------------------------------------------------------------------------------------------

HOSTILE = st.text(alphabet="=+-@\t\r\n ;,|'\"A1(＝", max_size=12)


@given(st.lists(HOSTILE | st.integers() | st.floats(allow_nan=False), min_size=1, max_size=5))
def test_no_text_is_a_formula_whatever_the_separator_and_numbers_stay(tmp_path_factory, cells):
    target = tmp_path_factory.mktemp("csv") / "t.csv"
    columns = [f"c{i}" for i in range(len(cells))]
    spreadsheet.write(target, columns, [dict(zip(columns, cells))], for_spreadsheet=True)
    text = target.read_bytes().decode("utf-8-sig")
    (row,) = list(csv.reader(io.StringIO(text, newline="")))[1:]
    for cell, read in zip(cells, row):
        if not isinstance(cell, str):
            assert type(cell)(read) == cell, "a number is as it was"
        elif not spreadsheet.NUMBER.fullmatch(cell):
            assert all(not re.match(r"\s*[=+\-@＝]", part) for part in re.split(r"[;,\t\r\n|]", read))
            assert read.replace("'", "") == cell.replace("'", ""), "nothing but apostrophes is added"


@pytest.mark.parametrize("text", ["-7", "+3,5", "12.5", "-"])
def test_a_text_that_is_a_number_stays(text):
    assert spreadsheet.inert(text) == text


@pytest.mark.parametrize("text", ["=cmd()", "+1+1", "-1-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "x;=1", '"=1'])
def test_known_attacks_become_text(text):
    assert "'" in spreadsheet.inert(text)
