"""`view_graph` in a real JupyterLab: walked by mouse and by keyboard, and what it shows is what the passes give."""

import re

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Locator, Page, expect

from tests.browser import widgets
from tests.browser.lab import Lab, ask, open_notebook, run_cell, save

SAMPLE = """\
from miniblocks import graph, nd, nn
from explorers import view_graph
x = nd.ones((3, 2))
x.requires_grad = True
def sample(x):
    a = nd.relu(x * 2 + 0)
    b = nd.relu(x * 2)
    while a.sum() > 10:
        a = a / 2
    return a + b
shown = view_graph(sample, x)
shown"""
DEEP = """\
from miniblocks import graph, nd, nn
from explorers import view_graph
deep = nn.Sequential()
for _ in range(40):
    deep.add(nn.Sequential())
    deep[-1].add(nn.Dense(8, activation="relu"), nn.LayerNorm())
deep.initialize()
shown = view_graph(deep, nd.ones((2, 8)))
shown"""
REPORT = "[(c.name, len(c.before.steps), len(c.after.steps)) for c in graph.report(graph.script(sample, x)).changes]"


@pytest.fixture
def viewer(page: Page, lab: Lab, request: pytest.FixtureRequest) -> Locator:
    return widgets.live_explorer(page, lab, f"{request.node.name}.ipynb", SAMPLE, "shown.close()")


def side(viewer: Locator, name: str) -> Locator:
    return viewer.get_by_role("listbox", name=f"Graph on the {name}")


def box(viewer: Locator, where: str, name: str) -> Locator:
    return side(viewer, where).locator(f"[data-node='{name}']")


def compare(viewer: Locator) -> Locator:
    return viewer.get_by_role("combobox", name="Compare")


def test_each_pass_is_shown_before_and_after_as_the_framework_reports_it(page: Page, viewer: Locator) -> None:
    report = ask(page, REPORT)
    for name, before, after in report:
        viewer.get_by_role("button", name="Next", exact=True).click()
        expect(compare(viewer).locator("option:checked")).to_contain_text(name)
        for where, steps in (("left", before), ("right", after)):
            # inputs and what is returned are boxes as well; those inside of others lie deeper
            top = side(viewer, where).locator("svg > .xp-node:is(.xp-step, .xp-control)")
            expect(top).to_have_count(steps)
    page.wait_for_timeout(500)
    assert ask(page, "shown.comparison") == len(report)


def test_what_merged_with_what_is_told_and_marked(page: Page, viewer: Locator) -> None:
    compare(viewer).select_option(label="5. merge_common")
    expect(viewer.locator(".xp-says")).to_contain_text("computed the same as mul0: merged with it")
    gone = side(viewer, "left").locator(".is-gone")
    assert gone.count() >= 2
    gone.first.click()
    expect(side(viewer, "right").locator(".is-linked")).to_have_count(1)
    expect(viewer.get_by_role("region", name="The chosen box")).to_contain_text("merged")
    expect(viewer.locator(".xp-code .is-chosen").first).to_be_visible()


def test_one_run_beside_the_static_graph_with_its_loop(page: Page, viewer: Locator) -> None:
    inside = side(viewer, "right").locator("[data-node*='/do/'].xp-step")
    inside.first.click()
    linked = side(viewer, "left").locator(".is-linked")
    assert linked.count() == ask(
        page, "(lambda a: sum(1 for _ in iter(lambda: a.append(a[-1] / 2) or a[-1] > 5, False)))([12.0])"
    )
    expect(viewer.locator(".xp-code .is-chosen")).to_contain_text("op_div")
    expect(viewer.get_by_role("region", name="The chosen box")).to_contain_text("a = a / 2")


def test_by_keyboard_boxes_are_walked_and_folded(page: Page, viewer: Locator) -> None:
    loop = side(viewer, "right").locator(".xp-control").first
    name = loop.get_attribute("data-node") or ""
    loop.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    box(viewer, "right", name).focus()
    page.keyboard.press("Home")
    expect(side(viewer, "right").locator("[role=option]:focus")).to_have_attribute("aria-selected", "true")
    box(viewer, "right", name).dblclick(position={"x": 20, "y": 12})
    expect(box(viewer, "right", name)).to_have_attribute("aria-expanded", "false")
    expect(side(viewer, "right").locator(f"[data-node^='{name}/do/']")).to_have_count(0)
    box(viewer, "right", name).focus()
    page.keyboard.press("Enter")
    expect(box(viewer, "right", name)).to_have_attribute("aria-expanded", "true")
    expect(box(viewer, "right", name)).to_be_focused()


def test_hundreds_of_boxes_are_searched_zoomed_and_opened(page: Page, lab: Lab, request: pytest.FixtureRequest) -> None:
    viewer = widgets.live_explorer(page, lab, f"{request.node.name}.ipynb", DEEP)
    boxes = ask(page, "len(shown.stages[1]['boxes'])")
    assert boxes > 400
    assert side(viewer, "right").locator("[data-node]").count() < 200
    viewer.get_by_role("searchbox", name="Find boxes").fill("sqrt39")
    expect(viewer.get_by_text("found", exact=False).last).to_be_visible()
    page.keyboard.press("Enter")
    expect(box(viewer, "right", "sqrt39")).to_have_class(re.compile("is-chosen"))
    expect(viewer.locator(".xp-code .is-chosen")).to_contain_text("sqrt39 = apply(op_sqrt")
    before = box(viewer, "right", "sqrt39").bounding_box()
    viewer.get_by_role("button", name="Zoom out").click()
    after = box(viewer, "right", "sqrt39").bounding_box()
    assert before and after and after["width"] < before["width"]

    compare(viewer).select_option(label="8. fuse_chains")
    sentences = viewer.get_by_role("list", name="What the pass did").get_by_role("listitem")
    said = ask(page, "shown.comparisons[8]['says']")
    expect(sentences).to_have_count(13)
    expect(sentences.last).to_contain_text(f"and {len(said) - 12} more")
    sentences.last.get_by_role("button").press("Enter")
    expect(sentences).to_have_text(said)
    expect(viewer.get_by_role("list", name="What the pass did")).to_be_focused()


def test_every_key_on_everything_leaves_the_notebook_alone(page: Page, viewer: Locator) -> None:
    assert widgets.keys_stay_inside(page, viewer) > 20


def test_it_can_be_read_in_both_themes_and_has_names(page: Page, viewer: Locator) -> None:
    compare(viewer).select_option(index=5)
    widgets.is_legible(page, viewer)
    widgets.everything_is_named(viewer, "button", "combobox", "searchbox", "listbox", "option", "region")


def test_closed_it_leaves_nothing_and_opened_again_a_still_picture(
    page: Page, lab: Lab, viewer: Locator, request: pytest.FixtureRequest
) -> None:
    path = f"{request.node.name}.ipynb"
    left = "[__import__('comm').get_comm_manager().comms.__len__(), len(get_ipython().events.callbacks['post_run_cell']), __import__('threading').active_count()]"
    save(page)
    with_it = ask(page, left)
    run_cell(page, 1)
    without = ask(page, left)
    assert without[0] < with_it[0] and without[1:] == with_it[1:]
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    open_notebook(page, lab, path)
    still = page.locator(".xp-still")
    expect(still.locator("svg.xp-graph").first).to_be_visible()
    expect(still.locator("tbody")).to_contain_text("merged with it")
    expect(page.get_by_text("Error displaying widget")).to_be_hidden()
    exported = HTMLExporter().from_filename(str(lab.files / path))[0]
    assert 'class="xp xp-still xp-graphs"' in exported and "merged with it" in exported
