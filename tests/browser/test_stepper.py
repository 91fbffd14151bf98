"""`step_through` in a real JupyterLab: stepped by mouse and by keyboard, and what it shows is what the framework computes."""

import re

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Locator, Page, expect

from tests.browser import widgets
from tests.browser.lab import Lab, ask, open_notebook, run_cell, save

DIAMOND = """\
from miniblocks import nd, autograd
from explorers import step_through
x = nd.array([2.0])
x.requires_grad = True
def f(x):
    u = x ** 2
    with autograd.no_grad():
        m = u.sum() * 0
    v = 3 * x
    return u * v + m
shown = step_through(f, x)
shown"""
LONG = """\
from miniblocks import nd
from explorers import step_through
x = nd.array([1.0])
x.requires_grad = True
y = x
for i in range(600):
    y = y * 1.01
shown = step_through(y)
shown"""
GRADIENT = "(lambda z: (z.backward(), x.grad.item(), x.zero_grad())[1])(f(x))"


@pytest.fixture
def stepper(page: Page, lab: Lab, request: pytest.FixtureRequest) -> Locator:
    return widgets.live_explorer(
        page, lab, f"{request.node.name}.ipynb", DIAMOND, "shown.position = 5", "shown.close()"
    )


def node(stepper: Locator, name: str) -> Locator:
    """A node by the beginning of what a screen reader says."""
    return stepper.locator(f"[role=option][aria-label^='{name}']")


def test_forwards_and_backwards_by_keyboard(page: Page, stepper: Locator) -> None:
    slider, status = stepper.get_by_role("slider", name="Step"), stepper.get_by_role("status")
    slider.focus()
    expect(node(stepper, "pow(x, 2)")).to_have_attribute("aria-label", re.compile("not computed yet"))
    page.keyboard.press("ArrowRight")
    expect(status).to_have_text(f"u = pow(x, 2) gives {ask(page, '(x ** 2).item()'):g}.")
    expect(node(stepper, "pow(x, 2)")).to_have_attribute("aria-label", re.compile("value 4$"))
    page.keyboard.press("End")
    wanted = ask(page, GRADIENT)
    expect(status).to_contain_text(f"x.grad = {wanted:g}")
    x = node(stepper, "x, leaf").locator(".xp-grad")
    expect(x).to_have_text(f"grad 12 + 24 = {wanted:g}")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(x).to_have_text("grad 12")
    page.keyboard.press("Home")
    expect(x).to_have_text("")
    for _ in range(20):  # no further than to the end
        page.keyboard.press("ArrowRight")
    expect(x).to_have_text(f"grad 12 + 24 = {wanted:g}")
    page.wait_for_timeout(600)
    assert ask(page, "shown.position") == int(slider.get_attribute("max") or 0)


def test_the_graph_is_walked_by_keyboard(page: Page, stepper: Locator) -> None:
    node(stepper, "x, leaf").focus()
    page.keyboard.press("ArrowDown")
    first = stepper.locator("[role=option]:focus")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(stepper.locator(".xp-details .xp-title")).to_have_text(re.compile("^[uv] = (pow|mul)"))
    page.keyboard.press("ArrowUp")
    expect(node(stepper, "x, leaf")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("n")
    expect(stepper.locator("output")).to_have_text(re.compile("step 3 of"))
    expect(stepper.locator("[role=option]:focus")).to_have_class(re.compile("is-active"))
    page.keyboard.press("p")
    expect(stepper.locator("output")).to_have_text(re.compile("step 2 of"))
    assert stepper.locator("[role=option][tabindex='0']").count() == 1


def test_by_mouse_a_node_tells_what_is_known_of_it(page: Page, stepper: Locator) -> None:
    stepper.get_by_role("button", name="Last").click()
    node(stepper, "pow(x, 2)").click()
    details = stepper.locator(".xp-details")
    expect(details).to_contain_text("g * b * pow(a, b - 1)")
    expect(details).to_contain_text("u = x ** 2")
    expect(details).to_contain_text("handed back to x24")
    expect(node(stepper, "sum(u), no_grad").locator(".xp-tag")).to_have_text("no_grad")
    expect(node(stepper, "pow(x, 2)").locator(".xp-tag")).to_have_text("freed")
    stepper.get_by_role("button", name="First").click()
    expect(node(stepper, "pow(x, 2)").locator(".xp-tag")).to_have_text("")


def test_a_drag_moves_the_picture_and_chooses_nothing(page: Page, lab: Lab, request: pytest.FixtureRequest) -> None:
    stepper = widgets.live_explorer(page, lab, f"{request.node.name}.ipynb", LONG)
    expect(stepper.locator(".xp-problem")).to_contain_text("100 earlier operations are not shown")
    canvas = stepper.locator(".xp-canvas")
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 100, box["y"] + 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 60, steps=5)
    page.mouse.up()
    assert canvas.evaluate("(it) => it.scrollTop") > 200
    stepper.get_by_role("button", name="Zoom out").click()
    stepper.get_by_role("button", name="Last").click()
    page.keyboard.press("Tab")
    expect(node(stepper, "mul(").last.locator(".xp-grad")).to_have_text("grad 1")
    page.wait_for_timeout(100)
    assert stepper.locator(".is-active").count() == 0


def test_python_may_set_the_step(page: Page, stepper: Locator) -> None:
    run_cell(page, 1)
    expect(stepper.locator("output")).to_have_text(re.compile("step 5 of"))


def test_every_key_on_everything_leaves_the_notebook_alone(page: Page, stepper: Locator) -> None:
    assert widgets.keys_stay_inside(page, stepper) > 15


def test_it_can_be_read_in_both_themes_and_has_names(page: Page, stepper: Locator) -> None:
    stepper.get_by_role("button", name="Last").click()
    widgets.is_legible(page, stepper)
    widgets.everything_is_named(stepper, "button", "slider", "listbox", "option", "region")


def test_nothing_is_left_after_closing(page: Page, stepper: Locator) -> None:
    left = "[__import__('comm').get_comm_manager().comms.__len__(), len(get_ipython().events.callbacks['post_run_cell']), __import__('threading').active_count()]"
    with_it = ask(page, left)
    run_cell(page, 2)
    without = ask(page, left)
    assert without[0] < with_it[0] and without[1:] == with_it[1:]
    expect(stepper).to_have_count(0)


def test_a_notebook_opened_again_shows_the_still_picture(
    page: Page, lab: Lab, stepper: Locator, request: pytest.FixtureRequest
) -> None:
    path = f"{request.node.name}.ipynb"
    expect(page.locator(".xp-still")).to_be_hidden()
    save(page)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    open_notebook(page, lab, path)
    still = page.locator(".xp-still")
    expect(still).to_be_visible()
    expect(still.locator("svg.xp-graph")).to_be_visible()
    expect(still.locator("tbody")).to_contain_text("12 + 24 = 36")
    expect(page.get_by_text("Error displaying widget")).to_be_hidden()
    exported = HTMLExporter().from_filename(str(lab.files / path))[0]
    assert 'class="xp xp-still xp-stepper"' in exported and "12 + 24 = 36" in exported
