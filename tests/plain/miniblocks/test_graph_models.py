"""Every model of the lessons hybridizes and then computes the same, or says in one sentence why it cannot."""

import ast
import linecache
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import lesson as lessons
from miniblocks import autograd, errors, graph, init, nd, nn
from miniblocks.tensor import Tensor

SOLUTIONS = sorted((Path(__file__).resolve().parents[3] / "solutions").glob("*/[0-9]*.md"))


def rows(width):
    """Two batches of rows."""
    return lambda: [(nd.random.normal(shape=(n, width)),) for n in (4, 3)]


def images(*shape):
    return lambda: [(nd.random.normal(shape=(n, *shape)),) for n in (4, 2)]


@dataclass(frozen=True)
class Example:
    """How a model is made, from the names of its lesson, and inputs of two kinds. `script`: it looks at values."""

    make: Callable[[dict[str, Any]], nn.Block]
    inputs: Callable[[], list[tuple[Any, ...]]]
    script: bool = False


def words():
    return [(nd.random.randint(0, 7, shape=shape),) for shape in ((2, 3), (4, 1))]


def sequences():
    return [(nd.random.normal(shape=(time, 3, 2)),) for time in (5, 2)]


MODELS = {
    "01 MLP": Example(lambda of: of["MLP"](), rows(20)),
    "01 RepairedMLP": Example(lambda of: of["RepairedMLP"](6, 3), rows(5)),
    "01 TinySequential": Example(lambda of: added(of["TinySequential"]()), rows(5)),
    "01 MySequential": Example(lambda of: added(of["MySequential"]()), rows(5)),
    "01 FancyMLP": Example(lambda of: of["FancyMLP"](), rows(20), script=True),
    "01 NestMLP": Example(lambda of: of["NestMLP"](), rows(20)),
    "01 NotQuite": Example(lambda of: known_layers(of["NotQuite"]()), rows(20)),
    "01 ListMLP": Example(lambda of: of["ListMLP"]([6, 5], 3), rows(4)),
    "01 ParallelBlock": Example(lambda of: of["ParallelBlock"](nn.Dense(3), nn.Dense(2)), rows(4)),
    "01 Parallel, joined": Example(lambda of: of["Parallel"](nn.Dense(3), nn.Identity()), rows(4)),
    "01 Parallel, added": Example(lambda of: of["Parallel"](nn.Dense(4), nn.Identity(), merge="sum"), rows(4)),
    "01 Parallel, multiplied": Example(lambda of: of["Parallel"](nn.Dense(3), nn.Dense(3), merge="product"), rows(4)),
    "01 Tail": Example(lambda of: of["Tail"](), rows(4), script=True),
    "01 Rescale": Example(lambda of: of["Rescale"](), rows(4)),
    "01 the chimera": Example(lambda of: nn.Sequential(of["NestMLP"](), nn.Dense(20), of["FancyMLP"]()), rows(9), True),
    "02 FancyMLP": Example(lambda of: of["FancyMLP"](), rows(20), script=True),
    "04 Loop": Example(lambda of: of["Loop"](4), rows(4)),
    "04 Recurrent": Example(lambda of: of["Recurrent"](5, 2), sequences),
    "04 TiedAutoencoder": Example(lambda of: of["TiedAutoencoder"](6, 3), rows(6)),
    "04 TiedWords": Example(lambda of: of["TiedWords"](7, 4), words),
    "04 free_autoencoder": Example(lambda of: of["free_autoencoder"](6, 3), rows(6)),
    "05 MLPScratch": Example(lambda of: of["MLPScratch"](16, 3, 8, 0.1, 0.5), images(1, 4, 4)),
    "05 MLP": Example(lambda of: of["MLP"](3, 8, 0.1), images(1, 4, 4)),
    "05 DeepMLP": Example(lambda of: of["DeepMLP"](3, (8, 6), 0.1), images(1, 4, 4)),
    "07 Noisy": Example(lambda of: of["Noisy"](), rows(6)),
    "07 Switch": Example(
        lambda of: of["Switch"](),
        lambda: [(nd.random.normal(shape=(2, 3)), nd.array(level)) for level in (0.5, 2.0)],
        script=True,
    ),
    "08 Reader": Example(lambda of: of["Reader"](8), images(1, 8, 8)),
    "08 NoisyReader": Example(lambda of: of["NoisyReader"](8), images(1, 8, 8)),
    "08 KeepsTheBest": Example(lambda of: of["KeepsTheBest"](8), images(1, 8, 8)),
    "08 ParallelBlock": Example(lambda of: of["ParallelBlock"](3), rows(4)),
    "08 ParallelModel": Example(lambda of: of["ParallelModel"]((4, 3), 2), rows(5)),
    "08 Inception": Example(lambda of: of["Inception"](2), images(1, 5, 5)),
    "08 WideAndDeep": Example(lambda of: of["WideAndDeep"](3, of["convolutions"](2)), images(1, 6, 6)),
    "08 CNNResidual": Example(lambda of: of["CNNResidual"](2, 3), images(3, 5, 5)),
    "08 DNNResidual": Example(lambda of: of["DNNResidual"](2, 4), rows(4)),
    "08 Deep, with shortcuts": Example(lambda of: of["Deep"](3, True), rows(5)),
    "08 Deep, without": Example(lambda of: of["Deep"](3, False), rows(5)),
    "08 MyResidual": Example(lambda of: of["MyResidual"](of["CNNResidual"], of["DNNResidual"]), rows(12)),
    "08 Normed": Example(lambda of: of["Normed"](), images(1, 6, 6)),
    "08 ResidualBlock": Example(lambda of: of["ResidualBlock"](4, strides=2), images(3, 6, 6)),
    "08 SmallResNet": Example(lambda of: of["SmallResNet"](3), images(1, 8, 8)),
    "09 HomeLoving": Example(lambda of: of["HomeLoving"]([0.1, 0.2]), sequences),
    "09 Recency": Example(lambda of: of["Recency"]([0.1, 0.2]), sequences),
    "10 Parallel, joined": Example(lambda of: of["Parallel"]([nn.Dense(3), nn.Identity()]), rows(4)),
    "10 Parallel, added": Example(lambda of: of["Parallel"]([nn.Dense(4), nn.Identity()], merge="sum"), rows(4)),
    "10 Parallel, averaged": Example(lambda of: of["Parallel"](branches(), merge="mean"), rows(4)),
    "10 Transposed": Example(lambda of: there_and_back(of["Transposed"]), rows(6)),
    "10 Reader": Example(lambda of: of["Reader"](of["reader_spec"]()), rows(9)),
}
TREE = ((3, 5), 2)
LEAF = nd.ones((1, 5))
NEVER = {  # (made so, called with, what is said)
    "07 TreeNet": (lambda of: of["TreeNet"](6, 4), TREE, "tensors"),
    "08 TreeReader": (lambda of: of["TreeReader"](), ((LEAF, LEAF), LEAF), "tensors"),
}
NO_NETWORKS = {  # mistakes and containers that the lessons show
    "01 ForgetfulMLP": errors.BlockError,
    "01 ForgetfulScale": errors.BlockError,
    "02 Tower": NotImplementedError,
}
WITHOUT_FORWARD = ("10 Attributes", "10 Registers")  # the lesson counts their children
UNNOTICED = ("10 Normalizes",)  # reads its input's storage: the lesson shows that its graph is wrong


