"""Large convolutions and pools in compiled programs go into buffers, and give what the tape gives."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from miniblocks import autograd, graph, init, loss, nd, nn, optim
from miniblocks.graph.backends import images

WINDOWS = [((3, 3), (1, 1), (1, 1)), ((5, 3), (1, 1), (0, 2)), ((1, 1), (1, 1), (0, 0)), ((3, 3), (2, 1), (1, 1))]
KINDS = {"as it is": True, "where torch cannot add": False}


@pytest.fixture(params=KINDS)
def adding(request, monkeypatch):
    """With the convolution that adds to a place, and without it."""
    if not KINDS[request.param]:
        monkeypatch.setattr(images, "adding", lambda: None)
    return KINDS[request.param]


class Convolutional(nn.Block):
    """A residual network whose values are large enough for buffers."""

    def __init__(self, kernel, stride, padding, relu, bias):
        super().__init__()
        activation = "relu" if relu else None
        self.stem = nn.Conv2D(16, 3, padding=1, activation="relu", in_channels=1)
        self.conv = nn.Conv2D(
            16, kernel, strides=stride, padding=padding, activation=activation, use_bias=bias, in_channels=16
        )
        self.straight = nn.Conv2D(16, 3, padding=1, in_channels=16)
        self.bent = nn.Conv2D(16, 3, padding=1, activation="relu", in_channels=16)
        self.pool, self.scores = nn.MaxPool2D(3, strides=2, padding=1), nn.Dense(3)

    def forward(self, x):
        h = self.stem(x)
        h = h + self.straight(h)
        h = h + self.bent(h)
        return self.scores(self.pool(self.conv(h) * 0.5 + 1))


def network(*arguments):
    nd.random.seed(4)
    with nn.fresh_names():
        net = Convolutional(*arguments)
    net.initialize(init.Normal(0.1))
    net(batch()[0])
    return net


def batch():
    return nd.random.normal(shape=(8, 1, 32, 32)), nd.random.randint(0, 3, shape=(8,))


def close(a, b):
    size = np.abs(b[np.isfinite(b)]).max(initial=0.0)
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4 * (1e-3 + size))


@pytest.mark.parametrize("relu, bias", [(True, True), (False, False)])
@pytest.mark.parametrize("kernel, stride, padding", WINDOWS)
def test_a_training_step_changes_parameters_as_the_tape_does(kernel, stride, padding, relu, bias, adding):
    nets = [network(kernel, stride, padding, relu, bias) for _ in range(2)]
    rules = [optim.SGD(net.collect_params(), lr=0.01) for net in nets]
    criterion, (x, y) = loss.SoftmaxCrossEntropyLoss(), batch()
    step = graph.joint(nets[0], criterion, rules[0], x, y)
    assert {"add_conv2d", "add_conv2d_input"} <= {s.operation for s in step.program.graph.steps}
    assert (step.code.count("_convolution_pointwise") > step.code.count(".zero_()")) is adding
    for _ in range(3):
        x, y = batch()
        value = criterion(nets[1](x), y)
        value.backward()
        rules[1].step()
        rules[1].zero_grad()
        close(step(x, y).asnumpy(), value.asnumpy())
    for p, q in zip(*(net.collect_params().values() for net in nets), strict=True):
        close(p.data().asnumpy(), q.data().asnumpy())


@pytest.mark.parametrize("kernel, stride, padding", WINDOWS)
def test_a_forward_program_computes_what_the_tape_does_and_forgets_the_call_before(kernel, stride, padding, adding):
    net = network(kernel, stride, padding, True, True)
    x = batch()[0]
    program = graph.compile(graph.trace(net, x))
    with autograd.no_grad():
        first = program(x).asnumpy()
        close(first, net(x).asnumpy())
        for i, value in enumerate((float("inf"), float("nan"))):
            spoilt = x.copy()
            spoilt[i, 0, 7, 7] = value
            close(program(spoilt).asnumpy(), net(spoilt).asnumpy())
        np.testing.assert_array_equal(program(x).asnumpy(), first)


def test_what_leaves_a_program_has_memory_of_its_own(adding):
    layer, pool = nn.Conv2D(16, 3, padding=1, in_channels=1), nn.MaxPool2D(2)
    layer.initialize()

    def both(x):
        h = layer(x)
        return h, pool(h), pool(pool(h) + 0)

    x = batch()[0]
    program = graph.compile(graph.trace(both, x))
    outputs = program(x)
    kept = [t.asnumpy() for t in outputs]
    program(x * 3)
    for t, values in zip(outputs, kept):
        np.testing.assert_array_equal(t.asnumpy(), values)
    with autograd.no_grad():
        for t, u in zip(program(x), both(x)):
            close(t.asnumpy(), u.asnumpy())


def test_two_pools_of_one_value_each_know_their_own_places(adding):
    """The gradient of overlapping and of other windows on the same image."""
    pools = [nn.MaxPool2D(2), nn.MaxPool2D(3, strides=2, padding=1), nn.MaxPool2D(2)]
    layer, scores = nn.Conv2D(16, 3, padding=1, in_channels=1), nn.Dense(3)
    net = nn.Sequential(layer, scores)
    net.initialize(init.Normal(0.3))

    class Pools(nn.Block):
        def __init__(self):
            super().__init__()
            self.layer, self.scores, self.pools = layer, scores, nn.Sequential(*pools)

        def forward(self, x):
            h = self.layer(x)
            return self.scores(sum(pool(h * (i + 1)) if i else pool(h) for i, pool in enumerate(self.pools)))

    net = Pools()
    x, y = batch()
    net(x)
    rule, criterion = optim.SGD(net.collect_params(), lr=1.0), loss.SoftmaxCrossEntropyLoss()
    before = layer.weight.data().asnumpy()
    step = graph.joint(net, criterion, rule, x, y)
    criterion(net(x), y).backward()
    gradient = layer.weight.grad().asnumpy()
    step(x, y)
    close(before - layer.weight.data().asnumpy(), gradient)


def test_a_kernel_turned_round_is_the_gradient_by_the_input():
    g, w = torch.randn(2, 4, 7, 6), torch.randn(4, 3, 3, 5)
    wanted = torch.nn.grad.conv2d_input((2, 3, 7, 6), w, g, padding=(1, 2))
    torch.testing.assert_close(torch.conv2d(g, images.turned_round(w), padding=(1, 2)), wanted)


def test_one_channel_is_channels_last():
    from miniblocks.ops.images import channels_last

    x = torch.randn(2, 1, 5, 4)
    assert torch.equal(channels_last(x), x) and channels_last(x).stride() == (20, 1, 4, 1)
    out = torch.conv2d(channels_last(x), torch.randn(3, 1, 3, 3))
    assert out.is_contiguous(memory_format=torch.channels_last)


def trained(net, batches, step):
    """The losses of these batches, and the parameters after them."""
    values = [step(*batch).asnumpy() for batch in batches]
    return [*values, *(p.data().asnumpy() for p in net.collect_params().values())]


sides = st.integers(1, 4)


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(st.tuples(sides, sides), st.tuples(*[st.integers(1, 2)] * 2), st.tuples(*[st.integers(0, 2)] * 2), st.data())
def test_a_convolution_of_one_channel_is_a_product_of_matrices(kernel, stride, padding, data):
    """Twice the same convolution of one image: its columns are written once."""
    bias, relu = data.draw(st.booleans()), data.draw(st.booleans())
    options = {"strides": stride, "padding": padding, "use_bias": bias, "activation": "relu" if relu else None}

    def both():
        nd.random.seed(6)
        with nn.fresh_names():
            net = Two(nn.Conv2D(24, kernel, **options), nn.Conv2D(24, kernel, **options), nn.Dense(3))
        net.initialize(init.Normal(0.2))
        batches = [(nd.random.normal(shape=(16, 1, 32, 32)), nd.random.randint(0, 3, shape=(16,))) for _ in range(2)]
        net(batches[0][0])
        return net, batches, loss.SoftmaxCrossEntropyLoss(), optim.SGD(net.collect_params(), lr=0.01)

    net, batches, criterion, rule = both()
    step = graph.joint(net, criterion, rule, *batches[0])
    assert step.code.count("columns_windows.copy_") == 1 and "conv2d(" not in step.code
    assert step.code.count("sum(") == 0  # the bias's gradient comes with the kernel's
    found = trained(net, batches, step)

    net, batches, criterion, rule = both()

    def dynamic(x, y):
        value = criterion(net(x), y)
        value.backward()
        rule.step()
        rule.zero_grad()
        return value

    for a, b in zip(found, trained(net, batches, dynamic), strict=True):
        close(a, b)


class Two(nn.Block):
    """Scores of the sum of two layers on one input."""

    def __init__(self, one, other, scores):
        super().__init__()
        self.one, self.other, self.scores = one, other, scores

    def forward(self, x):
        return self.scores(self.one(x) - self.other(x))
