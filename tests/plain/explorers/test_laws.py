"""Distributions against scipy's, and initializers against what they state."""

import math

import numpy as np
import pytest
import scipy.stats as st
from hypothesis import given
from hypothesis import strategies as some

from explorers.state import laws
from explorers.state.lab import draw, fit
from miniblocks import init
from miniblocks.init import Initializer

numbers = some.floats(-5, 5).map(lambda x: float(np.float32(x)))
sizes = some.floats(0.01, 5)


@given(numbers, sizes)
def test_pieces_are_scipys(mean: float, size: float) -> None:
    pairs = [
        (laws.uniform(mean, mean + size), st.uniform(mean, size)),
        (laws.normal(mean, size), st.norm(mean, size)),
        (laws.truncated(mean, size), st.truncnorm(-2, 2, mean, size)),
    ]
    x = np.linspace(mean - 3 * size, mean + 3 * size, 41)
    for piece, oracle in pairs:
        law = laws.only(piece)
        np.testing.assert_allclose(law.below(x), oracle.cdf(x), atol=1e-6)
        assert law.mean == pytest.approx(oracle.mean(), abs=1e-6)
        assert law.variance == pytest.approx(oracle.var(), rel=1e-3, abs=1e-9)


@pytest.mark.parametrize("size", [3, 8, 256])
def test_an_element_of_an_orthogonal_matrix_is_a_coordinate_on_the_sphere(size: int) -> None:
    oracle = st.beta((size - 1) / 2, (size - 1) / 2, loc=-1, scale=2)
    x = np.linspace(-1, 1, 101)
    law = laws.only(laws.orthonormal(size, 1.0))
    np.testing.assert_allclose(law.below(x), oracle.cdf(x), atol=2e-4)
    assert law.variance == pytest.approx(oracle.var())


@given(some.lists(numbers, min_size=1, max_size=40), numbers, sizes)
def test_distance_is_kolmogorovs(sample: list[float], mean: float, size: float) -> None:
    oracle = st.kstest(sample, st.norm(mean, size).cdf).statistic
    assert laws.distance(np.array(sample), laws.only(laws.normal(mean, size))) == pytest.approx(oracle, abs=1e-6)


THREE_WAY = [(0.5, 0), (0.25, (5, 10)), (0.25, (-10, -5))]


def test_a_mixture_has_points_and_pieces() -> None:
    law = laws.stated(THREE_WAY)
    assert law.below([-7.5, 0, np.nextafter(0, 1), 7.5, 20]).tolist() == [0.125, 0.25, 0.75, 0.875, 1]
    assert law.mean == 0 and law.variance == pytest.approx(0.5 * 175 / 3)


@pytest.mark.parametrize("wrong", [[(0.5, 0)], [(1.5, 0), (-0.5, 1)], [0.5], [(1, "low")], 3])
def test_what_states_no_distribution_is_refused_with_the_mend(wrong: object) -> None:
    with pytest.raises((ValueError, TypeError), match="probabilit|iterable"):
        laws.stated(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "initializer",
    [
        init.Uniform(0.3), init.Normal(0.2), init.TruncNorm(0.1, 0.2), init.Xavier(), init.Xavier("gaussian", "in", 1.0),
        init.MSRAPrelu(), init.He(), init.Orthogonal(1.5), init.Constant(0.05), init.Zero(),
    ],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("shape", [(64, 100), (40, 12, 3, 3)])
def test_what_initializers_state_is_what_they_draw(initializer: Initializer, shape: tuple[int, ...]) -> None:
    """With seeds that do not change; the bound is exceeded by one right sample in a hundred."""
    sample, law = draw(initializer, shape, seed=1), laws.law_of(initializer, shape)
    assert law is not None
    found = fit(sample, law)
    assert found.distance is not None and found.distance < found.bound
    assert found.expected is not None and 0.99 < found.expected.sum() / sample.size < 1 + 1e-6  # tails lie outside
    assert found.statistics.std == pytest.approx(math.sqrt(law.variance), rel=0.05, abs=1e-7)


def test_a_wrong_law_is_too_far_for_chance() -> None:
    sample = draw(init.Uniform(0.1), (64, 64), seed=0)
    found = fit(sample, laws.only(laws.normal(0, 0.1)))
    assert found.distance is not None and found.distance > found.bound
    assert "too far for chance" in found.verdict


def test_an_initializer_of_ones_own_states_nothing() -> None:
    class Mine(init.Uniform):
        pass

    assert laws.law_of(Mine(), (3, 4)) is None
    assert "No distribution is stated" in fit(np.ones(3), None).verdict
