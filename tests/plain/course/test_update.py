"""A newer release reaches a learner who has begun, and nothing of theirs is lost."""

import copy
import json
import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import build, notebooks, update, updating
from autograder.lesson import STUB
from autograder.updating import digest, merge
from tests.plain.course.tiny import LESSON, RIGHT

# --- on notebooks of all kinds ----------------------------------------------------------------------------------------

WORDS = st.text("abcdef \n", min_size=1, max_size=8)
OWN = st.lists(st.tuples(st.integers(0, 12), WORDS), max_size=4)
GIVEN = st.tuples(st.just("given"), WORDS)
EXERCISE = st.tuples(st.just("exercise"), st.integers(0, 5), WORDS)
CONTENT = st.lists(GIVEN | EXERCISE, min_size=1, max_size=8, unique_by=lambda part: part[1])


def release(content):
    """A released notebook: given cells, and exercises of an answer and its check."""
    cells = []
    for part in content:
        if part[0] == "given":
            cells.append(cell(part[1], f"97-cell-{len(cells):03d}"))
        else:
            _, number, stub = part
            marks = {"grade_id": f"97-x{number}", "solution": True, "grade": False}
            cells.append(cell(stub, f"97-x{number}-{len(cells):03d}", nbgrader=marks, autograder={"stub": stub}))
            marks = {"grade_id": f"check-97-x{number}", "solution": False, "grade": True, "points": 3}
            cells.append(cell(f"check({number})", f"check-97-x{number}-{len(cells):03d}", nbgrader=marks))
    given = [digest(part[1]) for part in content if part[0] == "given"]
    return {"cells": cells, "metadata": {"autograder": {"given": given}}, "nbformat": 4, "nbformat_minor": 5}


def cell(source, id, **metadata):
    return {
        "cell_type": "code",
        "source": source,
        "id": id,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }


def worked_in(notebook, answers, edits, own):
    """What a learner made of it: answers by number, given cells changed, cells of their own at places."""
    mine = copy.deepcopy(notebook)
    for number, (one, edit) in enumerate(zip(mine["cells"], edits)):
        name = notebooks.grade_id(one)
        if name in answers:
            one["source"], one["outputs"] = answers[name], [{"output_type": "stream", "name": "stdout", "text": "42"}]
        elif not name and edit:
            one["source"] = f"{one['source']} # mine {number}"
    for number, (place, text) in enumerate(own):
        mine["cells"].insert(place % (len(mine["cells"]) + 1), cell(f"own {number} {text}", f"0a1b2c{number:02d}"))
    return mine


ANSWERS = st.dictionaries(st.integers(0, 5).map(lambda n: f"97-x{n}"), WORDS.map(lambda text: f"answer {text}"))
EDITS = st.lists(st.booleans(), min_size=16, max_size=16)


@settings(max_examples=150)
@given(CONTENT, CONTENT, ANSWERS, EDITS, OWN)
def test_the_learners_stays_and_all_else_is_the_releases(old, new, answers, edits, own):
    before, after = release(old), release(new)
    mine = worked_in(before, answers, edits, own)
    kept = copy.deepcopy(mine)
    merged, _ = merge(mine, after)
    assert mine == kept and release(new) == after, "neither is changed"

    sources = [one["source"] for one in merged["cells"]]
    named = {notebooks.grade_id(one): one for one in merged["cells"] if notebooks.grade_id(one)}
    released = {notebooks.grade_id(one): one["source"] for one in after["cells"] if notebooks.grade_id(one)}
    assert list(named) == list(released), "every exercise, in the release's order"
    for one in mine["cells"]:
        name = notebooks.grade_id(one)
        if name in answers:
            assert one["source"] in sources, "an answer is never lost, even if its exercise is no more"
            if name in named:
                assert (named[name]["source"], named[name]["outputs"]) == (one["source"], one["outputs"])
        if one["id"].startswith("0a1b2c"):
            assert sources.count(one["source"]) == 1, "a learner's own cell is there, once"
    for name in set(released) - set(answers):
        assert named[name]["source"] == released[name]
    order = [one["source"] for one in mine["cells"] if one["id"].startswith("0a1b2c")]
    assert [s for s in sources if s in order] == order or old != new, "own cells stay in their order"
    assert len({one["id"] for one in merged["cells"]}) == len(merged["cells"])
    assert merge(merged, after)[0] == merged, "a second time changes nothing"


