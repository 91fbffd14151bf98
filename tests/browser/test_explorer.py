"""`explore(net)` in a real JupyterLab, by keyboard, as a learner meets it."""

import re

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, ask, cell_count, open_notebook, output, run_cell, save, set_theme

NET = """\
from miniblocks import nd, nn
from explorers import explore
shared = nn.Dense(8, activation="relu")
net = nn.Sequential()
net.add(nn.Dense(8, activation="relu"), shared, nn.Dense(8, activation="relu", params=shared.params), nn.Dense(10))
net.initialize()
net(nd.random.uniform(shape=(2, 20))).sum().backward()
explore(net)"""
TRAIN = "net[0].weight.set_data(nd.ones((8, 20)) * 3)"
WEIGHT = "net[0].weight.data().asnumpy().tolist()"


@pytest.fixture
def explorer(page: Page, lab: Lab, request: pytest.FixtureRequest) -> Locator:
    """A notebook with a live explorer in its first cell."""
    path = f"{request.node.name}.ipynb"
    lab.write(path, NET, TRAIN)
    open_notebook(page, lab, path)
    run_cell(page, 0)
    live = page.locator(".jp-OutputArea .xp-live")
    expect(live).to_be_visible(timeout=20_000)
    return live


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
    shown = explorer.locator(".xp-figure").first.locator("img.xp-heatmap")
    expect(shown).to_have_attribute("alt", as_computed(page, "max"))

    undo = explorer.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    assert until_changed(page, WEIGHT, changed) == before
    expect(undo).to_have_attribute("aria-disabled", "true")
    expect(undo).to_be_focused()


def test_shortcuts_inside_leave_the_notebook_alone(page: Page, explorer: Locator) -> None:
    """In command mode `x` deletes a cell, `b` and `a` add one, `d d` deletes, `m` makes it Markdown."""
    before = cell_count(page)
    places = [
        item(explorer, "0.weight"),
        explorer.get_by_role("slider", name="scale"),
        explorer.get_by_role("combobox", name="initializer"),
        explorer.get_by_role("radio", name="the chosen parameter"),
        explorer.get_by_role("button", name="Read again"),
        explorer.get_by_role("textbox", name="Filter names"),
    ]
    for place in places:
        place.focus()
        for key in ("b", "x", "a", "d", "d", "m", "c"):
            page.keyboard.press(key)
        expect(place).to_be_focused()
    assert cell_count(page) == before
    expect(explorer).to_be_visible()
    # The same keys outside: what would have happened.
    page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").last.click()
    page.keyboard.press("b")
    assert cell_count(page) == before + 1


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
    expect(explorer.locator(".xp-figure img.xp-heatmap").first).to_have_attribute("alt", as_computed(page, "max"))
    expect(explorer.locator(".xp-numbers").first).to_contain_text("3")


def test_everything_that_takes_the_focus_has_a_name(page: Page, explorer: Locator) -> None:
    """By the browser's own reckoning of roles and names."""
    snapshot = explorer.aria_snapshot()
    for role in ("textbox", "slider", "combobox", "radio", "button", "tree", "treeitem", "img"):
        lines = [line for line in snapshot.splitlines() if line.lstrip(" -'").startswith((f"{role} ", f"{role}:"))]
        assert lines, f"no {role} in\n{snapshot}"
        assert all(f'{role} "' in line for line in lines), lines


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_text_is_legible_in_both_themes(page: Page, explorer: Locator, theme: str) -> None:
    set_theme(page, theme)
    ratios = explorer.evaluate(CONTRASTS)
    assert len(ratios) > 20
    assert {text: ratio for text, ratio in ratios if ratio < 4.5} == {}


# The contrast (WCAG 2) of each text with the nearest background that is painted.
CONTRASTS = """(root) => {
    const parse = (css) => { const n = css.match(/[\\d.]+/g).map(Number); return [n.slice(0, 3), n[3] ?? 1] };
    const over = ([top, alpha], below) => top.map((c, i) => alpha * c + (1 - alpha) * below[i]);
    const luminance = (rgb) => rgb
        .map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (node) => {
        if (!node) return [255, 255, 255];
        const colour = parse(getComputedStyle(node).backgroundColor);
        return colour[1] === 1 ? colour[0] : over(colour, behind(node.parentElement));
    };
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const node = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || node.closest("svg, [aria-disabled=true], option")) continue;
        const back = behind(node), front = over(parse(getComputedStyle(node).color), back);
        const [low, high] = [luminance(back), luminance(front)].sort((a, b) => a - b);
        found.push([texts.currentNode.data, (high + 0.05) / (low + 0.05)]);
    }
    return found;
}"""


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
