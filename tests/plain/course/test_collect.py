"""`autograder collect`: what learning platforms hand over, and what hostile archives try."""

import io
import os
import stat
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.utils import parse_utc

from autograder import collect as collecting
from autograder.classroom import archive as archives
from autograder.classroom import roster
from autograder.collect import collect, names, student_id
from autograder.course import Course, Refused

LESSON = "97-tiny"
NB = f"{LESSON}.ipynb"


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path, tmp_path / "root")


def handed_in(course):
    """What learners' folders hold."""
    return {str(p.relative_to(course.submitted)): p.read_bytes() for p in course.submitted.glob("*/*/*") if p.is_file()}


LAYOUTS = {
    "moodle with folders": (
        ["Ada Lovelace_4711_assignsubmission_file_/work.ipynb", "José Núñez_12_assignsubmission_file_/x.ipynb"],
        ["Ada Lovelace", "José Núñez"],
    ),
    "moodle without folders": (
        ["Ada Lovelace_4711_assignsubmission_file_work.ipynb", "Bo_12_assignsubmission_file_x.ipynb"],
        ["Ada Lovelace", "Bo"],
    ),
    "canvas": (
        ["lovelaceada_123_456789_work.ipynb", "curiemarie_LATE_124_456790_work.ipynb"],
        ["curiemarie-124", "lovelaceada-123"],
    ),
    "a folder a student": (["ada/work.ipynb", "bo/other.ipynb"], ["ada", "bo"]),
    "nbgrader's folders": ([f"ada/{LESSON}/{NB}", f"bo/{LESSON}/{NB}"], ["ada", "bo"]),
    "one student only": ([f"ada/{LESSON}/{NB}"], ["ada"]),
    "files": (["ada.ipynb", "bo.ipynb"], ["ada", "bo"]),
    "files in one folder": (["class/ada.ipynb", "class/bo.ipynb"], ["ada", "bo"]),
    "folders in one folder": (["class/ada/w.ipynb", "class/bo/w.ipynb"], ["ada", "bo"]),
    "with a Mac's shadows": (["ada/w.ipynb", "__MACOSX/ada/._w.ipynb", "ada/.DS_Store"], ["ada"]),
}


