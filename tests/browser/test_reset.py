"""Beginning an exercise anew, in a real JupyterLab."""

from pathlib import Path

from playwright.sync_api import Page

from autograder import notebooks
from tests.browser.lab import CODE_CELLS, PATIENCE, Lab, cell, code_cells, open_notebook, run_cell
from tests.jupyter import ROOT

LESSON, EXERCISE = "01-layers-and-blocks", "01-parallel-block"


def test_reset_puts_back_what_was_handed_out(page: Page, lab: Lab) -> None:
    open_notebook(page, lab, lab.copy(Path("course") / LESSON / f"{LESSON}.ipynb"))
    index = code_cells(page).index(EXERCISE)
    run_cell(page, 0)
    cell(page, index).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(f'from autograder import reset; reset("{EXERCISE}")')
    run_cell(page, index)
    [handed_out] = [
        notebooks.source(one)
        for one in (notebooks.read(ROOT / "course" / LESSON / f"{LESSON}.ipynb") or {})["cells"]
        if notebooks.grade_id(one) == EXERCISE
    ]
    page.wait_for_function(
        f"([index, text]) => {CODE_CELLS}[index].sharedModel.getSource() === text",
        arg=[index, handed_out],
        timeout=PATIENCE * 1000,
    )
    run_cell(page, index)  # and it is still the exercise's cell, which can be written and checked
    assert code_cells(page)[index] == EXERCISE