@settings(max_examples=100)
@given(CONTENT, ANSWERS, EDITS, OWN)
def test_the_same_release_again_changes_nothing_at_all(content, answers, edits, own):
    mine = worked_in(release(content), answers, edits, own)
    assert merge(mine, release(content)) == (mine, [])


@settings(max_examples=100)
@given(CONTENT, CONTENT)
def test_an_untouched_notebook_becomes_the_release(old, new):
    merged, _ = merge(release(old), release(new))
    assert merged == release(new)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | WORDS,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["source", "metadata", "nbgrader", "grade_id", "id", "autograder", "stub", "given", "cell_type"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_a_damaged_notebook_is_merged_or_left_alone_never_a_traceback(tmp_path_factory, thing):
    path = tmp_path_factory.mktemp("nb") / "x.ipynb"
    path.write_text(json.dumps({"cells": [thing, thing], "metadata": thing}))
    mine = notebooks.read(path)
    if mine is not None:
        merge(mine, release([("given", "a"), ("exercise", 1, "b")]))


# --- on the tiny lesson, from one build to the next -------------------------------------------------------------------


@pytest.fixture
def corrected(course, released, source, tmp_path):
    """Where the learner has the lesson as it was, and where the corrected release lies."""
    mine, new = tmp_path / "mine", tmp_path / "new"
    shutil.copytree(course.release, mine)
    text = (
        source.replace("# A tiny lesson", "# A tiny, corrected lesson")
        .replace("def double(x):", "def double(x):\n    # any number")
        .replace("The end.", "The end.\n\n```{code-cell} ipython3\nprint('a given cell more')\n```\n\nReally.")
    )
    (course.solutions / LESSON / f"{LESSON}.md").write_text(text, encoding="utf-8")
    build.build(course, [])
    shutil.copytree(course.release, new)
    (new / LESSON / "points.csv").write_text("1,2\n")
    return mine, new


def test_a_correction_reaches_a_learner_who_has_begun(corrected):
    mine, new = corrected
    path = mine / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, 4)
    for one in notebook.cells:
        name = one.metadata.get("nbgrader", {}).get("grade_id")
        one.source = RIGHT.get(name, "Because." if name == "97-why" else one.source)
    notebook.cells.insert(3, nbformat.v4.new_code_cell("my_notes = 1"))
    nbformat.write(notebook, path)
    (path.parent / "predictions.json").write_text("{}")
    before = path.read_bytes()

    said = repr(update(new, mine))
    assert "97-tiny: updated; as it was: 97-tiny.before-update-1.ipynb" in said
    assert "97-double: what is given in its cell has changed" in said and "points.csv: new" in said
    merged = nbformat.read(path, 4)
    nbformat.validate(merged)
    text = [one.source for one in merged.cells]
    assert text[0].startswith("# A tiny, corrected lesson") and "print('a given cell more')" in text
    assert (
        text[3] == "my_notes = 1" and RIGHT["97-double"] in text and RIGHT["97-triple"] in text and "Because." in text
    )
    assert (path.parent / f"{LESSON}.before-update-1.ipynb").read_bytes() == before

    assert repr(update(new, mine)) == "97-tiny: as before"
    assert sorted(p.name for p in path.parent.iterdir()) == sorted(
        [f"{LESSON}.ipynb", f"{LESSON}.before-update-1.ipynb", "points.csv", "predictions.json"]
    )


def test_other_checks_are_to_be_installed_and_the_same_are_not(corrected):
    mine, new = corrected
    source = Path(updating.__file__).read_bytes()
    for content, told in ((source, False), (source + b"# changed", True)):
        with zipfile.ZipFile(new / "blocks.whl", "w") as wheel:
            wheel.writestr("autograder/updating.py", content)
        assert ("the checks have changed; install them" in repr(update(new, mine))) is told


def test_what_is_no_release_is_refused_in_words(tmp_path):
    with pytest.raises(FileNotFoundError, match="unpack the release"):
        update(tmp_path)
    (tmp_path / LESSON).mkdir()
    (tmp_path / LESSON / f"{LESSON}.ipynb").write_text("{}")
    with pytest.raises(ValueError, match="somewhere else"):
        update(tmp_path, tmp_path)


def test_every_answer_remembers_how_it_was_handed_out(released):
    notebook = notebooks.read(released)
    solutions = [one for one in notebook["cells"] if notebooks.marks(one).get("solution")]
    assert len(solutions) == 3 and any(STUB in notebooks.source(one) for one in solutions)
    assert [notebooks.start(one) for one in solutions] == [notebooks.source(one) for one in solutions]
