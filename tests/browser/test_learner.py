"""A learner's way in a real JupyterLab: fetch, answer wrong, answer right, validate, submit; and what comes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from autograder import answers
from autograder.course import Course
from autograder.demo.students import notebook_of
from autograder.exercise import load
from autograder.lesson import read
from setup_env import machine
from tests.browser.classroom import LESSON, Classroom
from tests.browser.lab import (
    CODE_CELLS,
    LONG,
    ROOT,
    Lab,
    cell,
    code_cells,
    open_lab,
    open_notebook,
    output,
    outputs,
    rewrite,
    run_cell,
    run_menu,
    wait_idle,
)

EXERCISE, POINTS = "01-parallel-block", 10
WIDGET = "application/vnd.jupyter.widget-view+json"
LESSONS = sorted(path.stem for path in (ROOT / "course").glob("[0-9]*/*.ipynb"))


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """A course whose lesson has been released."""
    made = Classroom(tmp_path_factory.mktemp("classroom"))
    made.release()
    return made


@pytest.fixture(scope="module")
def desk(classroom: Classroom, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A learner's JupyterLab: an empty folder, and nothing of the course but what the exchange offers."""
    home = tmp_path_factory.mktemp("learner")
    classroom.enrol(home)
    running = Lab(home)
    yield running
    running.stop()


def test_from_the_exchange_to_the_gradebook(page: Page, desk: Lab, classroom: Classroom) -> None:
    open_lab(page, desk)
    assignments = fetch_and_open(page)
    answer, check = (code_cells(page).index(name) for name in (EXERCISE, f"check-{EXERCISE}"))
    run_cell(page, 0)

    answer_wrong(page, answer)
    report = checked(page, check)
    expect(report).to_contain_text("partly right")
    expect(report).to_contain_text(f"8 of {POINTS} points")
    expect(row(report, "came out").first).to_contain_text("shape (4, 6)")
    expect(row(report, "expected").first).to_contain_text("shape (8, 3)")
    expect(row(report, "likely cause").first).to_contain_text("joined along axis 1; axis 0 was asked for")
    expect(report).to_contain_text("Where it was explained: section “Blocks side by side”")
    hints_unfold_one_after_another(report)

    answer_right(page, answer)
    report = checked(page, check)
    expect(report).to_contain_text("all right")
    expect(report).to_contain_text(f"{POINTS} of {POINTS} points")
    expect(report.get_by_text("✗")).to_have_count(0)
    expect(report.locator("details, table")).to_have_count(0)

    failed = failed_in_validation(page)
    assert failed == [name for name in code_cells(page) if name and name.startswith("check-") and EXERCISE not in name]

    submit(page, assignments)
    classroom.run("nbgrader", "collect", LESSON)
    if reason := machine.why_no_sandbox():
        pytest.skip(f"submitted and collected; not graded: {reason}")
    classroom.run("autograder", "grade", LESSON)
    grades = classroom.grades()
    assert (grades["status"], float(grades[EXERCISE]), float(grades["total"])) == ("graded", POINTS, POINTS)


def fetch_and_open(page: Page) -> Locator:
    """Fetch the lesson in nbgrader's list of assignments and open its notebook; returns the list."""
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Assignment List").click()
    assignments = page.locator("#assignments")
    released = assignments.locator("#released_assignments_list .list_item", has_text=LESSON)
    released.get_by_role("button", name="Fetch").click()
    fetched = assignments.locator("#fetched_assignments_list")
    fetched.get_by_role("button", name=LESSON).click()
    fetched.get_by_role("link", name=LESSON).click()
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=LONG)
    wait_idle(page)
    return assignments


def answer_wrong(page: Page, index: int) -> None:
    """Put both outputs side by side along axis 1, whatever axis was asked for."""
    rewrite(page, index, "raise NotImplementedError", "self.net1, self.net2 = net1, net2")
    rewrite(page, index, "raise NotImplementedError", "return nd.concat(self.net1(x), self.net2(x), dim=1)")
    run_cell(page, index)


def answer_right(page: Page, index: int) -> None:
    """Mend it as the report says: `axis` gets from `__init__` to `forward`."""
    rewrite(page, index, "= net1, net2", "self.net1, self.net2, self.axis = net1, net2, axis")
    rewrite(page, index, "dim=1", "return nd.concat(self.net1(x), self.net2(x), dim=self.axis)")
    run_cell(page, index)


def checked(page: Page, index: int) -> Locator:
    """Run a check cell; the report it shows."""
    run_cell(page, index)
    return output(page, index).get_by_role("status")


def row(report: Locator, label: str) -> Locator:
    """The lines of a report that have this label."""
    return report.locator("tr", has=report.page.get_by_role("rowheader", name=label, exact=True))


def hints_unfold_one_after_another(report: Locator) -> None:
    """A click shows one hint and offers the next."""
    folds = report.locator("summary")
    assert folds.count() >= 2
    for index in range(folds.count()):
        hint = folds.nth(index).locator("xpath=following-sibling::div[1]")
        expect(folds.nth(index)).to_be_visible()
        expect(folds.nth(index)).to_have_text(f"Hint {index + 1} of {folds.count()}")
        expect(hint).to_be_hidden()
        folds.nth(index).click()
        expect(hint).to_be_visible()


