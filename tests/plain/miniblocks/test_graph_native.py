"""Graphs in generated C: each operation and each kind of array against torch, whole steps, and what C must leave to torch.

Random programs, with this backend among the others, are in `test_graph_programs.py`; the compiler and its cache in
`test_graph_native_compiler.py`.
"""

import numpy as np
import pytest
import torch

from miniblocks import autograd, graph, init, loss, nd, nn, optim
from miniblocks.errors import OverwrittenError
from miniblocks.graph.backends.native import blas
from miniblocks.graph.backends.native.expressions import COMPARISONS, OF_FLOATS, POWERS
from miniblocks.ops import TABLE
from miniblocks.tensor import Tensor, apply

pytestmark = pytest.mark.usefixtures("native")
SPECIAL = [float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 1e-30, -3e4, 1e30, 7.0]
TOLERANCE = {"float32": {"rtol": 3e-6, "atol": 1e-7}, "float64": {"rtol": 1e-13, "atol": 1e-15}}


def normal(*shape, dtype="float32", seed=0):
    return Tensor(torch.tensor(np.random.default_rng(seed).normal(size=shape), dtype=getattr(torch, dtype)))


def python_part(program):
    """The lines of Python that are left, without what calls C and what gives the results."""
    lines = program.code.partition("def run(")[2].splitlines()[1:-1]
    ours = ("native", "failed", "if failed", "_increment_version")
    return [line.strip() for line in lines if not line.strip().startswith(ours) and ".contiguous()" not in line]


def compiled(function, *examples, all_of_it=True):
    """The program of a function, of which C does everything."""
    program = graph.compile(graph.trace(function, *examples), backend="native", passes=())
    assert program.is_native
    assert not all_of_it or python_part(program) == []
    return program


def agree(function, *examples, all_of_it=True, **tolerance):
    """The program gives what the function gives."""
    program = compiled(function, *examples, all_of_it=all_of_it)
    with autograd.no_grad():
        wanted = function(*examples)
    for _ in range(2):  # buffers are used again
        for found, value in zip(program(*examples), wanted, strict=True):
            assert found.dtype == value.dtype
            torch.testing.assert_close(found.raw, value.raw, equal_nan=True, **tolerance)


# -- element by element -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_every_elementwise_operation_is_torchs_also_for_nan_and_infinities(dtype):
    """sin and cos of infinity are nan; how large nan's sign is, nobody asks."""
    x, y = (t.reshape(-1) for t in np.meshgrid(SPECIAL, SPECIAL))
    x, y = nd.array(x, dtype=dtype), nd.array(y, dtype=dtype)
    names = sorted({*OF_FLOATS, *COMPARISONS} - {"descend"})

    def function(x, y):
        twos = {"add", "sub", "mul", "div", "pow", "maximum", "minimum", "relu_backward", *COMPARISONS}
        found = [apply(TABLE[name], *((x, y) if name in twos else (x,))) for name in names]
        found += [x**exponent for exponent in POWERS] + [2.0**x, x**1.5, 3 - x, x / 3, 1e-3 * x, nd.maximum(x, 0.25)]
        found += [x.clip(-0.7, 0.6), x.clip(None, 2), x.clip(1, None), x.clip(0.5, -0.5)]
        found += [apply(TABLE["inside"], x, low=-0.7, high=0.5), nd.where(x > y, x, 2 * y), nd.where(x < 0.1, 0.0, y)]
        found += [
            ~(x > y),
            ~x.astype("bool"),
            (x > 0).astype(dtype),
            x.astype("float64"),
            x.astype("float32"),
            x.copy(),
        ]
        return tuple(found)

    agree(function, x, y, **TOLERANCE[dtype])


SHAPES = [
    ((3, 4), (3, 4)),
    ((3, 4), (4,)),
    ((3, 1), (1, 4)),
    ((2, 3, 4), (3, 1)),
    ((), (5,)),
    ((7,), ()),
    ((1, 1), (1,)),
]


