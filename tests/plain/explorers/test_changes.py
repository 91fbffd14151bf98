"""Changes are real, and every one can be taken back."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorers.state.changes import Changes
from explorers.state.recipes import RECIPES, Choice, Recipe, Slider, recipe_of
from miniblocks import nd, nn


def values(net: nn.Block) -> dict[str, np.ndarray]:
    return {name: p.data().asnumpy().copy() for name, p in net.collect_params().items()}


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


@st.composite
def settings_of(draw: st.DrawFn) -> tuple[Recipe, dict[str, float | str]]:
    recipe = draw(st.sampled_from(RECIPES))
    knobs: dict[str, float | str] = {}
    for knob in recipe.knobs:
        if isinstance(knob, Slider):
            knobs[knob.key] = draw(st.floats(knob.low, knob.high))
        else:
            knobs[knob.key] = draw(st.sampled_from(knob.options))
    return recipe, knobs


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: r.name)
def test_every_recipe_starts_from_the_initializers_own_defaults_or_inside_its_range(recipe: Recipe) -> None:
    for knob in recipe.knobs:
        assert knob.accept(knob.value) == knob.value
        if isinstance(knob, Choice):
            with pytest.raises(ValueError, match=knob.label):
                knob.accept("nonsense")


@given(settings_of())
def test_values_are_those_of_the_initializer(drawn: tuple[Recipe, dict[str, float | str]]) -> None:
    """Drawn once by the explorer and once by the framework from the same random numbers."""
    recipe, knobs = drawn
    ours, theirs = nn.Dense(6, in_units=5), nn.Dense(6, in_units=5)
    ours.initialize()
    theirs.initialize()
    Changes().initialize([ours.weight], recipe, knobs, draw=3)
    nd.random.seed(3)
    theirs.weight.initialize(init=recipe.initializer(knobs), force_reinit=True)
    assert np.array_equal(ours.weight.data().asnumpy(), theirs.weight.data().asnumpy())


def test_a_slider_turns_the_same_random_numbers(called: nn.Block) -> None:
    weight, changes = called[1].weight, Changes()
    changes.initialize([weight], recipe_of("Normal"), {"sigma": 0.5})
    half = weight.data().asnumpy().copy()
    changes.initialize([weight], recipe_of("Normal"), {"sigma": 1.0})
    assert np.allclose(weight.data().asnumpy(), 2 * half)
    changes.initialize([weight], recipe_of("Normal"), {"sigma": 1.0}, draw=1)
    assert not np.allclose(weight.data().asnumpy(), 2 * half)


def test_the_learners_random_numbers_go_on_undisturbed(called: nn.Block) -> None:
    nd.random.seed(7)
    expected = nd.random.normal(shape=(4,)).asnumpy()
    nd.random.seed(7)
    Changes().initialize(called.collect_params().values(), recipe_of("Xavier"), {})
    assert np.array_equal(nd.random.normal(shape=(4,)).asnumpy(), expected)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(settings_of(), st.sampled_from(["", ".*weight", ".*bias", "dense1"]), st.integers(0, 2)), max_size=6
    )
)
def test_undo_walks_back_through_every_state(called: nn.Block, steps: list) -> None:
    changes, history = Changes(), [values(called)]
    for (recipe, knobs), pattern, draw in steps:
        before = len(changes)
        changes.settle()
        changes.initialize(called.collect_params(pattern).values(), recipe, knobs, draw)
        if len(changes) > before:
            history.append(values(called))
    while len(changes):
        assert same(values(called), history.pop())
        changes.undo()
    assert len(history) == 1 and same(values(called), history[0])


def test_a_drag_is_one_step_and_gradient_and_initializer_come_back(called: nn.Block) -> None:
    called(nd.ones((3, 5))).sum().backward()
    weight, changes, before = called[4].weight, Changes(), values(called)
    gradient, initializer = weight.grad().asnumpy().copy(), weight.initializer
    for scale in (0.1, 0.2, 0.3):
        changes.initialize([weight], recipe_of("Uniform"), {"scale": scale})
    assert len(changes) == 1
    assert weight.data().asnumpy().max() > 0.07
    changes.undo()
    assert same(values(called), before)
    assert np.array_equal(weight.data().grad.asnumpy(), gradient) and weight.initializer is initializer


def test_what_was_trained_between_two_changes_is_kept(called: nn.Block) -> None:
    weight, changes = called[4].weight, Changes()
    changes.initialize([weight], recipe_of("Uniform"), {"scale": 0.5})
    weight.set_data(nd.ones((2, 4)))
    changes.settle()
    changes.initialize([weight], recipe_of("Uniform"), {"scale": 0.5})
    changes.undo()
    assert (weight.data().asnumpy() == 1).all()


def test_restore_takes_everything_back(called: nn.Block) -> None:
    before, changes = values(called), Changes()
    for name in ("Normal", "Constant", "Uniform"):
        changes.initialize(called.collect_params().values(), recipe_of(name), {})
    assert len(changes) == 3 and not same(values(called), before)
    changes.restore()
    assert same(values(called), before) and len(changes) == 0
    assert changes.undo() == ()


def test_constants_vectors_and_open_sizes_are_left_alone_with_a_reason(net: nn.Block) -> None:
    done = Changes().initialize(net.collect_params().values(), recipe_of("Xavier"), {})
    reasons = dict(reason.split(": ", 1) for reason in done.skipped)
    assert "constant" in reasons["fancy0_rand_weight"]
    assert "call it once" in reasons[net[4].weight.name]
    assert "at least two axes" in reasons[net[4].bias.name]
    assert done.changed == ()


def test_a_tie_stays_a_tie(called: nn.Block) -> None:
    Changes().initialize([called[2].weight], recipe_of("Constant"), {"value": 0.5})
    assert called[3].weight is called[2].weight
    assert (called[3].weight.data().asnumpy() == 0.5).all()


def test_a_knob_beyond_its_range_ends_inside() -> None:
    assert recipe_of("Uniform").initializer({"scale": 1e9}).scale == 2  # type: ignore[attr-defined]


def test_an_unknown_recipe_is_refused() -> None:
    with pytest.raises(ValueError, match="Xavier"):
        recipe_of("Magic")
