"""Contributions to a shared gradient, against torch."""

from typing import Any

import numpy as np
import pytest
import torch

from explorers import ties
from explorers.state.ties import contributions, unread
from explorers.view.ties import TiesExplorer
from explorers.view.ties_still import WHOLE, TiesStill, ties_picture
from miniblocks import autograd, nd, nn


@pytest.fixture
def tied() -> nn.Sequential:
    """Three layers, the last two of which are one."""
    nd.random.seed(1)
    shared = nn.Dense(4, activation="tanh", in_units=4)
    net = nn.Sequential(
        nn.Dense(4, activation="tanh", in_units=3), shared, nn.Dense(4, activation="tanh", params=shared.params)
    )
    net.initialize()
    return net


def twins_gradients(net: nn.Sequential, x: torch.Tensor) -> list[torch.Tensor]:
    """By torch, with a weight of its own in each layer: what each use gets alone."""
    weights = [layer.weight.data().raw.detach().clone().requires_grad_() for layer in net]
    for layer, weight in zip(net, weights, strict=True):
        x = torch.tanh(x @ weight.T + layer.bias.data().raw)
    x.sum().backward()
    return [weight.grad for weight in weights]  # type: ignore[misc]


def test_contributions_are_the_untied_twins_gradients(tied: nn.Sequential) -> None:
    x = nd.random.normal(shape=(6, 3))
    found = {s.name: s for s in contributions(tied, [x]).shared}
    weight = found[tied[1].weight.name]
    assert weight.places == ("1.weight", "2.weight") and set(found) == {tied[1].weight.name, tied[1].bias.name}
    _, first, second = twins_gradients(tied, x.raw)
    assert [use.label.partition(":")[0] for use in weight.uses] == ["1", "2"]
    np.testing.assert_allclose(weight.uses[0].gradient, first, atol=1e-5)
    np.testing.assert_allclose(weight.uses[1].gradient, second, atol=1e-5)
    np.testing.assert_allclose(weight.gradient, first + second, atol=1e-5)


def test_kept_gradients_and_hooks_are_left_alone(tied: nn.Sequential) -> None:
    before = {name: p.data().grad for name, p in tied.collect_params().items()}
    contributions(tied, [nd.ones((2, 3))])
    assert {name: p.data().grad for name, p in tied.collect_params().items()} == before
    assert all(not p.data().hooks for p in tied.collect_params().values())
    assert all("forward" not in vars(block) for _, block in tied.named_blocks())


class Square(autograd.Function):
    """A learner's own operation."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return 2 * x * g


class Uses(nn.Block):
    """One number, used by an operation twice, by a function of one's own, and by a call again."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(nd.array([3.0]))

    def forward(self, x: Any) -> Any:
        w = self.w.data()
        return w * w * x + Square.apply(w)


def test_every_use_is_found_once() -> None:
    """w² x + w² at w = 3, x = 2: 6 and 6 from the product, 6 from the function."""
    (shared,) = contributions(Uses(), [nd.array([2.0])]).shared
    assert [use.gradient.item() for use in shared.uses] == [6, 6, 6]
    assert shared.gradient is not None and shared.gradient.item() == 18
    assert any("Square" in use.label for use in shared.uses)


def test_a_loss_of_ones_own_is_taken(tied: nn.Sequential) -> None:
    x = nd.random.normal(shape=(2, 3))
    once, twice = (contributions(tied, [x], loss=lambda out, k=k: k * out.sum()).shared[0].gradient for k in (1, 2))
    np.testing.assert_allclose(2 * once, twice, rtol=1e-5)


def test_the_live_view_counts_in_and_leaves_out(tied: nn.Sequential) -> None:
    explorer = TiesExplorer(tied, (nd.random.normal(shape=(5, 3)),))
    assert explorer.status == WHOLE and explorer.counted == [0, 1]
    explorer._handle_custom_msg({"do": "count", "uses": [1], "ticket": ["view", 1]}, [])
    assert explorer.counted == [1] and "not counted in" in explorer.status and "left out" in explorer.picture
    explorer._handle_custom_msg({"do": "select", "name": tied[1].bias.name, "ticket": ["view", 2]}, [])
    assert explorer.status == WHOLE and explorer.selected == tied[1].bias.name
    explorer._handle_custom_msg({"do": "select", "name": "nobody", "ticket": ["view", 3]}, [])
    assert "not shared" in explorer.status


def test_a_network_that_raises_is_shown_with_its_error(tied: nn.Sequential) -> None:
    explorer = TiesExplorer(tied, (nd.ones((2, 99)),))
    assert "ShapeError" in explorer.status and explorer.names == [tied[1].weight.name, tied[1].bias.name]
    still = ties(tied, nd.ones((2, 99)))
    assert isinstance(still, TiesStill) and "ShapeError" in repr(still)


def test_without_inputs_the_places_are_shown(tied: nn.Sequential) -> None:
    text = repr(ties(tied))
    assert "1.weight, 2.weight" in text and "ties(net, x)" in text
    assert "No parameter has several places" in ties_picture(unread(nn.Dense(2)))
    assert "sum of those counted in" in repr(ties(tied, nd.ones((2, 3))))
    page = ties(tied, nd.ones((2, 3)))._repr_mimebundle_()["text/html"]  # type: ignore[union-attr]
    assert WHOLE in page and "<script" not in page
