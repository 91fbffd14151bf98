"""What the formgrader shows of a learner's cells cannot act in the instructor's session."""

from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell as code
from nbformat.v4 import new_markdown_cell, new_notebook, new_output

from autograder.exercise import Mistake, Outcome, Report
from autograder.nbgrading import config
from autograder.report import as_html

EVIL = '<script>alert(1)</script><img src="https://evil.example" onerror="alert(2)"><a href="javascript:alert(3)">x</a><iframe src="//e"></iframe>'


def shown(course, cell):
    exporter = HTMLExporter(config=config.of(course))
    html, _ = exporter.from_notebook_node(new_notebook(cells=[cell]))
    return html.partition("<main")[2].partition("</main>")[0]


def test_a_learners_markdown_and_html_are_inert(course):
    for cell in (
        new_markdown_cell(f"words {EVIL} [y](javascript:alert(4))"),
        code("1", outputs=[new_output("display_data", data={"text/html": f"<p>words</p>{EVIL}"})]),
    ):
        html = shown(course, cell)
        assert "words" in html
        assert not [
            bad for bad in ('href="javascript', "<script", "<img", "<iframe", "onerror", "evil.example") if bad in html
        ], html


def test_a_report_is_still_readable(course):
    report = Report(
        "97-double",
        "Double",
        "Tiny",
        [Outcome("value", 2, "the right number", Mistake("wrong", "4", "2", "Multiply."))],
        ("Two times.",),
    )
    html = shown(course, code("1", outputs=[new_output("display_data", data={"text/html": as_html(report)})]))
    assert "<table" in html and "<summary" in html and "Multiply." in html and "&lt;" not in html
