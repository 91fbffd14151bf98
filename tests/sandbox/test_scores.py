"""What honest notebooks earn, and what nbgrader makes of the outputs."""

import json

import nbformat
import pytest
from nbgrader.utils import determine_grade

from autograder.grading.grade import Limits, Ungraded, grade_notebook
from autograder.report import as_text
from autograder.sandbox.unsandboxed import Unsandboxed

GUESS = ("check", "99-guess", "guess")


def outputs_of(graded, kind):
    return [o for cell in graded.notebook.cells for o in cell.outputs if o.output_type == kind]


def test_a_right_answer_earns_all(grade, right, checked):
    graded = grade(right, checked)
    assert graded.reports["99-double"].score == 5
    assert graded.notes == []


def test_nbgrader_reads_the_same_scores(grade, right, checked):
    graded = grade(right, checked, "double = lambda x: 2 * x + 1 if hasattr(x, 'shape') else x + x", checked)
    nbformat.validate(graded.notebook)
    scores = [determine_grade(cell) for cell in graded.notebook.cells if "nbgrader" in cell.metadata]
    assert scores == [(5, 5), (2, 5)]
    for cell in graded.notebook.cells:
        if "nbgrader" in cell.metadata:
            assert [o.output_type for o in cell.outputs] == ["display_data", "execute_result"]


def test_nothing_written_is_said_so(grade, checked):
    report = grade("def double(x):\n    raise NotImplementedError", checked).reports["99-double"]
    assert report.score == 0
    assert not report.written
    assert "not written yet" in as_text(report)


@pytest.mark.parametrize("answer", ["None", "...", "no_such_name", "int", "lambda x: None"])
def test_no_answer_earns_nothing(grade, answer):
    assert grade(("check", "99-double", answer)).reports["99-double"].score == 0


def test_a_check_cell_that_fails_says_why(grade):
    assert "NameError" in as_text(grade(("check", "99-double", "no_such_name")).reports["99-double"])


def test_a_broken_cell_costs_only_itself(grade, right, checked):
    graded = grade("1/0", "def broken(:", right, checked)
    assert graded.reports["99-double"].score == 5
    assert [o.ename for o in outputs_of(graded, "error")] == ["ZeroDivisionError", "SyntaxError"]


def test_prints_and_warnings_cost_nothing(grade, checked):
    noisy = "import sys, warnings\ndef double(x):\n    print('hm'); print('!', file=sys.stderr); warnings.warn('w')\n    return x * 2"
    graded = grade(noisy, checked)
    assert determine_grade(graded.notebook.cells[1]) == (5, 5)


def test_outputs_are_those_of_a_notebook(grade):
    graded = grade(
        "print('one'); 2",
        "from IPython.display import display, HTML\ndisplay(HTML('<table><tr><td>3</td></tr></table>'))",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "import os\n_ = os.system('echo from a child')",
        "await __import__('asyncio').sleep(0)\n4",
        "import ipywidgets\nipywidgets.IntSlider()",
    )
    cells = graded.notebook.cells
    assert [o.output_type for o in cells[0].outputs] == ["stream", "execute_result"]
    assert cells[0].outputs[1].data["text/plain"] == "2"
    assert "<td>3</td>" in cells[1].outputs[0].data["text/html"]
    assert "image/png" in cells[2].outputs[0].data
    assert cells[3].outputs[0].text == "from a child\n"
    assert cells[4].outputs[0].data["text/plain"] == "4"
    assert set(cells[5].outputs[0].data) == {"text/plain"}
    nbformat.validate(graded.notebook)


def test_a_notebook_reads_its_data_and_its_modules(grade, checked, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "factor.txt").write_text("2")
    (tmp_path / "helper.py").write_text("def times(x, n):\n    return x * n")
    source = "import helper\nfactor = int(open('data/factor.txt').read())\ndouble = lambda x: helper.times(x, factor)"
    assert grade(source, checked, folder=tmp_path).reports["99-double"].score == 5
    assert (tmp_path / "data" / "factor.txt").read_text() == "2"


@pytest.mark.parametrize(("kept", "score"), [({}, 4), ({"99-guess": "up"}, 4), ({"99-guess": "down"}, 0), ("junk", 4)])
def test_the_committed_prediction_stands(grade, tmp_path, kept, score):
    (tmp_path / "predictions.json").write_text(json.dumps(kept))
    assert grade("guess = 'up'", GUESS, folder=tmp_path).reports["99-guess"].score == score


def test_every_learner_meets_other_cases(grade, checked):
    record = (
        "xs = []\ndef double(x):\n    xs.append(x.asnumpy().tolist() if hasattr(x, 'asnumpy') else x)\n    return x * 2"
    )
    seen = [
        outputs_of(grade(record, checked, "print(xs)", student=student), "stream")[0].text
        for student in ("ada", "ada", "bob")
    ]
    assert seen[0] == seen[1] != seen[2]


def test_without_walls_the_scores_are_the_same(grade, sandbox, right, checked):
    bare = Unsandboxed(extra=sandbox.extra)
    assert grade(right, checked, sandbox=bare).reports["99-double"].score == 5
    assert grade("double = 3", checked, sandbox=bare).reports["99-double"].score == 0


def test_a_cell_with_other_points_than_its_exercise_is_the_graders_fault(sandbox):
    marks = {"grade": True, "grade_id": "check-99-double", "points": 9}
    cell = nbformat.v4.new_code_cell("check", metadata={"nbgrader": marks})
    with pytest.raises(Ungraded, match="points"):
        grade_notebook(nbformat.v4.new_notebook(cells=[cell]), seeds={"99-double": 1}, sandbox=sandbox)


def test_a_busy_machine_is_never_a_zero(grade, right, checked):
    with pytest.raises(Ungraded, match="busy"):
        grade(right, "import time\ntime.sleep(5)", checked, limits=Limits(wall_seconds=1.5))


def test_values_that_cannot_be_sent_become_words(grade, checked):
    source = "import torch\ndef double(x):\n    return torch.ones(2, 3, dtype=torch.complex64) if hasattr(x, 'shape') else x * 2"
    report = grade(source, checked).reports["99-double"]
    assert report.score == 2
    assert "complex" in as_text(report) or "cannot be sent" in as_text(report)