@pytest.mark.parametrize("first, second", SHAPES)
def test_shapes_are_broadcast(first, second):
    agree(lambda x, y: (x * y + y, nd.maximum(y, x)), normal(*first), normal(*second, seed=1))


def test_arrays_may_lie_anyhow():
    """Turned round, cut out, stretched: as inputs, parameters and values in between."""
    x, w, v = normal(4, 6, 5), Tensor(normal(5, 12).raw[:, ::2].t()), Tensor(normal(3, 12).raw[:, 2:7].t())

    def function(x):
        y = nd.tanh(x).permute((2, 0, 1))
        return (y * 2, y[1:4, :, 2] + w[0, 0], (x[1] @ v).T + 1, nd.exp(x[0].broadcast_to((3, 6, 5))) * w)

    agree(lambda x: (x[1] @ w.T + x[0] @ w.T,), x, all_of_it=False)  # neither rows nor columns have neighbours
    for given in (x, Tensor(normal(5, 6, 4).raw.permute(2, 1, 0)), Tensor(normal(4, 12, 5).raw[:, ::2])):
        agree(function, given)


# -- reductions and losses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("shape", [(5, 70, 9), (3, 1, 130), (200,)])
def test_reductions_go_over_any_axes(shape, dtype):
    def function(x):
        axes = [None, 0, -1, (0, -1), tuple(range(len(shape)))]
        found = [x.sum(axis=a, keepdims=k) for a in axes[: 2 * len(shape)] for k in (False, True) if a != (0, 0)]
        found += [x.mean(axis=0), x.mean(), x.max(axis=-1), x.max(axis=0, keepdims=True), x.max()]
        found += [apply(TABLE["sum_to"], x, shape=shape[1:]), apply(TABLE["sum_to"], x, shape=(1,) * len(shape))]
        found += [nd.softmax(x, axis=-1), nd.softmax(x, axis=0), nd.log_softmax(x, axis=0), nd.log_softmax(x, axis=-1)]
        return tuple(found[2 * (len(shape) == 1) :])

    x = normal(*shape, dtype=dtype)
    tolerance = {"rtol": 1e-5, "atol": 1e-5} if dtype == "float32" else {"rtol": 1e-12, "atol": 1e-12}
    agree(function, x, **tolerance)
    agree(lambda x: (nd.tanh(x).T * 2,), x, **tolerance)
    spoilt = x.raw.clone()
    spoilt.view(-1)[3] = float("nan")
    agree(function, Tensor(spoilt), **tolerance)


def test_softmax_of_infinite_numbers_is_torchs():
    inf, nan = float("inf"), float("nan")
    x = nd.array([[1, 2, 3], [inf, 0, 1], [-inf, 0, 1], [-inf, -inf, -inf], [nan, 0, 1], [1e30, -1e30, 0]])
    agree(lambda x: (nd.softmax(x, axis=1), nd.log_softmax(x, axis=1), x.max(axis=1), x.sum(axis=1)), x)


def test_cross_entropy_and_its_gradient_are_torchs():
    x, y = normal(6, 4), nd.array([0, 3, 1, -100, 2, 0], dtype="int64")
    p = Tensor(torch.log_softmax(x.raw, 1))
    program = compiled(lambda p, y: apply(TABLE["nll"], p, y), p, y)
    torch.testing.assert_close(program(p, y).raw, torch.nn.functional.nll_loss(p.raw, y.raw))
    assert program(p, nd.array([-100] * 6, dtype="int64")).raw.isnan()  # rows with -100 do not count
    g, rows = nd.array(0.3), nd.array([0, 3, 1, 1, 2, 0], dtype="int32")
    agree(lambda g, y: (apply(TABLE["nll_input"], g, y, shape=(6, 4)) * 1,), g, rows)
    agree(lambda g, p: (apply(TABLE["log_softmax_input"], g, p, axis=1),), x, p)


