"""The initializer lab without a browser; and curves."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from explorers import initializer_lab
from explorers.state.charts import Chart, Series, powers, thinned, ticks
from explorers.state.depth import Depth
from explorers.state.lab import WRITTEN, Fit, Lab, Settings, draw, own_recipe
from explorers.state.laws import stated
from explorers.state.recipes import RECIPES
from explorers.view.charts import chart_figure
from explorers.view.lab import LabExplorer
from explorers.view.lab_still import LabStill
from miniblocks import init, nd


class ThreeWay(init.Initializer):
    """U[5, 10], 0, U[-10, -5] with probabilities ¼, ½, ¼."""

    def _init_weight(self, name: str, data: Any) -> None:
        u = nd.random.uniform(-10, 10, data.shape)
        data[:] = u * (u.abs() >= 5)


class Broken(init.Initializer):
    def _init_weight(self, name: str, data: Any) -> None:
        raise ZeroDivisionError("no scale given")

    def __repr__(self) -> str:
        raise RuntimeError("nor a name")


THREE_WAY = [(0.5, 0), (0.25, (5, 10)), (0.25, (-10, -5))]


def tell(explorer: LabExplorer, **settings: object) -> None:
    explorer._handle_custom_msg({"do": "choose", **settings, "ticket": ["view", 1]}, [])


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_recipe_states_what_it_draws(recipe: Any) -> None:
    result = Lab().result(Settings(recipe.name, {}, seed=2))
    assert isinstance(result.fit, Fit) and result.fit.distance is not None and result.fit.distance < result.fit.bound
    assert len(result.depth.layers) == 12  # type: ignore[union-attr]


def test_variance_follows_the_theory() -> None:
    """In a linear network each layer multiplies the variance by width · Var[w]; Xavier's keeps it, a tenth of it loses it."""
    for magnitude, factor in ((3.0, 1.0), (0.3, 0.1)):
        lab = Lab().result(Settings("Xavier", {"magnitude": magnitude}, activation="none", layers=6, width=128))
        signals = [layer.signal for layer in lab.depth.layers]  # type: ignore[union-attr]
        assert signals[-1] / signals[0] == pytest.approx(factor**5, rel=0.5)


def test_an_initializer_of_ones_own_comes_first() -> None:
    explorer = LabExplorer(Lab([own_recipe(ThreeWay())], stated(THREE_WAY)))
    assert explorer.settings["recipe"] == "ThreeWay()" and "too far" not in explorer.picture
    assert "as near as a sample comes" in explorer.picture
    wrong = LabExplorer(Lab([own_recipe(ThreeWay())], stated([(1, (-10, 10))])))
    assert "too far for chance" in wrong.picture
    assert json.dumps(explorer.get_state(["settings", "recipes", "sliders"]))


def test_a_function_and_a_name_are_taken_and_a_class_is_refused() -> None:
    assert draw(own_recipe(lambda shape: np.full(shape, 2.0)).initializer({}), (2, 3), 0).tolist() == [[2] * 3] * 2
    assert own_recipe("he").initializer({}).slope == 0  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=r"ThreeWay\(\)"):
        initializer_lab(ThreeWay)
    with pytest.raises(ValueError, match="no initializer"):
        initializer_lab("magic")


def test_one_that_raises_is_a_sentence_and_the_lab_goes_on() -> None:
    explorer = LabExplorer(Lab([own_recipe(Broken())]))
    assert "no scale given" in explorer.status and "no scale given" in explorer.picture
    tell(explorer, recipe="He (MSRA)", knobs={}, activation="relu")
    assert explorer.status == "" and "<svg" in explorer.picture


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("nd.random.normal(0, 1 / math.sqrt(fan_in), shape)", ""),
        ("0.5", ""),
        ("nd.random.normal(", "SyntaxError"),
        ("nothing", "NameError"),
        ("np.ones((2, 2))", "Error"),
    ],
)
def test_one_that_is_written_in_the_page(expression: str, says: str) -> None:
    explorer = LabExplorer(Lab())
    tell(explorer, recipe=WRITTEN, expression=expression)
    assert says in explorer.status and bool(explorer.status) == bool(says)


