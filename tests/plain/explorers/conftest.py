"""Networks to explore."""

from collections.abc import Iterator
from typing import Any

import pytest

from miniblocks import nd, nn


class Fancy(nn.Block):
    """A constant, a layer used twice, and blocks forgotten in a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rand_weight = self.params.get_constant("rand_weight", nd.random.uniform(shape=(5, 5)))
        self.dense = nn.Dense(5, activation="relu")
        self.again = self.dense
        self.spare = [nn.Dense(3)]

    def forward(self, x: Any) -> Any:
        return self.again(nd.dot(self.dense(x), self.rand_weight.data()))


@pytest.fixture(autouse=True)
def names_and_numbers_start_anew() -> Iterator[None]:
    nd.random.seed(0)
    with nn.fresh_names():
        yield


@pytest.fixture
def net() -> nn.Block:
    """Fancy, two tied layers, and an output; initialized, with sizes still open."""
    shared = nn.Dense(4, activation="relu")
    network = nn.Sequential()
    network.add(Fancy(), nn.Dense(4), shared, nn.Dense(4, params=shared.params), nn.Dense(2))
    network.initialize()
    return network


@pytest.fixture
def called(net: nn.Block) -> nn.Block:
    """The same after its first call."""
    net(nd.ones((3, 5)))
    return net
