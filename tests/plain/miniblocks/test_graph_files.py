"""Graphs as files: what comes back is the same graph, what is no graph is refused, and other runtimes give the same numbers."""

import json
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from miniblocks import graph, loss, nd, nn
from miniblocks.errors import CaptureError, CheckpointError
from miniblocks.graph.format import dumps, loads
from miniblocks.graph.ir import subgraphs
from miniblocks.graph.onnx import RULES


def images():
    """A small convolutional network in use, with statistics."""
    net = nn.Sequential(
        nn.Conv2D(4, 3, padding=1, activation="relu"),
        nn.BatchNorm(),
        nn.MaxPool2D(2),
        nn.Conv2D(3, 3, strides=2),
        nn.AvgPool2D(2),
        nn.Flatten(),
        nn.Dense(6, activation="relu"),
        nn.Dense(5),
    )
    net.initialize()
    x = nd.random.normal(shape=(2, 1, 14, 14))
    net(x)
    return net.eval(), x


def halving(x):
    while x.norm() > 1:
        x = x / 2
    return x if x.sum() > 0 else -x


def counted(x):
    total = x[0] * 0
    for value in x:
        if value > 0:
            total = total + value
    return total


def everything(x):
    """Operations that a forward computation uses, each result once."""
    y = x.reshape(3, 2).transpose(0, 1)
    soft = nd.softmax(y, axis=1) + nd.log_softmax(y, axis=0)
    rows = nd.stack(y[0], y[1, :].abs(), axis=0)
    parts = nd.concat(soft, rows, dim=0)
    numbers = parts.sum(axis=1) + parts.mean(axis=(1,)) + parts.max(axis=1) - parts.clip(-0.5, None).norm()
    chosen = nd.where(numbers > 0, numbers.exp(), numbers.sign() - nd.sin(numbers) * nd.cos(numbers))
    table = parts[nd.array([2, 0, 1, 1], dtype="int64")]
    labels = parts.argmax(axis=1)
    entropy = loss.SoftmaxCrossEntropyLoss()(table, labels)
    best = nd.maximum(chosen, 0.25) * nd.minimum(chosen, labels.astype("float32")) ** 2
    cut = parts[::2, None, ..., 1] / (1 + nd.sqrt(nd.abs(parts[:2, 1:2]))).tanh().sigmoid()
    truth = ~(chosen != best) == (best >= 0)
    product = (y.mT @ y).permute((1, 0)).broadcast_to((2, 3, 3)).copy() / 2 == 0.5
    return (
        best,
        entropy,
        cut,
        nd.relu(-cut).log(),
        truth,
        product,
        (chosen <= best) == (chosen < best),
        nd.logsumexp(parts, 1),
    )


VECTOR = nd.array([0.5, -1.0, 2.0, 0.25, -3.0, 1.0])


def made():
    net, x = images()
    return {
        "images": (graph.trace(net, x), x),
        "halving": (graph.script(halving, VECTOR), VECTOR * 5),
        "counted": (graph.script(counted, VECTOR), VECTOR),
        "everything": (graph.trace(everything, VECTOR), VECTOR * 2),
    }


GRAPHS = made()
each = pytest.mark.parametrize("name", GRAPHS)


def flat(outputs):
    return [outputs.asnumpy()] if not isinstance(outputs, tuple) else [o.asnumpy() for o in outputs]


@each
def test_what_is_saved_comes_back(name, tmp_path):
    g, x = GRAPHS[name]
    graph.save(g, tmp_path / "it.graph")
    back = graph.load(tmp_path / "it.graph")
    assert graph.same(back, g) and str(back) == str(g)
    for a, b in zip(flat(back(x)), flat(g(x)), strict=True):
        np.testing.assert_array_equal(a, b)


