"""Every test draws the same numbers, alone and among others."""

import pytest

from miniblocks import nd


@pytest.fixture(autouse=True)
def seeded():
    nd.random.seed(0)
