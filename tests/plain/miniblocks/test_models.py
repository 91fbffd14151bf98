"""The models of the PyTorch and Keras source texts, line for line, and that they train."""

import numpy as np
import pytest
import torch

from miniblocks import autograd, data, init, loss, nd, nn, optim, train
from miniblocks.tensor import Tensor


@pytest.fixture(autouse=True)
def fresh():
    with nn.fresh_names():
        nd.random.seed(0)
        yield


def numbers(*shape, seed=0):
    return nd.array(np.random.default_rng(seed).normal(size=shape))


def test_a_two_layer_network_out_of_tensors_alone():
    """Gradients by hand against the tape, and a training loop with `no_grad` and zeroing."""
    x, y = numbers(16, 8), numbers(16, 3, seed=1)
    w1, w2 = numbers(8, 10, seed=2), numbers(10, 3, seed=3)
    w1.requires_grad = w2.requires_grad = True
    history = []
    for t in range(60):
        h = (x @ w1).clamp(min=0)
        error = (h @ w2 - y) ** 2
        total = error.sum()
        total.backward()
        if t == 0:
            g = 2 * (h @ w2 - y)
            by_hand = x.T @ ((g @ w2.T) * (h > 0))
            np.testing.assert_allclose(w1.grad.asnumpy(), by_hand.asnumpy(), rtol=1e-4, atol=1e-3)
        with autograd.no_grad():
            w1 -= 1e-4 * w1.grad
            w2 -= 1e-4 * w2.grad
            w1.zero_grad()
            w2.zero_grad()
        history.append(total.item())
    assert history[-1] < history[0] / 3


class ParallelBlock(nn.Block):
    def __init__(self, D_in, D_out):
        super().__init__()
        self.linear1 = nn.Dense(D_out, in_units=D_in)
        self.linear2 = nn.Dense(D_out, in_units=D_in)

    def forward(self, x):
        h1 = self.linear1(x)
        h2 = self.linear2(x)
        return (h1 * h2).clamp(min=0)


def test_the_product_block_stacked_trains_by_adam():
    N, D_in, H, D_out = 64, 20, 16, 4
    model = nn.Sequential(ParallelBlock(D_in, H), ParallelBlock(H, H), nn.Dense(D_out, in_units=H))
    model.initialize(init.Xavier())
    trainer = optim.Adam(model.collect_params(), lr=0.01)
    x, y = numbers(N, D_in), numbers(N, D_out, seed=1)
    losses = []
    for _ in range(100):
        error = loss.L2Loss()(model(x), y)
        error.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(error.item())
    assert losses[-1] < losses[0] / 2


def test_the_loop_that_chooses_its_weights_by_the_previous_loss():
    x, y = numbers(16, 8), numbers(16, 3, seed=1)
    w1, w2a, w2b = numbers(8, 10, seed=2), numbers(10, 3, seed=3), numbers(10, 3, seed=4)
    for w in (w1, w2a, w2b):
        w.requires_grad = True
    previous, used = 5.0, []
    for _ in range(30):
        w2 = w2a if previous < 20 else w2b
        used.append(w2)
        error = (((x @ w1).clamp(min=0) @ w2 - y) ** 2).mean()
        error.backward()
        assert (w2a.grad is None) != (w2b.grad is None)
        with autograd.no_grad():
            for w in (w1, w2):
                w -= 0.01 * w.grad
        for w in (w1, w2a, w2b):
            w.zero_grad()
        previous = error.item()
    assert {id(w) for w in used} == {id(w2a), id(w2b)}


def test_sigmoid_composed_overflows_in_its_gradient_and_the_function_does_not():
    class Sigmoid(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = nd.sigmoid(x)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, grad_y):
            (y,) = ctx.saved_tensors
            return grad_y * y * (1.0 - y)

    def gradient(function):
        x = nd.array([-100.0, 0.0])
        x.requires_grad = True
        function(x).sum().backward()
        return x.grad.asnumpy()

    assert np.isnan(gradient(lambda x: 1.0 / (1.0 + (-x).exp()))).any()
    np.testing.assert_allclose(gradient(Sigmoid.apply), [0, 0.25], atol=1e-7)


class CNNResidual(nn.Block):
    def __init__(self, layers, filters, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Conv2D(filters, 3, padding=1, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return inputs + x


class DNNResidual(nn.Block):
    def __init__(self, layers, neurons, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Sequential(*[nn.Dense(neurons, activation="relu") for _ in range(layers)])

    def forward(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return inputs + x


class MyResidual(train.Model):
    """Made to fit: the 30 numbers become an image, and the image 64 numbers."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden1 = nn.Dense(30, activation="relu")
        self.widen = nn.Conv2D(32, 1)
        self.block1 = CNNResidual(2, 32)
        self.narrow = nn.Dense(64)
        self.block2 = DNNResidual(2, 64)
        self.out = nn.Dense(1)

    def call(self, inputs):
        x = self.hidden1(inputs)
        x = self.block1(self.widen(x.reshape(-1, 1, 5, 6)))
        x = self.narrow(x)
        for _ in range(1, 4):
            x = self.block2(x)
        return self.out(x)


def test_my_residual_fits_and_counts_the_repeated_block_once():
    images, labels = data.digits(True).arrays
    x = images.reshape(len(images), -1)[:256]
    y = (labels.astype("float32")[:256] / 9).reshape(-1, 1)
    model = MyResidual()
    model.initialize(init.Xavier())
    model.compile("adam", "mse", lr=0.002)
    history = model.fit(x, y, epochs=8, batch_size=32, verbose=False)
    assert history[-1]["loss"] < history[0]["loss"] / 3
    dense = 2 * (64 * 64 + 64)
    convs = 32 * 1 + 32 + 2 * (32 * 32 * 9 + 32)
    assert model.summary(x[:2]).trained == (64 * 30 + 30) + convs + (32 * 30 * 64 + 64) + dense + (64 + 1)
    assert next(r for r in model.summary(x[:2]).rows if r.path == "block2").outputs == ((2, 64),) * 3


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_a_network_computes_in_every_float_type(dtype):
    model = nn.Sequential(nn.Dense(8, "tanh"), nn.Dense(3))
    model.initialize(init.Xavier())
    x = numbers(4, 5)
    model(x)
    model.cast(dtype)
    y = model(x.astype(dtype))
    y.sum().backward()
    assert y.dtype == model[0].weight.grad().dtype == dtype
    weights = [p.data().raw.float() for p in model.collect_params().values()]
    h = torch.tanh(x.raw @ weights[0].T + weights[1])
    np.testing.assert_allclose(y.asnumpy(), (h @ weights[2].T + weights[3]).numpy(), atol=0.05, rtol=0.05)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
def test_integers_and_truth_values_index_compare_and_count(dtype):
    x = nd.array([0, 1, 1], dtype=dtype)
    assert x.dtype == dtype and (x == 1).sum().item() == 2 and not x.requires_grad
    if dtype != "bool":
        assert (x + 2).tolist() == [2, 3, 3] and x.mean().item() == pytest.approx(2 / 3)
    picked = nd.array([10.0, 20.0, 30.0])[x if dtype in ("int64", "bool") else x.astype("int64")]
    assert picked.tolist() == ([20, 30] if dtype == "bool" else [10, 20, 20])
    with pytest.raises(TypeError, match="astype"):
        x /= 2


@pytest.mark.slow
def test_a_million_nodes_need_no_recursion():
    x = Tensor(torch.tensor(1.0, dtype=torch.float64), requires_grad=True)
    y = x
    for _ in range(500_000):
        y = (y + y) * 0.5
    y.backward()
    assert x.grad.item() == 1
