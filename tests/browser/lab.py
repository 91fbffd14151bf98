"""A real JupyterLab on the loopback address, and what a learner does in it. The fixtures are in conftest.py."""

from __future__ import annotations

import ast
import json
import secrets
import shutil
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Locator, Page

from setup_env import commands
from tests.jupyter import ROOT, Server

PATIENCE = 60  # seconds; only a fault takes as long
LONG = 120_000  # milliseconds; for what runs a whole notebook
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
# The shell's current notebook, or undefined while the page is still being built.
KERNEL = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel"
CODE_CELLS = "[...window.jupyterapp.shell.currentWidget.model.cells].filter((cell) => cell.type === 'code')"


class Lab(Server):
    """A running JupyterLab whose files and settings all lie in one temporary folder."""

    def __init__(self, home: Path, *options: str) -> None:
        files = home / "files"
        files.mkdir(parents=True)
        # The tests ask the application itself what it is doing.
        own = [*commands.QUIET_LAB, "--LabApp.expose_app_in_browser=True"]
        super().__init__("jupyterlab", home, files, "--ServerApp.terminals_enabled=False", *own, *options)

    def url(self, path: str = "") -> str:
        """Where JupyterLab opens, with a file if one is named, in a workspace of its own."""
        place = f"http://127.0.0.1:{self.port}/lab/workspaces/w{secrets.token_hex(4)}" + (path and f"/tree/{path}")
        return f"{place}?reset&token={self.token}"

    def write(self, path: str, *cells: str) -> Path:
        """A notebook of code cells."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        file = self.files / path
        file.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, file)
        return file

    def copy(self, path: Path) -> str:
        """Take a notebook of the project, into a folder of its own; returns where it opens."""
        folder = self.files / secrets.token_hex(4)
        folder.mkdir()
        shutil.copy(ROOT / path, folder)
        return f"{folder.name}/{path.name}"


def open_notebook(page: Page, lab: Lab, path: str) -> None:
    """Open a notebook and wait until its kernel really listens: cells sent earlier would silently never run."""
    page.goto(lab.url(path))
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=PATIENCE * 1000)
    wait_idle(page)


def open_lab(page: Page, lab: Lab) -> None:
    """Open JupyterLab without a file, and wait until it has dealt with `?reset`: before that a link loads it anew."""
    page.goto(lab.url())
    page.wait_for_function("() => window.jupyterapp && !location.search", timeout=PATIENCE * 1000)


def wait_idle(page: Page) -> None:
    """Wait until the kernel is connected and idle."""
    page.wait_for_function(
        f"() => {{ const k = {KERNEL}; return k?.connectionStatus === 'connected' && k.status === 'idle' }}",
        timeout=PATIENCE * 1000,
    )


def cell(page: Page, index: int) -> Locator:
    """The code cell at a position."""
    return page.locator(".jp-Notebook .jp-CodeCell").nth(index)


def code_cells(page: Page) -> list[str | None]:
    """The grade ids of the notebook's code cells, in order; None: not nbgrader's."""
    return page.evaluate(f"() => {CODE_CELLS}.map((cell) => cell.getMetadata('nbgrader')?.grade_id ?? null)")


def output(page: Page, index: int) -> Locator:
    """What a code cell has put out."""
    return cell(page, index).locator(".jp-OutputArea")


def run_cell(page: Page, index: int) -> None:
    """Run a cell by keyboard and wait until it has been executed; fail if it never was."""
    prompt = cell(page, index).locator(".jp-InputPrompt")
    before = prompt.inner_text()
    cell(page, index).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "([prompt, before]) => /\\d/.test(prompt.innerText) && prompt.innerText !== before",
        arg=[prompt.element_handle(), before],
        timeout=PATIENCE * 1000,
    )
    wait_idle(page)


def rewrite(page: Page, index: int, line: str, text: str) -> None:
    """Write the first line that holds `line` anew, by mouse and keyboard; its indentation stays."""
    cell(page, index).locator(".cm-line", has_text=line).first.click()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Home")
    page.keyboard.type(text)


def outputs(page: Page) -> dict[str, list[dict[str, Any]]]:
    """What each code cell has put out, as nbformat has it, by grade id or by position."""
    shown = page.evaluate(
        f"() => {CODE_CELLS}.map((cell) => [cell.getMetadata('nbgrader')?.grade_id, cell.outputs.toJSON()])"
    )
    return {name or str(index): put_out for index, (name, put_out) in enumerate(shown)}


def run_menu(page: Page, item: str) -> None:
    """Choose an item of the Run menu, and wait until every code cell has been run since."""
    page.evaluate(f"() => {CODE_CELLS}.forEach((cell) => {{ cell.executionCount = null }})")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()
    page.wait_for_function(f"() => {CODE_CELLS}.every((cell) => cell.executionCount)", timeout=LONG)
    wait_idle(page)


def run_all(page: Page) -> None:
    """Run every code cell in turn."""
    for index in range(page.locator(".jp-Notebook .jp-CodeCell").count()):
        run_cell(page, index)


def ask(page: Page, expression: str) -> Any:
    """What an expression is in the notebook's kernel, as JSON; no cell is touched and nothing is displayed."""
    source = f"__import__('json').dumps({expression})"
    answer = page.evaluate(
        f"""async (source) => {{
            const future = {KERNEL}.requestExecute({{ code: "", silent: true, user_expressions: {{ it: source }} }});
            return (await future.done).content.user_expressions.it
        }}""",
        source,
    )
    if answer["status"] != "ok":
        raise AssertionError(f"{expression}: {answer['ename']}: {answer['evalue']}")

    return json.loads(ast.literal_eval(answer["data"]["text/plain"]))


def set_theme(page: Page, name: str) -> None:
    """Change the theme, such as "JupyterLab Dark"."""
    page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name)
    page.wait_for_function("(theme) => document.body.dataset.jpThemeName === theme", arg=name)


def cell_count(page: Page) -> int:
    """How many cells the notebook has, as the document itself says."""
    return page.evaluate("() => window.jupyterapp.shell.currentWidget.model.cells.length")


def save(page: Page) -> None:
    """Write the notebook to disk."""
    page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
