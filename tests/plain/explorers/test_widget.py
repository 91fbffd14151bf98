"""The live explorer without a browser: commands come in as messages, traits go out."""

import asyncio
import html
import json
import re
import subprocess
import sys
from threading import Thread, current_thread

import numpy as np
import pytest

import explorers
from explorers import explore, inert
from explorers.view.net import NetExplorer
from explorers.view.still import Still, as_html, as_text
from miniblocks import nd, nn


def tell(explorer: NetExplorer, **command: object) -> None:
    """A message as the browser sends it."""
    explorer._handle_custom_msg({**command, "ticket": ["view", 1]}, [])


def test_the_first_parameter_is_chosen_and_drawn(called: nn.Block) -> None:
    explorer = NetExplorer(called)
    assert explorer.selected == "0.rand_weight"
    assert "fancy0_rand_weight" in explorer.picture
    assert json.dumps(explorer.get_state(["rows", "visible", "filtered", "recipes"]))


def test_a_selection_draws_that_parameter(called: nn.Block) -> None:
    explorer = NetExplorer(called)
    tell(explorer, do="select", path="4.weight")
    assert explorer.selected == "4.weight" and called[4].weight.name in explorer.picture
    assert explorer.answered == ["view", 1]


def test_a_filter_hides_what_does_not_match(called: nn.Block) -> None:
    explorer = NetExplorer(called)
    tell(explorer, do="filter", pattern=".*bias")
    shown = [explorer.rows[i] for i in explorer.visible if explorer.rows[i]["kind"] == "parameter"]
    assert {row["name"] for row in shown} == set(called.collect_params(".*bias"))
    assert explorer.filtered["matched"] == len(called.collect_params(".*bias"))
    tell(explorer, do="filter", pattern="(")
    assert explorer.filtered["valid"] is False and len(explorer.visible) == len(explorer.rows)


def test_a_message_from_another_thread_waits_until_the_cell_is_over(called: nn.Block) -> None:
    """JupyterLab's comms come in subshells, which are threads."""
    threads = []
    command = {"do": "select", "path": "4.weight", "ticket": ["view", 1]}
    message = {"content": {"data": {"method": "custom", "content": command}}, "buffers": []}

    async def cells() -> None:
        explorer = NetExplorer(called)
        explorer.observe(lambda _: threads.append(current_thread()), "selected")
        subshell = Thread(target=explorer._handle_msg, args=(message,))
        subshell.start()
        subshell.join()
        assert not threads and explorer.answered != ["view", 1]
        await asyncio.sleep(0)
        assert threads == [current_thread()] and explorer.answered == ["view", 1]

    asyncio.run(cells())


def test_initialize_and_undo_change_the_learners_own_network(called: nn.Block) -> None:
    explorer, before = NetExplorer(called), called[4].weight.data().asnumpy().copy()
    tell(explorer, do="select", path="4.weight")
    picture = explorer.picture
    tell(explorer, do="initialize", recipe="Constant", knobs={"value": 0.25}, target="selected", draw=0)
    assert (called[4].weight.data().asnumpy() == 0.25).all()
    assert explorer.changes == 1 and explorer.picture != picture and called[4].weight.name in explorer.status
    tell(explorer, do="undo")
    assert np.array_equal(called[4].weight.data().asnumpy(), before)
    assert explorer.changes == 0 and explorer.picture == picture


def test_initialize_all_that_match(called: nn.Block) -> None:
    explorer = NetExplorer(called)
    tell(explorer, do="filter", pattern=".*bias")
    tell(explorer, do="initialize", recipe="Constant", knobs={"value": 1.0}, target="matched", draw=0)
    for name, parameter in called.collect_params().items():
        assert (parameter.data().asnumpy() == 1).all() == name.endswith("bias")
    tell(explorer, do="restore")
    assert not called[4].bias.data().asnumpy().any()


@pytest.mark.parametrize(
    "command",
    [
        {"do": "close"},
        {"do": "__init__"},
        {},
        {"do": "select", "path": "no.where"},
        {"do": "select"},
        {"do": "initialize", "recipe": "Magic", "knobs": {}},
        {"do": "initialize", "recipe": "Uniform", "knobs": {"scale": "wide"}},
    ],
)
def test_a_bad_command_is_a_status_and_still_answered(called: nn.Block, command: dict) -> None:
    explorer, before = NetExplorer(called), called[4].weight.data().asnumpy().copy()
    tell(explorer, **command)
    assert "Error" in explorer.status and explorer.answered == ["view", 1]
    assert np.array_equal(called[4].weight.data().asnumpy(), before)