def branches():
    """Branches with names of which one is an attribute of the container as well."""
    return {"merge": nn.Dense(3), "other": nn.Dense(3, "relu")}


def there_and_back(transposed):
    """A dense layer, and one with its weight turned round."""
    there = nn.Dense(3, "relu")
    return nn.Sequential(there, transposed(there))


def added(net):
    for layer in (nn.Dense(4, "relu"), nn.Dense(2)):
        net.add(layer)
    return net


def known_layers(net):
    """The layers that hide in a list, with values."""
    for layer in net.layers:
        layer.initialize()
    return net


@cache
def names_of(number):
    """What the lesson's cells define: their imports, classes and functions, run without the rest."""
    [source] = [path for path in SOLUTIONS if path.name.startswith(number)]
    names: dict[str, Any] = {"__name__": f"lesson_{number}"}
    for i, cell in enumerate(lessons.read(source).notebook.cells):
        if cell.cell_type == "code":
            file = f"{number}-cell-{i:03d}"
            linecache.cache[file] = (len(cell.source), None, cell.source.splitlines(True), file)
            tree = ast.parse(cell.source)
            kept = [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef))]
            exec(compile(ast.Module(kept, []), file, "exec"), names)
    return names


def made(name):
    return MODELS[name].make(names_of(name[:2]))