def test_a_label_that_is_no_class_is_refused_as_torch_refuses_it():
    net, criterion = nn.Dense(3, in_units=2), loss.SoftmaxCrossEntropyLoss()
    net.initialize()
    x, y = normal(4, 2), nd.array([0, 2, 1, 0], dtype="int64")
    trainer = optim.SGD(net.collect_params(), lr=0.1)
    step = graph.joint(net, criterion, trainer, x, y, backend="native")
    step(x, y)
    before = [p.data().asnumpy().copy() for p in net.collect_params().values()]
    for label in (3, -1):
        with pytest.raises(IndexError, match=f"(?s){label} is out of bounds.*in the graph: nll.*test_graph_native"):
            step(x, nd.array([0, 2, label, 0], dtype="int64"))
    for p, old in zip(net.collect_params().values(), before, strict=True):
        np.testing.assert_array_equal(p.data().asnumpy(), old)
    assert trainer.steps == 1


# -- products -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=["torch", "scipy"])
def either_blas(request, monkeypatch):
    """Whose products are used: a build of torch may not show its own."""
    if request.param == "scipy":
        monkeypatch.setattr(blas, "gemm", blas.from_scipy)


@pytest.mark.usefixtures("either_blas")
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("m, k, n", [(3, 4, 5), (1, 7, 1), (5, 1, 3), (1, 1, 1), (33, 2, 1)])
def test_products_take_matrices_as_they_lie(m, k, n, dtype):
    a, b, bias = normal(m, k, dtype=dtype), normal(k, n, dtype=dtype, seed=1), normal(n, dtype=dtype, seed=2)

    def function(a, b):
        at, bt = nd.tanh(a).T.copy(), nd.tanh(b).T.copy()
        dense = apply(TABLE["dense"], a, b.T, bias), apply(TABLE["dense_relu"], at.T, bt, bias)
        return (a @ b, at.T @ b, a @ bt.T, at.T @ bt.T, (bt @ at).T * 2, *dense)

    agree(function, a, b, rtol=1e-5, atol=1e-6)


# -- whole steps --------------------------------------------------------------------------------------------------


def mlp(sizes, dtype="float32"):
    net = nn.Sequential(*(nn.Dense(b, "relu", in_units=a, dtype=dtype) for a, b in zip(sizes, sizes[1:-1])))
    net.add(nn.Dense(sizes[-1], in_units=sizes[-2], dtype=dtype))
    net.initialize(init.Normal(0.5))
    return net


def torchs(net):
    """The same network of torch."""
    layers = []
    for dense in net:
        linear = torch.nn.Linear(dense.weight.shape[1], dense.weight.shape[0], dtype=dense.weight.data().raw.dtype)
        linear.weight.data.copy_(dense.weight.data().raw)
        linear.bias.data.copy_(dense.bias.data().raw)
        layers += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


@pytest.mark.parametrize(
    "ours, theirs",
    [
        (lambda p: optim.SGD(p, lr=0.1), lambda p: torch.optim.SGD(p, lr=0.1)),
        (
            lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
            lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        ),
        (lambda p: optim.Adam(p, lr=0.01), lambda p: torch.optim.Adam(p, lr=0.01)),
    ],
    ids=["sgd", "nesterov", "adam"],
)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_a_step_is_one_call_and_trains_as_torch_does(ours, theirs, dtype):
    net = mlp([5, 9, 7, 4], dtype)
    peer = torchs(net)
    x, y = normal(6, 5, dtype=dtype), nd.array([0, 1, 2, 3, 1, 0], dtype="int64")
    trainer, oracle = ours(net.collect_params()), theirs(peer.parameters())
    step = graph.joint(net, loss.SoftmaxCrossEntropyLoss(), trainer, x, y, backend="native")
    assert python_part(step.program) == [] and step.code.count("\nint native") == 1
    for rate in (0.1, 0.03, 0.05):
        trainer.lr = oracle.param_groups[0]["lr"] = rate
        oracle.zero_grad()
        wanted = torch.nn.functional.cross_entropy(peer(x.raw), y.raw)
        wanted.backward()
        oracle.step()
        torch.testing.assert_close(step(x, y).raw, wanted.detach(), rtol=1e-4, atol=1e-5)
    for p, q in zip(net.collect_params().values(), peer.parameters(), strict=True):
        torch.testing.assert_close(p.data().raw, q.detach(), rtol=1e-4, atol=1e-5)


