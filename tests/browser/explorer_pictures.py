"""The pictures of the explorers: each in a notebook of its own, moved as a learner moves it, in both themes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.lab import KERNEL, Lab, open_notebook, run_cell, set_theme

NETWORK = """\
from miniblocks import init, nd, nn
nd.random.seed(0)
shared = nn.Dense(6, activation="tanh")
net = nn.Sequential(
    nn.Dense(6, activation="tanh"), shared, nn.Dense(6, activation="tanh", params=shared.params), nn.Dense(3))
net.initialize(init.Xavier())
x = nd.random.normal(shape=(8, 5))
"""


@dataclass(frozen=True)
class Scene:
    """A cell that shows an explorer, and what is done before the picture is taken."""

    cell: str
    act: Callable[[Page, Locator], None]


def turn_the_lab(page: Page, live: Locator) -> None:
    live.get_by_role("combobox", name="initializer").select_option("He (MSRA)")
    expect(live.locator(".xp-title")).to_contain_text("MSRAPrelu")


def train_a_while(page: Page, live: Locator) -> None:
    live.get_by_role("button", name="Train").click()
    page.wait_for_timeout(5000)
    live.get_by_role("button", name="Pause").click()
    expect(live.get_by_role("button", name="Train")).to_be_visible()


def leave_one_out(page: Page, live: Locator) -> None:
    live.get_by_role("checkbox").first.uncheck()
    expect(live.get_by_role("status")).to_contain_text("not counted in")


def step_until_both_have_arrived(page: Page, live: Locator) -> None:
    live.get_by_role("button", name="Last").click()
    live.get_by_role("button", name="Back").click()
    live.get_by_role("option", name="x, leaf").click()


def go_to_the_merging_pass(page: Page, live: Locator) -> None:
    live.get_by_role("combobox", name="Compare").select_option(label="5. merge_common")


SCENES = {
    "initializer-lab": Scene("from explorers import initializer_lab\ninitializer_lab()", turn_the_lab),
    "playground": Scene("from explorers import playground\nplayground()", train_a_while),
    "training-board": Scene(
        "from miniblocks import init, nn, train\nfrom explorers import training_board\n"
        "def network(width):\n"
        '    net = nn.Sequential(nn.Flatten(), nn.Dense(width, activation="relu"), nn.Dense(10))\n'
        "    net.initialize(init.He())\n    return net\n"
        'training_board({"4 units": network(4), "64 units": network(64)}, train.Digits(size=8), max_epochs=20)',
        train_a_while,
    ),
    "stepper": Scene(
        "from miniblocks import autograd, nd\nfrom explorers import step_through\nx = nd.array([2.0])\nx.requires_grad = True\n"
        "def f(x):\n    u = x**2\n    with autograd.no_grad():\n        m = u.mean()\n        s = m + 1\n    v = 3 * x\n"
        "    return u * v + s\nstep_through(f, x)",
        step_until_both_have_arrived,
    ),
    "graph-viewer": Scene(
        "from miniblocks import nd\nfrom explorers import view_graph\n"
        "def sample(x):\n    scale = nd.array([2.0, 4.0]) * nd.array([0.5, 0.25])\n    a = nd.relu(x * scale + 0)\n"
        "    b = nd.relu(x * scale)\n    while a.sum() > 10:\n        a = a / 2\n    return (a + b).tanh()\n"
        "view_graph(sample, nd.ones((3, 2)))",
        go_to_the_merging_pass,
    ),
    "ties": Scene(f"{NETWORK}from explorers import ties\nties(net, x)", leave_one_out),
}


def take(browser: Browser, lab: Lab, save: Callable[[str, bytes], None]) -> None:
    """Every scene, light and dark."""
    for name, scene in SCENES.items():
        size = {"width": 1120, "height": 1300}
        page = browser.new_page(viewport=size, device_scale_factor=1.5, reduced_motion="reduce")  # type: ignore[arg-type]
        lab.write(f"{name}.ipynb", scene.cell)
        open_notebook(page, lab, f"{name}.ipynb")
        page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
        run_cell(page, 0)
        live = page.locator(".xp-live")
        expect(live).to_be_visible(timeout=20_000)
        scene.act(page, live)
        for theme in ("Light", "Dark"):
            set_theme(page, f"JupyterLab {theme}")
            expect(page.locator(".jp-Splash, #jupyterlab-splash")).to_have_count(0)
            page.mouse.move(0, 0)
            save(f"{name}-{theme.lower()}", live.screenshot())
        page.evaluate(f"() => {KERNEL}?.shutdown()")
        page.close()
