"""`autograder collect`: what learning platforms hand over, and what hostile archives try."""

import io
import os
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import collect as collecting
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
    return {str(p.relative_to(course.submitted)): p.read_bytes() for p in course.submitted.rglob("*") if p.is_file()}


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
    monkeypatch.setattr(collecting, "MAX_FILE", 1 << 20)
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
    before = set(tmp_path.parent.rglob("*")) - set(course.root.rglob("*"))
    collected = collect(course, LESSON, path)
    assert collected.new == ["ada", "bo"] and len(collected.problems) == 5
    assert all(line.startswith(f"{path}: ") and "left out" in line and "\n" not in line for line in collected.problems)
    new = set(tmp_path.parent.rglob("*")) - before
    assert all(p.is_relative_to(course.root) for p in new)


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