@pytest.mark.parametrize("paths, students", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("as_zip", [True, False], ids=["zip", "folder"])
def test_the_layouts_of_learning_platforms(course, tmp_path, paths, students, as_zip):
    files = {path: path.encode() for path in paths}
    source = tmp_path / "download"
    if as_zip:
        zipped(source, files)
    else:
        for path, content in files.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_bytes(content)
    collected = collect(course, LESSON, source)
    assert (sorted(collected.new), collected.problems) == (students, [])
    assert sorted(handed_in(course)) == [f"{s}/{LESSON}/{NB}" for s in students]
    again = collect(course, LESSON, source)
    assert (again.new, again.changed, again.same) == ([], [], students)


def test_the_latest_upload_counts(course, tmp_path):
    source = zipped(
        tmp_path / "c.zip", {"ada_1_10_w.ipynb": "old", "ada_1_12_w-2.ipynb": "newest", "ada_1_11_w-1.ipynb": "newer"}
    )
    collected = collect(course, LESSON, source)
    assert collected.new == ["ada-1"]
    assert handed_in(course) == {f"ada-1/{LESSON}/{NB}": b"newest"}


def test_predictions_come_along_and_a_learners_own_zip_is_opened(course, tmp_path):
    inner = io.BytesIO()
    zipped(inner, {"my work/w.ipynb": "nb", "my work/predictions.json": "{}"})
    source = zipped(
        tmp_path / "m.zip",
        {"Ada_1_assignsubmission_file_/all.zip": inner.getvalue(), "Bo_2_assignsubmission_file_/essay.pdf": "pdf"},
    )
    collect(course, LESSON, source)
    assert handed_in(course) == {
        f"Ada/{LESSON}/{NB}": b"nb",
        f"Ada/{LESSON}/predictions.json": b"{}",
        f"Bo/{LESSON}/essay.pdf": b"pdf",
    }


def test_two_people_of_one_name_stay_two(course, tmp_path):
    source = zipped(
        tmp_path / "m.zip",
        {"Kim Lee_1_assignsubmission_file_/a.ipynb": "1", "Kim Lee_2_assignsubmission_file_/a.ipynb": "2"},
    )
    collected = collect(course, LESSON, source)
    assert collected.new == ["Kim Lee-1", "Kim Lee-2"] and "2 people of this name" in collected.problems[0]


def test_several_notebooks_are_told(course, tmp_path):
    source = zipped(
        tmp_path / "z.zip", {"ada/scratch.ipynb": "no", f"ada/my {LESSON} (1).ipynb": "yes", "bo/w.ipynb": "nb"}
    )
    collected = collect(course, LESSON, source)
    assert "several notebooks" in collected.problems[0] and handed_in(course)[f"ada/{LESSON}/{NB}"] == b"yes"


def test_hostile_entries_are_left_out_one_line_each_and_the_rest_comes_in(course, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_FILE", 1 << 20)
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../out.ipynb", "x")
        archive.writestr("/etc/out.ipynb", "x")
        archive.writestr("C:\\out.ipynb", "x")
        archive.writestr("bomb/w.ipynb", b"\0" * (50 << 20))
        link = zipfile.ZipInfo("link/w.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("ada/w.ipynb", "nb")
        archive.writestr("bo/w.ipynb", "nb")
    before = set(tmp_path.parent.iterdir()) | set(tmp_path.rglob("*"))
    collected = collect(course, LESSON, path)
    assert collected.new == ["ada", "bo"] and len(collected.problems) == 5
    assert all(line.startswith(f"{path}: ") and "left out" in line and "\n" not in line for line in collected.problems)
    new = (set(tmp_path.parent.iterdir()) | set(tmp_path.rglob("*"))) - before
    assert all(p.is_relative_to(course.root) for p in new)


def test_a_bomb_is_not_even_unpacked(course, tmp_path, monkeypatch):
    """What declares too much is never read; what declares too little is damaged."""
    path = zipped(
        tmp_path / "bomb.zip", {"ada/w.ipynb": b"\0" * (30 << 20), "bo/w.ipynb": b"\0" * 50_000, "cy/w.ipynb": "nb"}
    )
    monkeypatch.setattr(archives, "MAX_FILE", 1 << 20)
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # bo's entry says: 10 bytes
        second = content.index(signature, content.index(signature) + 4)
        content[second + offset : second + offset + 4] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    read = []
    monkeypatch.setattr(
        archives, "_content", lambda a, e, real=archives._content: read.append(e.filename) or real(a, e)
    )
    collected = collect(course, LESSON, path)
    assert handed_in(course) == {f"cy/{LESSON}/{NB}": b"nb"} and read == ["bo/w.ipynb", "cy/w.ipynb"]
    assert any("30 MB" in p or "1 MB when unpacked" in p for p in collected.problems)
    assert any("bo" in p and "cannot be read" in p for p in collected.problems)


def test_one_learner_cannot_use_up_the_room_of_the_others(course, tmp_path, monkeypatch):
    monkeypatch.setattr(collecting, "MAX_PER_STUDENT", 1000)
    monkeypatch.setattr(collecting, "MAX_STUDENTS_FILES", 5)
    inner = io.BytesIO()
    zipped(inner, {f"{i}.txt": "x" for i in range(9)})
    files = {f"ada/{i:02d}.txt": "x" * 300 for i in range(9)} | {
        "bo/w.ipynb": "nb",
        "cy/many.zip": inner.getvalue(),
        "cy/w.ipynb": "nb",
    }
    collected = collect(course, LESSON, zipped(tmp_path / "c.zip", files))
    assert sorted(handed_in(course)) == [f"ada/{LESSON}/{i:02d}.txt" for i in range(3)] + [
        f"bo/{LESSON}/{NB}",
        f"cy/{LESSON}/{NB}",
    ]
    assert sum("ada" in p and "left out" in p for p in collected.problems) == 6
    assert any(p.startswith("cy: many.zip: 9 files") for p in collected.problems)


def test_a_zip_in_a_zip_is_opened_once_and_its_traps_are_left_out(course, tmp_path):
    deeper, inner = io.BytesIO(), io.BytesIO()
    zipped(deeper, {"w.ipynb": "too deep"})
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../../w.ipynb", "out")
        archive.writestr("deeper.zip", deeper.getvalue())
        archive.writestr(zipfile.ZipInfo("timestamp.txt"), "2000-01-01 00:00:00 UTC")
        archive.writestr("work/.ipynb_checkpoints/97-tiny-checkpoint.ipynb", "old")
        archive.writestr(f"work/{NB}", "nb")
    collected = collect(course, LESSON, zipped(tmp_path / "c.zip", {"ada/all.zip": inner.getvalue()}))
    assert handed_in(course) == {f"ada/{LESSON}/{NB}": b"nb", f"ada/{LESSON}/deeper.zip": deeper.getvalue()}
    assert len(collected.problems) == 2
    assert "leaves the archive" in collected.problems[0] and "would set the time" in collected.problems[1]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_there_twice_is_told(course, tmp_path):
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for content in ("first", "second"):
            archive.writestr("ada/w.ipynb", content)
        archive.writestr("bo/a/data.txt", "1")
        archive.writestr("bo/b/data.txt", "2")
        archive.writestr("Jose\u0301/w.ipynb", "apart")
        archive.writestr("Jos\u00e9/w.ipynb", "together")
    collected = collect(course, LESSON, path)
    assert handed_in(course) == {
        f"ada/{LESSON}/{NB}": b"second", f"bo/{LESSON}/data.txt": b"2", f"José/{LESSON}/{NB}": b"together",
    }  # fmt: skip
    assert sum("is there twice" in p for p in collected.problems) == 2
    assert any("several files 'data.txt'" in p for p in collected.problems)


def test_names_without_a_declared_encoding(course, tmp_path):
    """UTF-8 that does not say so, and code page 437 that is none."""
    path = zipped(tmp_path / "c.zip", {"J\u00f6rg/w.ipynb": "utf-8", "M\u00fcller/w.ipynb": "cp437"})
    content = path.read_bytes()
    for name, raw in (("J\u00f6rg", "J\u00f6rg".encode()), ("M\u00fcller", "M\u00fcller".encode("cp437") + b"_")):
        content = content.replace(name.encode(), raw)
    content = content.replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00")  # the flag that says UTF-8, before the method
    path.write_bytes(content)
    with zipfile.ZipFile(path) as archive:
        assert not any(entry.flag_bits & 0x800 for entry in archive.infolist())
    assert collect(course, LESSON, path).new == ["J\u00f6rg", "M\u00fcller_"]


def test_an_encrypted_entry_and_a_stray_file_are_told(course, tmp_path):
    path = zipped(tmp_path / "c.zip", {"ada.ipynb": "nb", "bo.ipynb": "nb", "readme.txt": "words"})
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    path.write_bytes(content)
    collected = collect(course, LESSON, path)
    assert handed_in(course) == {f"bo/{LESSON}/{NB}": b"nb"}
    assert any("readme.txt" in p and "belongs to nobody" in p for p in collected.problems)
    assert any("ada" in p and "encrypted" in p for p in collected.problems)


# --- who is who --------------------------------------------------------------------------------------------


def test_the_one_who_had_a_name_first_keeps_it(course, tmp_path):
    def of(*numbers):
        return zipped(tmp_path / "m.zip", {f"Kim Lee_{n}_assignsubmission_file_/a.ipynb": str(n) for n in numbers})

    assert collect(course, LESSON, of(7)).new == ["Kim Lee"]
    assert collect(course, LESSON, of(7, 9)).new == ["Kim Lee-9"]
    assert collect(course, LESSON, of(9)).same == ["Kim Lee-9"]
    assert handed_in(course)[f"Kim Lee/{LESSON}/{NB}"] == b"7"


def test_names_that_become_one_folder_stay_two_people(course, tmp_path):
    source = zipped(tmp_path / "c.zip", {"a*b/w.ipynb": "1", "ab/w.ipynb": "2", "x/w.ipynb": "3"})
    collected = collect(course, LESSON, source)
    assert len(collected.new) == 3 and sorted(handed_in(course).values()) == [b"1", b"2", b"3"]
    assert collect(course, LESSON, source).same == collected.new


def test_work_that_comes_by_mail_belongs_to_who_handed_in_by_moodle(course, tmp_path):
    collect(
        course,
        LESSON,
        zipped(
            tmp_path / "m.zip",
            {"Ada L_7_assignsubmission_file_/a.ipynb": "1", "B_8_assignsubmission_file_/a.ipynb": "1"},
        ),
    )
    assert collect(course, LESSON, zipped(tmp_path / "f.zip", {"Ada L/a.ipynb": "2", "New/a.ipynb": "2"})).changed == [
        "Ada L"
    ]
    assert roster.kept(course, LESSON)["Ada L"].number == "7"


def test_anonymous_submissions_of_canvas(course, tmp_path):
    source = zipped(tmp_path / "c.zip", {"anon_x7Yz1_456_w.ipynb": "a", "LATE_anon_Q2abc_457_w-1.ipynb": "b"})
    assert collect(course, LESSON, source).new == ["anon_Q2abc", "anon_x7Yz1"]
    kept = roster.kept(course, LESSON)
    assert kept["anon_Q2abc"].late and not kept["anon_x7Yz1"].late
    assert kept["anon_Q2abc"].prefix == "LATE_anon_Q2abc_457_"


ROSTERS = {
    "canvas": "Student,ID,SIS User ID,SIS Login ID,Section,Lab (9)\n    Points Possible,,,,,10\n"
    '"Lovelace, Ada",123,s1,ada,A,\n"Curie, Marie",124,s2,marie,A,\n"Hopper, Grace",125,s3,grace,A,\n',
    "moodle worksheet": "Identifier,Full name,Email address,Grade\nParticipant 123,Ada Lovelace,a@x.org,\n"
    "Participant 124,Marie Curie,m@x.org,\nParticipant 125,Grace Hopper,g@x.org,\n",
    "moodle participants": "First name;Last name;Email address\nAda;Lovelace;a@x.org\nMarie;Curie;m@x.org\nGrace;Hopper;g@x.org\n",
}
DOWNLOADS = {
    "canvas": ["lovelaceada_123_1_w.ipynb", "curiemarie_LATE_124_2_w.ipynb", "strangereve_999_3_w.ipynb"],
    "moodle": [
        f"{name}_assignsubmission_file_/w.ipynb" for name in ("Ada Lovelace_123", "Marie Curie_124", "Eve Stranger_999")
    ],
}


@pytest.mark.parametrize(
    "download, listed",
    [
        ("canvas", "canvas"),
        ("moodle", "moodle worksheet"),
        ("moodle", "moodle participants"),
        ("canvas", "moodle participants"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_roster_finds_everyone_and_lists_who_is_left_over(course, tmp_path, download, listed, encoding):
    path = tmp_path / "roster.csv"
    path.write_text(ROSTERS[listed], encoding=encoding)
    source = zipped(tmp_path / "c.zip", dict.fromkeys(DOWNLOADS[download], "nb"))
    collected = collect(course, LESSON, source, roster.read(path))
    assert len(collected.new) == 3, "nobody is dropped"
    stranger, absent = collected.problems
    assert "tranger" in stranger and "taken in all the same" in stranger
    assert "Hopper" in absent and "handed in nothing" in absent


def test_two_of_one_name_are_matched_by_number_or_not_at_all(course, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("Identifier,Full name\nParticipant 7,Kim Lee\nParticipant 9,Kim Lee\n")
    known = roster.read(path)
    assert known.find("Kim Lee", roster.Origin("moodle", "9", "Kim Lee"))["Identifier"] == "Participant 9"
    assert known.find("Kim Lee", roster.Origin(name="Kim Lee")) is None


@pytest.mark.parametrize("content", ["", "just words\nmore words\n", "a,b\n1,2\n", "Full name,Grade\n"])
def test_what_is_no_roster_is_refused(tmp_path, content):
    path = tmp_path / "roster.csv"
    path.write_text(content)
    with pytest.raises(Refused, match="no list of people"):
        roster.read(path)


# --- when it was handed in -----------------------------------------------------------------------------------

MARCH = (2026, 3, 1)


def moodle(path, times):
    """A Moodle download whose entries have these times, in this order."""
    with zipfile.ZipFile(path, "w") as archive:
        for student, when in times.items():
            archive.writestr(
                zipfile.ZipInfo(f"{student}_{ord(student[0])}_assignsubmission_file_/w.ipynb", when), student
            )
    return path


def test_times_that_go_back_are_hand_in_times(course, tmp_path):
    times = {"Ada": (*MARCH, 12, 0, 0), "Bo": (*MARCH, 9, 30, 2), "Cy": (*MARCH, 23, 0, 0)}
    collected = collect(course, LESSON, moodle(tmp_path / "m.zip", times))
    assert collected.times
    stamps = {s: parse_utc((course.submitted / s / LESSON / "timestamp.txt").read_text()) for s in times}
    assert stamps == {s: datetime(*when).astimezone(UTC).replace(tzinfo=None) for s, when in times.items()}, (
        "as nbgrader reads them"
    )
    again = collect(
        course, LESSON, moodle(tmp_path / "m.zip", {s: (*MARCH, 23, 59, 58 - 2 * i) for i, s in enumerate(times)})
    )
    assert again.same == list(times), "the same file handed in again is not later"


@pytest.mark.parametrize(
    "times",
    [
        {"Ada": (*MARCH, 12, 0, 0), "Bo": (*MARCH, 12, 0, 0), "Cy": (*MARCH, 12, 0, 2)},  # packed in order
        {"Ada": (*MARCH, 12, 0, 2), "Bo": (*MARCH, 12, 0, 0)},  # packed by two processes
        {"Ada": (2096, 3, 2, 0, 0, 0), "Bo": (*MARCH, 0, 0, 0)},  # in the future
        {"Ada": (1980, 0, 0, 0, 0, 0), "Bo": (1980, 0, 0, 0, 0, 0)},  # no time at all
    ],
)
def test_times_of_packing_are_left_alone(course, tmp_path, times):
    collected = collect(course, LESSON, moodle(tmp_path / "m.zip", times))
    assert not collected.times and not list(course.submitted.rglob("timestamp.txt"))


def test_canvas_says_only_what_is_late(course, tmp_path):
    path = tmp_path / "c.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("ada_LATE_1_10_w.ipynb", (*MARCH, 12, 0, 0)), "1")
        archive.writestr(zipfile.ZipInfo("bo_2_11_w.ipynb", (*MARCH, 9, 0, 0)), "2")
    assert not collect(course, LESSON, path).times
    assert {s: o.late for s, o in roster.kept(course, LESSON).items()} == {"ada-1": True, "bo-2": False}


def test_links_in_a_folder_are_left_out_and_never_written_through(course, tmp_path):
    source = tmp_path / "class"
    (source / "ada").mkdir(parents=True)
    (source / "ada" / "w.ipynb").write_text("nb")
    (source / "ada" / "keys").symlink_to("/etc/passwd")
    os.mkfifo(source / "ada" / "pipe")
    outside = tmp_path / "outside"
    outside.mkdir()
    (course.submitted / "ada").mkdir(parents=True)
    (course.submitted / "ada" / LESSON).symlink_to(outside)
    collected = collect(course, LESSON, source)
    assert len(collected.problems) == 3 and list(outside.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 damaged", b"%PDF"])
def test_what_is_no_zip_is_refused_in_a_line(course, tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(Refused, match="not a zip that can be read"):
        collect(course, LESSON, path)


def test_a_path_that_is_not_there(course, tmp_path):
    with pytest.raises(Refused, match="no such file"):
        collect(course, LESSON, tmp_path / "nothing.zip")


@given(st.lists(st.text(min_size=1, max_size=60), max_size=6))
def test_no_name_leads_out_of_the_course(paths):
    for named in names(paths, LESSON).values():
        for part in (named.student, named.file):
            assert part == os.path.basename(part) and not part.startswith(".") and "\0" not in part
        assert named.student


@given(st.text(max_size=200))
def test_a_student_id_is_a_plain_folder_name_and_stays_as_it_is(name):
    made = student_id(name)
    assert student_id(made) == made and not set(made) & set('/\\:*?"<>|[]+\n')
