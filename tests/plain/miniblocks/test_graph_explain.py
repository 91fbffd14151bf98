"""What `graph.explain` says of a capture, held to what is known of the code that was captured."""

import random
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniblocks import autograd, graph, nd, nn
from miniblocks.device import cpu
from miniblocks.tensor import Tensor

ROWS = 4


class Decides(nn.Block):
    """A network with one of everything."""

    def __init__(self, rounds=3):
        super().__init__()
        self.drop, self.norm = nn.Dropout(0.5), nn.BatchNorm()
        self.layers = nn.Sequential(*(nn.Dense(3, "relu") for _ in range(rounds)))

    def forward(self, x):
        if self.training:
            x = self.drop(x)
        for layer in self.layers:
            x = layer(x)
        if x.norm() > 1000:
            x = x / 2
        return self.norm(x) / len(x)


def decides(rounds=3):
    net = Decides(rounds)
    net.initialize()
    return net


def texts(parts):
    return [part.place.text for part in parts]


@given(st.integers(1, 5), st.integers(1, 6), st.booleans())
def test_branches_loops_numbers_and_draws_are_those_of_the_run(rounds, rows, training):
    net = decides(rounds).train(training)
    told = graph.explain(net, nd.ones((rows, 4)))
    assert [(branch.place.text, branch.held) for branch in told.branches] == [
        ("if self.training:", int(training)),
        ("if x.norm() > 1000:", 0),
    ]
    assert [(loop.place.text, loop.rounds) for loop in told.loops] == [("for layer in self.layers:", rounds)]
    assert [(look.place.text, look.value) for look in told.looks] == [("if x.norm() > 1000:", False)]
    assert [(number.value, number.computed) for number in told.numbers] == [(1000, False), (rows, True)]
    assert told.draws == (("dropout_mask ×1",) if training else ())
    assert len(told.writes) == (2 if training else 0) and len(told.parameters) == 2 * rounds + 4
    assert told.signature.training is training and told.signature.kinds[0][0] == (rows, 4)


def test_nothing_is_changed_and_nothing_drawn():
    net = decides()
    x, state = nd.ones((ROWS, 4)), nd.random.generator().get_state()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        graph.explain(net, x)
    assert all(p.is_deferred or p.is_initialized for p in net.collect_params().values())
    assert net.layers[0].weight.is_deferred and net.layers[0].weight.shape == (3, 0)
    net(x)
    before = {name: p.data().asnumpy() for name, p in net.collect_params().items()}
    state = nd.random.generator().get_state()
    told = graph.explain(net, x)
    assert nd.random.generator().get_state().equal(state) and told.cache is None and net._hybrid is None
    for name, p in net.collect_params().items():
        np.testing.assert_array_equal(p.data().asnumpy(), before[name])


def test_a_deferred_network_is_initialized_later_as_if_nothing_had_been_explained():
    nets = []
    for explained in (False, True):
        nd.random.seed(3)
        nets.append(decides())
        if explained:
            graph.explain(nets[-1], nd.ones((ROWS, 4)))
        nets[-1].eval()(nd.ones((ROWS, 4)))
    for p, q in zip(*(net.collect_params().values() for net in nets), strict=True):
        np.testing.assert_array_equal(p.data().asnumpy(), q.data().asnumpy())


def test_the_cache_of_a_hybridized_block_says_why_each_graph_was_captured():
    net = nn.Dense(2, in_units=3)
    net.initialize()
    net.hybridize()
    calls = [(32, True), (32, True), (7, True), (32, False), (32, True), (7, True)]
    for rows, training in calls:
        net.train(training)(nd.ones((rows, 3)))
    with autograd.no_grad():
        for _ in range(4):
            net(nd.ones((7, 3)))
    told = graph.explain(net.train(), nd.ones((9, 3)))
    assert told.cache.reasons() == [
        "the first call",
        "batch 32 → 7 in input 0",
        "in training → in use",
        "gradients recorded → under no_grad",
    ]
    assert (told.cache.captures, told.cache.hits, told.cache.passed) == (4, 6, 0)
    assert not told.cached and "is captured anew: batch 7 → 9 in input 0" in str(told)
    told = graph.explain(net, nd.ones((7, 3)))
    assert told.cached and not told.stale and "finds its graph" in str(told)
    assert len(net._hybrid.graphs) == 4 and (net._hybrid.calls, net._hybrid.captures) == (10, 4)


@pytest.mark.parametrize(
    "other, words",
    [
        (lambda: (nd.ones((2, 5)),), "axis 1: 3 → 5 in input 0"),
        (lambda: (nd.ones((3,)),), "shape [2, 3] → [3] in input 0"),
        (lambda: (nd.ones((2, 3)).astype("float64"),), "float32 → float64 in input 0"),
        (lambda: (nd.ones((2, 3)), nd.ones((1,))), "1 → 2 inputs"),
    ],
)
def test_differences_between_signatures_in_words(other, words):
    class Doubling(nn.Block):
        def forward(self, *xs):
            return xs[0] * 2

    net = Doubling()
    net.hybridize()
    net(nd.ones((2, 3)))
    assert words in str(graph.explain(net, *other()))


def test_calls_that_no_graph_can_serve_are_counted():
    class Picking(nn.Block):
        def forward(self, pair):
            return pair[0]

    net = Picking()
    net.hybridize()
    net((nd.ones((1,)), 2))
    told = graph.explain(net, (nd.ones((1,)), 2))
    assert (told.cache.hits, told.cache.captures, told.cache.passed) == (0, 0, 1)
    assert told.refused and "1 ran the Python code" in str(told)