def test_refresh_reads_what_a_cell_has_done(called: nn.Block) -> None:
    explorer = NetExplorer(called)
    tell(explorer, do="select", path="4.weight")
    picture = explorer.picture
    assert "No gradient yet" in picture
    called(nd.ones((3, 5))).sum().backward()
    called.add(nn.Dense(7))
    explorer.refresh()
    assert "No gradient yet" not in explorer.picture
    assert "5.weight" in {row["path"] for row in explorer.rows}


def test_a_network_without_parameters_can_be_looked_at() -> None:
    explorer = NetExplorer(nn.Sequential())
    assert explorer.selected is None and explorer.picture == ""
    tell(explorer, do="initialize", recipe="Uniform", knobs={}, target="selected", draw=0)
    assert "no parameter" in explorer.status


def test_names_are_escaped() -> None:
    net = nn.Sequential()
    net.add(nn.Dense(2, in_units=2, prefix="<img src=x onerror=alert(1)>_"))
    net.initialize()
    assert "<img src=x" not in NetExplorer(net).picture
    assert "<img src=x" not in as_html(net, "0.weight")
    assert "<img src=x onerror" in html.unescape(as_html(net, "0.weight"))


def test_what_every_widget_carries_stays_small() -> None:
    """A notebook saved with widget state holds it once for each explorer."""
    assert len(NetExplorer._esm.encode()) + len(NetExplorer._css.encode()) < 60_000
    assert not re.search(r"https?://|\bimport\s*\(|\bimport .* from", NetExplorer._esm + NetExplorer._css)


def test_without_a_kernel_the_picture_is_still(called: nn.Block) -> None:
    assert inert()
    still = explore(called)
    assert isinstance(still, Still)
    shown = still._repr_mimebundle_()
    assert set(shown) == {"text/plain", "text/html"}
    for name, parameter in called.collect_params().items():
        for text in shown.values():
            assert name in text
            assert f"{parameter.data().asnumpy().mean():.3g}" in text
    assert "<img" in shown["text/html"] and "<svg" in shown["text/html"] and "<script" not in shown["text/html"]
    assert not re.search(r'(?:src|href)="(?!data:)|url\(|@import', shown["text/html"])


@pytest.mark.parametrize("variable", ["NBGRADER_EXECUTION", "AUTOGRADER_SANDBOX"])
def test_a_grading_run_is_inert_even_with_a_kernel(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Shell:
        kernel = object()

    monkeypatch.setattr("IPython.get_ipython", Shell)
    assert not inert()
    monkeypatch.setenv(variable, "autograde")
    assert inert()


def test_a_still_picture_needs_no_widget_library() -> None:
    """In the sandbox, where many are made, and where there is nobody to talk to."""
    code = (
        "import sys; from miniblocks import nn; from explorers import explore; "
        "print(explore(nn.Dense(2, in_units=3)).__class__.__name__, "
        "[m for m in ('anywidget', 'ipywidgets', 'comm', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == ["Still", "[]\n"]


def test_deferred_and_unready_networks_are_shown(net: nn.Block) -> None:
    assert "deferred" in as_text(net) and "(4, ?)" in as_text(net)
    assert "not initialized" in as_text(nn.Dense(3))
    assert "the first call of the network tells" in as_html(net, "4.weight")


@pytest.mark.parametrize(
    ("wrong", "mend"), [(nn.Dense, r"explore\(Dense\(\)\)"), ([1], "nn.Block"), (None, "nn.Block")]
)
def test_what_is_no_block_is_refused_with_the_mend(wrong: object, mend: str) -> None:
    with pytest.raises(TypeError, match=mend):
        explore(wrong)  # type: ignore[arg-type]


def test_the_public_names() -> None:
    """Each explorer is a function that is imported from the package, and says what it does."""
    assert {"explore", "initializer_lab", "playground", "run_outside", "ties", "training_board"} <= set(
        explorers.__all__
    )
    assert all(getattr(explorers, name).__doc__ for name in explorers.__all__)
