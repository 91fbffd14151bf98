"""The pictures of docs/pictures, taken from a running JupyterLab: python -m tests.browser.pictures [FOLDER]"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page, sync_playwright

from setup_env import machine
from tests.browser import explorer_pictures
from tests.browser.lab import (
    CHROMIUM,
    CODE_CELLS,
    KERNEL,
    ROOT,
    Lab,
    cell,
    code_cells,
    open_notebook,
    output,
    rewrite,
    run_cell,
    set_theme,
)

LAYERS, INITIALIZATION = "01-layers-and-blocks", "03-initialization"
LARGEST = 300_000  # bytes
# Without a font, two different letters are drawn as the same empty box.
SAME_BOXES = """() => {
    const drawn = (letter) => {
        const canvas = document.createElement("canvas");
        canvas.getContext("2d").fillText(letter, 5, 20);
        return canvas.toDataURL();
    };
    return drawn("\ud55c") === drawn("\uae00");
}"""
Save = Callable[[str, bytes], None]


def main(folder: Path) -> None:
    """Take all pictures and write them into a folder."""
    folder.mkdir(parents=True, exist_ok=True)

    def save(name: str, png: bytes) -> None:
        small = palette(png)
        if len(small) > LARGEST:
            raise SystemExit(f"{name}.png has {len(small)} bytes, more than {LARGEST}: show less of the page")
        (folder / f"{name}.png").write_bytes(small)
        print(f"{folder / name}.png: {len(small) // 1000} kB")

    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=machine.chromium(), args=CHROMIUM)
        lab = Lab(Path(home))
        try:
            for lesson, take in ((LAYERS, of_layers), (INITIALIZATION, of_initialization)):
                page = chromium.new_page(
                    viewport={"width": 1120, "height": 1400}, device_scale_factor=1.5, reduced_motion="reduce"
                )
                open_notebook(page, lab, lab.copy(Path("course") / lesson / f"{lesson}.ipynb"))
                page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
                if page.evaluate(SAME_BOXES):
                    raise SystemExit("no font with Korean letters: install one (Debian: apt-get install fonts-nanum)")
                take(page, save)
                page.evaluate(f"() => {KERNEL}?.shutdown()")
            explorer_pictures.take(chromium, lab, save)
        finally:
            lab.stop()
            chromium.close()


def of_layers(page: Page, save: Save) -> None:
    """The lesson's first page, and the report on a parallel block that ignores the axis."""
    for index in range(4):
        run_cell(page, index)
    page.locator(".jp-WindowedPanel-outer").evaluate("(panel) => { panel.scrollTop = 0 }")
    save("lesson-01", together(page, page.locator(".jp-NotebookPanel-toolbar"), output(page, 1)))

    answer, check = (code_cells(page).index(name) for name in ("01-parallel-block", "check-01-parallel-block"))
    rewrite(page, answer, "raise NotImplementedError", "self.net1, self.net2 = net1, net2")
    rewrite(page, answer, "raise NotImplementedError", "return nd.concat(self.net1(x), self.net2(x), dim=1)")
    run_cell(page, answer)
    run_cell(page, check)
    report = output(page, check)
    report.locator("summary").first.click()
    save("report", together(page, cell(page, answer), report))


def of_initialization(page: Page, save: Save) -> None:
    """The explorer on the lesson's network, in both themes."""
    index = int(
        page.evaluate(f"() => {CODE_CELLS}.findIndex((it) => it.sharedModel.getSource().includes('explore(net, x)'))")
    )
    cell(page, index).locator(".cm-content").click()
    page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-above')")
    run_cell(page, index)
    live = page.locator(".xp-live")
    live.locator("[role=treeitem][data-path='0.weight']").click()
    for theme in ("Light", "Dark"):
        set_theme(page, f"JupyterLab {theme}")
        live.scroll_into_view_if_needed()
        page.mouse.move(0, 0)  # no row is shown as pointed at
        save(f"explorer-{theme.lower()}", live.screenshot())


def together(page: Page, top: Locator, bottom: Locator) -> bytes:
    """One picture from the top of one element to the bottom of another."""
    top.evaluate("(element) => element.scrollIntoView()")
    first, last = top.bounding_box(), bottom.bounding_box()
    assert first and last, "both are on the page"
    clip = FloatRect(x=first["x"], y=first["y"], width=first["width"], height=last["y"] + last["height"] - first["y"])
    return page.screenshot(clip=clip)


def palette(png: bytes) -> bytes:
    """The same picture in at most 256 colours."""
    small = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures")