def test_a_graph_that_python_would_no_longer_make_is_called_stale():
    class Switched(nn.Block):
        wide = True

        def forward(self, x):
            return x * 2 if self.wide else x * 3

    net = Switched()
    net.hybridize()
    net(nd.ones((2,)))
    assert not graph.explain(net, nd.ones((2,))).stale
    net.wide = False
    told = graph.explain(net, nd.ones((2,)))
    assert told.stale and "something that Python decides by has changed" in str(told)
    assert net(nd.ones((2,))).tolist() == [2, 2]


def test_what_cannot_be_captured_is_told_in_a_sentence_with_its_line():
    def masked(x):
        return x[x > 0]  # no graph has this

    told = graph.explain(masked, nd.ones((3,)))
    assert told.graph is None and "# no graph has this" in told.refused and "nd.where" in told.refused
    assert "every call runs the Python code" in str(told)
    net = nn.Dense(2, in_units=3)
    net.initialize()
    net.hybridize()
    assert "tensors" in graph.explain(net, (1, 2)).refused
    with pytest.raises(ZeroDivisionError):  # a fault in the code is no reason of ours
        graph.explain(lambda x: x * (1 / 0), nd.ones((3,)))


def test_python_numbers_that_python_worked_out_are_told_from_those_that_stand_there():
    random.seed(1)

    def forgetful(x):
        x = x * random.random()
        for _ in range(3):
            x = x + 1
        return x / len(x) - 1_000 * 2.5e-1

    told = graph.explain(forgetful, nd.ones((4,)))
    assert [(n.value if n.operation != "mul" else "drawn", n.computed) for n in told.numbers] == [
        ("drawn", True),
        (1, False),
        (4, True),
        (250.0, True),
    ]
    assert [loop.rounds for loop in told.loops] == [3]


def test_it_shows_as_text_and_as_a_table_and_escapes():
    told = graph.explain(lambda x: x * 2 if x.sum() < 1 else x, nd.ones((2,)))
    shown = told._repr_mimebundle_()
    assert shown["text/plain"] == str(told) == repr(told)
    assert "<lambda>" not in shown["text/html"] and "&lt;lambda&gt;" in shown["text/html"]
    for title, lines in told.sections():
        assert title in shown["text/html"] and all(line in str(told) for line in lines)


def test_a_debugger_stays_where_it_was():
    import sys

    def debugger(frame, event, arg):
        return None

    before = sys.gettrace()
    sys.settrace(debugger)
    try:
        graph.explain(lambda x: x + 1, nd.ones((2,)))
        assert sys.gettrace() is debugger
    finally:
        sys.settrace(before)


# -- hybridize(script=True), and logical devices ----------------------------------------------------------------------


class Tail(nn.Block):
    """The end of FancyMLP: branches on values."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Dense(4, in_units=3)

    def forward(self, x):
        x = self.dense(x)
        while x.norm() > 1:
            x = x / 2
        if x.norm() < 0.8:
            x = x * 10
        return x.sum()


def tail():
    nd.random.seed(5)
    net = Tail()
    net.initialize()
    return net


def test_a_hybridized_branch_is_kept_or_warned_about_never_forgotten_in_silence():
    xs = [nd.ones((2, 3)) * size for size in (0.1, 3.0, 200.0, 0.001, 9.0)]
    plain, scripted, traced = tail(), tail(), tail()
    scripted.hybridize(script=True)
    traced.hybridize()
    with pytest.warns(graph.CaptureWarning, match=r"hybridize\(script=True\)"):
        traced(xs[0])
    seen = []
    scripted.register_forward_hook(lambda net, inputs, output: seen.append(output.item()))
    for x in xs:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            value = scripted(x)
        assert value.item() == pytest.approx(plain(x).item(), rel=1e-5)
        value.backward(), plain(x).backward()
    np.testing.assert_allclose(scripted.dense.weight.grad(), plain.dense.weight.grad(), rtol=1e-4)
    assert len(seen) == len(xs)
    with autograd.no_grad():
        for x in (*xs, *xs):
            assert scripted(x).item() == pytest.approx(plain(x).item(), rel=1e-5)
    told = graph.explain(scripted, xs[0])
    assert not told.looks and {"if", "loop"} <= {step.operation for step in told.graph.steps}


def test_scripted_dropout_draws_as_often_as_the_code_does():
    class Dropping(nn.Block):
        def __init__(self):
            super().__init__()
            self.drop = nn.Dropout(0.5)

        def forward(self, x):
            return self.drop(x) if x.sum() > 0 else x

    net, x = Dropping(), nd.ones((20,))
    nd.random.seed(2)
    wanted = [net(x).tolist() for _ in range(3)]
    net.hybridize(script=True)
    nd.random.seed(2)
    assert [net(x).tolist() for _ in range(3)] == wanted


def test_a_logical_device_elsewhere_does_not_keep_programs_from_running(monkeypatch):
    monkeypatch.setattr(Tensor, "logical_devices", False)
    net = nn.Dense(2, in_units=3)
    net.initialize()
    net.hybridize()
    x = nd.ones((2, 3))
    nd.ones((1,)).to(cpu(1))
    assert Tensor.logical_devices
    with autograd.no_grad():
        wanted = net(x).asnumpy()
        net(x)
        assert len(net._hybrid.programs) == 1
        np.testing.assert_allclose(net(x).asnumpy(), wanted, rtol=1e-6)
        with pytest.raises(Exception, match="cpu"):
            net(x.to(cpu(1)))
        net.collect_params().reset_ctx(cpu(1))
        with pytest.raises(Exception, match="cpu"):
            net(x)
        moved = net(x.to(cpu(1)))
        assert moved.device == cpu(1)
