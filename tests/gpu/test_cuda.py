"""The same networks on the CPU and on CUDA: values, gradients, random numbers, a whole training."""

import numpy as np
import pytest

from miniblocks import cpu, gpu, init, loss, nd, nn, optim
from miniblocks.errors import DeviceError


def network():
    with nn.fresh_names():
        net = nn.Sequential(
            nn.Conv2D(4, 3, padding=1, activation="relu"),
            nn.BatchNorm(),
            nn.MaxPool2D(2),
            nn.Flatten(),
            nn.Dense(16, "relu"),
            nn.Dropout(0.2),
            nn.Dense(10),
        )
        return net


def trained(device, steps=5):
    nd.random.seed(0)
    net = network()
    net.initialize(init.Xavier(), ctx=device)
    x = nd.random.normal(shape=(8, 1, 8, 8), ctx=device)
    y = nd.random.randint(0, 10, shape=(8,), ctx=device)
    net(x)
    trainer = optim.Adam(net.collect_params(), 0.01)
    losses = []
    for _ in range(steps):
        error = loss.SoftmaxCrossEntropyLoss()(net(x), y)
        error.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(error.item())
    return net, losses


def test_a_training_gives_the_same_on_both_devices():
    a, on_cpu = trained(cpu())
    b, on_gpu = trained(gpu(0))
    np.testing.assert_allclose(on_cpu, on_gpu, rtol=1e-3)
    for p, q in zip(a.collect_params().values(), b.collect_params().values(), strict=True):
        np.testing.assert_allclose(p.data().asnumpy(), q.data().asnumpy(), rtol=1e-2, atol=1e-3)


def test_devices_do_not_mix_and_parameters_move(tmp_path):
    net, _ = trained(gpu(0), 1)
    with pytest.raises(DeviceError, match="move"):
        net(nd.ones((1, 1, 8, 8)))
    net.save_parameters(tmp_path / "net")
    net.collect_params().reset_ctx(cpu())
    assert net.eval()(nd.ones((1, 1, 8, 8))).device == cpu()
    other = network()
    other.initialize(ctx=gpu(0))
    other.load_parameters(tmp_path / "net")
    assert other[0].weight.data().device == gpu(0)


def test_random_numbers_and_captured_graphs_agree():
    nd.random.seed(1)
    a = nd.random.normal(shape=(5,))
    nd.random.seed(1)
    np.testing.assert_array_equal(a.asnumpy(), nd.random.normal(shape=(5,), ctx=gpu(0)).asnumpy())
    net, _ = trained(gpu(0), 1)
    net.eval()
    x = nd.ones((2, 1, 8, 8), ctx=gpu(0))
    expected = net(x).asnumpy()
    net.hybridize()
    net(x)
    np.testing.assert_allclose(net(x).asnumpy(), expected, rtol=1e-5)
