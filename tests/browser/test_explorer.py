"""`explore(net)` in a real JupyterLab, by keyboard, as a learner meets it."""

import re

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, ask, open_notebook, output, run_cell, save
from tests.browser.widgets import (
    everything_is_named,
    is_legible,
    keys_do_reach_the_notebook_outside,
    keys_stay_inside,
    live_explorer,
)

NET = """\
from miniblocks import nd, nn
from explorers import explore
shared = nn.Dense(8, activation="relu")
net = nn.Sequential()
net.add(nn.Dense(8, activation="relu"), shared, nn.Dense(8, activation="relu", params=shared.params), nn.Dense(10))
net.initialize()
net(nd.random.uniform(shape=(2, 20))).sum().backward()
it = explore(net, nd.random.uniform(shape=(2, 20)))
it"""
TRAIN = "net[0].weight.set_data(nd.ones((8, 20)) * 3)"
WEIGHT = "net[0].weight.data().asnumpy().tolist()"


@pytest.fixture
def explorer(page: Page, lab: Lab, request: pytest.FixtureRequest) -> Locator:
    """A notebook with a live explorer in its first cell."""
    path = f"{request.node.name}.ipynb"
    return live_explorer(page, lab, path, NET, TRAIN)


def item(explorer: Locator, path: str) -> Locator:
    return explorer.locator(f"[role=treeitem][data-path='{path}']")


def until_changed(page: Page, expression: str, before: object) -> object:
    """What the expression becomes in the kernel."""
    for _ in range(100):
        now = ask(page, expression)
        if now != before:
            return now
        page.wait_for_timeout(50)
    raise AssertionError(f"{expression} stayed {str(before)[:80]}")


def as_computed(page: Page, statistic: str) -> re.Pattern[str]:
    """A pattern that holds the statistic as the kernel computes it."""
    value = ask(page, f"f'{{net[0].weight.data().asnumpy().{statistic}():.3g}}'")
    return re.compile(re.escape(f"{statistic} {value}"))


