"""What every explorer must be able to do, for the browser tests of each."""

from __future__ import annotations

import re
from pathlib import Path

from nbconvert import HTMLExporter
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, cell_count, open_notebook, run_cell, save, set_theme

FOCUSABLE = "button, input, select, textarea, a[href], [tabindex]"
KEYS = [
    *"abcdefghijklmnopqrstuvwxyz0123456789",
    *("Enter", "Escape", "Space", "Delete", "Backspace", "Home", "End", "PageUp", "PageDown", "F2"),
    *("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Shift+M", "Shift+Enter", "Control+Enter", "Alt+Enter"),
    *("Shift+ArrowUp", "Shift+ArrowDown", "Control+Shift+-", "[", "]", "-", "=", ".", ",", "/", "\\", "'", ";"),
]


def live_explorer(page: Page, lab: Lab, path: str, *cells: str) -> Locator:
    """A notebook whose first cell shows an explorer, which is returned alive."""
    lab.write(path, *cells)
    open_notebook(page, lab, path)
    run_cell(page, 0)
    live = page.locator(".jp-OutputArea .xp-live")
    expect(live).to_be_visible(timeout=20_000)
    return live


def keys_stay_inside(page: Page, live: Locator) -> int:
    """Press every key on every node that takes the focus; the notebook's cells stay. Returns how many nodes there were."""
    cells, nodes = cell_count(page), live.locator(FOCUSABLE)
    tried = 0
    for index in range(nodes.count()):
        node = nodes.nth(index)
        if index >= nodes.count() or not node.is_visible():  # what one key has changed, such as a folded branch
            continue
        for key in KEYS:
            if index < nodes.count():
                node.evaluate("(it) => it.focus({ preventScroll: true })")
            page.keyboard.press(key)
        tried += 1
    assert cell_count(page) == cells
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.content.activeCell.model.type") == "code"
    expect(live).to_be_visible()
    return tried


def everything_is_named(live: Locator, *roles: str) -> None:
    """By the browser's own reckoning, each thing of these roles has a name, and there are some."""
    snapshot = live.aria_snapshot()
    for role in roles:
        lines = [line for line in snapshot.splitlines() if line.lstrip(" -'").startswith((f"{role} ", f"{role}:"))]
        assert lines, f"no {role} in\n{snapshot}"
        assert all(f'{role} "' in line for line in lines), lines


def is_legible(page: Page, live: Locator) -> None:
    """Every text in both themes has the contrast that WCAG 2 asks for."""
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        set_theme(page, theme)
        ratios = live.evaluate(CONTRASTS)
        assert len(ratios) > 10
        assert {text: ratio for text, ratio in ratios if ratio < 4.5} == {}, theme


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
        if (!texts.currentNode.data.trim() || node.closest("[aria-disabled=true], option")) continue;
        const painted = node.closest("svg") ? getComputedStyle(node).fill : getComputedStyle(node).color;
        if (painted === "none") continue;
        const back = behind(node), front = over(parse(painted), back);
        const [low, high] = [luminance(back), luminance(front)].sort((a, b) => a - b);
        found.push([texts.currentNode.data, (high + 0.05) / (low + 0.05)]);
    }
    return found;
}"""


def stays_as_a_picture(page: Page, lab: Lab, path: str, words: str) -> None:
    """Saved and opened again without its kernel, the notebook shows the still picture and no error; so does nbconvert's page."""
    expect(page.locator(".xp-still")).to_be_hidden()
    page.wait_for_timeout(1000)  # the picture is drawn anew after a pause
    save(page)
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    open_notebook(page, lab, path)
    still = page.locator(".xp-still")
    expect(still).to_be_visible()
    expect(still).to_contain_text(words)
    expect(page.get_by_text("Error displaying widget")).to_be_hidden()
    exported = HTMLExporter().from_filename(str(Path(lab.files) / path))[0]
    assert 'class="xp xp-still' in exported
    assert not re.search(r"<script[^>]*vnd\.jupyter\.widget", exported), "a widget without state would be blank"
