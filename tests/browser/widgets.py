"""What every explorer must be able to do, for the browser tests of each."""

from __future__ import annotations

import re
from pathlib import Path

from nbconvert import HTMLExporter
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, cell_count, open_notebook, run_cell, save, set_theme

FOCUSABLE = "button, input, select, textarea, a[href], [tabindex]"
DANGEROUS = ("x", "b", "d", "d", "m", "Escape", "Delete", "ArrowDown", "Enter", "Shift+Enter")
# Every key with every modifier, as events: what JupyterLab listens to.
ALL_KEYS = """(node) => {
    const named = { Enter: 13, Escape: 27, " ": 32, PageUp: 33, PageDown: 34, End: 35, Home: 36, ArrowLeft: 37, ArrowUp: 38,
        ArrowRight: 39, ArrowDown: 40, Delete: 46, Backspace: 8, F2: 113, ";": 186, "=": 187, ",": 188, "-": 189, ".": 190,
        "/": 191, "[": 219, "\\\\": 220, "]": 221, "'": 222 };
    const letters = [..."abcdefghijklmnopqrstuvwxyz0123456789"].map((key) => [key, key.toUpperCase().charCodeAt(0)]);
    const modifiers = [{}, { shiftKey: true }, { ctrlKey: true }, { altKey: true }, { ctrlKey: true, shiftKey: true }];
    node.focus({ preventScroll: true });
    let sent = 0;
    for (const [key, keyCode] of [...letters, ...Object.entries(named)])
        for (const held of modifiers) {
            node.dispatchEvent(new KeyboardEvent("keydown", { key, keyCode, bubbles: true, cancelable: true, composed: true, ...held }));
            sent += 1;
        }
    return sent;
}"""


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
    cells, nodes, tried = cell_count(page), live.locator(FOCUSABLE), 0
    for index in range(nodes.count()):
        if index >= nodes.count() or not nodes.nth(index).is_visible():
            continue  # a key has changed what is there: folded a branch, say
        for key in DANGEROUS:
            if index < nodes.count():
                nodes.nth(index).evaluate("(it) => it.focus({ preventScroll: true })")
                page.keyboard.press(key)
        if index < nodes.count():
            assert nodes.nth(index).evaluate(ALL_KEYS) > 200
        tried += 1
    assert cell_count(page) == cells
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.content.activeCell.model.type") == "code"
    expect(live).to_be_visible()
    return tried


def keys_do_reach_the_notebook_outside(page: Page) -> None:
    """The same keys on a cell's prompt: without care, this is what they would do."""
    before = cell_count(page)
    prompt = page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").last
    prompt.click()
    page.keyboard.press("b")
    assert cell_count(page) == before + 1
    page.wait_for_function("() => document.activeElement.closest('.jp-Notebook')")  # it moves to the new cell
    page.wait_for_timeout(500)
    prompt.evaluate(
        """(it) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key: "b", keyCode: 66, bubbles: true, cancelable: true, composed: true }))"""
    )
    page.wait_for_timeout(500)
    assert cell_count(page) == before + 2


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


# The contrast (WCAG 2) of each text with the nearest background that is painted; in a drawing with the shape that it lies on.
CONTRASTS = """(root) => {
    const parse = (css) => { const n = css.match(/[\\d.]+/g).map(Number); return [n.slice(0, 3), n[3] ?? 1] };
    const over = ([top, alpha], below) => top.map((c, i) => alpha * c + (1 - alpha) * below[i]);
    const luminance = (rgb) => rgb
        .map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const painted = (node) => {
        const shape = node instanceof SVGElement && node.tagName === "g" && node.querySelector(":scope > rect");
        const css = shape ? getComputedStyle(shape).fill : getComputedStyle(node).backgroundColor;
        return css === "none" ? [[0, 0, 0], 0] : parse(css);
    };
    const behind = (node) => {
        if (!node) return [255, 255, 255];
        const colour = painted(node);
        return colour[1] === 1 ? colour[0] : over(colour, behind(node.parentElement));
    };
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const node = texts.currentNode.parentElement;
        const style = getComputedStyle(node);
        const faded = node.closest("[aria-disabled=true], option, style, .is-future") || !node.checkVisibility();
        if (!texts.currentNode.data.trim() || faded || style.visibility === "hidden") continue;
        const colour = node instanceof SVGElement ? style.fill : style.color;
        if (colour === "none") continue;
        const back = behind(node), front = over(parse(colour), back);
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
