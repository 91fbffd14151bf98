"""Graphs through torch's compiler. Compiling takes long, so that all of this is slow; each graph holds as much as it can."""

import numpy as np
import pytest
import torch

from miniblocks import autograd, graph, init, loss, nd, nn, optim
from miniblocks.errors import CaptureError
from miniblocks.graph.backends.inductor import lowered
from miniblocks.tensor import Tensor

pytestmark = pytest.mark.slow


def normal(*shape):
    return Tensor(torch.tensor(np.random.default_rng(0).normal(size=shape), dtype=torch.float32))


def everything(x):
    """A value of each kind of operation that can be compiled."""
    image = x.reshape(1, 1, 6, 4)
    kernel = nd.tanh(x[:3, :3]).reshape(1, 1, 3, 3)
    at = nd.array([2, 0, 2], dtype="int64")
    rows = nd.array([[0], [3], [1], [1], [0], [2]], dtype="int64")
    written = x.copy()
    written[0, 1:3] = 0.25
    written[at] = x[1] * 0.5
    return {
        "arithmetic": (1 - x) * x / (nd.abs(x) + 0.5) + 2.0 ** nd.tanh(x) - nd.exp(nd.sin(x)) ** 2,
        "functions": nd.log(nd.abs(x) + 1) + nd.sqrt(nd.abs(x)) + nd.cos(x) * nd.sign(x) + nd.sigmoid(x),
        "choices": nd.where(x > 0.1, nd.maximum(x, 0.5), nd.minimum(x, -x)) + x.clip(-0.5, 0.5) + nd.relu(x),
        "reductions": x.sum(1) + x.mean(axis=1) + x.max(axis=1) + nd.logsumexp(x, axis=1) + x.norm(),
        "softmax": nd.softmax(x, axis=0) + nd.log_softmax(x, axis=1),
        "shapes": nd.concat(x[1:], x[:1], dim=0).reshape(4, 6).T + x.T.permute((1, 0)),
        "indices": nd.stack(x[at], x[3:], axis=0) + x[at].broadcast_to((2, 3, 4)),
        "along": nd.take_along(x, rows, axis=1) + x.argmax(axis=1).astype("float32").reshape(-1, 1),
        "written": written,
        "products": nd.relu(x @ x.T + x[:, 0]) @ x,
        "images": nd.conv2d(image, kernel, padding=1, activation="relu") + nd.max_pool2d(image, 3, 1, 1),
        "pools": nd.avg_pool2d(nd.conv2d(image, kernel, padding=1), 3, 1, 1),
        "loss": loss.SoftmaxCrossEntropyLoss()(x, nd.array([0, 3, 1, 1, 2, 0], dtype="int64")),
    }


def test_every_operation_compiles_to_the_same_values():
    x = normal(6, 4)
    g = graph.trace(everything, x)
    program = graph.compile(g, backend="inductor")
    for other in (x, Tensor(x.raw * 1.5 - 0.1)):
        with autograd.no_grad():
            wanted, found = everything(other), program(other)
        for name, value in wanted.items():
            torch.testing.assert_close(
                found[name].raw, value.raw, rtol=1e-4, atol=1e-5, msg=lambda m, n=name: f"{n}: {m}"
            )


class Images(nn.Block):
    def __init__(self):
        super().__init__()
        self.conv, self.pool = nn.Conv2D(3, 3, padding=1, activation="relu"), nn.MaxPool2D(2)
        self.norm, self.last = nn.BatchNorm(), nn.Dense(4)

    def forward(self, x):
        return self.last(self.norm(self.pool(self.conv(x))))


@pytest.mark.parametrize(
    "net, shape, rule",
    [
        (lambda: nn.Sequential(nn.Dense(8, "relu"), nn.Dense(4)), (6, 5), lambda p: optim.SGD(p, lr=0.1)),
        (Images, (6, 1, 4, 4), lambda p: optim.SGD(p, lr=0.1, momentum=0.9)),
    ],
    ids=["layers", "images"],
)
def test_a_compiled_training_step_trains_as_the_dynamic_one(net, shape, rule):
    """The learning rate changes from step to step: an `alpha` taken for 1 would show."""
    x, y, criterion = normal(*shape), nd.array([0, 1, 2, 3, 1, 0], dtype="int64"), loss.SoftmaxCrossEntropyLoss()

    def trained(compiled):
        nd.random.seed(3)
        model = net()
        model.initialize(init.Normal(0.5))
        model(x)
        trainer = rule(model.collect_params())
        step = graph.joint(model, criterion, trainer, x, y, backend="inductor") if compiled else None
        values = []
        for i in range(3):
            trainer.lr = 0.05 * (i + 1)
            if step is not None:
                values.append(step(x, y).raw)
                continue
            value = criterion(model(x), y)
            value.backward()
            trainer.step()
            trainer.zero_grad()
            values.append(value.raw)
        return values + [p.data().raw for p in model.collect_params().values()]

    for found, wanted in zip(trained(True), trained(False), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)


def test_what_cannot_be_compiled_is_refused_by_name():
    g = graph.trace(lambda x: x * nd.random.uniform(shape=(2,)), normal(2))
    with pytest.raises(CaptureError, match="uniform"):
        lowered(g)


def test_what_fails_when_it_runs_names_the_line():
    table = normal(5, 4)

    def looked_up(at):
        return table[at] * 2  # the line that looks it up

    program = graph.compile(graph.trace(looked_up, nd.array([1, 2])), backend="inductor")
    program(nd.array([4, 0]))
    with pytest.raises(IndexError, match="# the line that looks it up"):
        program(nd.array([1, 9]))