class Mixed(nn.Block):
    """Convolutions and dropout, which C does not know, among what it does."""

    def __init__(self):
        super().__init__()
        self.conv, self.pool, self.norm = (
            nn.Conv2D(40, 3, padding=1, activation="relu"),
            nn.MaxPool2D(2),
            nn.BatchNorm(),
        )
        self.drop, self.last = nn.Dropout(0.5), nn.Dense(4)

    def forward(self, x):
        return self.last(self.drop(nd.tanh(self.norm(self.pool(self.conv(x))) * 0.5 + 1)))


@pytest.mark.parametrize("size", [6, 28])  # from 256 KiB on, convolutions are written otherwise
def test_what_c_does_not_know_stays_between_its_calls(size):
    def trained(backend):
        nd.random.seed(3)
        net, x = Mixed(), normal(6, 1, size, size)
        net.initialize(init.Normal(0.3))
        net(x)
        trainer = optim.SGD(net.collect_params(), lr=0.1, momentum=0.9)
        y = nd.array([0, 1, 2, 3, 1, 0], dtype="int64")
        step = graph.joint(net, loss.SoftmaxCrossEntropyLoss(), trainer, x, y, backend=backend)
        values = [step(x, y).raw for _ in range(3)]
        if backend == "native":
            assert step.code.count("\nint native") > 1 and python_part(step.program)
        return values + [p.data().raw for p in net.collect_params().values()]

    for found, wanted in zip(trained("native"), trained("python"), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)


# -- what a program promises --------------------------------------------------------------------------------------


def test_a_hybridized_block_runs_natively():
    net, x = mlp([4, 8, 3]), normal(5, 4)
    wanted = net(x).asnumpy()
    net.hybridize(backend="native")
    with autograd.no_grad():
        for _ in range(3):
            np.testing.assert_allclose(net(x).asnumpy(), wanted, rtol=1e-5, atol=1e-6)
    (program,) = net._hybrid.programs.values()
    assert program.is_native


def test_results_are_the_callers_own():
    program = compiled(lambda x: (x * 2, (x * 2).T, x + 1), normal(2, 3))
    one = program(nd.ones((2, 3)))
    kept = [t.asnumpy().copy() for t in one]
    program(nd.zeros((2, 3)))
    for t, old in zip(one, kept, strict=True):
        np.testing.assert_array_equal(t.asnumpy(), old)


def test_new_values_and_new_storage_of_a_parameter_are_seen():
    net, x = mlp([3, 2]), normal(4, 3)
    program = graph.compile(graph.trace(net, x), backend="native")
    for change in (lambda p: p.data().raw.mul_(2), lambda p: setattr(p.data(), "raw", p.data().raw + 1)):
        for p in net.collect_params().values():
            change(p)
        with autograd.no_grad():
            np.testing.assert_allclose(program(x).asnumpy(), net(x).asnumpy(), rtol=1e-5, atol=1e-6)


def test_the_tape_notices_what_c_has_written():
    """What was recorded before a step cannot be walked back through after it: the step has changed the weights."""
    net, criterion, x, y = (
        mlp([3, 4, 2]),
        loss.SoftmaxCrossEntropyLoss(),
        normal(4, 3),
        nd.array([0, 1, 1, 0], dtype="int64"),
    )
    step = graph.joint(net, criterion, optim.SGD(net.collect_params(), lr=0.1), x, y, backend="native")
    other = graph.compile(graph.trace(net, x), backend="native")
    with autograd.no_grad():
        other(x)
    versions = {name: p.data().raw._version for name, p in net.collect_params().items()}
    value = criterion(net(x), y)
    step(x, y)
    assert all(p.data().raw._version > versions[name] for name, p in net.collect_params().items())
    with pytest.raises(OverwrittenError):
        value.backward()
    with autograd.no_grad():
        np.testing.assert_allclose(other(x).asnumpy(), net(x).asnumpy(), rtol=1e-5, atol=1e-6)


