"""`run_outside`: what is sent to the browser, and what stays where there is none."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from explorers import run_outside
from explorers.state.outside import ask
from explorers.view.outside import OutsideExplorer, runtime
from explorers.view.outside_still import OutsideStill
from miniblocks import graph, nd
from miniblocks.errors import CheckpointError


@pytest.fixture
def file(tmp_path):
    """A graph with a branch, saved."""

    def choose(x, level):
        return x * 2 if level < 1 else x - 1

    path = tmp_path / "choose.graph"
    graph.save(graph.script(choose, nd.ones((2, 3)), nd.array(0.0)), path)
    return path


def test_the_question_holds_the_file_its_inputs_and_pythons_answer(file):
    x = nd.random.normal(shape=(2, 3))
    for level, wanted in ((0.5, x.asnumpy() * 2), (3.0, x.asnumpy() - 1)):
        question = ask(file, (x, nd.array(level)))
        assert question.content == file.read_bytes() and "if 1" in question.operations
        assert [value.shape for value in question.inputs] == [(2, 3), ()]
        [output] = question.outputs
        assert np.array_equal(np.array(output.data, np.float32).reshape(output.shape), wanted)


def test_inputs_that_do_not_fit_are_refused_with_both_kinds(file):
    with pytest.raises(TypeError, match=r"float32\[2, 3\].*got \(float32\[3\], float"):
        run_outside(file, nd.ones((3,)), 0.5)


def test_what_is_no_graph_is_refused(tmp_path):
    (tmp_path / "it").write_bytes(b"nothing of the kind")
    with pytest.raises(CheckpointError, match="cannot be read"):
        run_outside(tmp_path / "it")


def test_without_a_kernel_a_still_table_stays(file):
    still = run_outside(file, nd.ones((2, 3)), nd.array(0.5))
    assert isinstance(still, OutsideStill)
    bundle = still._repr_mimebundle_()
    for text in bundle.values():
        assert "choose.graph" in text and "by Python" in text and "float32[2, 3]: 2, 2, 2, 2, …" in text
    assert "http" not in bundle["text/html"] and "<script" not in bundle["text/html"]


def test_the_widget_carries_all_it_needs_in_one_module(file):
    widget = OutsideExplorer(ask(file, (nd.ones((2, 3)), nd.array(0.5))))
    source = str(widget._esm)
    assert re.findall(r"^(?:import|export)\b.*", source, flags=re.MULTILINE) == ["export default { render };"]
    assert "export const operations" not in runtime() and "const operations" in runtime()
    assert len(source) < 60_000  # every widget stores its module in the notebook
    assert widget.content == file.read_bytes() and isinstance(widget.still(), OutsideStill)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to read JavaScript")
def test_the_module_is_javascript(file, tmp_path):
    """The modules of the runtime are put together as one text, so that no two of them may use one name."""
    module = tmp_path / "widget.mjs"
    module.write_text(str(OutsideExplorer(ask(file, (nd.ones((2, 3)), nd.array(0.5))))._esm), "utf-8")
    subprocess.run(["node", "--check", module], check=True, capture_output=True)
