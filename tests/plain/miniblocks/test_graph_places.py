"""Errors inside of a static graph name the line of code that the failing step was captured from."""

import json
import linecache
import random
from dataclasses import replace

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from safetensors import safe_open
from safetensors import torch as safetensors

from miniblocks import autograd, errors, graph, loss, nd, nn, optim
from miniblocks.graph.format import dumps, loads
from miniblocks.places import Place
from miniblocks.tensor import Tensor

# An operation on x (and y); shapes at capture; shapes for which the operation cannot be computed, though what stands around it can.
BREAKS = {
    "x @ y": ((2, 3), (3, 4), (2, 5), (3, 4)),
    "x + y": ((2, 3), (2, 3), (2, 3), (4, 3)),
    "x * y.relu()": ((2, 3), (3,), (2, 3), (4,)),
    "nd.maximum(x, y)": ((2, 3), (2, 1), (2, 3), (5, 1)),
    "nd.where(x > 0, x, y)": ((4,), (4,), (4,), (3,)),
    "x.reshape(3, 2)": ((2, 3), (1,), (2, 4), (1,)),
    "x.sum(axis=1)": ((2, 3), (1,), (6,), (1,)),
    "x.transpose(0, 1)": ((2, 3), (1,), (6,), (1,)),
    "x.broadcast_to((4, 3))": ((1, 3), (1,), (2, 3), (1,)),
    "nd.concat(x, y, dim=1)": ((2, 3), (2, 1), (2, 3), (3, 1)),
    "nd.stack(x, y)": ((2, 3), (2, 3), (2, 3), (2, 4)),
    "x[3]": ((4, 2), (1,), (2, 2), (1,)),
    "nd.softmax(x, axis=1)": ((2, 3), (1,), (3,), (1,)),
    "dense(x)": ((2, 3), (1,), (2, 4), (1,)),
    "conv(x)": ((1, 2, 5, 5), (1,), (1, 3, 5, 5), (1,)),
    "pool(x)": ((1, 2, 4, 4), (1,), (4, 4, 4, 4, 4), (1,)),
    "cross_entropy(x, y.argmax(axis=1))": ((2, 3), (2, 3), (2, 3), (4, 3)),
}
FORMS = {
    "trace": (graph.trace, "{line}"),
    "passes": (lambda *args: graph.optimize(graph.trace(*args)), "{line}"),
    "file": (lambda *args: loads(dumps(graph.trace(*args))), "{line}"),
    "script": (graph.script, "{line}"),
    "branch": (graph.script, "if asked.sum() > 0:\n        {line}\n    else:\n        h = 0.0"),
    "loop": (
        graph.script,
        "h = 0.0\n    while asked.sum() > 0:\n        {line}\n        h, asked = h.sum(), asked - 2",
    ),
}


def dense_layer():
    layer = nn.Dense(4, in_units=3)
    layer.initialize()
    return layer


def conv_layer():
    layer = nn.Conv2D(2, 3, in_channels=2)
    layer.initialize()
    return layer


def written(source, file):
    """The function f in a source, as if it stood in this file."""
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    names = {"nd": nd, "dense": dense_layer(), "conv": conv_layer(), "pool": nn.MaxPool2D(2)}
    names["cross_entropy"] = loss.SoftmaxCrossEntropyLoss()
    exec(compile(source, file, "exec"), names)
    return names["f"]


def program(operation, form, before, after):
    """(source of f, the number of the line with the operation, its text)"""
    line = f"h = {operation}"
    body = [f"{'xy'[i % 2]} = {'xy'[i % 2]} {'*/+-'[i % 4]} {i + 2}" for i in range(before)]
    body += [FORMS[form][1].format(line=line), *(f"z{i} = asked * {i}" for i in range(after))]
    source = "\n".join(
        ["def f(x, y, asked):", *(f"    {row}" for row in body), "    return h, x.sum(), y.sum(), asked"]
    )
    number = next(i for i, row in enumerate(source.splitlines(), 1) if row.strip() == line)
    return source, number, line


def filled(shape):
    return nd.random.normal(shape=shape)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("operation", BREAKS)
def test_a_shape_that_does_not_fit_is_blamed_on_its_line(operation, form):
    chance = random.Random(f"{operation} {form}")
    source, number, line = program(operation, form, chance.randrange(5), chance.randrange(3))
    file = f"<ipython-input-{chance.randrange(10**6)}>"
    f = written(source, file)
    fitting, breaking = BREAKS[operation][:2], BREAKS[operation][2:]
    ones = nd.ones((1,))
    g = FORMS[form][0](f, *map(filled, fitting), ones)
    g(*map(filled, fitting), ones)  # nothing is wrong yet
    with pytest.raises((errors.ShapeError, IndexError)) as caught:
        g(*map(filled, breaking), ones)
    told = str(caught.value)
    assert f"made by line {number} of a notebook cell: `{line}`" in told
    assert "captured as" in told