def test_empty_arrays_and_other_dtypes_are_torchs():
    for x in (nd.ones((0, 3)), nd.ones((2, 3), dtype="float16"), nd.ones((2, 3), dtype="int64")):
        program = graph.compile(graph.trace(lambda x: (x + x * 2, x.sum(axis=0)), x), backend="native")
        assert not program.is_native and program.code.startswith("def run(")
        for found, wanted in zip(program(x), (x + x * 2, x.sum(axis=0)), strict=True):
            torch.testing.assert_close(found.raw, wanted.raw)


def test_large_arrays_are_left_to_the_threads_of_torch(monkeypatch):
    """All but their products, which BLAS shares."""
    x = normal(512, 512)
    g = graph.trace(lambda x: nd.tanh(x @ x) * 2, x)
    for threads, lines in ((1, 0), (4, 1)):
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        program = graph.compile(g, backend="native")
        assert program.is_native and (len(python_part(program)) > 0) == lines
        torch.testing.assert_close(program(x).raw, torch.tanh(x.raw @ x.raw) * 2, rtol=1e-4, atol=1e-4)


def test_on_another_device_all_of_it_runs_in_python():
    """The device of shapes without numbers stands for a GPU."""
    program = graph.compile(graph.trace(lambda x: nd.tanh(x) * 2, normal(2, 3)), backend="native")
    assert program.is_native
    there = Tensor(torch.empty(2, 3, device="meta"))
    assert program(there).raw.device.type == "meta" and not program.is_native
    torch.testing.assert_close(program(nd.ones((2, 3))).raw, torch.full((2, 3), 2 * np.tanh(1.0), dtype=torch.float32))
    assert program.is_native


def test_each_thread_has_memory_of_its_own(in_threads):
    """Four threads with different inputs: C runs without Python's lock, so that they meet."""
    program = graph.compile(graph.trace(lambda x: nd.tanh(x @ x) @ x, normal(60, 60)), backend="native")
    inputs = [normal(60, 60, seed=i) for i in range(4)]
    wanted = [(torch.tanh(x.raw @ x.raw) @ x.raw) for x in inputs]
    wrong = []

    def work(i):
        with autograd.no_grad():
            for _ in range(100):
                if not torch.allclose(program(inputs[i]).raw, wanted[i], rtol=1e-4, atol=1e-4):
                    wrong.append(i)

    in_threads(4, work)
    assert wrong == []


def test_names_that_mean_something_in_c_or_in_the_program_do_no_harm():
    names = ["float", "exp", "memory", "native0", "failed", "linux", "é", "sum_float", "add_1", "int64_t", "y", "lr"]
    refs = [graph.Ref(name, (2,), "float32") for name in names]
    total, steps = refs[0], []
    for i, ref in enumerate(refs[1:]):
        total, old = graph.Ref(f"total{i}", (2,), "float32"), total
        steps.append(graph.Step(total, "add", (old, ref)))
    labels = {refs[2]: "*/ }\\\n#error */"}
    program = graph.compile(
        graph.Graph(tuple(refs), {}, tuple(steps), total, labels=labels), backend="native", passes=()
    )
    assert program.is_native
    np.testing.assert_array_equal(program(*(nd.array([i, 1.0]) for i in range(12))).asnumpy(), [66, 12])


def test_the_source_is_for_readers():
    net, x, y = mlp([3, 4, 2]), normal(4, 3), nd.array([0, 1, 1, 0], dtype="int64")
    net.hybridize()
    step = graph.joint(
        net, loss.SoftmaxCrossEntropyLoss(), optim.SGD(net.collect_params(), lr=0.1), x, y, backend="native"
    )
    for part in (
        "KERNEL void dense_relu_1(",
        "// dense_relu0 = dense_relu(x0, p0, p1)",
        "_weight",
        "def run(x0, x1, lr):",
    ):
        assert part in step.code
