"""`run_outside(file, …)` in a real JupyterLab: the page computes, and the kernel is not asked."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, ask, open_notebook, run_cell

SWITCH = """\
from miniblocks import graph, nd
from explorers import run_outside
nd.random.seed(1)
x, low, high = (nd.random.normal(shape=(2, 3)) for _ in range(3))
def choose(x, level):
    return x @ low.T if level < 1 else x @ high.T
g = graph.script(choose, x, nd.array(0.5))
graph.save(g, "choose.graph")
shown = run_outside("choose.graph", x, nd.array(0.5))
shown"""


def python_gives(page: Page, level: float) -> float:
    """The first number of the graph's output, by the kernel."""
    return float(ask(page, f"float(g(x, nd.array({level})).asnumpy().ravel()[0])"))


def page_gives(cell: Locator) -> float:
    """The first number in a cell of the table."""
    return float(cell.inner_text().partition(": ")[2].split(",")[0])


@pytest.fixture
def live(page: Page, lab: Lab, request: pytest.FixtureRequest) -> Locator:
    """A notebook with the widget in its first cell."""
    path = f"{request.node.name}.ipynb"
    lab.write(path, SWITCH)
    open_notebook(page, lab, path)
    run_cell(page, 0)
    found = page.locator(".jp-OutputArea .xp-outside")
    expect(found).to_be_visible(timeout=20_000)
    return found


def test_the_page_gives_pythons_numbers_and_goes_on_alone(page: Page, live: Locator) -> None:
    cells, status = live.locator("tbody td"), live.get_by_role("status")
    expect(status).to_contain_text("Largest difference to Python")
    assert page_gives(cells.nth(0)) == pytest.approx(python_gives(page, 0.5), rel=1e-4)
    assert page_gives(cells.nth(1)) == page_gives(cells.nth(0))
    assert ask(page, "shown.computed[0]['data'][0]") == pytest.approx(python_gives(page, 0.5), rel=1e-5)

    live.get_by_role("spinbutton").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("2")
    expect(status).to_contain_text("Python does not know of it")
    expect(cells.nth(1)).to_have_text("not asked")
    assert page_gives(cells.nth(0)) == pytest.approx(python_gives(page, 2.0), rel=1e-4)
    page.keyboard.press("Control+a")
    page.keyboard.type("0.5")
    expect(status).to_contain_text("Largest difference to Python")