def test_select_filter_initialize_and_undo_by_keyboard(page: Page, explorer: Locator) -> None:
    before = ask(page, WEIGHT)
    explorer.get_by_role("textbox", name="Filter names").focus()
    page.keyboard.press("Tab")
    expect(item(explorer, "0.weight")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(item(explorer, "0.bias")).to_have_attribute("aria-selected", "true")
    expect(explorer.locator(".xp-title")).to_have_text("dense1_bias")
    page.keyboard.press("ArrowUp")
    expect(explorer.locator(".xp-title")).to_have_text("dense1_weight")

    explorer.get_by_role("textbox", name="Filter names").focus()
    page.keyboard.type(".*weight")
    expect(explorer.locator(".xp-parameter")).to_have_count(4)
    expect(explorer.get_by_role("status").first).to_contain_text("3 of 6 parameters match")

    explorer.get_by_role("slider", name="scale").focus()
    page.keyboard.press("ArrowRight")
    changed = until_changed(page, WEIGHT, before)
    expect(explorer.get_by_role("status").last).to_contain_text("Uniform (scale 0.08)")
    shown = explorer.locator(".xp-figures img.xp-heatmap").first
    expect(shown).to_have_attribute("alt", as_computed(page, "max"))

    undo = explorer.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    assert until_changed(page, WEIGHT, changed) == before
    expect(undo).to_have_attribute("aria-disabled", "true")
    expect(undo).to_be_focused()


def test_no_key_pressed_inside_reaches_the_notebook(page: Page, explorer: Locator) -> None:
    """In command mode `x` deletes a cell, `b` and `a` add one, `d d` deletes, `m` makes it Markdown."""
    assert keys_stay_inside(page, explorer) > 10
    keys_do_reach_the_notebook_outside(page)


def test_the_tree_folds_by_keyboard(page: Page, explorer: Locator) -> None:
    item(explorer, "0.bias").click()
    page.keyboard.press("ArrowLeft")
    expect(item(explorer, "0")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(item(explorer, "0")).to_have_attribute("aria-expanded", "false")
    expect(item(explorer, "0.weight")).to_have_count(0)
    expect(item(explorer, "0")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(item(explorer, "0.weight")).to_be_visible()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    expect(item(explorer, "")).to_be_focused()
    assert explorer.locator("[role=treeitem][tabindex='0']").count() == 1


def test_a_mistyped_filter_says_so_and_goes_on(page: Page, explorer: Locator) -> None:
    box = explorer.get_by_role("textbox", name="Filter names")
    box.fill("(")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(explorer.get_by_role("status").first).to_contain_text("no regular expression")
    box.fill("")
    expect(box).to_have_attribute("aria-invalid", "false")


def test_a_cell_that_changes_the_net_is_followed(page: Page, explorer: Locator) -> None:
    run_cell(page, 1)
    expect(explorer.locator(".xp-figures img.xp-heatmap").first).to_have_attribute("alt", as_computed(page, "max"))
    expect(explorer.locator(".xp-numbers").first).to_contain_text("3")


def test_everything_is_named_and_legible(page: Page, explorer: Locator) -> None:
    everything_is_named(
        explorer, "textbox", "slider", "spinbutton", "combobox", "radio", "button", "tree", "treeitem", "img"
    )
    is_legible(page, explorer)


def test_one_value_is_edited_and_tied_places_light_up_together(page: Page, explorer: Locator) -> None:
    """By mouse on the heatmap, then by keyboard; and the layers' variances are those of the network after it."""
    item(explorer, "1.weight").click()
    expect(explorer.locator(".xp-title")).to_have_text("dense0_weight")
    heatmap = explorer.locator(".xp-figures img.xp-heatmap").first
    box = heatmap.bounding_box()
    assert box is not None
    heatmap.click(position={"x": box["width"] * 3.5 / 8, "y": box["height"] * 2.5 / 8})
    index = explorer.get_by_role("textbox", name="index")
    expect(index).to_have_value("2, 3")
    value = explorer.get_by_role("spinbutton", name="value")
    assert float(value.input_value()) == ask(page, "net[1].weight.data()[2, 3].item()")
    value.fill("1.5")
    page.keyboard.press("Enter")
    expect(explorer.locator(".xp-flash")).to_have_count(2)
    paths = explorer.locator(".xp-flash").evaluate_all("(items) => items.map((it) => it.dataset.path)")
    assert paths == ["1.weight", "2.weight"] and ask(page, "net[2].weight.data()[2, 3].item()") == 1.5
    expect(explorer.get_by_role("status").last).to_contain_text("all of them moved: 1.weight, 2.weight")
    expect(explorer.locator(".xp-flash")).to_have_count(0)
    signal = explorer.locator(".xp-plot li", has_text="signal").first.locator(".xp-value")
    computed = "f'{it._sounding.now.layers[-1].signal:.4g}'"
    expect(signal).to_have_text(ask(page, computed))
    assert ask(page, "float(net(it._sounding.inputs[0]).asnumpy().var())") == pytest.approx(
        float(signal.inner_text()), rel=1e-3
    )
    index.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("99, 0")
    page.keyboard.press("Tab")
    expect(explorer.get_by_role("status").last).to_contain_text("IndexError")


def test_a_notebook_opened_again_shows_the_still_picture(
    page: Page, lab: Lab, explorer: Locator, request: pytest.FixtureRequest
) -> None:
    """No widget state is saved and the kernel is another one: the last picture stays, without an error line."""
    path = f"{request.node.name}.ipynb"
    expect(page.locator(".xp-still")).to_be_hidden()
    item(explorer, "3.weight").click()
    still = page.locator(".xp-still .xp-title")
    expect(still).to_have_text("dense3_weight")  # drawn anew after a pause
    save(page)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    open_notebook(page, lab, path)
    expect(page.locator(".xp-still")).to_be_visible()
    expect(still).to_have_text("dense3_weight")
    expect(page.locator(".xp-still .xp-heatmap").first).to_be_visible()
    expect(page.get_by_text("Error displaying widget")).to_be_hidden()
    expect(output(page, 0)).to_contain_text("tied to 2.weight")

    page_of = HTMLExporter().from_filename(str(lab.files / path))[0]
    assert 'class="xp xp-still"' in page_of
    assert not re.search(r"<script[^>]*vnd\.jupyter\.widget", page_of), "a widget without state would be blank"