@pytest.mark.parametrize("form", ["trace", "branch", "loop"])
@pytest.mark.parametrize("operation", ["x[at]", "table(at)", "nd.pick(x, at)", "cross_entropy(x, at)"])
def test_an_index_out_of_range_is_blamed_on_its_line_in_compiled_programs(operation, form):
    source, number, line = program(operation, form, 3, 1)
    f = written(source.replace("def f(x, y, asked)", "def f(x, y, asked, at)"), "<ipython-input-9>")
    table = nn.Embedding(4, 2)
    table.initialize()
    f.__globals__["table"] = table
    x, good, bad = filled((4, 4)), nd.array([0, 1, 2, 3]), nd.array([0, 1, 99, 3])
    ones = nd.ones((1,))
    g = FORMS[form][0](f, x, filled((1,)), ones, good)
    runner = graph.compile(g)
    runner(x, ones, ones, good)
    for run in (runner, g):
        with pytest.raises((IndexError, errors.ShapeError)) as caught:
            run(x, ones, ones, bad)
        assert f"made by line {number} of a notebook cell: `{line}`" in str(caught.value)
        assert str(caught.value).count("made by") == 1


class Words(nn.Block):
    def __init__(self):
        super().__init__()
        self.table, self.scores = nn.Embedding(5, 4), nn.Dense(3, in_units=4)

    def forward(self, words):
        rows = self.table(words)  # the line of the embedding
        return self.scores(nd.relu(rows.mean(axis=1)))  # the line of the scores


def of_this_file(text):
    with open(__file__, encoding="utf-8") as opened:
        return next((i, row.strip()) for i, row in enumerate(opened, 1) if text in row)


def blamed(error, text):
    number, line = of_this_file(text)
    return f"line {number} of test_graph_places.py: `{line}`" in str(error.value)


def test_hybridized_networks_and_training_steps_name_the_line_and_the_parameter():
    net = Words()
    net.initialize()
    good, bad, label = nd.array([[1, 2]]), nd.array([[1, 7]]), nd.array([1])
    net.hybridize()
    for recording in (True, False):
        with autograd.record() if recording else autograd.no_grad():
            net(good), net(good)
            with pytest.raises(IndexError) as caught:
                net(bad)
        assert blamed(caught, "# the line of the " + "embedding") and "_weight): float32[5, 4]" in str(caught.value)
    net.hybridize(False)
    trainer = optim.SGD(net.collect_params(), lr=0.1)
    step = graph.joint(net, loss.SoftmaxCrossEntropyLoss(), trainer, good, label)  # the line of the step
    with pytest.raises(IndexError) as caught:
        step(bad, label)
    assert blamed(caught, "# the line of the " + "embedding") and trainer.steps == 0
    with pytest.raises(IndexError) as caught:
        step(good, nd.array([9]))
    assert blamed(caught, "# the line of the " + "step")


def test_every_step_of_a_training_step_has_a_line_and_the_backward_pass_that_of_its_forward():
    net = Words()
    net.initialize()
    trainer = optim.Adam(net.collect_params())
    g = graph.joint_graph(net, loss.SoftmaxCrossEntropyLoss(), trainer, nd.array([[1, 2]]), nd.array([1]))
    optimized = graph.optimize(g)
    for one in (g, optimized):
        assert all(step.places for step in one.steps)
    scattered = next(step for step in optimized.steps if step.operation == "add_at")
    number, line = of_this_file("# the line of the " + "embedding")
    assert scattered.places == (Place(__file__, number, line, backward=True),)
    assert "the backward pass of" in g.text(lines=True) and "the backward pass of" not in str(g)


def test_a_fused_step_has_the_lines_of_all_its_parts():
    layer = dense_layer()

    def chained(x):
        h = layer(x)  # the first part
        h = nd.relu(h)  # the second part
        h = nd.exp(h)  # the third part
        return nd.sin(h)  # the fourth part

    g = graph.optimize(graph.trace(chained, filled((2, 3))))
    parts = [[place.text.partition("# ")[2] for place in step.places] for step in g.steps]
    assert [step.operation for step in g.steps] == ["dense_relu", "chain"]
    assert parts == [["the first part", "the second part"], ["the third part", "the fourth part"]]


def test_lines_are_no_part_of_what_a_graph_is():
    x = filled((2,))
    one = graph.trace(lambda x: x + 1, x)
    other = graph.trace(lambda y: y + 1, x)
    assert one.steps[0].places != other.steps[0].places
    assert one.steps == other.steps and graph.same(one, other) and str(one) == str(other)
    assert "x + 1" not in str(one) and "x + 1" in one.text(lines=True) and "x + 1" not in repr(one.steps[0])


def test_a_rule_that_is_broken_names_the_line_of_the_step():
    def two(x):
        h = x * 2  # the step that is dropped
        return nd.exp(h)  # the step that misses it

    g = graph.trace(two, filled((2,)))
    with pytest.raises(errors.InvalidGraphError) as caught:
        graph.optimize(g, (lambda g: replace(g, steps=g.steps[1:]),))
    assert blamed(caught, "# the step that misses " + "it")


def test_anomalies_name_the_line_that_was_captured():
    def spread(x):
        return nd.log(x - x)  # the line of the logarithm

    g = graph.trace(spread, nd.ones((2,)))
    with pytest.raises(errors.AnomalyError) as caught, autograd.detect_anomaly():
        g(nd.ones((2,)))
    assert blamed(caught, "# the line of the " + "logarithm")


