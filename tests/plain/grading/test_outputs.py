"""Outputs are built anew: valid notebook outputs come of anything, and nothing that acts."""

import os

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading.files import data_files
from autograder.grading.limits import Limits
from autograder.grading.outputs import Room, rebuild

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(), x, max_size=3),
)
bundle = st.dictionaries(
    st.sampled_from(["text/plain", "text/html", "image/png", "image/svg+xml", "application/javascript", "x"]), junk
)
entry = junk | st.fixed_dictionaries(
    {"output_type": st.sampled_from(["stream", "display_data", "execute_result", "error", "x"])},
    optional={
        "name": st.sampled_from(["stdout", "stderr", "x"]),
        "text": junk,
        "data": bundle | junk,
        "ename": junk,
        "evalue": junk,
        "traceback": junk,
        "metadata": junk,
        "score": junk,
    },
)


@given(st.lists(entry, max_size=5))
def test_whatever_is_sent_becomes_a_valid_notebook(sent):
    outputs = rebuild(sent, 1, 1 << 20, Room(1 << 20))
    notebook = new_notebook(cells=[new_code_cell("", outputs=outputs)])
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode("utf-8")
    kinds = {kind for o in outputs for kind in o.get("data", {})}
    assert kinds <= {"text/plain", "text/html", "image/png"}


@given(st.lists(st.integers(0, 300), max_size=40), st.integers(0, 3000))
def test_outputs_keep_within_the_room(sizes, room):
    sent = [{"output_type": "stream", "name": "stdout", "text": "x" * size} for size in sizes]
    outputs = rebuild(sent, 1, 2000, Room(room))
    assert len(str(outputs)) <= min(2000, room) + 200


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<a href='javascript:x'>x</a>",
        "<svg onload=x>",
        "<p style='background:url(//e)'>x",
        "<style>@import '//e'</style>",
        "<form action=//e><input></form>",
        "<base href=//e>",
    ],
)
def test_html_that_acts_is_disarmed(html):
    (output,) = rebuild([{"output_type": "display_data", "data": {"text/html": html}}], 1, 10_000, Room(10_000))
    kept = output.data["text/html"]
    for word in ("<script", "href", "onload", "url(", "<style", "<form", "<base"):
        assert word not in kept


def test_data_files_leave_out_what_is_not_plain(tmp_path):
    folder = tmp_path / "submission"
    (folder / "sub").mkdir(parents=True)
    (folder / "data.csv").write_text("1")
    (folder / "sub" / "more.txt").write_text("2")
    (folder / "lesson.ipynb").write_text("{}")
    (tmp_path / "gradebook.db").write_text("marks")
    if os.name == "posix":
        (folder / "link").symlink_to(tmp_path / "gradebook.db")
        (folder / "around").symlink_to(tmp_path, target_is_directory=True)
        os.mkfifo(folder / "pipe")
    files, _ = data_files(folder, Limits())
    assert files == {"data.csv": b"1", "sub/more.txt": b"2"}


def test_data_files_are_capped(tmp_path):
    for number in range(10):
        (tmp_path / f"{number}").write_bytes(bytes(100))
    files, notes = data_files(tmp_path, Limits(data_bytes=350, data_files=100))
    assert sum(map(len, files.values())) == 300
    assert len(notes) == 7
    assert len(data_files(tmp_path, Limits(data_files=4))[0]) == 4


@pytest.mark.parametrize("tag", ["style", "STYLE media='all'", "script"])
def test_what_stands_in_style_and_script_is_not_shown_as_text(tag):
    html = f"<p>before</p><{tag}>.xp {{ color: red }}</{tag.split()[0]}><p>after</p>"
    (output,) = rebuild([{"output_type": "display_data", "data": {"text/html": html}}], 1, 10_000, Room(10_000))
    assert output.data["text/html"] == "<p>before</p><p>after</p>"