def filled(name):
    """The model after its first call; parameters of an equal one are equal."""
    nd.random.seed(7)
    with nn.fresh_names():
        net = made(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # some are made with values
        net.initialize(init.Normal(0.4))
    net(*MODELS[name].inputs()[0])
    for p in net.collect_params().values():
        if p.name.endswith(("running_mean", "running_var")):
            p.set_data(np.ones(p.shape) * 0.5)
    return net


def called(net, inputs, training):
    """Output, gradients and running statistics of a call; then the outputs of three calls without gradients."""
    net.train(training)
    net.zero_grad()
    nd.random.seed(1)
    inputs = [Tensor(x.raw, requires_grad=x.dtype == "float32") for x in inputs]
    output = net(*inputs)
    (output * nd.arange(1, output.size + 1).reshape(output.shape)).sum().backward()
    found = {"output": output.asnumpy()}
    found |= {f"gradient of input {i}": x.grad.asnumpy() for i, x in enumerate(inputs) if x.grad is not None}
    for name, p in net.collect_params().items():
        found[name] = p.data().asnumpy()
        if p.grad_req != "null":
            found[f"gradient of {name}"] = p.grad().asnumpy()
    with autograd.no_grad():
        for i in range(3):
            found[f"output {i} without gradients"] = net(*inputs).asnumpy()
    return found


@pytest.mark.parametrize("name", MODELS)
def test_a_hybridized_model_computes_the_same(name):
    plain, hybrid = filled(name), filled(name)
    hybrid.hybridize(script=MODELS[name].script)
    warnings.simplefilter("error", graph.CaptureWarning)
    for inputs in MODELS[name].inputs():
        for training in (True, False):
            for _ in range(2):
                wanted = called(plain, inputs, training)
                found = called(hybrid, inputs, training)
                for what, values in wanted.items():
                    np.testing.assert_allclose(
                        found[what], values, rtol=2e-4, atol=1e-5 * (1 + abs(values).max()), err_msg=what
                    )
    assert hybrid._hybrid.captures == len(hybrid._hybrid.graphs) and not hybrid._hybrid.passed


@pytest.mark.usefixtures("native")
@pytest.mark.parametrize("name", MODELS)
def test_a_model_in_generated_c_computes_the_same(name):
    """In use, and on the first of its inputs alone: compiling takes time."""
    plain, hybrid = filled(name), filled(name)
    plain.eval()
    hybrid.eval()
    hybrid.hybridize(backend="native", script=MODELS[name].script)
    inputs = MODELS[name].inputs()[0]
    with autograd.no_grad():
        for _ in range(3):
            nd.random.seed(1)
            wanted = plain(*inputs).asnumpy()
            nd.random.seed(1)
            np.testing.assert_allclose(
                hybrid(*inputs).asnumpy(), wanted, rtol=2e-4, atol=1e-5 * (1 + abs(wanted).max())
            )


@pytest.mark.parametrize("name", [name for name, example in MODELS.items() if example.script])
def test_a_model_that_looks_at_values_is_never_captured_in_silence(name):
    net = filled(name)
    net.hybridize()
    inputs = MODELS[name].inputs()[0]
    with pytest.warns(graph.CaptureWarning, match=r"looked at a value.*hybridize\(script=True\)"):
        net(*inputs)
    looks = graph.explain(net, *inputs).looks
    assert looks and all(look.place.name.startswith(f"{name[:2]}-") for look in looks)


@pytest.mark.parametrize("name", NEVER)
def test_a_model_that_no_graph_can_hold_says_so_and_runs_as_written(name):
    make, example, said = NEVER[name]
    nd.random.seed(3)
    net = make(names_of(name[:2]))
    net.initialize()
    wanted = net(example).asnumpy()
    net.hybridize()
    np.testing.assert_array_equal(net(example).asnumpy(), wanted)
    assert net._hybrid.passed and said in graph.explain(net, example).refused


@pytest.mark.parametrize("name", NO_NETWORKS)
def test_what_the_lessons_show_as_no_network_is_none(name):
    with pytest.raises(NO_NETWORKS[name]):
        net = names_of(name[:2])[name[3:]]()
        net.initialize()
        net.hybridize()
        net(nd.ones((2, 3)))


@pytest.mark.parametrize("name", UNNOTICED)
def test_what_looks_past_the_framework_is_captured_in_silence(name):
    """No tracer sees a number that is taken out of the storage: what the lesson says about it holds."""
    block, (one, other) = names_of(name[:2])[name[3:]](), (nd.array([[1.0, 2.0]]), nd.array([[10.0, 20.0]]))
    captured = graph.trace(block, one)
    np.testing.assert_array_equal(captured(one).asnumpy(), block(one).asnumpy())
    np.testing.assert_array_equal(captured(other).asnumpy(), 10 * block(other).asnumpy())


def test_no_model_of_the_lessons_is_forgotten():
    names = (*MODELS, *NEVER, *NO_NETWORKS, *WITHOUT_FORWARD, *UNNOTICED)
    listed = {name.partition(",")[0] for name in names}
    found = set()
    for number in ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10"):
        for name, value in names_of(number).items():
            if isinstance(value, type) and issubclass(value, nn.Block) and value.__module__ == f"lesson_{number}":
                found.add(f"{number} {name}")
    assert found - listed == set() and len(found) > 30


def test_the_table():
    """What each model says when it is asked to be captured: shown by `pytest -rP`."""
    for name, example in MODELS.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            told = graph.explain(filled(name), *example.inputs()[0])
        assert told.refused is None
        looked = f"; looks at values in {told.looks[0].place}, so hybridize(script=True)" if told.looks else ""
        print(f"{name:26} {len(told.graph):3} steps, {len(told.report.graph):3} after the passes{looked}")
    for name, (make, example, _) in NEVER.items():
        net = make(names_of(name[:2]))
        net.initialize()
        print(f"{name:26} not captured: {graph.explain(net, example).refused}")