def test_an_exception_of_somebody_elses_keeps_its_kind_and_gets_a_note():
    g = graph.trace(lambda x: x * 2, nd.ones((2,)))

    class Strange(Exception):
        pass

    def watching(op, args, static, out):
        raise Strange("no")

    from miniblocks.tensor import mode

    mode.observer = watching
    try:
        with pytest.raises(Strange) as caught:
            g(nd.ones((2,)))
    finally:
        mode.observer = None
    assert str(caught.value) == "no" and "made by line" in caught.value.__notes__[0]


def test_in_an_ipython_cell():
    shell = InteractiveShell()
    shell.run_cell("from miniblocks import graph, nd\n\ndef f(x):\n    h = x * 2\n    return h @ nd.ones((3, 2))\n")
    shell.run_cell("g = graph.trace(f, nd.ones((2, 3)))")
    result = shell.run_cell("g(nd.ones((2, 4)))")
    assert "made by line 5 of a notebook cell: `return h @ nd.ones((3, 2))`" in str(result.error_in_exec)


def test_files_of_kernels_are_called_cells_and_others_by_their_own_name():
    assert Place("/tmp/ipykernel_12/345.py", 3, "x").name == "a notebook cell"
    assert Place("/home/somebody/models.py", 3, "x = 1").name == "models.py"
    assert str(Place("/home/somebody/models.py", 3, "x = 1")) == "line 3 of models.py: `x = 1`"


# -- files --------------------------------------------------------------------------------------------------------


def deep(x):
    while x.sum() > 1:  # the loop in the file
        x = x / 2 if x.max() > 3 else x - 1  # the branch in the file
    return x


def with_words(data, tmp_path, change):
    """The bytes of a graph file with other words in its header."""
    (tmp_path / "g").write_bytes(data)
    with safe_open(tmp_path / "g", "pt") as opened:
        words = dict(opened.metadata())
        arrays = {name: opened.get_tensor(name) for name in opened.keys()}
    change(words)
    return safetensors.save(arrays, words)


def all_places(g):
    found = []
    for step in g.steps:
        found.append(step.places)
        for inside in graph.ir.subgraphs(step):
            found += all_places(inside)
    return found


def test_lines_travel_in_files_without_the_folders_they_lie_in(tmp_path):
    g = graph.script(deep, nd.array([8.0, 1.0]))
    data = dumps(g)
    folder = __file__.rpartition("/")[0]
    assert folder.encode() not in data and b"the loop in the file" in data
    loaded = loads(data)
    assert graph.same(loaded, g) and all(all_places(loaded))
    assert loaded.text(lines=True) == g.text(lines=True)
    old = with_words(data, tmp_path, lambda words: words.pop("notes"))
    assert graph.same(loads(old), g) and not any(all_places(loads(old)))


@pytest.mark.parametrize(
    "notes",
    [
        "{",
        "[]",
        '{"lines": {}, "steps": {}}',
        '{"lines": [["a", 1, "b"]], "steps": {}}',
        '{"lines": [["a", "1", "b", false]], "steps": {}}',
        '{"lines": [], "steps": {"0": [0]}}',
        '{"lines": [["a", 1, "b", false]], "steps": {"0": [-1]}}',
        '{"lines": [["a", 1, "b", false]], "steps": {"0": 3}}',
        "[" * 100_000,
    ],
)
def test_damaged_notes_are_refused(tmp_path, notes):
    data = dumps(graph.trace(lambda x: x + 1, nd.ones((2,))))
    with pytest.raises(errors.CheckpointError, match="damaged"):
        loads(with_words(data, tmp_path, lambda words: words.update(notes=notes)))


def test_notes_are_cut_and_printable():
    data = dumps(graph.trace(lambda x: x + 1, nd.ones((2,))))
    g = loads(data)
    long = replace(g, steps=(replace(g.steps[0], places=(Place("a/b.py", 1, "x\x1b[31m" * 500),)),))
    (place,) = loads(dumps(long)).steps[0].places
    assert place.file == "b.py" and len(place.text) == 200 and place.text.isprintable()


def test_the_digest_does_not_know_the_lines():
    x = nd.ones((2,))
    one = dumps(graph.trace(lambda x: x + 1, x))
    other = dumps(graph.trace(lambda y: y + 1, x))
    heads = [json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"] for data in (one, other)]
    assert heads[0]["digest"] == heads[1]["digest"] and heads[0]["notes"] != heads[1]["notes"]


def test_values_called_like_the_framework_do_not_get_in_the_way():
    w = Tensor(torch.ones(2))
    g = graph.trace(lambda x: x * w, nd.ones((2,)))
    named = replace(g, inputs=(graph.Ref("origins_", (2,), "float32"),))
    step = replace(g.steps[0], args=(named.inputs[0], g.steps[0].args[1]))
    named = replace(named, steps=(step,))
    for run in (named, graph.compile(named)):
        np.testing.assert_array_equal(run(nd.ones((2,))).asnumpy(), [1, 1])
