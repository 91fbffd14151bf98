"""Layers, losses and optimizers against their torch twins, on the same parameters, in float64."""

import numpy as np
import pytest
import torch
from torch.nn import functional as TF

from miniblocks import init, loss, nd, nn, optim
from miniblocks.errors import ShapeError
from miniblocks.tensor import Tensor

RNG = np.random.default_rng(1)


@pytest.fixture(autouse=True)
def fresh():
    with nn.fresh_names():
        nd.random.seed(0)
        yield


def pair(*shape, positive=False):
    values = RNG.uniform(0.1, 1, size=shape) if positive else RNG.normal(size=shape)
    return Tensor(torch.tensor(values), requires_grad=True), torch.tensor(values, requires_grad=True)


def close(mine, theirs, rtol=1e-9):
    np.testing.assert_allclose(mine.asnumpy(), theirs.detach().numpy(), rtol=rtol, atol=1e-11)


TWINS = [
    (nn.Dense(3, dtype="float64"), torch.nn.Linear(4, 3), (5, 4)),
    (nn.Conv2D(3, (3, 2), strides=2, padding=1, dtype="float64"), torch.nn.Conv2d(2, 3, (3, 2), 2, 1), (2, 2, 6, 5)),
    (nn.Conv2D(3, 1, use_bias=False, dtype="float64"), torch.nn.Conv2d(2, 3, 1, bias=False), (2, 2, 4, 4)),
    (nn.MaxPool2D(2), torch.nn.MaxPool2d(2), (2, 3, 6, 6)),
    (nn.AvgPool2D(3, 2, 1), torch.nn.AvgPool2d(3, 2, 1), (2, 3, 7, 7)),
    (nn.GlobalAvgPool2D(), torch.nn.AdaptiveAvgPool2d(1), (2, 3, 5, 5)),
    (nn.BatchNorm(dtype="float64"), torch.nn.BatchNorm2d(3), (4, 3, 5, 5)),
    (nn.LayerNorm(dtype="float64"), torch.nn.LayerNorm(6), (4, 6)),
    (nn.Flatten(), torch.nn.Flatten(), (2, 3, 4)),
    (nn.Activation("relu"), torch.nn.ReLU(), (3, 4)),
    (nn.Activation("sigmoid"), torch.nn.Sigmoid(), (3, 4)),
    (nn.Activation("tanh"), torch.nn.Tanh(), (3, 4)),
    (nn.Activation("softrelu"), torch.nn.Softplus(), (3, 4)),
    (nn.Activation("leaky"), torch.nn.LeakyReLU(), (3, 4)),
    (nn.Activation("elu"), torch.nn.ELU(), (3, 4)),
    (nn.Activation("gelu"), torch.nn.GELU("tanh"), (3, 4)),
    (nn.Activation("silu"), torch.nn.SiLU(), (3, 4)),
    (nn.RNNCell(3, dtype="float64"), torch.nn.RNNCell(4, 3), (5, 4)),
    (nn.GRUCell(3, dtype="float64"), torch.nn.GRUCell(4, 3), (5, 4)),
]


@pytest.mark.parametrize("mine, theirs, shape", TWINS, ids=[repr(m) for m, _, _ in TWINS])
def test_a_layer_is_its_torch_twin(mine, theirs, shape):
    theirs = theirs.double()
    x, t = pair(*shape)
    mine.initialize(init.Normal(0.5))
    mine(x.detach())
    mine.initialize(init.Normal(0.5), force_reinit=True)
    trained = [p for p in mine.collect_params().values() if p.grad_req != "null"]
    for p, q in zip(trained, theirs.parameters(), strict=True):
        q.data = p.data().raw.clone()
    y, z = mine(x), theirs(t)
    close(y, z)
    weights = RNG.normal(size=y.shape)
    y.backward(Tensor(torch.tensor(weights)))
    z.backward(torch.tensor(weights))
    close(x.grad, t.grad)
    for p, q in zip(trained, theirs.parameters(), strict=True):
        close(p.grad(), q.grad)


def test_batch_norm_learns_its_statistics_and_uses_them():
    mine, theirs = nn.BatchNorm(dtype="float64"), torch.nn.BatchNorm2d(3).double()
    mine.initialize()
    for _ in range(3):
        x, t = pair(4, 3, 5, 5)
        mine(x), theirs(t)
    close(mine.running_mean.data(), theirs.running_mean)
    close(mine.running_var.data(), theirs.running_var)
    close(mine.eval()(x), theirs.eval()(t))


