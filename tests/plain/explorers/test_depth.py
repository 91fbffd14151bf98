"""Signals and gradients through depth against torch, and that looking leaves no trace."""

from typing import Any

import numpy as np
import pytest
import torch

from explorers.state.depth import Depth, depth_chart, made_up, moved, sampled, through_depth
from miniblocks import nd, nn


@pytest.fixture
def tanh() -> nn.Sequential:
    net = nn.Sequential(*(nn.Dense(n, activation="tanh", in_units=m) for m, n in ((5, 7), (7, 4), (4, 3))))
    net.initialize()
    return net


def test_variances_are_torchs(tanh: nn.Sequential) -> None:
    x = nd.random.normal(shape=(9, 5))
    depth = through_depth(tanh, [x])
    h, outputs = x.raw, []
    for layer in tanh:
        weight, bias = (p.data().raw.detach().clone().requires_grad_() for p in (layer.weight, layer.bias))
        h = torch.tanh(h @ weight.T + bias)
        h.retain_grad()
        outputs.append(h)
    before = nd.random.generator().get_state()
    nd.random.seed(0)
    h.backward(nd.random.normal(shape=tuple(h.shape)).raw)
    nd.random.generator().set_state(before)
    assert [layer.label for layer in depth.layers] == ["0", "1", "2"]
    for layer, output in zip(depth.layers, outputs, strict=True):
        assert layer.signal == pytest.approx(float(output.detach().var(correction=0)), rel=1e-4)
        assert layer.gradient == pytest.approx(float(output.grad.var(correction=0)), rel=1e-4)


class Watched(nn.Block):
    """Dropout and running statistics would show that it was run."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.first, self.norm, self.drop = nn.Dense(6, in_units=4), nn.BatchNorm(), nn.Dropout(0.5)

    def forward(self, x: Any) -> Any:
        return self.drop(self.norm(self.first(x)))


def test_looking_leaves_no_trace() -> None:
    net, x = Watched(), nd.random.normal(shape=(8, 4))
    net.initialize()
    net(x).sum().backward()
    net.drop.eval()
    kept = {name: (p.data().asnumpy(), p.data().grad) for name, p in net.collect_params().items()}
    attributes = {path: set(vars(block)) for path, block in net.named_blocks()}
    modes = [block.training for _, block in net.named_blocks()]
    random = nd.random.generator().get_state()
    through_depth(net, [x])
    for name, p in net.collect_params().items():
        assert np.array_equal(p.data().asnumpy(), kept[name][0]) and p.data().grad is kept[name][1]
        assert not p.data().hooks
    assert {path: set(vars(block)) for path, block in net.named_blocks()} == attributes
    assert [block.training for _, block in net.named_blocks()] == modes == [True, True, True, False]
    assert torch.equal(nd.random.generator().get_state(), random)
    assert x.grad is None and not net._forward_hooks


def test_nothing_stays_after_an_error() -> None:
    net = Watched()
    net.initialize()
    net(nd.ones((2, 4)))
    before = {path: set(vars(block)) for path, block in net.named_blocks()}
    with pytest.raises(Exception, match="takes 4 inputs"):
        through_depth(net, [nd.ones((2, 3))])
    assert {path: set(vars(block)) for path, block in net.named_blocks()} == before and net.training


def test_a_hybridized_network_is_looked_into(tanh: nn.Sequential) -> None:
    x = nd.random.normal(shape=(3, 5))
    plain = through_depth(tanh, [x])
    tanh.hybridize()
    tanh(x)
    graph = tanh.graph
    assert through_depth(tanh, [x]).layers == plain.layers
    tanh(x)
    assert tanh.graph is graph


def test_each_call_of_a_block_is_a_layer_of_its_own() -> None:
    class Loop(nn.Block):
        def __init__(self) -> None:
            super().__init__()
            self.block = nn.Dense(3, activation="tanh", in_units=3)

        def forward(self, x: Any) -> Any:
            return self.block(self.block(x)), "more"

    net = Loop()
    net.initialize()
    assert [layer.label for layer in through_depth(net, [nd.ones((2, 3))]).layers] == ["block", "block #2"]


def test_dead_and_frozen_layers_are_told() -> None:
    net = nn.Sequential(nn.Dense(4, activation="relu", in_units=3), nn.Dense(2, in_units=4))
    net.initialize()
    net[0].bias.set_data(nd.ones(4) * -100)
    depth = through_depth(net, [nd.ones((2, 3))])
    assert depth.layers[0].zeros == 1 and depth.layers[0].signal == 0
    for p in net.collect_params().values():
        p.grad_req = "null"
    depth = through_depth(net, [nd.ones((2, 3))])
    assert depth.layers[0].gradient is None and "No gradient" in depth.note


def test_what_gives_on_what_it_was_given_is_no_layer() -> None:
    net = nn.Sequential(
        nn.Flatten(), nn.Dense(4, in_units=6), nn.Dropout(0.5), nn.Activation("relu"), nn.Dense(3, in_units=4)
    )
    net.initialize()
    depth = through_depth(net, [nd.random.normal(shape=(5, 2, 3))])
    assert [layer.label for layer in depth.layers] == ["1", "3", "4"]
    assert "nan" not in depth_chart(depth).words


def test_where_no_gradient_comes_the_chart_says_so_in_words(tanh: nn.Sequential) -> None:
    for parameter in tanh[0].collect_params().values():
        parameter.grad_req = "null"
    words = depth_chart(through_depth(tanh, [nd.random.normal(shape=(9, 5))])).words
    assert "nan" not in words and "none at 1 of 3 places" in words


def test_large_batches_are_sampled_and_it_is_said() -> None:
    x, y = nd.ones((100, 3)), nd.ones((100,))
    (a, b), note = sampled([x, y], 10)
    assert a.shape == (10, 3) and b.shape == (10,) and note == "Sampled: the first 10 of 100 rows."
    assert sampled([x], 100) == ((x,), "")


def test_inputs_are_made_up_where_the_first_layer_tells() -> None:
    assert made_up(nn.Sequential(nn.Flatten(), nn.Dense(2, in_units=7)))[0].shape == (64, 7)  # type: ignore[index]
    assert made_up(nn.Sequential(nn.Embedding(5, 2)))[0].raw.max() < 5  # type: ignore[index]
    assert made_up(nn.Conv2D(3, 3)) is None and made_up(nn.Flatten()) is None


def test_what_moved_is_told(tanh: nn.Sequential) -> None:
    x = [nd.random.normal(shape=(3, 5))]
    before = through_depth(tanh, x)
    assert moved(before, through_depth(tanh, x)) == "No layer gives anything else for these inputs."
    tanh[1].bias.set_data(nd.ones(4))
    after = through_depth(tanh, x)
    apart = np.abs(after.output - before.output).max()
    assert (
        moved(before, after) == f"From 1 on, 2 of 3 layers give something else; the output moved by up to {apart:.3g}."
    )
    assert moved(before, Depth(after.layers[:1], after.output)) == "The network computes along another way now."