def failed_in_validation(page: Page) -> list[str]:
    """Press nbgrader's Validate, which runs the whole notebook anew; the check cells that its dialog complains of."""
    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog", has_text="Validation Results")
    dialog.wait_for(timeout=LONG)
    sources = [text for text in dialog.locator("pre").all_inner_texts() if text.startswith("check(")]
    dialog.get_by_role("button", name="Ok").click()
    return ["check-" + source.split('"')[1] for source in sources]


def submit(page: Page, assignments: Locator) -> None:
    """Press Submit in the list of assignments (validating has saved the notebook)."""
    page.get_by_role("tab", name="Assignments").click()
    expect(assignments.locator("#submitted_assignments_list .list_item")).to_have_count(0)
    assignments.locator("#fetched_assignments_list").get_by_role("button", name="Submit").click()
    expect(assignments.locator("#submitted_assignments_list")).to_contain_text(LESSON, timeout=LONG)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_with_nothing_written_runs_to_its_end(page: Page, lab: Lab, lesson: str) -> None:
    """Run All, as a curious learner does first; once more in the same kernel, as one who has lost track does."""
    notebook = lab.copy(Path("course") / lesson / f"{lesson}.ipynb")
    open_notebook(page, lab, notebook)
    for _ in range(2):
        run_menu(page, "Run All Cells")
        shown = outputs(page)
        assert [out for cell_outputs in shown.values() for out in cell_outputs if is_trouble(out)] == []
        checks = {name: out for name, out in shown.items() if name.startswith("check-")}
        assert checks
        for name, [report, points] in checks.items():
            assert "not written yet" in report["data"]["text/plain"], name
            assert points["data"]["text/plain"] == "0", name
    assert page.get_by_role("status").filter(has_text="not written yet").count() == len(checks)
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)
    if any(WIDGET in out.get("data", {}) for cell_outputs in shown.values() for out in cell_outputs):
        expect(page.locator(".xp-live").first).to_be_visible()
    else:
        assert not any(source.startswith("explore(") for source in sources(page))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_done_right_is_told_so_everywhere(page: Page, lab: Lab, lesson: str) -> None:
    """With every exercise solved, in a real JupyterLab: full points, no table of mistakes, no hint."""
    checks = checks_of(handed_in(page, lab, lesson, {"base": "solution"}))
    for name, [report, points] in checks.items():
        assert points["data"]["text/plain"] == str(load(name).points), report["data"]["text/plain"]
    reports = page.get_by_role("status").filter(has_text="all right")
    assert reports.count() == len(checks) > 0
    expect(reports.locator("details, table")).to_have_count(0)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_done_wrong_is_told_what_is_wrong(page: Page, lab: Lab, lesson: str) -> None:
    """With a known mistake in every exercise: each report names it, and shows what came out."""
    known = answers.of(read(ROOT / "solutions" / lesson / f"{lesson}.md"))
    wrong = {answer.exercise: answer for answer in known if answer.kind == "wrong"}
    titles = {name: answer.title for name, answer in wrong.items()}
    checks = checks_of(handed_in(page, lab, lesson, {"base": "solution", "answers": titles}))
    assert set(checks) == set(wrong)
    for name, answer in wrong.items():
        report, points = checks[name]
        assert answer.observed in report["data"]["text/plain"], name
        assert points["data"]["text/plain"] == str(answer.score), name
    assert page.get_by_role("status").filter(has=page.get_by_role("rowheader", name="likely cause")).count() == len(
        wrong
    )


def handed_in(page: Page, lab: Lab, lesson: str, submission: dict) -> dict:
    """What each cell puts out when a learner's finished notebook is opened and run."""
    notebook = lab.copy(Path("course") / lesson / f"{lesson}.ipynb")
    source = read(ROOT / "solutions" / lesson / f"{lesson}.md")
    (lab.files / notebook).write_text(notebook_of(submission, Course(ROOT, ROOT), source), encoding="utf-8")
    open_notebook(page, lab, notebook)
    run_menu(page, "Run All Cells")
    return outputs(page)


def checks_of(shown: dict) -> dict:
    """Exercise → the report and the points that its check put out; what the answer itself prints is left aside."""
    return {
        name.removeprefix("check-"): [part for part in out if part["output_type"] != "stream"]
        for name, out in shown.items()
        if name.startswith("check-")
    }


def sources(page: Page) -> list[str]:
    """The sources of the notebook's code cells."""
    return page.evaluate(f"() => {CODE_CELLS}.map((cell) => cell.sharedModel.getSource())")


def is_trouble(out: dict) -> bool:
    """An error, or a warning that the lesson did not mean to show."""
    return out["output_type"] == "error" or out.get("name") == "stderr"


def test_a_check_before_its_answer_says_what_to_do(page: Page, lab: Lab) -> None:
    """Out of order: the check cell alone in a fresh kernel, then after the import, then after the answer cell."""
    open_notebook(page, lab, lab.copy(Path("course") / LESSON / f"{LESSON}.ipynb"))
    answer, check = (code_cells(page).index(name) for name in (EXERCISE, f"check-{EXERCISE}"))
    run_cell(page, check)
    expect(output(page, check)).to_contain_text("NameError: name 'check' is not defined")
    run_cell(page, 0)
    run_cell(page, check)
    expect(output(page, check)).to_contain_text("NameError: name 'ParallelBlock' is not defined")
    run_cell(page, answer)
    expect(checked(page, check)).to_contain_text("not written yet")
    expect(cell(page, check).locator(".cm-content")).to_have_attribute("aria-readonly", "true")