def test_a_captured_batch_norm_goes_on_learning():
    plain, captured = nn.BatchNorm(), nn.BatchNorm()
    for layer in (plain, captured):
        layer.initialize()
    batches = [nd.random.normal(shape=(8, 2, 3, 3)) for _ in range(3)]
    for i, x in enumerate(batches):
        plain(x)
        captured(x)
        if i == 0:
            captured.hybridize()
    np.testing.assert_allclose(captured.running_var.data().asnumpy(), plain.running_var.data().asnumpy(), rtol=1e-6)


def test_dropout_drops_its_share_in_training_only_and_anew_in_a_graph():
    layer, x = nn.Dropout(0.25), nd.ones((200, 200))
    y = layer(x).asnumpy()
    assert set(np.unique(y)) == {0, np.float32(1 / 0.75)} and abs((y == 0).mean() - 0.25) < 0.02
    layer.hybridize()
    assert (layer(x).asnumpy() != layer(x).asnumpy()).any()
    assert (layer.eval()(x).asnumpy() == 1).all()


def test_an_embedding_adds_the_gradients_of_a_row_used_twice():
    layer = nn.Embedding(5, 3, dtype="float64")
    layer.initialize(init.Normal(1.0))
    indices = np.array([[0, 2], [2, 2]])
    table = torch.tensor(layer.weight.data().asnumpy(), requires_grad=True)
    layer(nd.array(indices)).exp().sum().backward()
    TF.embedding(torch.tensor(indices), table).exp().sum().backward()
    close(layer.weight.grad(), table.grad)


LOSSES = [
    (loss.L2Loss(), lambda p, t: 0.5 * TF.mse_loss(p, t), (4, 3), "any"),
    (loss.L1Loss(), TF.l1_loss, (4, 3), "any"),
    (loss.HuberLoss(0.5), lambda p, t: TF.huber_loss(p, t, delta=0.5), (4, 3), "any"),
    (loss.SigmoidBinaryCrossEntropyLoss(), TF.binary_cross_entropy_with_logits, (4, 3), "unit"),
    (loss.SoftmaxCrossEntropyLoss(), TF.cross_entropy, (4, 3), "labels"),
    (loss.SoftmaxCrossEntropyLoss(), TF.cross_entropy, (4, 3), "distribution"),
    (loss.KLDivLoss(), lambda p, t: TF.kl_div(TF.log_softmax(p, 1), t, reduction="batchmean"), (4, 3), "distribution"),
]


@pytest.mark.parametrize("mine, theirs, shape, kind", LOSSES, ids=[f"{type(m).__name__}-{k}" for m, _, _, k in LOSSES])
def test_a_loss_is_its_torch_twin(mine, theirs, shape, kind):
    x, t = pair(*shape)
    target = {
        "any": RNG.normal(size=shape),
        "unit": RNG.uniform(size=shape),
        "labels": RNG.integers(0, shape[1], size=shape[0]),
        "distribution": RNG.dirichlet(np.ones(shape[1]), size=shape[0]),
    }[kind]
    y, z = mine(x, Tensor(torch.tensor(target))), theirs(t, torch.tensor(target))
    close(y, z)
    y.backward()
    z.backward()
    close(x.grad, t.grad)


def test_extreme_scores_do_not_overflow():
    x = nd.array([[1000.0, -1000.0]])
    x.requires_grad = True
    y = loss.SoftmaxCrossEntropyLoss()(x, nd.array([1])) + loss.SigmoidBinaryCrossEntropyLoss()(
        x, nd.array([[0.0, 1.0]])
    )
    y.backward()
    assert y.item() == 3000 and np.isfinite(x.grad.asnumpy()).all()


def test_a_loss_of_two_shapes_is_refused_not_broadcast():
    with pytest.raises(ShapeError, match="each with each"):
        loss.L2Loss()(nd.ones((4, 1)), nd.ones((4,)))


OPTIMIZERS = [
    (lambda p: optim.SGD(p, 0.1, weight_decay=0.01), lambda p: torch.optim.SGD(p, 0.1, weight_decay=0.01)),
    (lambda p: optim.SGD(p, 0.1, momentum=0.9), lambda p: torch.optim.SGD(p, 0.1, momentum=0.9)),
    (lambda p: optim.SGD(p, 0.1, 0.9, nesterov=True), lambda p: torch.optim.SGD(p, 0.1, 0.9, nesterov=True)),
    (lambda p: optim.Adam(p, 0.05, weight_decay=0.1), lambda p: torch.optim.Adam(p, 0.05, weight_decay=0.1)),
    (lambda p: optim.AdamW(p, 0.05), lambda p: torch.optim.AdamW(p, 0.05)),
    (lambda p: optim.RMSProp(p, 0.05), lambda p: torch.optim.RMSprop(p, 0.05)),
    (lambda p: optim.Adagrad(p, 0.05), lambda p: torch.optim.Adagrad(p, 0.05)),
]


