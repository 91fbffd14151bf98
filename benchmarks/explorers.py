"""The explorers in a real JupyterLab: what an update costs beside a bare label on the same slider, and how soon a step is seen.

CPU time is that of all processes together (kernel, server, browser). A case is the code that makes `shown`, and what is done
with it for a `value` of the slider; add an explorer by adding a case.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Page, sync_playwright

from benchmarks.timing import Row, quartiles
from explorers.state.lab import NETWORK, SHAPE
from setup_env import machine
from tests.browser.lab import CHROMIUM, KERNEL, Lab, ask, open_notebook, run_cell

CHAIN = """\
from miniblocks import nd
x = nd.array([1.0]); x.requires_grad = True
y = x
for i in range({nodes}): y = y * 1.001
from explorers import step_through
shown = step_through(y)"""
NET = """\
from miniblocks import nd, nn
net = nn.Sequential()
for _ in range({layers}): net.add(nn.Dense(64, activation="relu"), nn.LayerNorm())
net.initialize(); x = nd.random.normal(shape=(8, 64)); net(x)
"""
LAB = "from explorers import initializer_lab\nshown = initializer_lab()"
TURN = 'shown.obey({{"do": "choose", "recipe": "{recipe}", "knobs": {{"{knob}": 0.1 + value % 80 / 20}}{most}}})'
MOST = "".join(f', "{slider.key}": {slider.high}' for slider in (*SHAPE, *NETWORK))
TIED = """\
from miniblocks import nd, nn
net = nn.Sequential(nn.Dense(64, activation="tanh"))
for _ in range(3): net.add(nn.Dense(64, activation="tanh", params=net[0].params if len(net) > 1 else None))
net.initialize(); x = nd.random.normal(shape=(32, 64))
from explorers import ties
shown = ties(net, x)"""
BOARD = """\
from miniblocks import nn, train
def network(width): return nn.Sequential(nn.Flatten(), nn.Dense(width, activation="relu"), nn.Dense(10))
from explorers import training_board
shown = training_board({"4 units": network(4), "64 units": network(64)}, train.Digits(size=8), max_epochs=1000)
for run in shown.runs:
    for _ in range(300): run.advance()"""
CASES = {
    "explore: a parameter initialized anew": (
        NET.format(layers=4) + "from explorers import explore\nshown = explore(net)",
        'shown.obey({"do": "initialize", "recipe": "Uniform", "knobs": {"scale": value / 1000}, "target": "selected", "draw": 0})',
    ),
    "step_through: a step in a graph of 500 nodes": (CHAIN.format(nodes=499), "shown.position = 480 + value"),
    "view_graph: another pass, 250 operations": (
        NET.format(layers=20) + "from explorers import view_graph\nshown = view_graph(net, x)",
        "shown.comparison = value % len(shown.comparisons)",
    ),
    "initializer_lab: a knob is turned": (LAB, TURN.format(recipe="Xavier", knob="magnitude", most="")),
    "initializer_lab: Orthogonal, all as large as it goes": (
        LAB,
        TURN.format(recipe="Orthogonal", knob="scale", most=MOST),
    ),
    "ties: a use is left out": (TIED, 'shown.obey({"do": "count", "uses": [0, 2] if value % 2 else [0, 1, 2]})'),
    "training_board: a step of two runs": (BOARD, 'shown.obey({"do": "step"})'),
    "playground: another width": (
        "from explorers import playground\nshown = playground()",
        'shown.obey({"do": "choose", "run": "B", "width": 1 + value % 64})',
    ),
}
SLIDER = """\
import ipywidgets
from IPython.display import display
both, slider, label = [False], ipywidgets.IntSlider(0, 0, 10_000), ipywidgets.Label("0")
def turned(change):
    value = change["new"]
    if both[0]:
        {update}
    label.value = str(value)
slider.observe(turned, "value")
display(slider, label)"""
STEPS = """async (steps) => {
    const button = [...document.querySelectorAll(".xp-stepper button")].find((one) => one.textContent === "Next");
    const seen = () => new Promise((done) => requestAnimationFrame(() => {  // after the frame that shows it
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
    }));
    const times = [];
    for (let i = 0; i < steps; i++) {
        const start = performance.now();
        button.click();
        await seen();
        times.push(performance.now() - start);
    }
    return times;
}"""


def run(quick: bool = False) -> list[Row]:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.chromium(), args=CHROMIUM)
        lab = Lab(Path(home))
        try:
            rows = [update(browser, lab, name, *case, quick=quick) for name, case in CASES.items()]
            return [*rows, step(browser, lab, quick)]
        finally:
            lab.stop()
            browser.close()


def opened(browser: Any, lab: Lab, *cells: str) -> Page:
    """A page with these cells, which have been run."""
    page: Page = browser.new_page(viewport={"width": 1280, "height": 1000})
    lab.write("it.ipynb", *cells)
    open_notebook(page, lab, "it.ipynb")
    for index in range(len(cells)):
        run_cell(page, index)
    return page


def closed(page: Page) -> None:
    page.evaluate(f"() => {KERNEL}?.shutdown()")
    page.close()


def update(browser: Any, lab: Lab, name: str, make: str, change: str, quick: bool) -> Row:
    """Turns of the slider that change the label alone, and such that change the explorer as well, in turns."""
    turns, rounds = (8, 3) if quick else (20, 9)
    page = opened(browser, lab, make + "\nshown", SLIDER.format(update=change))
    page.locator(".xp-live").wait_for()
    handle = page.locator(".noUi-handle")
    costs: dict[bool, list[float]] = {True: [], False: []}
    value = 0
    for number in range(2 * (rounds + 1)):  # the first of each warms up
        both = number % 2 == 1
        ask(page, f"both.__setitem__(0, {both})")
        before = cpu_seconds()
        for _ in range(turns):
            value += 1
            handle.press("ArrowRight")
            page.locator(".widget-label", has_text=f"{value}").last.wait_for()
        costs[both].append((cpu_seconds() - before) / turns)
    closed(page)
    ours, peer = costs[True][1:], costs[False][1:]
    low, ratio, high = quartiles([a / b for a, b in zip(ours, peer)])
    more = 1000 * statistics.median(a - b for a, b in zip(ours, peer))
    return Row(
        name, statistics.median(ours), statistics.median(peer), ratio, low, high, rounds, "CPU time of all processes",
        "a bare label on the same slider", note=f"{more:+.1f} ms, at most +20 wanted",
    )  # fmt: skip


def step(browser: Any, lab: Lab, quick: bool) -> Row:
    """From the click to the frame that shows the step, in a graph of 500 nodes and in one of 10."""
    count = 50 if quick else 300
    times = {}
    for nodes in (500, 10):
        page = opened(browser, lab, CHAIN.format(nodes=nodes - 1) + "\nshown")
        page.locator(".xp-live").wait_for()
        found: list[float] = []
        while len(found) < count:
            found += page.evaluate(STEPS, min(count, 2 * nodes))
            page.get_by_role("button", name="First").click()
        times[nodes] = [t / 1000 for t in found[:count]]
        closed(page)
    low, ratio, high = quartiles([a / b for a, b in zip(times[500], times[10])])
    ours = statistics.median(times[500])
    return Row(
        "step_through: a step is seen, 500 nodes", ours, statistics.median(times[10]), ratio, low, high, count,
        "wall-clock time in the browser", "10 nodes", note=f"{1000 * ours:.1f} ms, at most 50 wanted",
    )  # fmt: skip


def cpu_seconds() -> float:
    """CPU time so far of every process that was started from here: browser, server, kernels."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
            total += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return total
