"""What is asked of every live explorer in JupyterLab: names, contrast, keys that stay inside."""

from __future__ import annotations

import string

from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, cell_count, open_notebook, run_cell, set_theme

# All that means something in JupyterLab's command mode, and all that might.
KEYS = [
    *string.ascii_lowercase, *"JKLMV0123456", "Shift+Space", "Enter", " ", "Escape", "Delete", "Backspace", "Home", "End",
    "PageUp", "PageDown", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight",
]  # fmt: skip
THEMES = ("JupyterLab Light", "JupyterLab Dark")
# The text contrast that WCAG 2 asks for at level AA.
LEAST_CONTRAST = 4.5
# The contrast of each text with the nearest background that is painted; in an SVG with the shape that it lies on.
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
        const back = behind(node), front = over(parse(node instanceof SVGElement ? style.fill : style.color), back);
        const [low, high] = [luminance(back), luminance(front)].sort((a, b) => a - b);
        found.push([texts.currentNode.data, (high + 0.05) / (low + 0.05)]);
    }
    return found;
}"""
# What can have the focus, by Tab or by a script.
FOCUSABLE = "button, input, select, textarea, summary, [tabindex]"


def opened(page: Page, lab: Lab, path: str, kind: str, *cells: str) -> Locator:
    """A notebook of these cells, the first of which has been run and shows a live explorer with this class."""
    lab.write(path, *cells)
    open_notebook(page, lab, path)
    run_cell(page, 0)
    live = page.locator(f".jp-OutputArea .xp-live{kind}")
    expect(live).to_be_visible(timeout=20_000)
    return live


def faint_texts(page: Page, live: Locator) -> dict[str, dict[str, float]]:
    """By theme the texts that can hardly be read, with their contrast."""
    found = {}
    for theme in THEMES:
        set_theme(page, theme)
        ratios = live.evaluate(CONTRASTS)
        assert len(ratios) > 10, "there is text to look at"
        found[theme] = {text: ratio for text, ratio in ratios if ratio < LEAST_CONTRAST}
    return found


def press_every_key(page: Page, live: Locator) -> int:
    """Each key twice on everything that can have the focus; how many things that were. The notebook keeps its cells."""
    before = cell_count(page)
    things = live.locator(FOCUSABLE).element_handles()
    for thing in things:
        for key in KEYS:
            for _ in range(2):  # in command mode `d d` deletes a cell, `0 0` restarts the kernel
                if thing.evaluate(
                    "(it) => { it.focus({ preventScroll: true }); return document.activeElement === it }"
                ):
                    page.keyboard.press(key)
    assert cell_count(page) == before
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(live).to_be_visible()
    return len(things)


def unnamed(live: Locator, *roles: str) -> list[str]:
    """Lines of the browser's own reckoning of roles and names in which one of these roles has no name."""
    lines = [line.lstrip(" -'") for line in live.aria_snapshot().splitlines()]
    for role in roles:
        assert any(line.startswith((f"{role} ", f"{role}:")) for line in lines), f"no {role} in\n" + "\n".join(lines)
    return [line for line in lines if line.startswith(tuple(f"{role}" for role in roles)) and '"' not in line]