@pytest.mark.parametrize("number", range(len(OPTIMIZERS)))
def test_a_whole_training_follows_torch_step_for_step(number):
    x, y = RNG.normal(size=(16, 4)), RNG.integers(0, 3, size=16)
    mine = nn.Sequential(nn.Dense(8, "tanh", dtype="float64"), nn.Dense(3, dtype="float64"))
    mine.initialize(init.Xavier())
    mine(Tensor(torch.tensor(x)))
    theirs = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3)).double()
    for p, q in zip(mine.collect_params().values(), theirs.parameters(), strict=True):
        q.data = p.data().raw.clone()
    a, b = OPTIMIZERS[number][0](mine.collect_params()), OPTIMIZERS[number][1](theirs.parameters())
    for _ in range(20):
        for model, trainer, data, function in (
            (mine, a, (Tensor(torch.tensor(x)), nd.array(y)), loss.SoftmaxCrossEntropyLoss()),
            (theirs, b, (torch.tensor(x), torch.tensor(y)), TF.cross_entropy),
        ):
            function(model(data[0]), data[1]).backward()
            trainer.step()
            trainer.zero_grad()
        for p, q in zip(mine.collect_params().values(), theirs.parameters(), strict=True):
            close(p.data(), q, rtol=1e-7)


def test_a_resumed_optimizer_goes_on_exactly():
    def run(steps, state=None):
        w = Tensor(torch.tensor([1.0, -2.0]), requires_grad=True) if state is None else state[0]
        trainer = optim.Adam([w], 0.1)
        if state is not None:
            trainer.load_state_dict(state[1])
        for _ in range(steps):
            (w * w).sum().backward()
            trainer.step()
            trainer.zero_grad()
        return w, trainer.state_dict()

    assert run(6)[0].tolist() == run(3, run(3))[0].tolist()


def test_a_tied_parameter_is_updated_once():
    shared = nn.Dense(2, in_units=2, use_bias=False)
    net = nn.Sequential(shared, nn.Dense(2, params=shared.params, use_bias=False))
    net.initialize(init.One())
    trainer = optim.SGD([*shared.collect_params().values(), *net.collect_params().values()], lr=1.0)
    net(nd.ones((1, 2))).sum().backward()
    gradient = shared.weight.grad().asnumpy()
    trainer.step()
    np.testing.assert_array_equal(shared.weight.data().asnumpy(), 1 - gradient)


def test_schedules_and_clipping():
    w = nd.array([3.0, 4.0])
    w.requires_grad = True
    trainer = optim.SGD([w], lr=1.0)
    scheduler = optim.Scheduler(trainer, optim.warmup(2, optim.step_decay(2, 0.5)))
    rates = [trainer.lr]
    for _ in range(6):
        scheduler.step()
        rates.append(trainer.lr)
    assert rates == [0, 0.5, 1, 1, 0.5, 0.5, 0.25]
    assert [optim.cosine(4)(i) for i in (0, 2, 4, 9)] == pytest.approx([1, 0.5, 0, 0])
    (w * w).sum().backward()
    assert optim.clip_gradients([w], 1.0) == pytest.approx(10)
    np.testing.assert_allclose(w.grad.asnumpy(), [0.6, 0.8], rtol=1e-6)


def test_stepping_without_gradients_says_so():
    with pytest.raises(RuntimeError, match="call backward"):
        optim.SGD([nd.ones((1,))]).step()
    with pytest.raises(ValueError, match="kept in a list"):
        optim.SGD(nn.Block().collect_params())


def test_the_textbook_scratch_model_uses_parameters_as_tensors():
    def relu(X):
        return nd.max(X, nd.zeros_like(X))

    class Scratch(nn.Block):
        def __init__(self, num_inputs, num_outputs, num_hiddens, sigma=0.01):
            super().__init__()
            self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
            self.b1 = nn.Parameter(nd.zeros(num_hiddens))
            self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
            self.b2 = nn.Parameter(nd.zeros(num_outputs))

        def forward(self, X):
            X = X.reshape((-1, 784))
            H = relu(nd.matmul(X, self.W1) + self.b1)
            return nd.matmul(H, self.W2) + self.b2

    net = Scratch(784, 10, 16)
    net(nd.ones((2, 28, 28))).sum().backward()
    assert net.b2.grad().tolist() == [2] * 10 and net.W1.grad().shape == (784, 16)