def test_what_a_browser_sends_stays_within_the_sliders() -> None:
    explorer = LabExplorer(Lab())
    tell(explorer, recipe="Normal", knobs={"sigma": 1e9}, layers=10**6, width=0, units=-1)
    assert explorer.settings["layers"] == 16 and explorer.settings["width"] == 2 and explorer.settings["units"] == 1
    tell(explorer, recipe="Magic")
    assert "none of" in explorer.status
    tell(explorer, recipe="Normal", activation="magic")
    assert "activation is one of" in explorer.status


def test_the_learners_random_numbers_go_on_unmoved() -> None:
    nd.random.seed(4)
    expected = nd.random.uniform(shape=(3,)).tolist()
    nd.random.seed(4)
    tell(LabExplorer(Lab()), recipe="Orthogonal")
    assert nd.random.uniform(shape=(3,)).tolist() == expected


def test_many_weights_are_sampled_and_it_is_said() -> None:
    result = Lab().result(Settings("Normal", {}, units=256, inputs=256))
    assert isinstance(result.fit, Fit) and "every 4th of 65,536 weights" in result.fit.note


def test_a_large_network_draws_fewer_weights_and_says_so() -> None:
    """It spreads signals as one whose layers all have weights of their own: orthogonal ones keep their variance."""
    small, large = (
        Lab().result(Settings("Orthogonal", {}, activation="none", layers=24, width=w)).depth for w in (36, 72)
    )
    assert isinstance(small, Depth) and isinstance(large, Depth)
    assert small.note == "" and "3 weights are drawn, which the 24 layers use in turn" in large.note
    assert [layer.signal for layer in large.layers] == pytest.approx([large.layers[0].signal] * 24, rel=0.05)


def test_without_a_kernel_the_picture_is_still() -> None:
    still = initializer_lab(ThreeWay(), stated=THREE_WAY)
    assert isinstance(still, LabStill)
    shown = still._repr_mimebundle_()
    for text in shown.values():
        assert "ThreeWay()" in text and "as near as a sample comes" in text
    assert "<script" not in shown["text/html"] and "<svg" in shown["text/html"]


# -- curves -----------------------------------------------------------------------------------------------------------------


@given(some.lists(some.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=2000))
def test_thinning_keeps_the_peaks_and_the_newest(values: list[float]) -> None:
    x, y, step = thinned(range(len(values)), values, most=100)
    assert len(y) <= 102 and x == sorted(x) and len(set(x)) == len(x)
    assert [str(values[i]) for i in x] == [str(v) for v in y]
    finite = [v for v in values if math.isfinite(v)]
    if len(finite) == len(values):
        assert max(y) == max(values) and min(y) == min(values) and y[-1] == values[-1]
    assert (step == 1) == (len(values) <= 100)


@given(some.floats(-1e6, 1e6), some.floats(1e-3, 1e6))
def test_ticks_are_round_and_inside(low: float, size: float) -> None:
    found = ticks(low, low + size)
    slack = 1e-6 * max(abs(low), size)
    assert 1 <= len(found) <= 6 and all(low - slack <= t <= low + size + slack for t in found)


@given(some.integers(-30, 30), some.integers(0, 40))
def test_powers_of_ten_are_few(first: int, count: int) -> None:
    found = powers(10.0**first, 10.0 ** (first + count))
    assert 1 <= len(found) <= 6 and found[0] == pytest.approx(10.0**first)


def test_less_than_two_powers_of_ten_give_way_to_round_numbers() -> None:
    assert powers(0.25, 2.2) == pytest.approx([0.5, 1, 1.5, 2])


@pytest.mark.parametrize("y", [[], [1.0], [float("nan"), 2.0, float("inf")], [0.0, 1e-30, 1e30], [3.0] * 1000])
@pytest.mark.parametrize("log", [False, True])
def test_any_numbers_can_be_drawn(y: list[float], log: bool) -> None:
    page = chart_figure(Chart("<title>", (Series("a & b", range(len(y)), y),), "x", log))
    assert "nan" not in page.partition("</svg>")[0].partition("xp-line")[2]
    assert "<title>" not in page and "a &amp; b" in page
    assert ("Sampled" in page) == (len(y) > 300)
