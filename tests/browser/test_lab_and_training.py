"""The initializer lab, the training board, the playground and the view of ties in a real JupyterLab."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import KERNEL, Lab, ask
from tests.browser.widgets import everything_is_named, is_legible, keys_stay_inside, live_explorer, stays_as_a_picture

LAB = """\
from explorers import initializer_lab
it = initializer_lab()
it"""
ENDLESS = """\
from miniblocks import data, nn
from explorers import training_board
turns = []
class Endless(nn.Block):
    def __init__(self):
        super().__init__()
        self.dense = nn.Dense(10)
    def forward(self, x):
        while len(turns) % 2: pass
        return self.dense(x.reshape(len(x), -1))
net = Endless()
net.initialize()
it = training_board(net, data.digits(True)[:64], max_epochs=10000)
it"""
PLAYGROUND = """\
from explorers import playground
it = playground()
it"""
BOARD = """\
from miniblocks import data, nn, train
from explorers import training_board
def network(width):
    net = nn.Sequential(nn.Flatten(), nn.Dense(width, activation="relu"), nn.Dense(10))
    net.initialize()
    return net
it = training_board({"narrow": network(2), "wide": network(64)}, train.Digits(size=8), lr=0.2, max_epochs=10000)
it"""
TIES = """\
from miniblocks import nd, nn
from explorers import ties
nd.random.seed(0)
shared = nn.Dense(6, activation="tanh")
net = nn.Sequential(nn.Dense(6, activation="tanh"), shared, nn.Dense(6, activation="tanh", params=shared.params), nn.Dense(2))
net.initialize()
it = ties(net, nd.random.normal(shape=(8, 5)))
it"""
EACH = {
    "lab": (LAB, "Variance"),
    "playground": (PLAYGROUND, "Playground"),
    "board": (BOARD, "narrow"),
    "ties": (TIES, "dense0_weight"),
}


@pytest.fixture(params=EACH)
def each(page: Page, lab: Lab, request: pytest.FixtureRequest) -> tuple[Locator, str, str]:
    """Each explorer, alive; the notebook it stands in; and words of its still picture."""
    source, words = EACH[request.param]
    path = f"{request.node.name}.ipynb"
    return live_explorer(page, lab, path, source, "1 + 1"), path, words


def until(page: Page, expression: str, wanted: object = True) -> None:
    """Wait for something in the kernel."""
    for _ in range(1200):
        if ask(page, expression) == wanted:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{expression} never became {wanted!r}")


def test_each_is_named_legible_safe_to_type_in_and_stays(page: Page, lab: Lab, each: tuple[Locator, str, str]) -> None:
    """Names, contrast in both themes, every key on every node, and the picture that remains without a kernel."""
    live, path, words = each
    everything_is_named(live, "button", "combobox", "img")
    is_legible(page, live)
    assert keys_stay_inside(page, live) >= 3
    stays_as_a_picture(page, lab, path, words)


def test_the_lab_by_mouse_and_keyboard(page: Page, lab: Lab) -> None:
    live = live_explorer(page, lab, "initializer-lab.ipynb", LAB)
    live.get_by_role("combobox", name="initializer").select_option("Normal")
    live.get_by_role("slider", name="sigma").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    until(page, "it.settings['knobs'].get('sigma')", 0.05)
    from_kernel = ask(
        page,
        "(lambda s: f'{s.std():.4g}')(__import__('explorers.state.lab').state.lab.draw("
        "__import__('miniblocks').init.Normal(0.05), (128, 128), 0))",
    )
    row = live.locator("tr", has=page.get_by_role("rowheader", name="std"))
    expect(row.locator("td").first).to_have_text(from_kernel)
    expect(row.locator("td").nth(1)).to_have_text("0.05")
    live.get_by_role("combobox", name="initializer").select_option("Write one")
    field = live.get_by_role("textbox", name="expression for the weights")
    field.fill("nd.random.normal(0, 1 / 0, shape)")
    expect(live.get_by_role("status")).to_contain_text("ZeroDivisionError")
    field.fill("nd.random.uniform(-0.5, 0.5, shape)")
    expect(live.get_by_role("status")).not_to_contain_text("Error")
    greatest = live.locator("tr", has=page.get_by_role("rowheader", name="greatest")).locator("td").first
    expect(greatest).to_have_text(re.compile(r"^0\.(49\d*|5)$"))


def test_training_pauses_within_a_third_of_a_second_and_goes_on(page: Page, lab: Lab) -> None:
    live = live_explorer(page, lab, "board.ipynb", BOARD)
    live.get_by_role("button", name="Step").click()
    until(page, "[run.steps for run in it.runs]", [1, 1])
    legend = live.locator(".xp-plot", has_text="Loss").locator("li", has_text="wide: training")
    expect(legend.locator(".xp-value")).to_have_text(ask(page, "f'{it.runs[1].losses[-1]:.4g}'"))
    live.get_by_role("button", name="Train").focus()
    page.keyboard.press("Enter")
    expect(live.get_by_role("button", name="Pause")).to_be_focused()
    until(page, "it.runs[0].steps > 50")
    waited = live.evaluate(STOPPED_AFTER)
    assert waited < 300, f"paused after {waited:.0f} ms"
    steps = ask(page, "it.runs[0].steps")
    page.wait_for_timeout(300)
    assert ask(page, "it.runs[0].steps") == steps
    expect(legend.locator(".xp-value")).to_have_text(ask(page, "f'{it.runs[1].losses[-1]:.4g}'"))
    live.get_by_role("button", name="Train").click()
    until(page, f"it.runs[0].steps > {steps}")


# Milliseconds from the click on Pause until the page knows that training has stopped.
STOPPED_AFTER = """(root) => new Promise((resolve) => {
    const button = [...root.querySelectorAll("button")].find((it) => it.textContent === "Pause");
    const begun = performance.now();
    const watcher = new MutationObserver(() => {
        if (button.textContent === "Train") { watcher.disconnect(); resolve(performance.now() - begun); }
    });
    watcher.observe(button, { childList: true, characterData: true, subtree: true });
    button.click();
})"""


def test_cells_run_while_training_goes_on(page: Page, lab: Lab) -> None:
    """Training holds neither the kernel's messages nor the learner's random numbers, and no step is taken inside a cell."""
    live = live_explorer(page, lab, "beside.ipynb", BOARD)  # which trains for long, however long an answer takes
    draw = "(lambda r: (r.seed(5), [r.uniform(shape=(1,)).item() for _ in range(3)])[1])(__import__('miniblocks').nd.random)"
    alone = ask(page, draw)
    live.get_by_role("button", name="Train").click()
    until(page, "it.runs[0].steps > 5")
    assert all(drawn == alone for drawn in ask(page, f"[{draw} for _ in range(2000)]"))
    assert ask(page, "len({(it.runs[0].steps, __import__('time').sleep(0.001)) for _ in range(500)})") == 1
    until(page, f"it.runs[0].steps > {ask(page, 'it.runs[0].steps')}")
    assert ask(page, "it.running")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    until(page, "it.running", False)  # nobody looks: it does not go on in the dark


def test_a_learners_endless_loop_can_be_interrupted(page: Page, lab: Lab) -> None:
    """Within a step and within training; the kernel lives on."""
    live = live_explorer(page, lab, "endless.ipynb", ENDLESS)
    train, pause = (live.get_by_role("button", name=name) for name in ("Train", "Pause"))
    ask(page, "turns.append(1)")
    live.get_by_role("button", name="Step").click()
    interrupt_until(page, live.get_by_role("status").filter(has_text="Interrupted."))
    ask(page, "turns.append(1)")
    train.click()
    until(page, "it.runs[0].steps > 5")
    ask(page, "turns.append(1)")
    expect(pause).to_be_visible()
    interrupt_until(page, train)
    ask(page, "turns.append(1)")
    train.click()
    until(page, f"it.runs[0].steps > {ask(page, 'it.runs[0].steps')}")


def interrupt_until(page: Page, there: Locator) -> None:
    """Interrupt the kernel again and again: one that comes before the loop is entered is ignored."""
    for _ in range(200):
        page.evaluate(f"() => {KERNEL}.interrupt()")
        page.wait_for_timeout(100)
        if there.is_visible():
            return
    raise AssertionError("no interrupt got through")


def test_the_playground_takes_settings_by_keyboard(page: Page, lab: Lab) -> None:
    live = live_explorer(page, lab, "playground.ipynb", PLAYGROUND)
    run = live.get_by_role("group", name="Run B")
    run.get_by_role("slider", name="width").focus()
    page.keyboard.press("ArrowRight")
    until(page, "it.settings['B']['width']", 17)
    assert ask(page, "[list(p.shape) for p in it.runs[1].model.collect_params().values()][0]") == [17, 2]
    run.get_by_role("combobox", name="tying").select_option("tied")
    until(page, "len(it.runs[1].model.collect_params())", 6)
    assert ask(page, "it.settings['A']['width']") == 16
    live.get_by_role("combobox", name="data").select_option("exclusive or")
    until(page, "it.task.name", "exclusive or")
    live.get_by_role("button", name="Step").click()
    until(page, "it.runs[1].steps", 1)
    shown = live.locator(".xp-plot", has_text="Gradient norm per layer, B").locator(".xp-value").first
    expect(shown).to_have_text(ask(page, "f'{list(it.runs[1].norms.values())[0][-1]:.4g}'"))


def test_ties_are_counted_in_and_left_out(page: Page, lab: Lab) -> None:
    live = live_explorer(page, lab, "ties.ipynb", TIES)
    expect(live.get_by_role("status")).to_have_text("The sum is the gradient.")
    first = live.get_by_role("checkbox").first
    first.focus()
    page.keyboard.press("Space")
    expect(live.get_by_role("status")).to_contain_text("a use is not counted in")
    left = ask(page, "f'{float((it._ties.shared[0].uses[1].gradient.astype(\"float64\") ** 2).sum() ** 0.5):.4g}'")
    row = live.locator("tr", has=page.get_by_role("rowheader", name="sum of those counted in"))
    expect(row.locator("td").nth(1)).to_have_text(left)
    live.get_by_role("combobox", name="parameter").select_option("dense0_bias")
    expect(live.locator(".xp-title").last).to_contain_text("dense0_bias")
    expect(live.get_by_role("status")).to_have_text(re.compile("The sum is the gradient"))


def test_nothing_is_left_after_closing(page: Page, lab: Lab) -> None:
    """No comm, no thread, no callback and no task of a closed explorer stays."""
    live = live_explorer(page, lab, "closed.ipynb", PLAYGROUND)
    count = "[len(__import__('comm').get_comm_manager().comms), __import__('threading').active_count()]"
    open_ones = ask(page, count)
    live.get_by_role("button", name="Train").click()
    until(page, "it.runs[0].steps > 5")
    assert ask(page, "(it.close(), it.running)[1]") is False
    until(page, "it._training is None")
    assert ask(page, count)[0] < open_ones[0]
    assert ask(page, count)[1] <= open_ones[1]