@each
def test_onnxruntime_gives_the_same(name, tmp_path):
    g, x = GRAPHS[name]
    graph.to_onnx(g, tmp_path / "it.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "it.onnx"))
    [entry] = session.get_inputs()
    for sign in (1, -1):
        given_, wanted = x * sign, flat(g(x * sign))
        for a, b in zip(session.run(None, {entry.name: given_.asnumpy()}), wanted, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


def test_the_functions_above_use_every_operation_that_has_a_counterpart():
    used = {operation for g, _ in GRAPHS.values() for operation in operations(g)}
    assert set(RULES) - used <= {
        "conv2d_relu",
        "equal",
        "neg",
        "copy",
        "detach",
        "transfer",
        "permute",
        "expand",
        "div",
    }


def operations(g):
    """The names of the operations in a graph and in those inside of it."""
    names = {step.operation for step in g.steps if isinstance(step, graph.Step)}
    return names.union(*(operations(inside) for step in g.steps for inside in subgraphs(step)))


def test_a_saved_graph_runs_where_the_models_code_was_never_imported(tmp_path):
    g, x = GRAPHS["halving"]
    graph.save(g, tmp_path / "it.graph")
    code = "from miniblocks import graph, nd; import sys; print(graph.load(sys.argv[1])(nd.array([3.0, 4.0, 0, 0, 0, 0])).tolist())"
    ran = subprocess.run([sys.executable, "-c", code, str(tmp_path / "it.graph")], capture_output=True, text=True)
    assert json.loads(ran.stdout) == halving(nd.array([3.0, 4.0, 0, 0, 0, 0])).tolist(), ran.stderr


@given(st.integers(0, 10_000), st.sampled_from(["cut", "flip", "drop"]))
@settings(max_examples=60)
def test_a_damaged_file_is_refused(tmp_path_factory, place, how):
    folder = tmp_path_factory.mktemp("damaged")
    graph.save(GRAPHS["halving"][0], folder / "it.graph")
    content = bytearray((folder / "it.graph").read_bytes())
    place %= len(content)
    if how == "cut":
        content = content[:place]
    elif how == "drop":
        del content[place]
    else:
        content[place] ^= 0x55
    (folder / "it.graph").write_bytes(content)
    try:
        back = graph.load(folder / "it.graph")
    except CheckpointError:
        return
    assert graph.same(back, GRAPHS["halving"][0])  # what was changed says nothing: a space, say


def rewritten(folder, change):
    """A file whose header says something else, with the digest that belongs to it."""
    from safetensors import safe_open

    from miniblocks.graph.format import _digest

    graph.save(GRAPHS["halving"][0], folder / "it.graph")
    with safe_open(str(folder / "it.graph"), "pt") as opened:
        header = json.loads(opened.metadata()["graph"])
    header = change(header) or header
    arrays, text = load_file(str(folder / "it.graph")), json.dumps(header)
    save_file(arrays, str(folder / "it.graph"), metadata={"graph": text, "digest": _digest(text, arrays)})
    return folder / "it.graph"


FORGED = {
    "newer": (lambda h: h.update(version=2), "version 2"),
    "another format": (lambda h: h.update(format="pickle"), "not that of a graph"),
    "an unknown operation": (lambda h: h["steps"][-1].update(op="exec", static={}) or _plain(h), "no operation"),
    "a key too many": (lambda h: h.update(code="import os"), "nothing else"),
    "a value never defined": (lambda h: h.update(outputs={"ref": "nowhere"}), "never defined"),
    "a name that is code": (lambda h: h["inputs"][0].__setitem__(0, "x);import os#"), "no name"),
    "another shape": (lambda h: h["inputs"][0].__setitem__(2, [7]), "breaks a rule"),
    "a negative size": (lambda h: h["inputs"][0].__setitem__(2, [-1]), "no shape"),
    "a strange dtype": (lambda h: h["inputs"][0].__setitem__(1, "Tensor"), "no dtype"),
    "not an object": (lambda h: [1, 2], "not that of a graph"),
    "a static argument that is an object": (lambda h: _static(h, {"python": "1"}), "no argument"),
}


def _plain(header):
    step = header["steps"][-1]
    header["steps"][-1] = {"op": "exec", "results": step["results"][:1], "args": [], "static": {}}


def _static(header, value):
    header["steps"].append({"op": "neg", "results": [["z", "float32", [6]]], "args": [], "static": {"a": value}})


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_or_newer_file_is_refused_with_the_reason(kind, tmp_path):
    change, words = FORGED[kind]
    with pytest.raises(CheckpointError, match=words):
        graph.load(rewritten(tmp_path, change))


@pytest.mark.parametrize("name", GRAPHS)
def test_bytes_and_file_are_the_same_graph(name, tmp_path):
    g, _ = GRAPHS[name]
    (tmp_path / "it").write_bytes(dumps(g))
    assert graph.same(loads(dumps(g)), g)
    assert graph.same(graph.load(tmp_path / "it"), g)


def test_parameters_are_no_graph_and_are_told_from_one(tmp_path):
    net, _ = images()
    net.save_parameters(tmp_path / "it")
    with pytest.raises(CheckpointError, match="no graph"):
        graph.load(tmp_path / "it")
    with pytest.raises(CheckpointError, match="cannot be read"):
        graph.load(tmp_path / "nothing")


def test_what_onnx_cannot_say_is_refused(tmp_path):
    net, x = images()
    with pytest.raises(CaptureError, match="net.eval"):
        graph.to_onnx(graph.trace(net.train(), x), tmp_path / "it.onnx")
    with pytest.raises(CaptureError, match="uniform"):
        graph.to_onnx(graph.trace(lambda x: x * nd.random.uniform(shape=(2, 1, 1, 1)), x), tmp_path / "it.onnx")


def test_the_model_names_its_opset(tmp_path):
    g, _ = GRAPHS["halving"]
    graph.to_onnx(g, tmp_path / "it.onnx")
    assert onnx.load(str(tmp_path / "it.onnx")).opset_import[0].version == 18
